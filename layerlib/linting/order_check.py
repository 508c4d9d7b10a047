"""Whether another order of the instructions can still work: what the lint finds in it and not in the order before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..building.effects.effects import Effects
from ..reading.errors import LayerlibError
from ..reading.project import Project
from .inspected import InspectedBuild
from .problem import Problem
from .runnable import problems as lint
from .unset_variables import unset_variables


def problems(project: Project, before: Project, effects: Effects | Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """What an order lacks that the order before had, a sentence each; empty if nothing is found.

    What the build refuses is a problem too. If neither order can be built, nothing is reported.

    Args:
        project: the project in its new order.
        before: the same project in an order that works.
        effects: what the commands write, as `BuildKit` takes it.
    """
    try:
        known = {problem.key for problem in _found(before, effects or {})}
    except LayerlibError:
        return ()
    try:
        found = _found(project, effects or {})
    except LayerlibError as error:
        return (str(error),)
    new = {problem.key: problem for problem in reversed(found) if problem.key not in known}
    return tuple(_sentence(problem) for problem in reversed(new.values()))


def _found(project: Project, effects: Effects | Mapping[str, Any]) -> list[Problem]:
    return [*lint(InspectedBuild(project, effects)), *unset_variables(project)]


def _sentence(problem: Problem) -> str:
    """The problem with its instruction as written: the number of its step changes with the order."""
    return f"{problem.instruction} {problem.predicate}" if problem.instruction else str(problem)
