"""The steps of a build that take time and make a layer: those that charts and labs count."""

from __future__ import annotations

from ..building.build import Build
from ..building.records import Step


def working_steps(build: Build) -> list[Step]:
    """The steps that do something: not FROM, and of the classic builder not those that make no layer."""
    return [step for step in build.steps if step.keyword != "FROM" and step.layer is not None]


def rebuilt_steps(build: Build) -> list[Step]:
    """Those of them that are certainly rebuilt."""
    return [step for step in working_steps(build) if step.verdict == "rebuilt"]
