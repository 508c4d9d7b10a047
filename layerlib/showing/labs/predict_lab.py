"""The predict lab: first say what a build does with each step, then look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...building.records import Verdict
from ...building.report import why
from ...editing.change import Change
from ...reading.project import Project
from ..change_words import described, diff
from ..listing import Listing, Row, listing
from ..listing_view import code, reason
from ..page.controls import chip, group, spoken
from ..page.markup import Child, Markup, classes, escaped, tag
from ..worked import working_steps
from .cache_lab import BUILDERS, rebuilt
from .judged import JudgedLab

HIT = "An earlier build has this step, with the same text and the same inputs."
ASKED = "For each step: will the builder take it from the cache, or do it again?"


@dataclass(frozen=True)
class State:
    """The builder, the answers by the step's name as one line, and whether they were checked."""

    builder: str = "BuildKit"
    answers: tuple[tuple[str, str], ...] = ()
    checked: bool = False


class PredictLab(JudgedLab):
    """The widget that `predict` gives."""

    state: State

    def __init__(self, project: Project, change: Change | Project, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        self.change = _as_change(change)
        super().__init__("Predict lab", f"{project.name}, {self.change.name}", State())
        self.begin()

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by the step's name."""
        return dict(self.state.answers)

    def do_answer(self, arg: Any, message: Mapping[str, Any]) -> None:
        """`arg` is the word and the step's name, with a space between them."""
        word, _, name = str(arg).partition(" ")
        if word in ("cached", "rebuilt", "depends") and name in self.asked():
            self.asked_for_more = False
            answers = tuple((self.answers | {name: word}).items())
            self.become(replace(self.state, answers=answers, checked=False))

    def do_builder(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in BUILDERS:
            self.become(State(arg))

    def do_check(self, _: Any, __: Mapping[str, Any]) -> None:
        self.asked_for_more = bool(self.left())
        self.state = replace(self.state, checked=not self.left())

    def asked(self, builder: str = "") -> dict[str, Verdict]:
        """The steps to predict, all but FROM, and what becomes of them."""
        now = rebuilt(self.project, [self.change], builder or self.state.builder, self.effects).now
        return {_one_line(step.name): step.verdict for step in working_steps(now)}

    def left(self) -> list[str]:
        """The steps that have no answer yet."""
        return [name for name in self.asked() if name not in self.answers]

    def score(self) -> tuple[int, int]:
        """How many steps are answered right, and how many there are."""
        asked = self.asked()
        return sum(self.answers.get(name) == did for name, did in asked.items()), len(asked)

    def parts(self) -> dict[str, str]:
        kept = {"builder": self.state.builder}
        for word in ("rebuilt", "cached", "depends"):
            names = [name for name, said in self.answers.items() if said == word]
            if names or word != "depends":
                kept[word] = "\n".join(names)
        return kept if self.answers else {}

    def fits(self, parts: Mapping[str, str]) -> bool:
        return parts["builder"] in BUILDERS and dict(parts) != self.parts() and bool(self._read(parts))

    def bring(self, parts: Mapping[str, str]) -> None:
        self.become(State(parts["builder"], tuple(self._read(parts).items())))

    def _read(self, parts: Mapping[str, str]) -> dict[str, str]:
        """The answers in kept work. The first edition kept only what was rebuilt: the rest was left as cached."""
        asked = self.asked(parts["builder"])
        said = {
            name: word
            for word in ("rebuilt", "cached", "depends")
            for name in parts.get(word, "").splitlines()
            if name in asked
        }
        if said and "cached" not in parts:
            return dict.fromkeys(asked, "cached") | said
        return {name: said[name] for name in asked if name in said}

    def result(self) -> Markup:
        now = rebuilt(self.project, [self.change], self.state.builder, self.effects).now
        shown = listing(now, self.project)
        told = self._told()
        builders = [chip(name, "builder", name, name == self.state.builder, by=True) for name in BUILDERS]
        words = described(self.project, self.change)
        question = tag("b", "You make this change and build again: ", tag("span", self.change.name))
        ask = tag(
            "div",
            tag("div", question, tag("div", words.sentence, class_="small soft"), diff(words)),
            tag("div", group("builder", builders), class_="chips", style="flex: 0 1 auto"),
            class_="q",
            data_key="question",
        )
        score = self.score_bar(told or ASKED, self.state.checked)
        return escaped([ask, spoken(told), self._table(shown), score])

    def _told(self) -> str:
        if self.state.checked:
            right, of = self.score()
            return f"{right} of {of} right"
        left = len(self.left())
        if self.asked_for_more and left:
            return f"{left} {'step is' if left == 1 else 'steps are'} not answered yet."
        return ""

    def _table(self, shown: Listing) -> Markup:
        can_depend = "depends" in self.asked().values()
        rows = [self._row(row, at, can_depend) for at, row in enumerate(shown.rows)]
        heads = [
            tag("th", tag("span", "line", class_="hidden"), scope="col"),
            tag("th", "Dockerfile", scope="col"),
            tag("th", "your answer", scope="col"),
            tag("th", "what happens" if self.state.checked else "", scope="col"),
        ]
        return tag(
            "table", tag("caption", ASKED), tag("thead", tag("tr", heads)), tag("tbody", rows), class_="listing",
            data_key="table",
        )  # fmt: skip

    def _row(self, row: Row, at: int, can_depend: bool) -> Markup:
        first = [
            tag("td", row.line or "·", class_="no"),
            tag("th", code(row), tag("span", " (changed line)", class_="hidden") if row.edited else None,
                class_="code", scope="row"),
        ]  # fmt: skip
        asked = [step for step in row.steps if step.keyword != "FROM" and step.layer is not None]
        if not asked:
            words = "looked up, never built" if row.keyword == "FROM" else "" if row.kind == "comment" else "no step"
            kind = "comment" if row.kind == "comment" else "setting"
            cells: Child = tag("td", words, colspan=2, class_="wide")
            return tag("tr", first, cells, class_=classes(kind, row.edited and "edited"), data_key=f"row-{at}")
        name = _one_line(asked[-1].name)
        said, did = self.answers.get(name), asked[-1].verdict
        right = said == did
        choices = ("cached", "rebuilt", *(("depends",) if can_depend else ()))
        buttons = [
            tag(
                "button", word, type="button", class_=f"ans {word}", data_do="answer", data_arg=f"{word} {name}",
                data_key=word, aria_pressed="true" if said == word else "false",
                aria_label=f"{word}: line {row.line}, {_one_line(row.text)}",
            )
            + " "
            for word in choices
        ]  # fmt: skip
        told: Child = None
        judgement = ""
        if self.state.checked:
            judgement = "is-right" if right else "is-wrong"
            mark = tag("b", "✓" if right else "✗", class_=classes("mark", not right and "wrong"), aria_hidden="true")
            judged = tag("span", "right: " if right else "wrong: ", class_="hidden")
            head = None if right else tag("b", f"{did.capitalize()}. ")
            told = [mark, judged, head, reason(self._why(asked[-1], row))]
        return tag(
            "tr", first, tag("td", tag("span", buttons), class_="pick"), tag("td", told, class_="why"),
            class_=classes("line", row.edited and "edited", judgement),
            data_key=f"row-{at}",
        )  # fmt: skip

    def _why(self, step: Any, row: Row) -> str:
        return row.why if row.kind in ("again", "open") and row.why else why(step) or HIT


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _as_change(change: Change | Project) -> Change:
    if isinstance(change, Change):
        return change
    return Change(f"the project becomes {change.name}", lambda _: change)


def predict(project: Project, change: Change | Project, effects: Any = None) -> PredictLab:
    """The predict lab: say what becomes of each step after a change, then check.

    Args:
        project: what was built first.
        change: a change of it, as `layerlib.changes.of` lists them, or the project as it is afterwards.
        effects: what commands write and how long they take, as `BuildKit` takes them.
    """
    return PredictLab(project, change, effects)
