"""From a Dockerfile to BuildKit's graph: which stages the target needs, and in which order they are walked.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (resolveReachableStages).
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from ...reading.dockerfile import Instruction, Stage
from ...reading.errors import DockerfileError
from ..image import config as rules
from .dispatch import StageWalk
from .frontend import Frontend
from .llb import Graph


def graph(frontend: Frontend) -> Graph:
    """The graph of the target. Stages that it does not need are not there, and their base images are not asked for.

    Raises DockerfileError, ContextError or ImageError.
    """
    for stage in frontend.stages:  # an index that is wrong is refused in any stage
        for one in stage.instructions:
            for name in frontend.origins(one):
                frontend.origin(name, one)
    target = frontend.target_stage()
    for index in _order(frontend, target):
        frontend.lowered[index] = StageWalk(frontend, frontend.stages[index]).lower()
    last = frontend.lowered[target]
    return Graph(last.root, rules.finished(last.config), last.rows, last.image)


def _refuse_later(frontend: Frontend, stage: Stage, one: Instruction, later: int) -> None:
    names = [frontend.stages[index].name or str(index) for index in (later, stage.index)]
    with frontend.at(one):
        raise DockerfileError(
            f'cannot copy from stage "{names[0]}", it needs to be defined before current stage "{names[1]}"',
            cure="Move the stage that is copied from above this one.",
        )


def _order(frontend: Frontend, target: int) -> list[int]:
    """The stages that a target needs, each after those that it needs itself."""
    needed: dict[int, set[int]] = {}
    waiting = [target]
    while waiting:
        index = waiting.pop()
        if index in needed:
            continue
        stage = frontend.stages[index]
        base = frontend.stage_named(frontend.bases[index], index)
        needed[index] = set().union(*map(frontend.named, stage.instructions), set() if base is None else {base})
        waiting += needed[index]
    try:
        order = list(TopologicalSorter(needed).static_order())
    except CycleError as error:
        stage, circle = frontend.stages[error.args[1][0]], set(error.args[1])
        looking = (one for one in stage.instructions for name in frontend.origins(one) if name)
        with frontend.at(next((one for one in looking if frontend.named(one) & circle), stage.first)):
            raise DockerfileError(
                f"circular dependency detected on stage: {stage.name or stage.index}",
                cure="A stage cannot copy from itself, nor from one that copies from it.",
            ) from None
    for index in order:
        for one in frontend.stages[index].instructions:
            for later in (origin for origin in frontend.named(one) if origin > index):
                _refuse_later(frontend, frontend.stages[index], one, later)
    return order
