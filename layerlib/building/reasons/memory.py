"""What earlier builds compared, so that a later build can say what changed. Only reasons ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..cache.results import ResultId
from .reasons import Facts

REMEMBERED = 20  # builds, and steps that were built on one result

StageFacts = Mapping[str, Sequence[Facts]]


class Memory:
    """The last builds, and what was built on each result.

    Attributes:
        builds: the newest first; each a mapping from a stage's label to the facts of its steps, in order.
        built_on: result to the facts of the steps that were executed on it, the newest last.
        pruned: the steps whose results were pruned.
    """

    def __init__(self) -> None:
        self.builds: list[StageFacts] = []
        self.built_on: dict[ResultId, list[Facts]] = {}
        self.pruned: frozenset[Facts] = frozenset()

    def last(self, stage: str) -> Sequence[Facts]:
        """The steps of a stage in the last build that had it; empty if none had."""
        return next((build[stage] for build in self.builds if stage in build), ())

    def executed(self, facts: Facts, on: Sequence[ResultId]) -> None:
        """Remember a step that was executed on a result, which may be known by several ids."""
        for result in on:
            self.built_on[result] = [*self.built_on.get(result, ()), facts][-REMEMBERED:]

    def built(self, stages: StageFacts) -> None:
        """Remember a build."""
        self.builds = [stages, *self.builds[: REMEMBERED - 1]]

    def prune(self) -> None:
        """The cache is empty now. What was built stays known."""
        self.built_on.clear()
        self.pruned = frozenset(facts for build in self.builds for stage in build.values() for facts in stage)
