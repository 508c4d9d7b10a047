"""Files on a disk: where their bytes are, and how to tell that they have not changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from .errors import ContextError

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


class DiskFile(NamedTuple):
    """Where a file's bytes are, and what the disk knew of them when the folder was read.

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


@contextmanager
def opened(file: DiskFile) -> Iterator[FileIO]:
    """A file to read. Raises ContextError if it cannot be, or if it changed since the folder was read."""
    try:
        with Path(file.path).open("rb", buffering=0) as stream:
            yield stream
            changed = Stamp.of(os.fstat(stream.fileno())) != file.stamp
    except OSError as error:
        raise ContextError(f"cannot read {file.path}: {error.strerror or error}") from None
    if changed:
        raise ContextError(f"{file.path} changed after the project was read; read the project again, then build")
