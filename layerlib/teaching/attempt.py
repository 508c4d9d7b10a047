"""An attempt: an answer to a level, built, and built again as often as its goals ask."""

from __future__ import annotations

from dataclasses import dataclass

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..building.effects.effects import as_effects
from ..building.rebuilding import rebuild
from ..building.records import Step
from ..editing import changes
from ..linting.inspected import InspectedBuild


@dataclass(frozen=True)
class Attempt(InspectedBuild):
    """A learner's project that is to be checked, with what the level's commands write."""

    def rebuild(self, after: str) -> Build:
        """The build that follows a change, named as in `changes.named`."""
        effects = as_effects(self.effects).lenient()
        return rebuild(self.project, changes.named(after), builder=BuildKit(effects=effects))

    def first_miss(self, build: Build) -> Step | None:
        """The step that the other misses of a rebuild come from."""
        return next((step for step in build.missed if step.reason and step.reason.step is None), None)
