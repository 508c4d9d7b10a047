"""An attempt: an answer to a level, built, and built again as often as its goals ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..building.effects.effects import as_effects
from ..building.rebuilding import rebuild
from ..building.records import Step
from ..editing import changes
from ..linting import runnable
from ..linting.inspected import InspectedBuild
from ..linting.installed import DISTRIBUTION, Installed
from ..linting.solved_step import SolvedStep


class Place(NamedTuple):
    """Where an instruction stands: the index of its stage, and its line."""

    stage: int
    line: int


@dataclass(frozen=True)
class Attempt(InspectedBuild):
    """A learner's project that is to be checked, with what the level's commands write."""

    def rebuild(self, after: str) -> Build:
        """The build that follows a change, named as in `changes.named`."""
        effects = as_effects(self.effects).lenient()
        return rebuild(self.project, changes.named(after), builder=BuildKit(effects=effects))

    def bringing(self, what: str) -> list[Place]:
        """The RUNs of the first build that bring a package, `node_modules`, or a program (`runnable.PROGRAM`)."""
        return [place for place, brought in self._brought.items() if what in brought]

    def is_of_the_system(self, package: str) -> bool:
        """Whether a package comes with those of the distribution, and from nowhere else."""
        last = self._installed[self.steps[-1]]
        return last.packages.get(package, frozenset()) == {DISTRIBUTION}

    @property
    def may_bring_more(self) -> bool:
        """Whether a step that nobody knows may have brought something."""
        return bool(self.steps) and self._installed[self.steps[-1]].may_hold("/usr")

    @cached_property
    def _installed(self) -> Mapping[SolvedStep, Installed]:
        """What is there after each step."""
        return runnable.installed_after(self)

    @cached_property
    def _brought(self) -> dict[Place, frozenset[str]]:
        """What each RUN brings, by its stage and its line."""
        after = self._installed
        return {
            Place(step.stage, step.instruction.line): runnable.brought(
                after[step], after[step.builds_on] if step.builds_on else Installed()
            )
            for step in self.steps
            if step.is_run and step.instruction is not None
        }

    def first_miss(self, build: Build) -> Step | None:
        """The step that the other misses of a rebuild come from."""
        return next((step for step in build.missed if step.reason and step.reason.step is None), None)
