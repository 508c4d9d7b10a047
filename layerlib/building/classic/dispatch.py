"""What each instruction does in the classic builder.

Source: moby, daemon/builder/dockerfile/dispatchers.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ...reading.dockerfile import Instruction
from ...reading.errors import DockerfileError
from ...reading.paths import absolute, clean
from .. import executing
from ..cache.results import Result, SolvedInput
from ..effects.run import Run
from ..files.copying import folder_made
from ..files.snapshot import Snapshot
from ..image import config as rules
from ..operations import ImageSource
from ..records import StepName, Verdict
from ..unknown_names import unknown_names
from .build_args import Variables
from .copy import copy
from .metadata import metadata
from .operations import ClassicRun, ClassicWorkdir
from .stage import ClassicStage

if TYPE_CHECKING:
    from ..effects.failing import Failure

# What is printed if not even the start of a container succeeds. Source: recorded.
NOT_STARTED = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: error during container init"
)
# Build arguments that need no ARG. They do not count, but one that is passed shows as `|0` before a RUN.
PROXIES = {
    name for word in ("HTTP", "HTTPS", "FTP", "NO", "ALL") for name in (f"{word}_PROXY", f"{word}_PROXY".lower())
}


def build_stage(stage: ClassicStage) -> None:
    """Build a stage. Raises DockerfileError with the line of what Docker refuses."""
    first = stage.stage.first
    stage.name = stage.numbering.name(first.source)
    with stage.table.at(first):
        inherited = _begin(stage)
        stage.variables = Variables(stage.config["Env"], stage.table)
        stage.name = StepName("", "")  # triggers are not printed
        for trigger in stage.table.triggers(inherited, stage.stage):
            _dispatch(stage, trigger)
    for instruction in stage.stage.instructions:
        stage.name = stage.numbering.name(instruction.source)
        with stage.table.at(instruction):
            _dispatch(stage, instruction)


def _begin(stage: ClassicStage) -> Mapping[str, object]:
    """FROM a stage, nothing, or an image; returns the config with its ONBUILD triggers."""
    base = stage.table.bases[stage.stage.index]
    number = stage.table.find_stage(base, stage.stage.index)
    operation = ImageSource(base, base)
    if number is not None:
        parent = stage.above[number]
        stage.begin_with_stage(parent)
        last = parent.last
        stage.add(stage.stage.first, operation, (SolvedInput(last),), last.result, last.ids[0], last.verdict)
        return parent.config
    if base == "scratch":
        stage.config = rules.start({})
        stage.add(stage.stage.first, operation, (), Result(0, Snapshot()), "scratch", "cached")
        return {}
    image = stage.table.image(base)
    stage.begin_with_image(image)
    known_as = f"image {image.digest}"
    operation = ImageSource(image.reference, image.digest)
    verdict: Verdict = "cached" if stage.cache.saw_image([known_as]) else "rebuilt"
    stage.add(stage.stage.first, operation, (), Result(0, Snapshot.of_image(image)), known_as, verdict)
    return image.config


def _dispatch(stage: ClassicStage, instruction: Instruction) -> None:
    if stage.variables.all.open:
        names = unknown_names(instruction, stage.variables.all, stage.table.dockerfile.escape, stage.placed)
        stage.table.note_unknown(stage.last.result.snapshot.origin, names, instruction)
    RULES.get(instruction.keyword, metadata)(stage, instruction)


def _workdir(stage: ClassicStage, instruction: Instruction) -> None:
    written = stage.expand(instruction.words[0])
    if not written:
        raise DockerfileError(
            "cannot normalize nothing: the folder's name is empty", cure="Name it: WORKDIR /home/app."
        )
    stage.placed = stage.is_placed(instruction.words[0])
    path = absolute(written, stage.config.get("WorkingDir") or "/") if stage.placed else written
    stage.config["WorkingDir"] = path
    placed = stage.placed

    def execute(below: Snapshot, verdict: Verdict) -> Result:
        if not placed:
            return executing.write(below, {}, 0 if stage.store == "overlay2" else None)
        folder = folder_made(below, path, ("0", "0"))
        return executing.write(below, folder, below.size(folder, stage.store) if folder else 0)

    stage.probe(instruction, ClassicWorkdir(path), [*stage.shell(), f"#(nop) WORKDIR {path}"], execute)


def _run(stage: ClassicStage, instruction: Instruction) -> None:
    for flag in instruction.flags:
        raise DockerfileError(f"the --{flag} option requires BuildKit", cure="Remove it, or build with BuildKit.")
    args = rules.command_line(stage.config, instruction)
    arguments = rules.entries(stage.variables.arguments())
    proxies = PROXIES & stage.table.options.args.keys() - stage.config["Env"].keys()
    command = [f"|{len(arguments)}", *arguments, *args] if arguments or proxies else args
    operation = ClassicRun(tuple(args), tuple(arguments), stage.variables.entries)
    config, placed = stage.config, stage.placed

    def printed(failure: Failure) -> str:
        text = " ".join(args).replace("\n", "\\n")
        started = f"The command '{text}' returned a non-zero code: {failure.code}"
        return f"{NOT_STARTED}: {failure.start}" if failure.start else started

    def execute(below: Snapshot, verdict: Verdict) -> Result:
        run = Run(
            args=tuple(args),
            below=below,
            directory=config.get("WorkingDir") or "/" if placed else None,
            user=config.get("User") or "",
            variables=stage.variables.all,
            mounted=tuple(map(clean, config.get("Volumes", ()))),
        )
        return executing.run(run, stage.effects, stage.store, verdict, printed)

    stage.probe(instruction, operation, command, execute)


RULES: dict[str, Callable[[ClassicStage, Instruction], None]] = {
    "RUN": _run,
    "COPY": copy,
    "ADD": copy,
    "WORKDIR": _workdir,
}
