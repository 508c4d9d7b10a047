"""What executing a step leaves behind, in both builders."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..reading.errors import DockerfileError
from .cache.results import Result, new_execution, size_source
from .effects.effects import UNKNOWN, Effects
from .effects.run import Run
from .files.copying import Copied
from .files.overlay import Writes
from .files.snapshot import Gap, Gaps, Snapshot
from .records import Store, Verdict

if TYPE_CHECKING:
    from .effects.failing import Failure

UNKNOWN_PLACE = "unknown: it depends on variables of a base image that nobody described"


def write(below: Snapshot, files: Writes, size: int | None, unknown_in: Gaps | None = None) -> Result:
    """A step that writes files, such as COPY or WORKDIR.

    Args:
        below: the files that it works on.
        files: what it writes.
        size: its layer's in bytes, None for unknown.
        unknown_in: folders in which it writes files that nobody knows.
    """
    seconds = None if size is None else 0.0
    return Result(new_execution(), below.after(files, unknown_in), size, size_source(size), seconds)


def copy(below: Snapshot, copied: Copied, store: Store) -> Result:
    """A COPY or an ADD."""
    size = None if copied.unknown_in else below.size(copied.written, store)
    return write(below, copied.written, size, copied.unknown_in)


def write_somewhere(below: Snapshot) -> Result:
    """A COPY that nobody can follow: what it writes, or where, depends on a variable or a folder that nobody knows."""
    execution = new_execution()
    snapshot = below.after({}, {"": Gap(f"copy {execution}", str(execution))})
    return Result(execution, snapshot, None, UNKNOWN_PLACE, None)


def run(run: Run, effects: Effects, store: Store, verdict: Verdict, printed: Callable[[Failure], str]) -> Result:
    """A RUN: what is known of its command's effects. Raises DockerfileError for one that certainly fails.

    Args:
        run: the command and what it sees.
        effects: what commands do.
        store: decides how sizes are counted.
        verdict: whether it certainly runs. If not, even files that it is known to write may be an earlier run's.
        printed: what the builder prints of a failure.
    """
    if failure := effects.failure(run):
        raise DockerfileError(printed(failure), cure=failure.cure)
    execution = new_execution()
    outcome = effects.outcome(run)
    written = outcome.written(run, execution, verdict == "depends")
    size = outcome.layer_size(run.below, written, store)
    source = outcome.source if size is not None else UNKNOWN
    snapshot = run.below.after(written, outcome.gaps(run, execution), outcome.foreign)
    return Result(execution, snapshot, size, source, outcome.seconds, outcome.assumed)
