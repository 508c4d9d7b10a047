"""Words, operators and redirections of a shell text: quotes, comments, substitutions and heredocs.

Source: POSIX, XCU 2.2 (Quoting), 2.3 (Token Recognition) and 2.7 (Redirection), and bash's `&>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SPACE = re.compile(r"(?:[ \t\r\f\v]|\\\n)*")
_REDIRECTION = re.compile(r"\d*(?:<<<|<<-?|<>|<&|>>|>\||>&|<|>)|&>>?")
_OPERATOR = re.compile(r"&&|\|\||\|&|;;&?|;&|[\n;|&()]")
_PIECE = re.compile(
    r"""(?P<plain>[^\ \t\r\f\v\n;|&()<>'"`\\$]+) | \\(?P<escaped>.) | '(?P<single>[^']*)'
      | (?P<opener>["`]|\$[({]) | (?P<sign>[$\\])""",
    re.DOTALL | re.VERBOSE,
)
_NESTED = re.compile(r"""\\.|\$[({]|['"`(){}]""", re.DOTALL)
_CLOSERS = {'"': '"', "`": "`", "$(": ")", "(": ")", "${": "}"}
_ESCAPED_IN_QUOTES = re.compile(r'\\(?:([$`"\\])|\n)')
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\+?=", re.ASCII)
_PATTERN = re.compile(r"[*?]|\[[^\]]+\]")
_BRACES = re.compile(r"^~|\{[^{}]*,")  # `~/x`, and bash's `{a,b}`
_EXPANSION = re.compile(r"(?<!\\)(?:\$[\w({@*#?!$-]|`)")


@dataclass(frozen=True)
class Redirection:
    """What a command reads from or writes to instead of the terminal.

    Attributes:
        operator: as written, such as ">", "2>>" or "<<".
        target: the file, or the text of a heredoc.
        raw: the target as written, with its quotes; of a heredoc, its delimiter.
    """

    operator: str
    target: str
    raw: str = field(default="", compare=False)


@dataclass(frozen=True)
class Word:
    """A word without its quotes.

    Attributes:
        assigned: the variable's name, if the word is `NAME=value`.
        bare: whether no part of it was quoted, so that it may be a reserved word.
        expands: whether the shell replaces something in it: a variable, a `$(...)`, a `~` or a `{a,b}`.
        pattern: whether the shell looks for file names in its place: `*.py`.
        raw: as written, with its quotes.
    """

    text: str
    assigned: str = ""
    bare: bool = False
    expands: bool = False
    pattern: bool = False
    raw: str = field(default="", compare=False)


class Unclosed(Exception):
    """A quote, a `${` or a `$(` that nothing closes."""


def tokens(text: str) -> Iterator[Word | Redirection | str]:
    """Words, redirections and operators, the last as strings. The body of a heredoc is with its redirection.

    Raises Unclosed after the last word that can be read.
    """
    place = bodies = 0  # bodies: where the heredocs end that began in this line
    while place < len(text):
        if text[place] == "#":
            place = _line_end(text, place)
        elif match := _REDIRECTION.match(text, place):
            target, place = _word(text, _after_space(text, match.end()))
            if "<<" in match[0] and "<<<" not in match[0]:
                start = bodies or _line_end(text, place) + 1
                body, bodies = _heredoc(text, start, target.text, match[0].endswith("-"))
                yield Redirection(match[0], body, target.raw)
            else:
                yield Redirection(match[0], target.text, target.raw)
        elif match := _OPERATOR.match(text, place):
            place = match.end()
            if match[0] == "\n":
                place, bodies = max(place, bodies), 0
            yield match[0]
        else:
            word, place = _word(text, place)
            yield word
        place = _after_space(text, place)


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _heredoc(text: str, place: int, delimiter: str, tabs: bool) -> tuple[str, int]:
    """The body of a heredoc that begins at a place, and where the text goes on; without a delimiter, at its end."""
    body: list[str] = []
    while place < len(text):
        end = _line_end(text, place)
        line = text[place:end].lstrip("\t") if tabs else text[place:end]
        place = end + 1
        if line == delimiter:
            break
        body.append(f"{line}\n")
    return "".join(body), place


def _word(text: str, place: int) -> tuple[Word, int]:
    """The word at a place, empty if there is none, and where it ends. Raises Unclosed."""
    start, kept, seen, bare = place, "", "", True  # seen: what the shell may expand, still quoted
    unquoted = ""
    while (piece := _PIECE.match(text, place)) is not None:
        kind, place = str(piece.lastgroup), piece.end()
        value = piece[kind]
        if kind == "opener":
            place = closed(text, piece.start())
            value = text[piece.start() : place]
        kept += _ESCAPED_IN_QUOTES.sub(r"\1", value[1:-1]) if kind == "opener" and value[0] == '"' else value
        seen += " " if kind in ("escaped", "single") else value
        unquoted += value if kind == "plain" else "\0"
        bare = bare and kind == "plain"
    if text.startswith("'", place):
        raise Unclosed
    match = _ASSIGNMENT.match(text, start)
    expands = (_EXPANSION.search(seen) or _BRACES.search(unquoted)) is not None
    pattern = _PATTERN.search(unquoted) is not None
    return Word(kept, match[1] if match else "", bare, expands, pattern, text[start:place]), place


def closed(text: str, place: int) -> int:
    """Where the quote, `${`, `$(` or backtick that begins at a place is closed. Raises Unclosed."""
    closers: list[str] = []
    while (match := _NESTED.search(text, place)) is not None:
        sign, place = match[0], match.end()
        if closers and sign == closers[-1]:
            closers.pop()
            if not closers:
                return place
        elif sign == "'" and closers[-1] != '"':
            place = text.find("'", place) + 1
            if not place:
                break
        elif sign in _CLOSERS and (sign != "(" or closers[-1] == ")"):
            closers.append(_CLOSERS[sign])
    raise Unclosed
