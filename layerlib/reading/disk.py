"""Files on a disk: where their bytes are, and how to tell that they have not changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from .errors import ContextError

LARGE = 1 << 20  # bytes; a larger file is not held in memory to be hashed
SETTLED = 2_000_000_000  # nanoseconds; the coarsest file systems count times in steps of two seconds


class Stamp(NamedTuple):
    """How the disk knows the state of a file: every write gives it another."""

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file, its times in nanoseconds."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


@dataclass(frozen=True)
class DiskFile:
    """Where a file's bytes are, and what the disk knew of them when the folder was read.

    A file that was copied, with another owner or mode, shares this record, and with it the digest.

    Attributes:
        path: the path that opens it.
        stamp: size, times and inode.
        settled: whether the last write was long enough ago for any later one to have another time.
    """

    path: str
    stamp: Stamp
    settled: bool

    @classmethod
    def of(cls, path: str, status: os.stat_result, now: int) -> DiskFile:
        """A file as the disk knows it at a time, in nanoseconds."""
        return cls(path, Stamp.of(status), status.st_mtime_ns < now - SETTLED)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the bytes in hex. They are read here, once.

        Raises ContextError if they cannot be read, or changed since the folder was read.
        """
        with self._opened() as stream:
            large = self.stamp.size > LARGE
            digest = hashlib.file_digest(stream, "sha256") if large else hashlib.sha256(stream.read())
            if self._touched(stream):
                raise self._changed()
        return digest.hexdigest()

    def read(self) -> bytes:
        """The bytes.

        A file that was written since may hold the same bytes; its digest tells, where it is known. Raises
        ContextError if they cannot be read, or changed since the folder was read.
        """
        with self._opened() as stream:
            content = stream.read()
            if self._touched(stream) and hashlib.sha256(content).hexdigest() != self.__dict__.get("digest"):
                raise self._changed()
        return content

    @contextmanager
    def _opened(self) -> Iterator[FileIO]:
        try:
            with Path(self.path).open("rb", buffering=0) as stream:
                yield stream
        except OSError as error:
            raise ContextError(f"cannot read {self.path}: {error.strerror or error}") from None

    def _touched(self, stream: FileIO) -> bool:
        return Stamp.of(os.fstat(stream.fileno())) != self.stamp

    def _changed(self) -> ContextError:
        return ContextError(f"{self.path} changed after the project was read; read the project again, then build")
