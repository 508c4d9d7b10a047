"""The steps of a build with their reasons: each missed step beside what the last build had in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ...reading.dockerfile import Instruction, Stage
from ...reading.file import File
from ..cache.results import Solved
from ..operations import ImageSource, LocalSource
from ..records import Reason, Step
from . import reasons
from .differences import Rules, difference, open_differences
from .memory import Memory
from .pairing import pair, same
from .reasons import Facts


def steps(
    solved: Sequence[Solved],
    memory: Memory,
    stages: Sequence[Stage],
    rules: Rules,
) -> list[Step]:
    """The steps of a build, in order. What was compared is remembered for the next build.

    Args:
        solved: every step after those that it builds on.
        memory: what earlier builds compared.
        stages: all stages of the Dockerfile.
        rules: what to say of each field that differs.
    """
    labels = [stage.name or str(stage.index) for stage in stages]
    facts = {step: _facts(step, labels[step.stage]) for step in solved}
    by_stage: dict[str, list[Facts]] = {}
    for step in solved:
        by_stage.setdefault(facts[step].stage, []).append(facts[step])
    search = _Search(memory, by_stage, facts, set(labels), rules)
    for step in solved:
        search.steps[step] = _step(step, search.reason(step))
    for step in solved:
        if not step.cached and step.below is not None:
            memory.executed(facts[step], step.below.ids)
    memory.built(by_stage)
    return list(search.steps.values())


def _step(solved: Solved, reason: Reason | None) -> Step:
    return Step(
        name=solved.name.full,
        verdict=solved.verdict,
        reason=reason,
        layer=None if isinstance(solved.operation, ImageSource) and solved.result.execution == 0 else solved.layer,
        seconds={"cached": 0.0, "rebuilt": solved.result.seconds, "depends": None}[solved.verdict],
        seconds_if_rebuilt=solved.result.seconds,
        text=solved.name.text,
        number=solved.name.number,
        stage_name=solved.name.stage,
        keyword=solved.instruction.keyword if solved.instruction else "FROM",
        line=solved.instruction.line if solved.instruction else 0,
        stage=solved.stage,
        operation=solved.operation,
    )


def _facts(solved: Solved, stage: str) -> Facts:
    files: dict[str, Mapping[str, File]] = {}
    for source in solved.inputs:
        for selection in source.selections.values():
            known = files.get(source.label)
            files[source.label] = selection.files if known is None else {**known, **selection.files}
    return Facts(
        kind=solved.kind,
        text=str(solved.instruction) if solved.instruction else solved.name.text,
        stage=stage,
        operation=solved.operation,
        files=files,
        stages=frozenset(source.label for source in solved.inputs if source.step and source.selections),
        arguments=solved.arguments,
        exec_form=bool(solved.instruction and solved.instruction.json),
        sources=_sources(solved.instruction),
        undescribed=solved.result.snapshot.undescribed,
    )


def _sources(instruction: Instruction | None) -> tuple[str, ...]:
    """What a COPY or ADD copies, as written."""
    if instruction is None or instruction.keyword not in ("COPY", "ADD"):
        return ()
    return instruction.words[:-1]


class _Search:
    """Looks for what a missed step was before.

    Attributes:
        memory: what earlier builds compared.
        by_stage: the facts of this build.
        facts: the same by step.
        declared: the labels of all stages.
        rules: what to say of each field that differs.
        steps: the steps that are explained already.
    """

    def __init__(
        self,
        memory: Memory,
        by_stage: Mapping[str, list[Facts]],
        facts: Mapping[Solved, Facts],
        declared: set[str],
        rules: Rules,
    ) -> None:
        self.memory, self.by_stage, self.facts = memory, by_stage, facts
        self.declared, self.rules = declared, rules
        self.steps: dict[Solved, Step] = {}
        self.positions = {fact: index for stage in by_stage.values() for index, fact in enumerate(stage)}
        self.past: dict[str, Sequence[Facts]] = {}
        self.pairs: dict[str, Mapping[int, Facts | None]] = {}

    def reason(self, solved: Solved) -> Reason | None:
        """Why a step is not certainly cached; None if it is. The reasons of what it builds on are known already."""
        match solved.verdict:
            case "cached":
                return None
            case "depends":
                return self._what_decides(solved)
            case "rebuilt":
                return self._why_it_missed(solved)

    def _what_decides(self, solved: Solved) -> Reason:
        """What decides whether a step is cached: a RUN whose files it looks at, or what it builds on."""
        facts = self.facts[solved]
        doubts = open_differences(facts, self._before(facts)[1])
        below = self.steps.get(solved.below) if solved.below else None
        for path, doubt in doubts:
            decider = self._executed(doubt)
            if decider is not None and decider.verdict != "cached":
                return reasons.depends(path, doubt, decider)
        if below is not None and below.verdict == "depends":
            return reasons.parent(below)
        path, doubt = doubts[0] if doubts else ("", "")
        return reasons.depends(path, doubt, self._executed(doubt))

    def _executed(self, doubt: str) -> Step | None:
        """The step of this build that made the result with a number."""
        return next((step for solved, step in self.steps.items() if str(solved.result.execution) == doubt), None)

    def _why_it_missed(self, solved: Solved) -> Reason:
        if solved.forced:
            return reasons.forced(solved.forced)
        if solved.pruned:
            return reasons.PRUNED
        if isinstance(solved.operation, LocalSource):
            return reasons.loaded_anew(solved.operation.name)
        facts = self.facts[solved]
        past, before = self._before(facts)
        if not past:
            return reasons.FIRST_BUILD
        changed = None if before is None else difference(facts, before, self.rules)
        if before in self.memory.pruned and (changed is None or changed.kind == "stage-output"):
            return reasons.PRUNED
        if before is None:
            return self._unpaired(facts, past)
        if changed is not None:
            return self._from_stage(changed, solved)
        if (missed := self._first_missed(source.step for source in solved.inputs)) is not None:
            return reasons.parent(missed)
        return self._built_elsewhere(solved, facts, before, past)

    def _before(self, facts: Facts) -> tuple[Sequence[Facts], Facts | None]:
        """The last build's steps of the stage, and which of them this step was."""
        if facts.stage not in self.pairs:
            past = self.memory.last(facts.stage) or self._renamed_stage(facts.stage)
            self.past[facts.stage] = past
            self.pairs[facts.stage] = pair(self.by_stage[facts.stage], past)
        return self.past[facts.stage], self.pairs[facts.stage].get(self.positions[facts])

    def _renamed_stage(self, stage: str) -> Sequence[Facts]:
        """The steps of the stage that had the place of a new one, if it is no longer there."""
        if not self.memory.builds:
            return ()
        place, last = list(self.by_stage).index(stage), list(self.memory.builds[0].items())
        return last[place][1] if len(last) == len(self.by_stage) and last[place][0] not in self.declared else ()

    def _unpaired(self, facts: Facts, past: Sequence[Facts]) -> Reason:
        """The step has nothing in its place: it is new, or it stood somewhere else."""
        paired = set(self.pairs[facts.stage].values())
        place = next((i for i, old in enumerate(past) if old not in paired and same(old, facts)), None)
        if place is None:
            return reasons.new_step(facts)
        return reasons.moved(facts, self._above(facts), past[place - 1].text if place else "")

    def _first_missed(self, sources: Iterable[Solved | None]) -> Step | None:
        """The step that missed first, of those that a step builds on or looks into."""
        for source in sources:
            step = self.steps.get(source) if source else None
            if step is not None and step.verdict == "rebuilt":
                return step.reason.step if step.reason and step.reason.step else step
        return None

    def _from_stage(self, reason: Reason, solved: Solved) -> Reason:
        """A reason that another stage's files changed names the step there that missed first."""
        if reason.kind != "stage-output":
            return reason
        return replace(reason, step=self._first_missed(source.step for source in solved.inputs[1:]))

    def _above(self, facts: Facts) -> str:
        position = self.positions[facts]
        return self.by_stage[facts.stage][position - 1].text if position else ""

    def _built_elsewhere(self, solved: Solved, facts: Facts, before: Facts, past: Sequence[Facts]) -> Reason:
        """The step is as it was, and what it builds on is cached, but they were never built together."""
        index = next(i for i, old in enumerate(past) if old is before)
        above, below = past[index - 1].text if index else "", solved.below
        if below is not None and above == self._above(facts):
            siblings = list(chain.from_iterable(self.memory.built_on.get(result, ()) for result in below.ids))
            for sibling in reversed(siblings):
                if sibling.kind == facts.kind and (changed := difference(facts, sibling, self.rules)):
                    return changed
            if not siblings:
                return reasons.UNFINISHED
        return reasons.moved(facts, self._above(facts), above)
