"""From a Dockerfile to LLB: which stages the target needs, and in which order they are lowered.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (resolveReachableStages).
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from ...reading.errors import DockerfileError
from ..image import config as rules
from .dispatch import lower
from .frontend import Frontend
from .llb import Graph


def convert(frontend: Frontend) -> Graph:
    """The graph of the target. Stages that it does not need are not there, and their base images are not asked for.

    Raises DockerfileError.
    """
    for stage in frontend.stages:  # an index that is wrong is refused in any stage
        for instruction in stage.instructions:
            frontend.stages_used_by(instruction)
    target = frontend.target_stage()
    for number in _order(frontend, target):
        frontend.lowered[number] = lower(frontend, frontend.stages[number])
    last = frontend.lowered[target]
    return Graph(last.root, rules.finished(last.config), last.history, last.image)


def _order(frontend: Frontend, target: int) -> list[int]:
    """The stages that a target needs, each after those that it needs itself."""
    needed: dict[int, set[int]] = {}
    waiting = [target]
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed[number] = _needed_by(frontend, number)
            waiting += needed[number]
    try:
        order = list(TopologicalSorter(needed).static_order())
    except CycleError as error:
        raise _circular(frontend, error.args[1]) from None
    for number in order:
        _refuse_later_sources(frontend, number)
    return order


def _needed_by(frontend: Frontend, number: int) -> set[int]:
    """The stages that a stage begins with, copies from or mounts."""
    base = frontend.find_base(frontend.bases[number], number)
    sources = map(frontend.stages_used_by, frontend.stages[number].instructions)
    return set().union(*sources, set() if base is None else {base})


def _circular(frontend: Frontend, circle: list[int]) -> DockerfileError:
    """The refusal of stages that need each other, at the first instruction that leads into the circle."""
    stage = frontend.stages[circle[0]]
    leads = (instruction for instruction in stage.instructions if frontend.stages_used_by(instruction) & set(circle))
    line = next(leads, stage.first).line
    return DockerfileError(
        f"circular dependency detected on stage: {stage.name or stage.index}",
        cure="A stage cannot copy from itself, nor from one that copies from it.",
    ).at(line, frontend.dockerfile.line(line))


def _refuse_later_sources(frontend: Frontend, number: int) -> None:
    stage = frontend.stages[number]
    for instruction in stage.instructions:
        with frontend.at(instruction):
            for later in frontend.stages_used_by(instruction):
                if later > number:
                    raise DockerfileError(
                        f'cannot copy from stage "{frontend.stages[later].name or later}", it needs to be defined '
                        f'before current stage "{stage.name or number}"',
                        cure="Move the stage that is copied from above this one.",
                    )
