"""From a Dockerfile to LLB: which stages the target needs, and in which order they are lowered.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (resolveReachableStages).
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from ...reading.errors import DockerfileError, LayerlibError
from ..image import config as rules
from .dispatch import lower
from .frontend import Frontend
from .llb import Graph


def convert(frontend: Frontend) -> Graph:
    """The graph of the target. Stages that it does not need are not there, and their base images are not asked for.

    Raises DockerfileError.
    """
    target = frontend.target_stage()
    for number in order(frontend, [target]):
        frontend.lowered[number] = lower(frontend, frontend.stages[number])
    last = frontend.lowered[target]
    if last.local is not None and frontend.store == "containerd" and _stands_on_replaced(frontend, target):
        raise LayerlibError("invalid image config for export: missing architecture: a folder took a stage's place")
    config = rules.finished(last.config)
    if labels := frontend.options.labels:
        config["Labels"] = {**config.get("Labels", {}), **labels}
    return Graph(last.root, config, last.history, last.image, last.local)


def _stands_on_replaced(frontend: Frontend, number: int | None) -> bool:
    """Whether a stage is one in whose place a named context came, or begins with one, at any distance."""
    while number is not None and not frontend.replaced(frontend.stages[number]):
        number = frontend.find_base(frontend.bases[number], number)
    return number is not None


def order(frontend: Frontend, targets: Iterable[int]) -> list[int]:
    """The stages that some stages need, each after those that it needs itself. Raises DockerfileError."""
    for stage in frontend.stages:  # an index that is wrong is refused in any stage
        for instruction in stage.instructions:
            frontend.stages_used_by(instruction)
    needed: dict[int, set[int]] = {}
    waiting = list(targets)
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed[number] = _needed_by(frontend, number)
            waiting += needed[number]
    try:
        numbers = list(TopologicalSorter(needed).static_order())
    except CycleError as error:
        raise _circular(frontend, error.args[1]) from None
    for number in numbers:
        _refuse_later_sources(frontend, number)
    return numbers


def _needed_by(frontend: Frontend, number: int) -> set[int]:
    """The stages that a stage begins with, copies from or mounts."""
    if frontend.replaced(frontend.stages[number]):
        return set()
    base = frontend.find_base(frontend.bases[number], number)
    sources = map(frontend.stages_used_by, frontend.stages[number].instructions)
    return set().union(*sources, set() if base is None else {base})


def _circular(frontend: Frontend, circle: list[int]) -> DockerfileError:
    """The refusal of stages that need each other, at the first instruction that leads into the circle."""
    stages = [frontend.stages[number] for number in sorted(set(circle))]
    leads = (
        instruction.line
        for stage in stages
        for instruction in stage.instructions
        if frontend.stages_used_by(instruction) & set(circle)
    )
    stage = stages[0]
    line = next(leads, stage.first.line)
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
