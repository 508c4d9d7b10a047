"""The choice lab: questions with a few answers each, judged one by one; the reasons come after the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..listing_view import reason
from ..page.controls import spoken
from ..page.markup import Child, Markup, classes, escaped, tag
from .judged import JudgedLab

MANY = "Answer as many as you like, then check."

BESIDE = 40  # characters of answers that have room beside each other; longer ones stand below each other
BELOW = "flex-direction: column; gap: 3px"
ALONE = "border: 1px solid var(--soft); border-radius: 8px"


@dataclass(frozen=True)
class Question:
    """Something to answer.

    Attributes:
        text: what is asked about, as code.
        choices: the answers.
        right: which of them is right.
        why: the reason, in words.
        shown: what stands below the text, such as an edit as a diff.
    """

    text: str
    choices: tuple[str, ...]
    right: str
    why: str
    shown: Markup | None = None


@dataclass(frozen=True)
class State:
    """The answers by their question's place, and those that were checked."""

    answers: tuple[tuple[int, str], ...] = ()
    checked: frozenset[int] = frozenset()


class ChoiceLab(JudgedLab):
    """The widget that the labs of questions give.

    Attributes:
        about: what each question is about, in one word: a line, an image, a change, a build.
        title: what is asked.
        questions: the questions.
        beside: a text to look at, shown above them with its lines counted, such as a Dockerfile.
    """

    state: State

    def __init__(self, about: str, title: str, subject: str, questions: Sequence[Question], beside: str = "") -> None:
        self.about, self.title, self.questions, self.beside = about, title, tuple(questions), beside
        super().__init__("Choice lab", f"{subject}, {about}", State())
        self.begin()

    @property
    def answers(self) -> dict[int, str]:
        """What was answered, by the question's place."""
        return dict(self.state.answers)

    def do_answer(self, arg: Any, _: Mapping[str, Any]) -> None:
        """`arg` is the question's place and the answer, with a space between them."""
        place, _space, word = str(arg).partition(" ")
        if place.isdecimal() and int(place) < len(self.questions) and word in self.questions[int(place)].choices:
            at = int(place)
            self.asked_for_more = False
            self.become(State(tuple((self.answers | {at: word}).items()), self.state.checked - {at}))

    def do_check(self, _: Any, __: Mapping[str, Any]) -> None:
        """Judge what is answered; the others stay open."""
        self.asked_for_more = not self.answers
        self.state = replace(self.state, checked=frozenset(self.answers))

    def score(self) -> tuple[int, int]:
        """How many of the checked answers are right, and how many are checked."""
        right = [at for at in self.state.checked if self.answers.get(at) == self.questions[at].right]
        return len(right), len(self.state.checked)

    def parts(self) -> dict[str, str]:
        return {self.questions[at].text: word for at, word in sorted(self.answers.items())}

    def fits(self, parts: Mapping[str, str]) -> bool:
        return dict(parts) != self.parts() and bool(self._read(parts))

    def bring(self, parts: Mapping[str, str]) -> None:
        self.become(State(tuple(self._read(parts).items())))

    def _read(self, parts: Mapping[str, str]) -> dict[int, str]:
        said = {at: parts.get(one.text, "") for at, one in enumerate(self.questions)}
        return {at: word for at, word in said.items() if word in self.questions[at].choices}

    def result(self) -> Markup:
        rows = [self._row(at, one) for at, one in enumerate(self.questions)]
        heads = [
            tag("th", tag("span", "number", class_="hidden"), scope="col"),
            tag("th", self.about, scope="col"),
            tag("th", "your answer", scope="col"),
            tag("th", "what is so", scope="col"),
        ]
        table = tag(
            "table", tag("caption", self.title), tag("thead", tag("tr", heads)), tag("tbody", rows), class_="listing",
            data_key="table",
        )  # fmt: skip
        score = self.score_bar(self._told() or MANY, bool(self.state.checked))
        lines = [f"{number:>2}  {line}" for number, line in enumerate(self.beside.splitlines(), 1)]
        text = tag("pre", "\n".join(lines), class_="q stays", style="display: block", data_key="beside")
        return escaped([spoken(self._told()), text if lines else None, table, score])

    def _told(self) -> str:
        if self.state.checked:
            right, of = self.score()
            left = len(self.questions) - of
            return f"{right} of {of} right" + (f", {left} not answered" if left else "")
        return "Nothing is answered yet." if self.asked_for_more else ""

    def _row(self, at: int, one: Question) -> Markup:
        said = self.answers.get(at)
        stacked = sum(map(len, one.choices)) > BESIDE
        buttons = [
            tag(
                "button", word, type="button", class_="ans", data_do="answer", data_arg=f"{at} {word}", data_key=word,
                aria_pressed="true" if said == word else "false", aria_label=f"{word}: {one.text}",
                style=ALONE if stacked else None,
            )
            for word in one.choices
        ]  # fmt: skip
        told: Child = None
        judgement = ""
        if at in self.state.checked:
            right = said == one.right
            judgement = "is-right" if right else "is-wrong"
            mark = tag("b", "✓" if right else "✗", class_=classes("mark", not right and "wrong"), aria_hidden="true")
            judged = tag("span", "right: " if right else "wrong: ", class_="hidden")
            head = None if right else tag("b", f"{one.right}. ")
            told = [mark, judged, head, reason(one.why)]
        return tag(
            "tr",
            tag("td", at + 1, class_="no"),
            tag("th", tag("span", one.text), one.shown, class_="code", scope="row"),
            tag("td", tag("span", buttons, style=BELOW if stacked else None), class_="pick"),
            tag("td", told, class_="why"),
            class_=classes("line", judgement),
            data_key=f"row-{at}",
        )
