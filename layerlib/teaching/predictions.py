"""Predictions: what will a rebuild do, step by step? First an answer, then the score."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeGuard

from ..building.buildkit.builder import BuildKit
from ..building.classic.builder import ClassicBuilder
from ..building.rebuilding import rebuild
from ..building.records import Step
from ..building.report import table, verdict, why
from ..building.units import count
from ..editing.change import Change
from ..reading.errors import LayerlibError
from ..reading.instruction_checks import KEYWORDS
from ..reading.project import Project

Builder = BuildKit | ClassicBuilder
Answer = Mapping[Any, Any] | Sequence[Any] | str | None

WORDS = {
    **dict.fromkeys(("cached", "cache", "hit", "c"), "cached"),
    **dict.fromkeys(("rebuilt", "rebuild", "rebuilds", "miss", "missed", "r"), "rebuilt"),
    **dict.fromkeys(("depends", "depend", "d"), "depends"),
    **dict.fromkeys(("", "?", "none", "-", "..."), ""),
}
HIT = "An earlier build has this step, with the same text and the same inputs."


@dataclass(frozen=True)
class Row:
    """One step of the rebuild.

    Attributes:
        step: the step's name.
        said: the answer, "cached", "rebuilt" or "depends"; empty where none was given.
        did: what the builder did; why: its reason.
    """

    step: str
    said: str
    did: str
    why: str

    @property
    def right(self) -> bool:
        """Whether the answer is what the builder did."""
        return self.said == self.did


@dataclass(frozen=True)
class Prediction:
    """A prediction and what became of it.

    Attributes:
        rows: one for each step that was asked about; FROM is not.
        notes: what could not be understood, in sentences.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> int:
        """How many steps were predicted correctly."""
        return sum(row.right for row in self.rows)

    @property
    def of(self) -> int:
        """How many steps there are to predict."""
        return len(self.rows)

    @property
    def answered(self) -> bool:
        """Whether any step has an answer. Until then, nothing is given away."""
        return any(row.said for row in self.rows)

    @property
    def complete(self) -> bool:
        """Whether every step has an answer. Until then, no reason is shown: it might give another step away."""
        return all(row.said for row in self.rows)

    @property
    def headline(self) -> str:
        """The result in one sentence."""
        if not self.rows:
            return "There is no step to predict."
        if not self.answered:
            return 'Not answered yet. Say "cached" or "rebuilt" for each of these steps:'
        left = sum(not row.said for row in self.rows)
        if left:
            return (
                f"{self.score} of {self.of} right, {left} not answered. The reasons come when every step has an answer."
            )
        return f"{self.score} of {self.of} right."

    def __str__(self) -> str:
        width = max((len(row.step) for row in self.rows), default=0)
        lines = [*self.notes, self.headline]
        for row in self.rows:
            lines.append(f"  {row.step:<{width}}  {_said(row)}".rstrip())
            if row.said:
                reason = row.why if self.complete else ""
                lines.append(f"  {'':<{width}}  {_did(row)} {reason}".rstrip())
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        shown = 4 if self.complete else 3 if self.answered else 2
        heads = ("step", "your answer", "what happens", "why")[:shown]
        rows = [[f"<code>{escape(row.step)}</code>", *map(escape, _cells(row))][:shown] for row in self.rows]
        return notes + table(escape(self.headline), heads, rows)


def _did(row: Row) -> str:
    return "It depends." if row.did == "depends" else f"It is {row.did}."


def _said(row: Row) -> str:
    return f"you said {row.said}: {'right' if row.right else 'wrong'}" if row.said else "no answer"


def _cells(row: Row) -> tuple[str, str, str]:
    if not row.said:
        return ("no answer", "", "")
    return (row.said, f"{'right' if row.right else 'wrong'}: {row.did}", row.why)


def predict(
    before: Project, after: Project | Change, answer: Answer = None, builder: Builder | None = None
) -> Prediction:
    """Score a prediction of what a rebuild does.

    Args:
        before: what is built first.
        after: what is built next with the same cache: a project, or a change of `before`.
        answer: "cached", "rebuilt" or "depends" for each step, FROM aside: a mapping from a part of the step's name,
            its instruction's keyword or its line in the Dockerfile; or the words in the order of the steps, such as
            "cached rebuilt rebuilt". None, nothing, or a mapping to empty texts: not answered yet.
        builder: what builds; without it, a new BuildKit.

    Raises nothing for an answer that cannot be understood, nor for a Dockerfile that Docker refuses: the result says
    so.
    """
    try:
        build = rebuild(before, after, builder=builder)
    except LayerlibError as error:
        return Prediction((), (f"This cannot be built, so there is nothing to predict.\n{error}",))
    steps = [step for step in build.steps if step.keyword != "FROM"]
    said, notes = understand(answer, steps)
    rows = (Row(step.name, word, verdict(step), why(step) or HIT) for step, word in zip(steps, said, strict=True))
    return Prediction(tuple(rows), tuple(notes))


def understand(answer: Answer, steps: Sequence[Step]) -> tuple[list[str], list[str]]:
    """The answer to each step ("" for none), and what could not be understood, in sentences."""
    notes: list[str] = []
    if answer is None:
        return [""] * len(steps), notes
    if isinstance(answer, Mapping):
        return _from_mapping(answer, steps, notes), notes
    if not isinstance(answer, str) and not _is_sequence(answer):
        notes.append(f'An answer is a text such as "cached rebuilt", or a dict; not {type(answer).__name__}.')
        return [""] * len(steps), notes
    given = re.split(r"[\s,;]+", answer.strip()) if isinstance(answer, str) else [str(word or "") for word in answer]
    words = [_word(word, notes) for word in given if word or len(given) > 1]
    if words and len(words) != len(steps):
        many, few = count(len(words), "word"), count(len(steps), "step")
        notes.append(f"The answer has {many}, and there are {few} to answer. FROM is not asked about.")
    return (words + [""] * len(steps))[: len(steps)], notes


def _is_sequence(answer: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(answer, list | tuple)


def _word(word: object, notes: list[str]) -> str:
    text = "" if word is None else str(word).strip().lower().strip(".!\"'")
    if text not in WORDS:
        notes.append(f'{str(word)!r} is not an answer; write "cached" or "rebuilt".')
    return WORDS.get(text, "")


def _from_mapping(answer: Mapping[Any, Any], steps: Sequence[Step], notes: list[str]) -> list[str]:
    said = [""] * len(steps)
    rank = [-1] * len(steps)
    for key, word in answer.items():
        found = [(index, _fit(key, step)) for index, step in enumerate(steps)]
        fitting = [(index, fit) for index, fit in found if fit]
        value = _word(word, notes)
        if not fitting:
            notes.append(f"No step is called {str(key)!r}. The steps are: {'; '.join(step.name for step in steps)}.")
        for index, fit in fitting:
            if fit > rank[index]:
                said[index], rank[index] = value, fit
    return said


def _fit(key: object, step: Step) -> int:
    """How closely a key names a step, 0 for not at all. A line number is closest, then the longest text."""
    if isinstance(key, int):
        return 1_000_000 if key == step.line else 0
    text = str(key).strip()
    if text.upper() in KEYWORDS:
        return len(text) if text.upper() == step.keyword else 0
    return len(text) if text and text.lower() in step.name.lower() else 0
