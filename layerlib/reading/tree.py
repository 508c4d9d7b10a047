"""Files as a builder sees them: content, mode, links; never a time.

A `File` belongs to a path of a `Tree`. The build context is a tree, and so is what a stage holds as far as it is
known. Paths are relative to the tree's root, with "/" between the parts; the root itself is "".
"""

from __future__ import annotations

import hashlib
import os
import stat
from bisect import bisect_left
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .disk import Disk, opened
from .errors import ContextError

LARGE = 1 << 20  # bytes; a larger file is not held in memory to be hashed


@dataclass(frozen=True)
class File:
    """A file, a folder or a link.

    Attributes:
        content: the bytes; empty for a folder or a link, and for a file whose bytes are on disk or unknown.
        mode: permission bits, such as 0o644.
        kind: "file", "folder" or "link".
        target: what a link points at, as written.
        uid, gid: the owner, as a number or a name in text.
        disk: where the bytes are, if they are on disk; they are read only when somebody asks.
        identity: stands for bytes that nobody knows; two unknown files are the same if it is.
        known_size: bytes of a file that has an identity, if somebody measured them.
    """

    content: bytes = b""
    mode: int = 0o644
    kind: str = "file"
    target: str = ""
    uid: str = "0"
    gid: str = "0"
    disk: Disk | None = None
    identity: str = ""
    known_size: int | None = None

    @cached_property
    def size(self) -> int | None:
        """Bytes of the content; 0 for folders and links; None when nobody knows."""
        if self.kind != "file":
            return 0
        if self.identity:
            return self.known_size
        return self.disk.stamp[0] if self.disk else len(self.content)

    @cached_property
    def content_digest(self) -> str:
        """The sha256 of the bytes in hex. A file on disk is read here, once.

        Raises ContextError if the file cannot be read, or is not what it was when the folder was read.
        """
        if self.identity:
            return self.identity
        if self.disk and self.disk.stamp[0] > LARGE:
            with opened(self.disk) as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        return hashlib.sha256(self.read()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """What the build cache compares of a file: type, mode, owner, link target and bytes. Not its name or times.

        Source: BuildKit, cache/contenthash/filehash.go.
        """
        body = self.content_digest if self.kind == "file" else self.target
        facts = "\0".join((self.kind, f"{self.mode:o}" if self.kind != "link" else "", self.uid, self.gid, body))
        return hashlib.sha256(facts.encode("utf-8", "surrogateescape")).hexdigest()

    def read(self) -> bytes:
        """The bytes. Raises ContextError if they are unknown, cannot be read, or changed on the disk meanwhile."""
        if self.identity:
            raise ContextError("nobody knows what this file holds: a RUN wrote it")
        if not self.disk:
            return self.content
        with opened(self.disk) as stream:
            return stream.read()

    def owned_by(self, uid: str, gid: str) -> File:
        """The same file with another owner."""
        return self if (uid, gid) == (self.uid, self.gid) else replace(self, uid=uid, gid=gid)

    @classmethod
    def on_disk(cls, path: str, facts: os.stat_result, now: int = 0) -> File | None:
        """The file at a path, with its bytes left where they are until somebody asks. `now` is in nanoseconds.

        None for a socket, a pipe or a device: Docker sends none of them. On Windows every mode is 0755, as
        Docker's client sets it there.
        """
        mode = 0o755 if os.name == "nt" else stat.S_IMODE(facts.st_mode)
        if stat.S_ISLNK(facts.st_mode):
            return cls(kind="link", mode=0o777, target=str(Path(path).readlink()).replace("\\", "/"))
        if stat.S_ISDIR(facts.st_mode):
            return cls(kind="folder", mode=mode)
        if stat.S_ISREG(facts.st_mode):
            return cls(mode=mode, disk=Disk.of(path, facts, now))
        return None


FOLDER = File(kind="folder", mode=0o755)


def clean(path: str) -> str:
    """A path relative to the root: no "." or "..", no leading or doubled "/". The root is ""."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def parents(path: str) -> Iterator[str]:
    """The folders above a path, outermost first, without the root."""
    end = path.find("/")
    while end != -1:
        yield path[:end]
        end = path.find("/", end + 1)


def missing_folders(paths: Set[str]) -> set[str]:
    """The folders on the way to some paths that are not among them."""
    found: set[str] = set()
    level: Set[str] = paths
    while level := {path.rpartition("/")[0] for path in level} - paths - found - {""}:
        found |= level
    return found


def refuse_too_long(path: str) -> None:
    """Raise ContextError for a path that Linux does not take, and so no builder."""
    if "\0" in path:
        raise ContextError(f"/{path[:40].lstrip('/')}: invalid argument: no name holds the character 0")
    if len(path) > 60 and (
        len(path.encode("utf-8", "surrogatepass")) >= 4096
        or any(len(part.encode("utf-8", "surrogatepass")) > 255 for part in path.split("/"))
    ):
        shown = path[:40].lstrip("/")
        raise ContextError(f"/{shown}...: file name too long; a name has up to 255 bytes and a path up to 4095")


class Tree(Mapping[str, File]):
    """Files by path, in the order of their paths. The folders on the way to a file are there too."""

    def __init__(self, files: Mapping[str, File]) -> None:
        complete = dict(files)
        complete.update(dict.fromkeys(missing_folders(files.keys()), FOLDER))
        self._paths = sorted(complete)
        in_order = list(complete) == self._paths
        self._files = complete if in_order else {path: complete[path] for path in self._paths}
        self.memo: dict[object, Any] = {}  # what was worked out of this tree, which never changes

    def __getitem__(self, path: str) -> File:
        return FOLDER if path == "" else self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    # Those of Mapping ask for one file after the other; a context may have many.

    def keys(self) -> KeysView[str]:
        return self._files.keys()

    def values(self) -> ValuesView[File]:
        return self._files.values()

    def items(self) -> ItemsView[str, File]:
        return self._files.items()

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: object) -> bool:
        return path == "" or path in self._files

    @property
    def all(self) -> Mapping[str, File]:
        """The files as a mapping that does not know the root: quicker, and nobody can change it."""
        return MappingProxyType(self._files)

    def changed(self, added: Mapping[str, File], gone: Set[str] = frozenset()) -> Tree:
        """The tree with some files added or replaced, and others taken away. A folder on the way stays as it is."""
        new = {path: file for path, file in added.items() if file is not FOLDER or path not in self._files}
        files = {**self._files, **new}
        if gone or len(files) > len(self._files):
            return Tree({path: file for path, file in files.items() if path not in gone or path in new})
        made = Tree({})
        made._files, made._paths = files, self._paths
        if not any(file.kind == "folder" or path in self.folders for path, file in new.items()):
            made.folders = self.folders
        return made

    @cached_property
    def folders(self) -> Mapping[str, File]:
        """The folders among the files."""
        return {path: file for path, file in self._files.items() if file.kind == "folder"}

    def below(self, folder: str) -> Iterator[str]:
        """The paths below a folder, at any depth, in order. The folder itself is not among them."""
        if not folder:
            yield from self._paths
            return
        start = folder + "/"
        for index in range(bisect_left(self._paths, start), len(self._paths)):
            if not self._paths[index].startswith(start):
                return
            yield self._paths[index]

    def resolve(self, path: str, follow_last: bool = True) -> str | None:
        """The path with links followed, or None if it leads nowhere or in a circle."""
        found, rest, hops = "", [part for part in path.split("/") if part], 0
        while rest:
            here = f"{found}/{rest[0]}" if found else rest[0]
            file = self._files.get(here)
            if file is None:
                return None
            if file.kind == "link" and (follow_last or len(rest) > 1):
                hops += 1
                if hops > 40:
                    return None
                target = file.target if file.target.startswith("/") else f"{found}/{file.target}"
                rest = [part for part in clean(target).split("/") if part] + rest[1:]
                found = ""
                continue
            found, rest = here, rest[1:]
        return found


def name(path: str) -> str:
    """The last part of a path; "/" for the root, as Go's path.Base says."""
    return path.rstrip("/").rpartition("/")[2] or "/"
