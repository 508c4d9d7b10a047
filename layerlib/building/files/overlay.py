"""Files that lie over others: what each step of a stage wrote, and what is seen from above.

Every step keeps its own view, for a later build may go on from any of them. A copy of all files for each step would
grow with the square of a stage's length, and a search down a chain of steps too. So neighbouring levels that hold
equally many steps are merged: a stage of n steps has at most log2(n) + 1 levels to look through, and no file is
copied more often than that. (Bentley and Saxe, Decomposable searching problems, 1980.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from ...reading.file import File

Writes = Mapping[str, File | None]  # path to file; None for a path that was deleted
T = TypeVar("T")


class Level(NamedTuple, Generic[T]):
    """What so many neighbouring steps wrote."""

    steps: int
    files: Mapping[str, T | None]


class Overlay(NamedTuple, Generic[T]):
    """Files, or what is known of them, by path, as they are seen from above.

    Attributes:
        levels: the newest first; each holds more steps than the one before it.
    """

    levels: tuple[Level[T], ...] = ()

    def under(self, written: Mapping[str, T | None]) -> Overlay[T]:
        """What is seen after a step that wrote these files."""
        if not written:
            return self
        top, rest = Level(1, written), self.levels
        while rest and rest[0].steps <= top.steps:
            top, rest = Level(top.steps + rest[0].steps, {**rest[0].files, **top.files}), rest[1:]
        return Overlay((top, *rest))

    def get(self, path: str) -> T | None:
        """The file at a path; None if there is none, or it was deleted."""
        return next((level.files[path] for level in self.levels if path in level.files), None)

    def all(self) -> dict[str, T]:
        """Every file that is there, by path."""
        seen: dict[str, T | None] = {}
        for level in reversed(self.levels):
            seen.update(level.files)
        return {path: file for path, file in seen.items() if file is not None}
