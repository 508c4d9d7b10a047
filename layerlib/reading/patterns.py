"""Patterns for paths: what .dockerignore, --exclude and the wildcards of COPY match, in linear time.

Go's regular expressions never go back; Python's do, and need more than a lifetime for a pattern with many stars. So a
pattern with few of them becomes a regular expression, and any other is followed through a path letter by letter, all
its possibilities at once. Which pattern wins, and what stands below a folder, e2b-dockerfile-utils says, a port of
moby/patternmatcher.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import e2b_dockerfile_utils

# A pattern is a row of tokens: a letter, a class of letters, or one of these.
ONE, STAR, DEEP, ALL = "one", "star", "deep", "all"
REGEX = {ONE: "[^/]", STAR: "[^/]*", DEEP: "(.*/)?", ALL: ".*"}

Token = str | re.Pattern[str]
Match = Callable[[str], bool]


class PatternMatcher(e2b_dockerfile_utils.PatternMatcher):
    """The patterns of a .dockerignore. Raises ValueError for one that cannot be read."""

    def __init__(self, patterns: Sequence[str]) -> None:
        super().__init__(list(patterns))
        for one, cleaned in zip(self._patterns, self._cleaned, strict=True):
            pattern = cleaned[one.exclusion :]
            # Where ** is all that is special, text is compared, as moby does.
            plain = not set("*?[]\\").intersection(pattern.removeprefix("**").removesuffix("**"))
            if not plain and (pattern.count("*") > 1 or "[" in pattern):
                try:
                    one.match = matcher(list(_tokens(pattern)))
                except re.error as error:
                    raise ValueError(f"Invalid ignore pattern '{pattern}': {error}") from None


def _tokens(pattern: str) -> Iterator[Token]:
    index = 0
    while index < len(pattern):
        letter, index = pattern[index], index + 1
        if letter == "*" and pattern.startswith("*", index):
            index += 2 if pattern.startswith("*/", index) else 1
            yield DEEP if index < len(pattern) else ALL
        elif letter == "[":
            end = index + pattern.startswith("^", index)
            while pattern[end] != "]":
                end += 2 if pattern[end] == "\\" else 1
            yield letter_class(pattern[index:end])
            index = end + 1
        elif letter == "\\":
            yield pattern[index]
            index += 1
        else:
            yield {"*": STAR, "?": ONE}.get(letter, letter)


def letter_class(body: str) -> re.Pattern[str]:
    """The letters that [body] stands for. Raises re.error for none."""
    negated = body.startswith("^")
    letters = re.sub(r"(?s)\\(.)|([\[&|~])", lambda found: re.escape(found[1] or found[2]), body[negated:])
    return re.compile(f"[{'^' if negated else ''}{letters}]")


def matcher(tokens: Sequence[Token]) -> Match:
    """Whether a path as a whole is what a row of tokens says."""
    if tokens.count(STAR) <= 2 and tokens.count(DEEP) <= 1:
        parts = (REGEX.get(t, re.escape(t)) if isinstance(t, str) else t.pattern for t in tokens)
        expression = re.compile("".join(parts))
        return lambda path: expression.fullmatch(path) is not None
    return _Walk(tokens).match


class _Walk:
    """A pattern as a row of places, one before each token and one at the end. A bit says that a place is reached."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.letters: dict[str, int] = {}  # a letter to the places that it leads on from
        self.classes: list[tuple[re.Pattern[str], int]] = []
        self.known: dict[str, int] = {}
        self.bits = dict.fromkeys(REGEX, 0)
        self.inside = 0  # the places where DEEP has begun, each behind the place of its token
        place, last = 1, None
        for token in tokens:
            if isinstance(token, re.Pattern):
                self.classes.append((token, place))
            elif token not in REGEX:
                self.letters[token] = self.letters.get(token, 0) | place
            elif token in (DEEP, STAR) and token == last:
                continue
            else:
                self.bits[token] |= place
            if token == DEEP:
                place <<= 1
                self.inside |= place
            place, last = place << 1, token
        self.end = place

    def match(self, path: str) -> bool:
        """Whether the end is reached with the last letter."""
        reached = self._without_a_letter(1)
        for letter in path:
            on = (reached & self._single(letter)) << 1
            if letter != "/":
                on |= reached & self.bits[STAR]
            if letter != "\n":
                begun = (reached & self.bits[DEEP]) << 1 | reached & self.inside
                on |= reached & self.bits[ALL] | begun
                if letter == "/":
                    on |= begun << 1
            reached = self._without_a_letter(on)
            if not reached:
                return False
        return bool(reached & self.end)

    def _without_a_letter(self, reached: int) -> int:
        reached |= (reached & self.bits[DEEP]) << 2
        return reached | (reached & (self.bits[STAR] | self.bits[ALL])) << 1

    def _single(self, letter: str) -> int:
        """The places that this letter leads on from by itself."""
        if letter not in self.known:
            places = self.letters.get(letter, 0) | (self.bits[ONE] if letter != "/" else 0)
            for expression, place in self.classes:
                if expression.fullmatch(letter):
                    places |= place
            self.known[letter] = places
        return self.known[letter]
