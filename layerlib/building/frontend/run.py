"""RUN: the command line, and all that is in its cache key.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatchRun) and convert_runmount.go.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ...reading.dockerfile import Instruction
from ..image import config as rules
from ..operations import Exec, Mount, MountType
from . import mounts
from .llb import Input, Source, Vertex
from .state import StageState

MASK = "****"  # what a step's name shows of a secret in a variable


def run(state: StageState, instruction: Instruction) -> None:
    """Add a RUN to a stage. Raises DockerfileError for what Docker refuses."""
    command = _command(state, instruction)
    inline = () if command.script is None else (command.script,)
    namespace = state.options.args.get("BUILDKIT_CACHE_MOUNT_NS", "")
    written = [
        mounts.parse(text, state.expand, state.is_vague, state.directory, namespace)
        for text in instruction.flags.get("mount", ())
    ]
    looked_into = (
        replace(state.look_into(mount.origin, instruction), sources=(Source(mount.source),))
        for mount in written
        if mount.has_source
    )
    args = command.words if instruction.json else tuple(rules.shell_form(state.config, command.words))
    operation = Exec(
        args=args,
        env=state.run_environment,
        user=state.config.get("User") or "",
        cwd=state.directory,
        network=_network(instruction.flag("network") or "default", state.options.network),
        mounts=tuple(sorted((*inline, *(mount.compared for mount in written)), key=lambda mount: mount.target)),
        hostname=state.options.args.get("BUILDKIT_SANDBOX_HOSTNAME", ""),
        platform=state.platform,
        hosts=state.options.hosts,
        ulimits=state.options.ulimits,
        shm_size=state.options.shm_size,
        cgroup_parent=state.options.cgroup_parent,
    )
    masked = {mount.compared.env: MASK for mount in written if mount.compared.type == MountType.SECRET}
    vertex = Vertex(
        name=state.step_name(state.shown_run(instruction, command.summary, masked)),
        operation=operation,
        inputs=(Input(state.root), *looked_into),
        forced=state.forced,
        instruction=instruction,
        stage=state.stage.index,
        arguments=frozenset(name for name, _ in state.arguments),
        vague=not state.placed,
    )
    state.add(f"RUN {_argument_prefix(state)}{' '.join(args)} # buildkit", vertex)


class _Command(NamedTuple):
    """A RUN's words, what the step's name says of its heredoc, and the script that a heredoc with #! is."""

    words: tuple[str, ...]
    summary: str = ""
    script: Mount | None = None


def _command(state: StageState, instruction: Instruction) -> _Command:
    if not instruction.heredocs:
        return _Command(instruction.words)
    first, body = instruction.words[0], instruction.heredocs[0].body
    if len(instruction.heredocs) > 1 or not instruction.heredoc_of(first):
        return _Command((first + "".join(f"\n{doc.body}{doc.name}" for doc in instruction.heredocs),))
    if not body.startswith("#!"):
        return _Command((body,), _summary(body))
    path = f"/dev/pipes/{instruction.heredocs[0].name}"
    return _Command((path,), _summary(body), Mount(MountType.INLINE, path, id=body))


def _summary(body: str) -> str:
    lines = body.strip().replace("\r\n", "\n").split("\n")
    return f" ({lines[0]}{'...' if len(lines) > 1 else ''})"


def _argument_prefix(state: StageState) -> str:
    """`|2 A=1 B= `: the build arguments in scope, in order, as history shows them before a RUN."""
    shown = {name: state.environment.get(name, value) for name, value in state.arguments}
    if not shown:
        return ""
    return " ".join((f"|{len(shown)}", *(f"{name}={value}" for name, value in shown.items()))) + " "


def _network(flag: str, build: str) -> str:
    """The network that a RUN gets."""
    return build if flag == "default" else flag
