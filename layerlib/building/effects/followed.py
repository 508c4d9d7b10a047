"""A command line while it is followed: what it has written so far, where it may have written, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from ...reading.file import File
from ...reading.paths import clean, parents, refuse_too_long
from ..files.owners import owner
from ..files.snapshot import Snapshot
from .official_image import OfficialImage, official_image
from .shell import SimpleCommand

ROOT = ("", "0", "root")


class Unknown(Exception):
    """Nobody knows what a command does."""


@dataclass
class FollowedCommand:
    """A command line while it is followed.

    Attributes:
        below: the files under it.
        user: the user that it runs as, as USER wrote it; empty for root.
        mounted: folders and files that are not in the image.
        variables: what it sees of ENV and ARG; None for a value that nobody knows.
        written: path to file, None for a deleted one. What is in it is certain, also where it may have written more.
            Their sizes add up to the layer's, if it is `sized`.
        seconds: how long it took so far, if it is `timed`.
        sources: where the numbers come from.
        unknown_writes: folders and files that it may have written, and whose bytes nobody knows; "" for anywhere.
        foreign: where it may have put programs or links of its own, and where such links may lead; None for no links.
        searched: what PATH may be where the command stands that is followed now.
        sized: whether the bytes that it writes are known.
        timed: whether its seconds are known.
    """

    below: Snapshot
    user: str = ""
    mounted: tuple[str, ...] = ()
    variables: Mapping[str, str | None] = field(default_factory=dict)
    written: dict[str, File | None] = field(default_factory=dict)
    seconds: float = 0.0
    sources: list[str] = field(default_factory=list)
    unknown_writes: set[str] = field(default_factory=set)
    foreign: dict[str, str | None] = field(default_factory=dict)
    searched: tuple[str, ...] = ()
    sized: bool = True
    timed: bool = True

    @property
    def base(self) -> OfficialImage:
        """The base image, if it is an official one."""
        return official_image(self.below.origin)

    @property
    def is_root(self) -> bool:
        """Whether it may write everywhere."""
        return self.user.partition(":")[0] in ROOT

    def get(self, path: str) -> File | None:
        """A file as the command sees it."""
        return self.written[path] if path in self.written else self.below.get(path)

    def inside(self, folders: Set[str]) -> list[str]:
        """The paths below some folders, at any depth, as the command sees them."""
        paths = {path for folder in folders for path in self.below.tree.below(folder)}
        paths |= {path for path in self.written if "" in folders or not folders.isdisjoint(parents(path))}
        return sorted(path for path in paths if self.get(path) is not None)

    def path(self, command: SimpleCommand, word: str) -> str:
        """The path that a word means, relative to the root. Raises Unknown if a link is on the way."""
        path = clean(command.resolve(word))
        on_the_way = map(self.get, parents(path))
        if any(file is not None and file.kind == "link" for file in on_the_way):
            raise Unknown
        return path

    def is_certain(self, path: str) -> bool:
        """Whether a path holds what `get` says: nothing that nobody followed may have written it since."""
        if path in self.written:
            return True
        if any(_holds(place, path) for place in self.unknown_writes):
            return False
        file = self.below.get(path)
        if file is None:
            return not any(_holds(place, path) for place in self.below.gaps)
        return self.below.doubted(path, file) is file

    def write(self, path: str, content_id: str, size: int) -> None:
        """A file, or one that stands for many, of which only the size in bytes is known."""
        self.written[path] = File(opaque_id=content_id, known_size=size)

    def make_folder(self, path: str) -> None:
        """A folder and those above it, where they are not there yet. They belong to the user."""
        refuse_too_long(path)
        uid, gid = owner(self.user) if self.user else ("0", "0")
        for part in (*parents(path), path):
            if part and self.get(part) is None:
                self.written[part] = File(kind="folder", mode=0o755, uid=uid, gid=gid)

    def delete(self, path: str) -> None:
        """A path is gone. One that this command itself has written leaves no trace."""
        if self.below.get(path) is not None:
            self.written[path] = None
        else:
            self.written.pop(path, None)

    def may_write(self, places: Iterable[str]) -> None:
        """It may write there, and nobody knows what. A file that it has written itself is not certain any more."""
        new = set(places)
        self.unknown_writes |= new
        for path, file in list(self.written.items()):
            if (file is None or file.kind != "folder") and any(_holds(place, path) for place in new):
                del self.written[path]


def _holds(folder: str, path: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
