"""A command line while it is followed: what it has written so far, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...reading.file import File
from ..files.snapshot import Snapshot


class Unknown(Exception):
    """Nobody knows what a command does."""


@dataclass
class FollowedCommand:
    """A command line while it is followed.

    Attributes:
        below: the files under it.
        written: path to file, None for a deleted one. Their sizes add up to the layer's.
        seconds: how long it took so far.
        sources: where the numbers come from.
        unknown_writes: folders in which it writes files whose bytes nobody knows.
    """

    below: Snapshot
    written: dict[str, File | None] = field(default_factory=dict)
    seconds: float = 0.0
    sources: list[str] = field(default_factory=list)
    unknown_writes: set[str] = field(default_factory=set)

    def get(self, path: str) -> File | None:
        """A file as the command sees it."""
        return self.written[path] if path in self.written else self.below.get(path)

    def write(self, path: str, content_id: str, size: int) -> None:
        """A file, or one that stands for many, of which only the size in bytes is known."""
        self.written[path] = File(opaque_id=content_id, known_size=size)
