"""A command line while it is followed: what it has written so far, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...reading.file import File
from ...reading.paths import clean
from ..files.snapshot import Snapshot


class Unknown(Exception):
    """Nobody knows what a command does."""


@dataclass
class Run:
    """A command line while it is followed.

    Attributes:
        below: the files under it.
        directory: where it works.
        written: path to file, None for a deleted one. Its size is the layer's.
        seconds: how long it took so far.
        sources: where the numbers come from.
        doubts: folders in which it writes files whose bytes nobody knows.
    """

    below: Snapshot
    directory: str
    written: dict[str, File | None] = field(default_factory=dict)
    seconds: float = 0.0
    sources: list[str] = field(default_factory=list)
    doubts: set[str] = field(default_factory=set)

    def get(self, path: str) -> File | None:
        """A file as the command sees it."""
        return self.written[path] if path in self.written else self.below.get(path)

    def path(self, word: str) -> str:
        """A path as the command writes it, from the root."""
        return clean(word if word.startswith("/") else f"{self.directory}/{word}")
