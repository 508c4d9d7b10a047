"""The steps of a BuildKit build with their reasons: each missed step beside what the last build had in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...reading.dockerfile import Stage
from ...reading.file import File
from ..cache.cache import Cache
from ..records import Layer, Step
from . import reasons
from .differences import difference
from .pairing import pair, same
from .reasons import Facts, Reason

if TYPE_CHECKING:
    from ..buildkit.solver import Solved

REMEMBERED = 20  # builds
NUMBER = re.compile(r"\[(?:(\S+) )? *(\d+)/\d+\] ")


def place(step: Step) -> tuple[str, int, bool]:
    """Where a step stands in a list by stage and number; the LINK of a COPY --link comes before its copy."""
    match = NUMBER.match(step.name)
    return (match[1] or "", int(match[2]), "] LINK " not in step.name) if match else ("", 0, False)


def steps(
    solved: Mapping[str, Solved],
    cache: Cache,
    stages: Sequence[Stage],
    layer: Callable[[Solved], Layer],
    asked: str = "--no-cache",
) -> list[Step]:
    """The steps in the order of the walk. What was compared is kept in the cache for the next build."""
    facts = {identity: _facts(one, stages) for identity, one in solved.items()}
    here: dict[str, list[Facts]] = {}
    for compared in facts.values():
        here.setdefault(compared.stage, []).append(compared)
    made: dict[str, Step] = {}
    search = _Search(cache, here, solved, made, asked, {_label(stage) for stage in stages})
    for identity, one in solved.items():
        vertex = one.vertex
        reason = None if one.cached else search.reason(one, facts[identity])
        made[identity] = Step(
            name=vertex.name,
            cached=one.cached,
            reason=reason,
            layer=None if vertex.kind == "image" else layer(one),
            seconds=0.0 if one.cached else one.result.seconds,
            keyword=vertex.instruction.keyword if vertex.instruction else "FROM",
            line=vertex.instruction.line if vertex.instruction else 0,
            stage=vertex.stage,
            definition=vertex.definition,
        )
    for identity, one in solved.items():
        if not one.cached and (below := search.below(one)) is not None:
            for key in below.keys:
                cache.standing[key] = [*cache.standing.get(key, ()), facts[identity]][-REMEMBERED:]
    cache.emptied = False
    cache.past[:0] = [here]
    del cache.past[REMEMBERED:]
    return list(made.values())


def _facts(one: Solved, stages: Sequence[Stage]) -> Facts:
    vertex = one.vertex
    labels = {index: source.label for index, source in enumerate(vertex.inputs)}
    files: dict[str, Mapping[str, File]] = {}
    for (index, _), selection in one.selections.items():
        label = labels[index]
        files[label] = {**files[label], **selection.files} if label in files else selection.files
    stage = stages[vertex.stage]
    return Facts(
        kind=vertex.kind,
        text=str(vertex.instruction) if vertex.instruction else vertex.name,
        stage=_label(stage),
        definition=vertex.definition,
        files=files,
        stages=frozenset(one.label for one in vertex.inputs if one.vertex and one.sources),
        arguments=vertex.arguments,
        exec_form=bool(vertex.instruction and vertex.instruction.json),
    )


def _label(stage: Stage) -> str:
    return stage.name or str(stage.index)


class _Search:
    """Looks for what a missed step was before."""

    def __init__(
        self,
        cache: Cache,
        here: dict[str, list[Facts]],
        solved: Mapping[str, Solved],
        made: Mapping[str, Step],
        asked: str,
        declared: set[str],
    ) -> None:
        self.cache, self.here, self.solved, self.made, self.asked = cache, here, solved, made, asked
        self.declared = declared
        self.pairs: dict[str, tuple[list[Facts], dict[int, Facts | None]]] = {}
        self.positions = {id(facts): index for stage in here.values() for index, facts in enumerate(stage)}

    def below(self, one: Solved) -> Solved | None:
        """What a step works on."""
        vertex = one.vertex.inputs[0].vertex if one.vertex.inputs else None
        return self.solved[vertex.identity] if vertex else None

    def reason(self, one: Solved, facts: Facts) -> Reason | None:
        """Why a step missed. The reasons of what it stands on are known already."""
        if one.vertex.kind == "global":  # the classic builder prints an ARG above FROM, but it is no step
            return None
        if one.vertex.forced:
            return reasons.forced(self.asked)
        past, before = self._before(facts)
        if not past:
            return reasons.FIRST_BUILD
        if before is not None and self.cache.emptied and difference(facts, before) is None:
            return reasons.FORGOTTEN
        if before is None:
            paired = {id(old) for old in self.pairs[facts.stage][1].values()}
            known = any(same(old, facts) for old in past if id(old) not in paired)
            return reasons.moved(facts, self._above(facts), "") if known else reasons.new_step(facts)
        if (found := difference(facts, before)) is not None:
            return self._from_stage(found, one)
        if (missed := self._missed(one)) is not None:
            return reasons.parent(missed)
        return self._stood_elsewhere(one, facts, before, past)

    def _before(self, facts: Facts) -> tuple[list[Facts], Facts | None]:
        """The last build's steps of the stage, and the one that this step was."""
        if facts.stage not in self.pairs:
            past = next((build[facts.stage] for build in self.cache.past if facts.stage in build), [])
            if not past and self.cache.past:  # the stage has another name: take the one in its place
                place, last = list(self.here).index(facts.stage), list(self.cache.past[0].items())
                if len(last) == len(self.here) and last[place][0] not in self.declared:
                    past = last[place][1]
            self.pairs[facts.stage] = past, pair(self.here[facts.stage], past)
        past, pairs = self.pairs[facts.stage]
        return past, pairs.get(self.positions[id(facts)])

    def _missed(self, one: Solved) -> Step | None:
        """The step that missed first, of those that this one stands on."""
        for source in one.vertex.inputs:
            step = self.made[source.vertex.identity] if source.vertex else None
            if step is not None and not step.cached:
                return step.reason.step if step.reason and step.reason.step else step
        return None

    def _from_stage(self, found: Reason, one: Solved) -> Reason:
        """A reason that another stage's files changed names the step there that missed first."""
        if found.kind != "stage-output":
            return found
        steps = (self.made[source.vertex.identity] for source in one.vertex.inputs[1:] if source.vertex)
        missed = next((step for step in steps if not step.cached), None)
        first = missed.reason.step if missed and missed.reason and missed.reason.step else missed
        return replace(found, step=first)

    def _above(self, facts: Facts) -> str:
        position = self.positions[id(facts)]
        return self.here[facts.stage][position - 1].text if position else ""

    def _stood_elsewhere(self, one: Solved, facts: Facts, before: Facts, past: list[Facts]) -> Reason:
        """The step is as it was, and what it stands on is cached, but they were never built together."""
        index = next(i for i, old in enumerate(past) if old is before)
        above, below = past[index - 1].text if index else "", self.below(one)
        if below is not None and above == self._above(facts):
            siblings = [one for key in below.keys for one in self.cache.standing.get(key, ())]
            for sibling in reversed(siblings):
                if sibling.kind == facts.kind and (found := difference(facts, sibling)):
                    return found
            if not siblings:
                return reasons.FORGOTTEN
        return reasons.moved(facts, self._above(facts), above)
