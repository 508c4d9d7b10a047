"""What executing a step leaves behind, in both builders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..reading.expansion import Variables
from ..reading.paths import clean
from .cache.results import Result, new_execution, size_source
from .effects.effects import UNKNOWN, Effects
from .files.overlay import Writes
from .files.snapshot import Snapshot
from .records import Store


def write(below: Snapshot, files: Writes, size: int | None) -> Result:
    """A step that writes known files, such as COPY or WORKDIR. `size` is its layer's in bytes, None for unknown."""
    seconds = None if size is None else 0.0
    return Result(new_execution(), below.after(files), size, size_source(size), seconds)


def run(
    args: Sequence[str], below: Snapshot, folder: str, user: str, variables: Variables, mounted: Iterable[str],
    effects: Effects, store: Store,
) -> Result:  # fmt: skip
    """A RUN: what is known of its command's effects.

    Args:
        args: the program and its arguments.
        below: the files that it works on.
        folder: the working directory.
        user: as USER wrote it; empty for root.
        variables: what the command sees.
        mounted: folders that are not in the image, whatever is written there: mounts, the classic builder's volumes.
        effects: what commands do.
        store: decides how sizes are counted.
    """
    execution = new_execution()
    name, _, group = user.partition(":")
    outside = [clean(path) for path in mounted]
    outcome = effects.outcome(args, below, folder, user, variables, outside)
    written = outcome.written(below, variables, name, group, f"run {execution}", outside)
    size = outcome.layer_size(below, written, store)
    source = outcome.source if size is not None else UNKNOWN
    snapshot = below.after(written, outcome.unknown_writes, f"run {execution}", outcome.foreign)
    return Result(execution, snapshot, size, source, outcome.seconds)
