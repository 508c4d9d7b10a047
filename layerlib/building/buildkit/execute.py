"""What executing a vertex leaves behind.

Source: BuildKit, solver/llbsolver/ops (exec.go, file.go, merge.go).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ...reading.errors import DockerfileError
from ...reading.paths import clean
from .. import executing
from ..cache.results import Result, Solved, SolvedInput
from ..effects.effects import Effects
from ..effects.run import Run
from ..files.copying import CopyOptions, copied, folder_made
from ..files.owners import has_name, owner
from ..files.snapshot import Snapshot
from ..frontend.llb import Vertex
from ..image import config as rules
from ..operations import Copy, Exec, MakeFolder, MountType
from ..records import Store, Verdict

if TYPE_CHECKING:
    from ..effects.failing import Failure

NOT_IN_THE_IMAGE = {MountType.BIND, MountType.CACHE, MountType.TMPFS}  # what is written to these mounts


def execute(vertex: Vertex, inputs: Sequence[SolvedInput], effects: Effects, store: Store, verdict: Verdict) -> Result:
    """Execute a vertex on what its inputs are; one that depends may be cached instead.

    Raises ContextError for a COPY that cannot be done.
    """
    step = inputs[0].step
    below = step.result.snapshot if step else Snapshot()
    match vertex.operation:
        case Exec() as operation:
            run = Run(
                args=operation.args,
                below=below,
                directory=None if vertex.vague else operation.cwd,
                user=operation.user,
                variables=rules.variables(operation.env),
                mounted=tuple(
                    clean(mount.path(operation.cwd)) for mount in operation.mounts if mount.type in NOT_IN_THE_IMAGE
                ),
            )
            return executing.run(run, effects, store, verdict, _printed(operation))
        case MakeFolder() if vertex.vague:
            return executing.write(below, {}, 0 if store == "overlay2" else None)
        case Copy() if vertex.vague:
            return executing.write_somewhere(below)
        case MakeFolder(path, user):
            _refuse_names(user, step)
            files = folder_made(below, path, owner(user or "0"))
            return executing.write(below, files, below.size(files, store))
        case Copy() as operation:
            _refuse_names(operation.owner, step)
            chosen = [(copy.source.path, inputs[copy.input].selections[copy.source.path]) for copy in vertex.copies]
            options = CopyOptions(
                operation.destination,
                owner(operation.owner) if operation.owner else None,
                operation.mode,
                operation.unpack,
            )
            return executing.copy(below, copied(below, chosen, options), store)
        case _:  # a Merge puts what was copied over what lies below, and writes nothing itself
            top = inputs[1].step
            assert top is not None
            copy = top.result.snapshot
            return executing.write(below, copy.written, top.result.size, copy.unknown_in)


def _printed(operation: Exec) -> Callable[[Failure], str]:
    """What BuildKit prints of a RUN that fails. Source: recorded."""
    process = " ".join(operation.args).replace("\n", "\\n")
    return lambda failure: f'process "{process}" did not complete successfully: exit code: {failure.code}'


def _refuse_names(owner: str | None, step: Solved | None) -> None:
    """A name is looked up in the files below, and `FROM scratch` has none."""
    if owner and step is None and has_name(owner):
        raise DockerfileError(
            f"invalid user index: -1: there is no /etc/passwd that would explain {owner}",
            cure="Write numbers, such as 1000:1000.",
        )
