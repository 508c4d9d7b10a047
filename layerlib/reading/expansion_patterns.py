"""The patterns of `${NAME#pattern}`, `${NAME%pattern}` and `${NAME/pattern/text}`, in linear time.

BuildKit makes Go's regular expressions of them, which do not backtrack. The lexer here makes Python's, which do,
exponentially for a pattern with many stars; so `parser_adapter.py` gives it these instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

ANY = ""  # the token of a `?`: any character but a newline


@dataclass(frozen=True)
class Piece:
    """What stands between two stars: characters, and `ANY`."""

    tokens: tuple[str, ...]

    @property
    def text(self) -> str | None:
        """The piece as plain text; None if there is an `ANY`."""
        return "".join(self.tokens) if all(self.tokens) else None

    def find(self, value: str, start: int, end: int) -> int:
        """The first place from `start` to `end` where it begins, or -1."""
        if self.text is not None:
            return value.find(self.text, start, end + len(self.tokens))
        match = self._regex("").search(value, start, end + len(self.tokens))
        return match.start() if match else -1

    def find_last(self, value: str, start: int, end: int) -> int:
        """The last place from `start` to `end` where it begins, or -1."""
        if self.text is not None:
            return value.rfind(self.text, start, end + len(self.tokens))
        match = self._regex("(?s:.*)").match(value, start, end + len(self.tokens))
        return match.end() - len(self.tokens) if match else -1

    def _regex(self, before: str) -> re.Pattern[str]:
        return re.compile(before + "".join("." if token == ANY else re.escape(token) for token in self.tokens))


@dataclass(frozen=True)
class ShellPattern:
    """A pattern with stars. `greedy` asks for the longest match, `anchored` for one at the beginning."""

    pieces: tuple[Piece, ...]
    greedy: bool
    anchored: bool

    def sub(self, replacement: Callable[[str], str] | str, value: str, count: int = 0) -> str:
        """The value with its first `count` matches replaced; all of them for a count of 0."""
        text = replacement("") if callable(replacement) else replacement
        result: list[str] = []
        copied = start = replaced = 0
        while (span := self._find(value, start)) is not None:
            begin, end = span
            if begin < end or begin != copied or not replaced:  # Go takes no empty match right after another
                result += [value[copied:begin], text]
                copied, replaced = end, replaced + 1
            if self.anchored or replaced == count:
                break
            start = end if begin < end else end + 1
        return "".join([*result, value[copied:]])

    def _find(self, value: str, start: int) -> tuple[int, int] | None:
        """Where the first match from `start` on begins and ends."""
        one_line = all("\n" not in piece.tokens for piece in self.pieces)
        first = self.pieces[0]
        while start <= len(value):
            begin = first.find(value, start, 0 if self.anchored else len(value))
            if begin < 0:
                return None
            end, line_end = self._rest(value, begin + len(first.tokens))
            if end >= 0:
                return begin, end
            if self.anchored or (one_line and line_end == len(value)):
                return None
            start = line_end + 1 if one_line else begin + 1
        return None

    def _rest(self, value: str, end: int) -> tuple[int, int]:
        """Where the match ends whose first piece ends at `end`, or -1; and where the last line looked at ends."""
        line_end = len(value)
        for number, piece in enumerate(self.pieces[1:], 2):
            line_end = value.find("\n", end)  # no star goes beyond a newline
            line_end = line_end if line_end >= 0 else len(value)
            find = piece.find_last if self.greedy and number == len(self.pieces) else piece.find
            place = find(value, end, line_end)
            if place < 0:
                return -1, line_end
            end = place + len(piece.tokens)
        return end, line_end


def shell_pattern(text: str, greedy: bool, anchored: bool) -> ShellPattern:
    """Read a pattern. Raises ValueError for an escape that Docker refuses."""
    pieces: list[list[str]] = [[]]
    characters = iter(text)
    for character in characters:
        if character == "*":
            pieces.append([])
        elif character == "?":
            pieces[-1].append(ANY)
        elif character != "\\":
            pieces[-1].append(character)
        else:
            escaped = next(characters, "")
            if escaped not in ("}", "/", "*", "?", "\\"):
                raise ValueError(f"invalid pattern ({text}) in substitution: invalid escape '\\{escaped}'")
            pieces[-1].append(escaped)
    return ShellPattern(tuple(Piece(tuple(piece)) for piece in pieces), greedy, anchored)


def reverse(text: str) -> str:
    """A pattern from its end to its beginning; an escaped character stays after its escape."""
    pieces = re.findall(r"(?s:\\.|.)", text)
    return "".join(reversed(pieces))
