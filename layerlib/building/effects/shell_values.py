"""What a word of a shell line may stand for: its variables replaced where they are known, and holes where they are not.

A value is a text with holes. There are three: what may be any text, what may be any words (such a text outside of
quotes), and what is one name without a slash, such as what `uname -m` prints. A word has alternatives, since a variable
may have been set in a branch that ran or did not.

Source: POSIX, XCU 2.6 (Word Expansions).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import product
from typing import NamedTuple

from ...reading.errors import DockerfileError
from ...reading.expansion import expand
from .shell_words import Unclosed, closed

WORDS, TEXT, NAME = "\0", "\1", "\2"  # the three holes
HOLES = re.compile("[\0\1\2]")
_BREAK = "\3"  # between two words
_EMPTY = "\4"  # a pair of quotes, so that an empty word is one
_STAR = "\5"  # stands before a character that the shell takes for a pattern
_PATTERN = re.compile("\5[*?]|\5\\[[^\\]]+\\]")
RESERVED = re.compile("[\0-\5]")
MOST = 16  # alternatives; beyond them a value may be anything

_PIECE = re.compile(
    r"""(?P<plain>[^'"`\\$~{*?\[]+) | \\(?P<escaped>.) | '(?P<single>[^']*)' | (?P<double>") | (?P<tick>`)
      | \$(?P<name>[A-Za-z_]\w*) | (?P<nested>\$[({]) | \$(?P<special>[@*#?!$0-9-]) | (?P<sign>[\\$~{*?\[])""",
    re.DOTALL | re.VERBOSE | re.ASCII,
)
_IN_QUOTES = re.compile(
    r"""(?P<plain>[^`\\$]+) | \\(?P<escaped>[$`"\\\n]) | (?P<tick>`)
      | \$(?P<name>[A-Za-z_]\w*) | (?P<nested>\$[({]) | \$(?P<special>[@*#?!$0-9-]) | (?P<sign>[\\$])""",
    re.DOTALL | re.VERBOSE | re.ASCII,
)
_PARAMETER = re.compile(r"([A-Za-z_]\w*)(?:(:?[-=+?])(.*))?", re.DOTALL | re.ASCII)
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_SEQUENCE = re.compile(r"\{[\w-]+\.\.[\w.-]+\}")


class Field(NamedTuple):
    """A word after expansion. `pattern`: whether the shell looks for file names in its place."""

    text: str
    pattern: bool = False

    @property
    def known(self) -> bool:
        """Whether it has no holes."""
        return HOLES.search(self.text) is None


class Expander(NamedTuple):
    """Expands words.

    Attributes:
        variables: what each may be, so far. One that is not among them may be anything.
        home: what `~` may be.
        substitute: what a command substitution prints, from its text.
    """

    variables: Mapping[str, frozenset[str]]
    home: frozenset[str]
    substitute: Callable[[str], frozenset[str]]

    def fields(self, raw: str) -> list[tuple[Field, ...]]:
        """What a word may expand to: alternatives, each of any number of words."""
        found: dict[tuple[Field, ...], None] = {}
        for alternative in self._braces(raw):
            made: list[list[tuple[Field, ...]]] = [
                list(dict.fromkeys(map(_split, self._texts(_pieces(part), False)))) for part in alternative
            ]
            for chosen in product(*made):
                found[tuple(field for fields in chosen for field in fields)] = None
                if len(found) > MOST:
                    return [(Field(WORDS),)]
        return list(found)

    def value(self, raw: str) -> frozenset[str]:
        """What a word may be where it is not split, such as after `NAME=`."""
        texts = {_plain(text).replace(WORDS, TEXT) for text in self._texts(_pieces(raw), False, split=False)}
        return frozenset(texts)

    def heredoc(self, text: str) -> frozenset[str]:
        """What the body of a heredoc may be, if its delimiter has no quotes."""
        return frozenset(map(_plain, self._texts(_quoted_pieces(text), True)))

    def _braces(self, raw: str) -> list[list[str]]:
        """The words that bash makes of `{a,b}`, and the one that another shell sees."""
        if "{" not in raw or "'" in raw or '"' in raw or "\\" in raw:
            return [[raw]]
        if _SEQUENCE.search(raw):
            return [[raw], [_SEQUENCE.sub(f"{NAME}", raw)]]
        words = [raw]
        while any(match := _BRACES.search(word.replace("${", "\6\6")) for word in words):
            spread: list[str] = []
            for word in words:
                match = _BRACES.search(word.replace("${", "\6\6"))
                if match is None:
                    spread.append(word)
                    continue
                start, end = match.span()
                spread += [f"{word[:start]}{part}{word[end:]}" for part in word[start + 1 : end - 1].split(",")]
            words = spread
            if len(words) > MOST * 4:
                return [[WORDS]]
        return [[raw], words] if words != [raw] else [[raw]]

    def _texts(self, pieces: Iterable[re.Match[str]], quoted: bool, split: bool = True) -> list[str]:
        texts = [""]
        for number, piece in enumerate(pieces):
            parts = self._piece(piece, quoted, split, number == 0)
            texts = list(dict.fromkeys(text + part for text in texts for part in parts))
            if len(texts) > MOST:
                texts = [TEXT if quoted else WORDS]
        return texts

    def _piece(self, piece: re.Match[str], quoted: bool, split: bool, first: bool) -> Iterable[str]:
        kind, text = str(piece.lastgroup), piece[str(piece.lastgroup)]
        if kind in ("plain", "single"):
            return [text if kind == "plain" else text + _EMPTY]
        if kind == "escaped":
            return ["" if text == "\n" else text]
        if kind == "double":
            inner = piece.string[piece.end() : closed(piece.string, piece.start()) - 1]
            return [text + _EMPTY for text in self._texts(_quoted_pieces(inner), True)] if inner else [_EMPTY]
        if kind in ("name", "nested", "tick", "special"):
            values = self._replaced(piece, kind, text)
            return values if quoted or not split else [_unquoted(value) for value in values]
        if text == "~" and first and piece.string[piece.end() : piece.end() + 1] in ("", "/", ":"):
            return self.home
        if text == "~" and first:
            return [TEXT]
        return [_STAR + text if text in "*?[" and not quoted else text]

    def _replaced(self, piece: re.Match[str], kind: str, text: str) -> frozenset[str]:
        """What stands in the place of a variable or a substitution."""
        if kind == "name":
            return self.variables.get(text, frozenset({TEXT}))
        if kind == "special":
            return frozenset({NAME if text in "#?$-" else TEXT})
        end = closed(piece.string, piece.start())
        if kind == "nested":
            return self._nested(piece.string[piece.start() : end])
        inner = piece.string[piece.end() : end - 1]
        return self.substitute(inner.replace("\\`", "`").replace("\\$", "$").replace("\\\\", "\\"))

    def _nested(self, text: str) -> frozenset[str]:
        """What `$(...)`, `$((...))` or `${...}` may be."""
        if text.startswith("$(("):
            self._substitutions(text[3:-2])
            return frozenset({NAME})
        if text.startswith("$("):
            return self.substitute(text[2:-1])
        inner = text[2:-1]
        match = _PARAMETER.fullmatch(inner)
        if match is None:
            return self._operated(inner)
        name, operator, word = match[1], match[2] or "", match[3] or ""
        values = self.variables.get(name, frozenset({TEXT}))
        if not operator or operator.endswith("?"):
            return values
        other = self.value(word)
        if operator.endswith("+"):
            return other | {""}
        if TEXT in values or "" in values:
            return (values | other) - ({""} if operator.startswith(":") else set())
        return values

    def _operated(self, inner: str) -> frozenset[str]:
        """What `${NAME%...}`, `${NAME#...}` or `${NAME/...}` may be."""
        self._substitutions(inner)
        name = re.match(r"[A-Za-z_]\w*", inner, re.ASCII)
        values = self.variables.get(name[0], frozenset({TEXT})) if name else frozenset({TEXT})
        plain = re.fullmatch(r"\w+[%#/][^$`]*", inner, re.ASCII)
        if not name or not plain or any(HOLES.search(value) for value in values):
            return frozenset({TEXT})
        with suppress(DockerfileError, ValueError):
            return frozenset(expand(f"${{{inner}}}", {name[0]: value}) for value in values)
        return frozenset({TEXT})

    def _substitutions(self, text: str) -> None:
        """Run the command substitutions in a text whose value does not matter."""
        for match in re.finditer(r"\$\(|`", text):
            try:
                end = closed(text, match.start())
            except Unclosed:
                self.substitute("\0")
                return
            self.substitute(text[match.end() : end - 1])


def _pieces(raw: str) -> Iterable[re.Match[str]]:
    """The pieces of a word, each once: a quoted or nested part is one piece."""
    return _matches(_PIECE, raw)


def _quoted_pieces(text: str) -> Iterable[re.Match[str]]:
    """The pieces of what stands in double quotes."""
    return _matches(_IN_QUOTES, text)


def _matches(piece: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    place = 0
    while (match := piece.match(text, place)) is not None:
        yield match
        place = match.end()
        if match.lastgroup in ("double", "tick", "nested"):
            place = closed(text, match.start())


def _unquoted(value: str) -> str:
    """A variable's value outside of quotes: it is split, and may hold patterns."""
    text = value.replace(TEXT, WORDS)
    text = re.sub(r"[ \t\n]+", _BREAK, text)
    return re.sub(r"([*?\[])", rf"{_STAR}\1", text)


def _split(text: str) -> tuple[Field, ...]:
    parts = (part for part in text.split(_BREAK) if part)
    return tuple(Field(_plain(part), _PATTERN.search(part) is not None) for part in parts)


def _plain(text: str) -> str:
    return text.replace(_EMPTY, "").replace(_STAR, "").replace(_BREAK, " ")
