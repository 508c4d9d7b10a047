"""What executing a step leaves behind.

Source: BuildKit, solver/llbsolver/ops (exec.go, file.go, merge.go).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...reading.file import File
from ...reading.paths import clean
from ..cache.results import Result, SolvedInput, new_execution, size_source
from ..effects.effects import UNKNOWN, Effects
from ..files.copying import CopyOptions, copied
from ..files.owners import owner
from ..files.snapshot import Snapshot
from ..frontend.llb import Vertex
from ..image import config as rules
from ..operations import Copy, Exec, MakeFolder, MountType
from ..records import Store

NOT_IN_THE_IMAGE = {MountType.BIND, MountType.CACHE, MountType.TMPFS}  # what is written to these mounts


def execute(vertex: Vertex, inputs: Sequence[SolvedInput], effects: Effects, store: Store) -> Result:
    """Execute a vertex on what its inputs are. Raises ContextError for a COPY that cannot be done."""
    step = inputs[0].step
    below = step.result.snapshot if step else Snapshot()
    match vertex.operation:
        case Exec() as operation:
            return _run(operation, below, effects, store)
        case MakeFolder(path, user):
            return _result(below, below.with_folder(clean(path), *(owner(user) if user else ("0", "0"))), store)
        case Copy() as operation:
            chosen = [(copy.source.path, inputs[copy.input].selections[copy.source.path]) for copy in vertex.copies]
            options = CopyOptions(
                operation.destination,
                owner(operation.owner) if operation.owner else None,
                operation.mode if isinstance(operation.mode, int) else None,
                operation.unpack,
            )
            return _result(below, copied(below, chosen, options), store)
        case _:  # a Merge puts what was copied over what lies below, and nothing is written
            top = inputs[1].step
            assert top is not None
            snapshot = below.after(top.result.snapshot.written)
            size = top.result.size
            return Result(new_execution(), snapshot, size, size_source(size), 0.0 if size is not None else None)


def _result(below: Snapshot, written: dict[str, File | None], store: Store) -> Result:
    size = below.size(written, store)
    seconds = 0.0 if size is not None else None
    return Result(new_execution(), below.after(written), size, size_source(size), seconds)


def _run(operation: Exec, below: Snapshot, effects: Effects, store: Store) -> Result:
    execution = new_execution()
    user, _, group = operation.user.partition(":")
    outcome = effects.outcome(" ".join(operation.args), below, operation.cwd)
    mounted = [clean(mount.target) for mount in operation.mounts if mount.type in NOT_IN_THE_IMAGE]
    variables = rules.variables(operation.env) if outcome.effects else {}
    written = outcome.written(below, variables, user, group, f"run {execution}", mounted)
    size = outcome.layer_size(below, written, store)
    source = outcome.source if size is not None else UNKNOWN
    snapshot = below.after(written, outcome.unknown_writes, f"run {execution}")
    return Result(execution, snapshot, size, source, outcome.seconds)
