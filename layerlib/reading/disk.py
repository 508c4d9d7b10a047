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


class DiskFile(NamedTuple):
    """Where a file's bytes are, and how the disk knew them when the folder was read: size, times and inode.

    `settled` says that the last write was long enough before, so that any later one has another time.
    """

    path: str
    stamp: tuple[int, ...]
    settled: bool

    @classmethod
    def of(cls, path: str, facts: os.stat_result, now: int) -> DiskFile:
        """A file as the disk knows it at a time, in nanoseconds."""
        return cls(path, _stamp(facts), facts.st_mtime_ns < now - SETTLED)


def _stamp(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino


@contextmanager
def opened(disk: DiskFile) -> Iterator[FileIO]:
    """A file to read. Raises ContextError if it cannot be, or if it is another one than when the folder was read."""
    try:
        with Path(disk.path).open("rb", buffering=0) as stream:
            yield stream
            changed = _stamp(os.fstat(stream.fileno())) != disk.stamp
    except OSError as error:
        raise ContextError(f"cannot read {disk.path}: {error.strerror or error}") from None
    if changed:
        raise ContextError(f"{disk.path} changed after the project was read; read the project again, then build")
