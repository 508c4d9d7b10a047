"""A file as a builder sees it: content, mode, owner, link target; never a time."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from .disk import DiskFile, opened
from .errors import ContextError

Kind = Literal["file", "folder", "link"]
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
        opaque_id: stands for bytes that nobody knows; two such files hold the same if it is the same.
        known_size: bytes of a file that has an `opaque_id`, if somebody measured them.
        ignored: whether .dockerignore leaves out this folder, and keeps something below it. BuildKit sends the folder
            all the same; the classic builder's hash goes without it.
    """

    content: bytes = b""
    mode: int = 0o644
    kind: Kind = "file"
    target: str = ""
    uid: str = "0"
    gid: str = "0"
    disk: DiskFile | None = None
    opaque_id: str = ""
    known_size: int | None = None
    ignored: bool = False

    @cached_property
    def size(self) -> int | None:
        """Bytes of the content; 0 for folders and links; None when nobody knows."""
        if self.kind != "file":
            return 0
        if self.opaque_id:
            return self.known_size
        return self.disk.stamp.size if self.disk else len(self.content)

    @cached_property
    def content_digest(self) -> str:
        """The sha256 of the bytes in hex. A file on disk is read here, once.

        Raises ContextError if the file cannot be read, or changed since the folder was read.
        """
        if self.opaque_id:
            return self.opaque_id
        if self.disk and self.disk.stamp.size > LARGE:
            with opened(self.disk) as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        return hashlib.sha256(self.read()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """What the build cache compares of a file: type, mode, owner, link target and bytes. Not its name or times.

        Source: BuildKit, cache/contenthash/filehash.go.
        """
        body = self.content_digest if self.kind == "file" else self.target
        compared = "\0".join((self.kind, f"{self.mode:o}" if self.kind != "link" else "", self.uid, self.gid, body))
        return hashlib.sha256(compared.encode("utf-8", "surrogateescape")).hexdigest()

    def read(self) -> bytes:
        """The bytes. Raises ContextError if they are unknown, cannot be read, or changed on the disk since."""
        if self.opaque_id:
            raise ContextError("nobody knows what this file holds: a RUN wrote it")
        if not self.disk:
            return self.content
        with opened(self.disk) as stream:
            return stream.read()

    def owned_by(self, uid: str, gid: str) -> File:
        """The same file with another owner."""
        return self if (uid, gid) == (self.uid, self.gid) else replace(self, uid=uid, gid=gid)

    @classmethod
    def on_disk(cls, path: str, status: os.stat_result, now: int = 0) -> File | None:
        """The file at a path, with its bytes left where they are until somebody asks.

        None for a socket, a pipe or a device: Docker sends none of them. On Windows every mode is 0755, as
        Docker's client sets it there.

        Args:
            path: the path that opens it.
            status: what `os.lstat` says of it.
            now: the time in nanoseconds.
        """
        mode = 0o755 if os.name == "nt" else stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode):
            return cls(kind="link", mode=0o777, target=str(Path(path).readlink()).replace("\\", "/"))
        if stat.S_ISDIR(status.st_mode):
            return cls(kind="folder", mode=mode)
        if stat.S_ISREG(status.st_mode):
            return cls(mode=mode, disk=DiskFile.of(path, status, now))
        return None


FOLDER = File(kind="folder", mode=0o755)
