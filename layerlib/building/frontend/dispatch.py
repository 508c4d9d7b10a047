"""What each instruction adds to LLB, to the config and to the history.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatch).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...reading.dockerfile import Instruction, Stage
from ...reading.expansion import Environment
from ...reading.paths import absolute, refuse_too_long
from ..files.owners import numeric
from ..image import config as rules
from ..operations import MakeFolder
from ..unknown_names import unknown_names
from .copy import copy
from .frontend import Frontend
from .llb import Input, LoweredStage, Vertex
from .run import run
from .state import StageState

NOT_IN_ENVIRONMENT = {"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"}


def lower(frontend: Frontend, stage: Stage) -> LoweredStage:
    """A stage as LLB. The stages that it needs are lowered already.

    Raises DockerfileError with the line of what Docker refuses.
    """
    state = StageState(frontend, stage)
    if frontend.replaced(stage):
        with frontend.at(stage.first):
            _begin_with(state, frontend.context_vertex(stage.name, stage), {})
            if state.image is not None:  # as it is: no PATH is added, and triggers wait for who begins with it
                variables = Environment(rules.variables(state.image.config.get("Env", ())), not state.image.known)
                state.config = {**state.image.config, "Env": variables}
        return state.lowered()
    with frontend.at(stage.first):
        triggers = frontend.triggers(_begin(state), stage)
        state.total += len(triggers)
        state.trigger = "ONBUILD "
        for instruction in triggers:
            dispatch(state, instruction)
        state.trigger = ""
    for instruction in stage.instructions:
        with frontend.at(instruction):
            dispatch(state, instruction)
    return state.lowered()


def _begin(state: StageState) -> Mapping[str, object]:
    """FROM a stage, nothing, or an image; returns the config with its ONBUILD triggers."""
    frontend, base = state.frontend, state.frontend.bases[state.stage.index]
    inherited: Mapping[str, object] = {}
    parent = frontend.find_base(base, state.stage.index)
    if parent is not None:
        below = frontend.lowered[parent]
        inherited = below.config
        state.root, state.image, state.history = below.root, below.image, list(below.history)
        state.local = below.local
        config = rules.copied(below.config)
        config.pop("OnBuild", None)
        variables = config.setdefault("Env", Environment())
        if not variables.open:
            variables.setdefault("PATH", rules.DEFAULT_PATH)
        state.arguments = list(below.arguments)
        state.begin(config, below.environment, below.directory)
        for name, value in config["Env"].items():
            state.set_variable(name, value, name in config["Env"].vague)
    elif base == "scratch":
        config = _on_nothing()
        state.begin(config, config["Env"], "/")
    elif context := frontend.context_vertex(base, state.stage):
        state.total += 1
        _begin_with(state, context, _on_nothing())
        inherited = {} if state.image is None else state.image.config
    else:
        state.image = frontend.image(base, state.platform)
        inherited = state.image.config
        state.total += 1
        step_name = state.step_name(f"FROM {frontend.shown_image(state.image)}")
        state.root = frontend.image_vertex(state.image, step_name, state.stage)
        config = rules.start(inherited, state.image.known)
        state.begin(config, config["Env"], config.get("WorkingDir") or ("/" if state.image.known else None))
    return inherited


def _on_nothing() -> rules.Config:
    """The config of a stage without a base image."""
    return {**rules.start({}), "WorkingDir": "/"}


def _begin_with(state: StageState, context: Vertex | None, config: rules.Config) -> None:
    """Begin with a named context: an image, or a folder, for which there is the config."""
    assert context is not None
    state.root, state.image = context, context.image
    state.local = None if context.image else context
    if context.image:
        config = rules.start(context.image.config, context.image.known)
    described = context.image is None or context.image.known
    variables = config.setdefault("Env", Environment())
    state.begin(config, variables, config.get("WorkingDir") or ("/" if described else None))


def dispatch(state: StageState, instruction: Instruction) -> None:
    """Let an instruction change the stage. Raises DockerfileError for what Docker refuses."""
    if state.image is not None and state.environment.open:
        names = unknown_names(instruction, state.environment, state.escape, state.placed)
        state.frontend.note_unknown(state.image.reference, names, instruction)
    RULES.get(instruction.keyword, _metadata)(state, instruction)


def _metadata(state: StageState, instruction: Instruction) -> None:
    """An instruction that changes only the image's config, or keeps a trigger for another stage."""
    state.cmd_set = rules.drop_inherited_cmd(state.config, instruction, state.cmd_set)
    text = rules.apply(state.config, instruction, state.environment, state.escape)
    if instruction.keyword != "ONBUILD":
        state.add(f"{instruction.keyword} {text}")


def _env(state: StageState, instruction: Instruction) -> None:
    variables = [(name, value or "") for name, value in rules.expanded_pairs(instruction, state.expand)]
    vague = [state.is_vague(value or "") for _, value in instruction.pairs]
    for (name, value), unknown in zip(variables, vague, strict=True):
        state.set_variable(name, value, unknown)
        state.config["Env"].put(name, value, unknown)
    state.add("ENV " + " ".join(f"{name}={value}" for name, value in variables))


def _arg(state: StageState, instruction: Instruction) -> None:
    shown = []
    for name, default in instruction.pairs:  # the name is taken as it is written
        value = state.frontend.argument(name, None if default is None else state.expand(default))
        if value is not None and name not in NOT_IN_ENVIRONMENT:
            unknown = default is not None and name not in state.options.args and state.is_vague(default)
            state.set_variable(name, value, unknown)
        state.arguments.append((name, value or ""))
        shown.append(name if value is None else f"{name}={value}")
    state.add("ARG " + " ".join(shown))


def _workdir(state: StageState, instruction: Instruction) -> None:
    path = state.go_to(instruction.words[0])
    refuse_too_long(path)
    state.config["WorkingDir"] = path
    vertex = None
    if path != "/":
        user = state.config.get("User")
        vertex = Vertex(
            name=state.step_name(state.shown(instruction)),
            operation=MakeFolder(
                path=absolute(path) if state.placed else path,
                owner=":".join(map(numeric, user.split(":"))) if user else None,
                epoch=state.options.epoch,
            ),
            inputs=(Input(state.root),),
            instruction=instruction,
            stage=state.stage.index,
            vague=not state.placed,
        )
    state.add(f"WORKDIR {path}", vertex)


RULES: dict[str, Callable[[StageState, Instruction], None]] = {
    "ENV": _env,
    "ARG": _arg,
    "WORKDIR": _workdir,
    "RUN": run,
    "COPY": copy,
    "ADD": copy,
}
