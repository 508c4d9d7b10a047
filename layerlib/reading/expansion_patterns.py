"""The patterns of `${NAME#pattern}`, `${NAME%pattern}` and `${NAME/pattern/text}`, in linear time.

BuildKit makes Go's regular expressions of them, which never go back. The lexer here makes Python's, which take more
than a lifetime for a pattern with many stars, so `expansion.py` gives it these instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """What stands between two stars: `?` is any letter but a newline."""

    tokens: tuple[str, ...]  # "" is any letter

    @property
    def text(self) -> str | None:
        return "".join(self.tokens) if all(self.tokens) else None

    def find(self, value: str, start: int, end: int) -> int:
        """Where it begins first, at `end` at the latest; -1 for nowhere."""
        if self.text is not None:
            return value.find(self.text, start, end + len(self.tokens))
        found = self._regex("").search(value, start, end + len(self.tokens))
        return found.start() if found else -1

    def find_last(self, value: str, start: int, end: int) -> int:
        """Where it begins last, at `end` at the latest; -1 for nowhere."""
        if self.text is not None:
            return value.rfind(self.text, start, end + len(self.tokens))
        found = self._regex("(?s:.*)").match(value, start, end + len(self.tokens))
        return found.end() - len(self.tokens) if found else -1

    def _regex(self, before: str) -> re.Pattern[str]:
        return re.compile(before + "".join(re.escape(token) or "." for token in self.tokens))


@dataclass(frozen=True)
class Pattern:
    """A pattern with stars. `greedy` is for the longest match, `anchored` for one at the beginning."""

    parts: tuple[Part, ...]
    greedy: bool
    anchored: bool

    def sub(self, replacement: Callable[[str], str] | str, value: str, count: int = 0) -> str:
        """The value with its first matches replaced; all of them for a count of 0."""
        made, done, start, number = [], 0, 0, 0
        text = replacement("") if callable(replacement) else replacement
        while (found := self._find(value, start)) is not None:
            begin, end = found
            if begin < end or begin != done or not number:  # Go takes no empty match right behind another
                made += [value[done:begin], text]
                done, number = end, number + 1
            if self.anchored or number == count:
                break
            start = end if begin < end else end + 1
        return "".join([*made, value[done:]])

    def _find(self, value: str, start: int) -> tuple[int, int] | None:
        """The first match at or behind a place."""
        one_line = all("\n" not in part.tokens for part in self.parts)
        first, *rest = self.parts
        while start <= len(value):
            begin = first.find(value, start, 0 if self.anchored else len(value))
            if begin < 0:
                return None
            end = begin + len(first.tokens)
            for number, part in enumerate(rest, 1):
                line = value.find("\n", end)
                line = line if line >= 0 else len(value)
                find = part.find_last if self.greedy and number == len(rest) else part.find
                place = find(value, end, line)
                if place < 0:
                    break
                end = place + len(part.tokens)
            else:
                return begin, end
            if self.anchored or (one_line and line == len(value)):
                return None
            start = line + 1 if one_line else begin + 1
        return None


def pattern(text: str, greedy: bool, anchored: bool) -> Pattern:
    """Read a pattern. Raises ValueError for an escape that Docker refuses."""
    parts: list[list[str]] = [[]]
    letters = iter(text)
    for letter in letters:
        if letter == "*":
            parts.append([])
        elif letter == "?":
            parts[-1].append("")
        elif letter != "\\":
            parts[-1].append(letter)
        else:
            escaped = next(letters, "")
            if escaped not in ("}", "/", "*", "?", "\\"):
                raise ValueError(f"invalid pattern ({text}) in substitution: invalid escape '\\{escaped}'")
            parts[-1].append(escaped)
    return Pattern(tuple(Part(tuple(part)) for part in parts), greedy, anchored)


def reverse(text: str) -> str:
    """A pattern from its end to its beginning; an escaped letter stays behind its escape."""
    pieces = re.findall(r"(?s:\\.|.)", text)
    return "".join(reversed(pieces))
