"""A file as a builder sees it: content, mode, owner, link target; never a time."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from .disk import DiskFile
from .errors import ContextError

Kind = Literal["file", "folder", "link"]


@dataclass(frozen=True)
class File:
    """A file, a folder or a link.

    Attributes:
        content: the bytes; empty for a folder or a link, and for a file whose bytes are on disk or unknown.
        mode: permission bits, such as 0o644.
        kind: "file", "folder" or "link".
        target: what a link points at, as written.
        uid, gid: the owner, as a number or a name in text.
        inode: what a hard-linked file has in common with the others; empty for a file that has one name. Not compared.
        disk: where the bytes are, if they are on disk; they are read only when somebody asks.
        opaque_id: stands for bytes that nobody knows; two such files hold the same if it is the same.
        doubt: of a file that nobody looked at, what decides what it is: the number of the execution that wrote it, or
            may have changed or deleted it, or the image that holds it. Two files of which one has a doubt may be the
            same even if their ids are not. Empty for a file that is known. It is not compared itself.
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
    inode: str = ""
    disk: DiskFile | None = None
    opaque_id: str = ""
    doubt: str = ""
    known_size: int | None = None
    ignored: bool = False

    @cached_property
    def size(self) -> int | None:
        """Bytes of the content; 0 for folders and links; None when nobody knows."""
        if self.kind == "folder" or (self.kind == "link" and not self.doubt):
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
        return self.disk.digest if self.disk else hashlib.sha256(self.content).hexdigest()

    @cached_property
    def digest(self) -> str:
        """What the build cache compares of a file: type, mode, owner, link target and bytes. Not its name or times.

        Source: BuildKit, cache/contenthash/filehash.go.
        """
        body = self.content_digest if self.kind == "file" else self.opaque_id or self.target
        compared = "\0".join((self.kind, f"{self.mode:o}" if self.kind != "link" else "", self.uid, self.gid, body))
        return hashlib.sha256(compared.encode("utf-8", "surrogateescape")).hexdigest()

    def read(self) -> bytes:
        """The bytes. Raises ContextError if they are unknown, cannot be read, or changed on the disk since."""
        if self.opaque_id:
            raise ContextError("nobody knows what this file holds: a RUN wrote it")
        return self.disk.read() if self.disk else self.content

    def doubted(self, stands_for: str, doubt: str) -> File:
        """The same file after an execution that may have changed it. `stands_for` becomes its `opaque_id`."""
        hidden = replace(self, content=b"", disk=None, inode="", known_size=None)
        return replace(hidden, opaque_id=stands_for, doubt=doubt)

    def owned_by(self, uid: str, gid: str) -> File:
        """The same file with another owner."""
        return self if (uid, gid) == (self.uid, self.gid) else replace(self, uid=uid, gid=gid)

    @classmethod
    def on_disk(cls, path: str, status: os.stat_result, now: int = 0) -> File | None:
        """The file at a path, with its bytes left where they are until somebody asks.

        None for a socket, which Docker does not send, and for a pipe or a device, which this model leaves out. On
        Windows every mode is 0755, as Docker's client sets it there.

        Args:
            path: the path that opens it.
            status: what `os.lstat` says of it.
            now: the time in nanoseconds.
        """
        mode = 0o755 if os.name == "nt" else stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode):
            return cls(kind="link", mode=0o777, target=_link_text(path))
        if stat.S_ISDIR(status.st_mode):
            return cls(kind="folder", mode=mode)
        if stat.S_ISREG(status.st_mode):
            inode = f"{status.st_dev} {status.st_ino}" if status.st_nlink > 1 else ""
            return cls(mode=mode, inode=inode, disk=DiskFile.of(path, status, now))
        return None


def _link_text(path: str) -> str:
    """What a link points at, letter by letter: a `pathlib.Path` would drop a ./ and a slash at the end."""
    target = os.readlink(path)  # noqa: PTH115
    return target.replace("\\", "/") if os.name == "nt" else target


FOLDER = File(kind="folder", mode=0o755)
