"""Patterns for paths, in linear time: what .dockerignore, --exclude and the wildcards of COPY match.

Go's regular expressions do not backtrack; Python's do, exponentially for a pattern with many stars. So a pattern with
few stars becomes a regular expression, and any other is followed through a path character by character, all
possibilities at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

# A pattern is a sequence of tokens: a character, a class of characters, or one of these.
ONE, STAR, DEEP, ALL = "one", "star", "deep", "all"
REGEX = {ONE: "[^/]", STAR: "[^/]*", DEEP: "(.*/)?", ALL: ".*"}

Token = str | re.Pattern[str]
Match = Callable[[str], bool]


# What a backslash and a character mean in .dockerignore: they go into a regular expression of Go's as they are.
_CLASSES = {"d": "[0-9]", "D": "[^0-9]", "s": "[\t\n\f\r ]", "w": "[0-9A-Za-z_]", "W": "[^0-9A-Za-z_]"}
_ESCAPES = dict(zip("aftnrv", "\a\f\t\n\r\v", strict=True)) | _CLASSES
_ESCAPED = re.compile(r"(?s)\\(.)")
_KNOWN_ESCAPE = re.compile(
    r"(?s)\\(?:[^0-9A-Za-z\x80-\U0010ffff]|[aftnrvdDsSwWbBAzCQ]|0|[1-7][0-7]|x[0-9A-Fa-f]{2}|x\{|[pP][A-Z{])"
)


def without_escapes_of_go(pattern: str) -> str:
    """A pattern of .dockerignore with Go's escapes replaced: \\a is a bell, \\d a digit.

    Raises ValueError for one that Go does not know, such as \\q. Source: moby/patternmatcher (compile) and Go's
    regexp/syntax.
    """
    for escape in _ESCAPED.finditer(pattern):
        if not _KNOWN_ESCAPE.match(pattern, escape.start()):
            raise ValueError(f"syntax error in pattern: {escape[0]} means nothing")
    if "[" in pattern:
        return pattern
    return _ESCAPED.sub(lambda escape: _ESCAPES.get(escape[1], escape[0]), pattern)


def may_backtrack(pattern: str) -> bool:
    """Whether a pattern of .dockerignore could be slow as a regular expression of Python's."""
    # Where ** at an end is all that is special, text is compared, as moby does.
    special = set("*?[]\\").intersection(pattern.removeprefix("**").removesuffix("**"))
    return bool(special) and (pattern.count("*") > 1 or "[" in pattern)


def compile_pattern(pattern: str) -> Match:
    """Whether a path as a whole matches a pattern of .dockerignore. Raises re.error for an empty class."""
    return matcher(list(_tokens(pattern)))


def _tokens(pattern: str) -> Iterator[Token]:
    index = 0
    while index < len(pattern):
        character, index = pattern[index], index + 1
        if character == "*" and pattern.startswith("*", index):
            index += 2 if pattern.startswith("*/", index) else 1
            yield DEEP if index < len(pattern) else ALL
        elif character == "[":
            end = index + pattern.startswith("^", index)
            while pattern[end] != "]":
                end += 2 if pattern[end] == "\\" else 1
            yield character_class(pattern[index:end])
            index = end + 1
        elif character == "\\":
            yield pattern[index]
            index += 1
        else:
            yield {"*": STAR, "?": ONE}.get(character, character)


def character_class(body: str) -> re.Pattern[str]:
    """The characters that [body] stands for. Raises re.error for none."""
    negated = body.startswith("^")
    characters = re.sub(r"(?s)\\(.)|([\[&|~])", lambda match: re.escape(match[1] or match[2]), body[negated:])
    return re.compile(f"[{'^' if negated else ''}{characters}]")


def matcher(tokens: Sequence[Token]) -> Match:
    """Whether a path as a whole is what a sequence of tokens says."""
    if tokens.count(STAR) <= 2 and tokens.count(DEEP) <= 1:
        parts = (REGEX.get(token, re.escape(token)) if isinstance(token, str) else token.pattern for token in tokens)
        expression = re.compile("".join(parts))
        return lambda path: expression.fullmatch(path) is not None
    return Automaton(tokens).match


class Automaton:
    """A pattern as a sequence of states, one before each token and one at the end.

    A number holds a set of states, one bit for each; the first token's is bit 0.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.characters: dict[str, int] = {}  # a character to the states that it leads on from
        self.classes: list[tuple[re.Pattern[str], int]] = []
        self.known: dict[str, int] = {}
        self.special = dict.fromkeys(REGEX, 0)
        self.inside = 0  # the states in which DEEP has begun, each after the state of its token
        state, last = 1, None
        for token in tokens:
            if isinstance(token, re.Pattern):
                self.classes.append((token, state))
            elif token not in REGEX:
                self.characters[token] = self.characters.get(token, 0) | state
            elif token in (DEEP, STAR) and token == last:
                continue
            else:
                self.special[token] |= state
            if token == DEEP:
                state <<= 1
                self.inside |= state
            state, last = state << 1, token
        self.end = state

    def match(self, path: str) -> bool:
        """Whether the end is reached with the last character."""
        reached = self._without_a_character(1)
        for character in path:
            following = (reached & self._single(character)) << 1
            if character != "/":
                following |= reached & self.special[STAR]
            if character != "\n":
                begun = (reached & self.special[DEEP]) << 1 | reached & self.inside
                following |= reached & self.special[ALL] | begun
                if character == "/":
                    following |= begun << 1
            reached = self._without_a_character(following)
            if not reached:
                return False
        return bool(reached & self.end)

    def _without_a_character(self, reached: int) -> int:
        """The states reached, and those beyond a token that may match nothing."""
        reached |= (reached & self.special[DEEP]) << 2
        return reached | (reached & (self.special[STAR] | self.special[ALL])) << 1

    def _single(self, character: str) -> int:
        """The states that this character leads on from by itself."""
        if character not in self.known:
            states = self.characters.get(character, 0) | (self.special[ONE] if character != "/" else 0)
            for expression, state in self.classes:
                if expression.fullmatch(character):
                    states |= state
            self.known[character] = states
        return self.known[character]
