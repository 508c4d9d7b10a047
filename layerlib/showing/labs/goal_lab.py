"""The goal lab: a task, an editor with the build in its margin, and the goals, always in sight."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.rebuilding import rebuild
from ...building.units import count, human_size
from ...editing import changes
from ...editing.change import Change
from ...reading.errors import DockerfileError, LayerlibError
from ...reading.project import Project
from ..page.controls import bug_box, button, error_box, spoken, track
from ..page.markup import Child, Markup, classes, escaped, tag
from ..worked import rebuilt_steps, working_steps
from .answer import answer_text
from .editor import EditorLab, State, text_of

OTHERS = (".dockerignore",)


class Outcome(Protocol):
    """What a check gives: whether the goal is reached, and in words how far off the answer is."""

    @property
    def passed(self) -> bool: ...
    @property
    def text(self) -> str: ...


class Task(Protocol):
    """What the goal lab asks of a level. `layerlib.course` has such levels."""

    @property
    def title(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def project(self) -> Project: ...
    @property
    def hint(self) -> str: ...
    @property
    def goal_text(self) -> str: ...
    def check(self, answer: Project, /) -> Outcome: ...


class GoalLab(EditorLab):
    """The widget that `goal` gives."""

    state: State
    way_out = "Take it with you by “Copy my answer”."

    def __init__(self, level: Task, following: str = "") -> None:
        self.level, self.following = level, following
        named = tuple(getattr(level, "editable", ()))
        self.editable = tuple(dict.fromkeys(("Dockerfile", *named, *OTHERS)))
        self.shown: frozenset[str] = frozenset()
        self.judged: State | None = None  # the texts that the check on the screen is about
        self.outcome: Outcome | None = None
        texts = {path: text_of(level.project, path) for path in self.editable}
        super().__init__("Goal lab", level.title, texts, getattr(level, "name", level.title))
        self.begin()

    @property
    def name(self) -> str:
        """The level's name."""
        return str(getattr(self.level, "name", self.level.title))

    def beside(self) -> Mapping[str, str]:
        return {path: text_of(self.level.project, path) for path in self.level.project.files}

    def changed(self) -> dict[str, str]:
        """The files that are not as the level gives them, and the Dockerfile always."""
        begun = dict(self.begun.texts)
        return {path: text for path, text in self.state.texts if path == "Dockerfile" or text != begun[path]}

    def parts(self) -> dict[str, str]:
        nothing = self.state == self.begun or not self.texts["Dockerfile"].strip()
        return {} if nothing else self.changed()

    def fits(self, parts: Mapping[str, str]) -> bool:
        return "Dockerfile" in parts and self._with(parts) != self.state

    def bring(self, parts: Mapping[str, str]) -> None:
        self.become(self._with(parts))

    def _with(self, parts: Mapping[str, str]) -> State:
        texts = dict(self.begun.texts)
        return State(tuple((texts | {path: text for path, text in parts.items() if path in texts}).items()))

    def project(self) -> Project:
        """The learner's project. Raises LayerlibError for files that cannot exist."""
        files = {path: text for path, text in self.state.texts if text or path in self.level.project.files}
        return self.level.project.with_files(files)

    def as_text(self) -> str:
        """The answer as text to hand in: TOML with every file that may be edited and is there."""
        files = {path: text for path, text in self.state.texts if text or path == "Dockerfile"}
        return answer_text(self.name, files)

    # What a reader does.

    def do_check(self, _: Any, __: Mapping[str, Any]) -> None:
        self.typing, self.judged = None, self.state
        self.outcome = self.level.check(self.project())

    def do_show(self, arg: Any, _: Mapping[str, Any]) -> None:
        """Show or hide the hint, the solution or the answer's text."""
        self.shown ^= {str(arg)}

    def do_copy(self, _: Any, __: Mapping[str, Any]) -> None:
        self.shown |= {"answer"}
        self.copy(self.as_text())

    # What it shows.

    def result(self) -> Markup:
        problem: LayerlibError | None = None
        now: Build | None = None
        try:
            now = self._built()
        except LayerlibError as error:
            problem = error
        head = tag("div", tag("b", self.level.title), tag("p", _prose(self.level.task)), class_="head")
        left = tag(
            "div", self.editor(now, problem, self._in_the_margin()), self._buttons(), self._asked(), data_key="left"
        )
        right = tag("div", self._goals(now), error_box(problem) if problem else None, data_key="right")
        return escaped([head, spoken(self._told()), tag("div", left, right, class_="two", data_key="two")])

    def change(self) -> Change | None:
        """The change that the goals speak of, whose build is in the margin; None if they speak of none."""
        words = [str(getattr(goal, "text", "")) for goal in getattr(self.level, "goals", ())]
        for text in words or self.level.goal_text.splitlines():
            if found := re.search(r"[Aa]fter [“\"'`]([^”\"'`]+)[”\"'`]", text):
                try:
                    return changes.named(found[1])
                except LayerlibError:
                    continue
        return None

    def _built(self) -> Build:
        builder = BuildKit(effects=getattr(self.level, "effects", None))
        project, change = self.project(), self.change()
        if change is not None:
            try:
                return rebuild(project, change, builder=builder)
            except DockerfileError:
                raise
            except LayerlibError:  # such as a file that the answer does without
                builder = BuildKit(effects=getattr(self.level, "effects", None))
        return builder.build(project)

    def _in_the_margin(self) -> str:
        change = self.change()
        return f"in the margin: after “{change.name}”" if change else "in the margin: a first build"

    def _buttons(self) -> Markup:
        return tag(
            "div",
            button("Check", "check", kind="first"),
            button("Hint", "show", "hint"),
            button("Solution", "show", "solution") if hasattr(self.level, "solution") else None,
            button("Undo", "undo", off=not self.past),
            button("Start over", "reset", off=self.state == self.begun),
            button("Copy my answer", "copy"),
            class_="bar-of-buttons",
        )

    def _asked(self) -> list[Markup]:
        """What was asked for: the hint, a solution, the answer's text."""
        made = []
        if "hint" in self.shown:
            made.append(tag("div", tag("b", "Hint. "), _prose(self.level.hint), class_="told", data_key="hint"))
        if "solution" in self.shown:
            made.append(tag("div", tag("b", "A solution; others are right too."), self._solution(), class_="told"))
        if "answer" in self.shown:
            field = tag(
                "textarea", self.as_text(), readonly=True, class_="answer", data_key="answer", aria_label="My answer"
            )
            made.append(tag("div", tag("p", "Your answer, as one text to hand in:", class_="note"), field))
        return made

    def _solution(self) -> list[Markup]:
        solution: Project = self.level.solution  # type: ignore[attr-defined]
        shown = {path: text_of(solution, path) for path in self.editable if path in solution.files}
        begun = dict(self.begun.texts)
        return [
            tag("div", tag("b", path), tag("pre", text)) for path, text in shown.items() if text != begun.get(path, "")
        ]

    def _lines(self) -> list[tuple[str, str, str]]:
        """Each goal: "reached", "not-yet" or "unknown" (empty until it is checked), its text, and how far it is."""
        outcome = self.outcome if self.judged == self.state else None
        lines: Sequence[Any] = getattr(outcome, "lines", ())
        if lines:
            return [(_verdict(line), line.goal, line.problem) for line in lines]
        return [("", text.removeprefix("- "), "") for text in self.level.goal_text.splitlines()]

    def _goals(self, now: Build | None) -> Markup:
        lines = self._lines()
        reached = sum(verdict == "reached" for verdict, _, _ in lines)
        outcome = self.outcome if self.judged == self.state else None
        head = f"{reached} of {count(len(lines), 'goal')}" if outcome is not None else count(len(lines), "goal")
        marks = {"reached": "✓", "not-yet": "✗", "unknown": "?", "": "○"}
        words = {"reached": "reached: ", "not-yet": "not yet: ", "unknown": "unknown: ", "": ""}
        items = [
            tag(
                "li", tag("b", marks[verdict], aria_hidden="true"), tag("span", words[verdict], class_="hidden"),
                _prose(text), tag("small", _prose(far)) if far else None, class_=classes(verdict),
                data_key=f"goal-{at}",
            )
            for at, (verdict, text, far) in enumerate(lines)
        ]  # fmt: skip
        said: Child = None
        if outcome is None and self.judged is not None:
            said = tag("p", "The text has changed since this check.", class_="note")
        elif outcome is not None and outcome.passed:
            said = self._reached(now)
        elif outcome is not None and not getattr(outcome, "lines", ()):
            said = tag("div", tag("b", "Not yet."), tag("pre", outcome.text), class_="error")
        elif outcome is None:
            said = tag("p", "Check says how far each is.", class_="note")
        return tag(
            "div", tag("b", head), track(reached / len(lines) if lines else 0, right=True),
            tag("ul", items, class_="goals"), said, data_key="goals",
        )  # fmt: skip

    def _reached(self, now: Build | None) -> Markup:
        """What it was before and is now, and the next thing to do."""
        was, is_ = self._figures(self.level.project), self._figures(self.project())
        rows = [f"{name}: {old} before, {is_[name]} now." for name, old in was.items() if old != is_.get(name, old)]
        more = f" Next: {self.following}" if self.following else " Go on with the next cell."
        return tag("div", tag("b", "Reached."), [tag("p", row) for row in rows], tag("p", more), class_="told")

    def _figures(self, project: Project) -> dict[str, str]:
        """The size, and what the goal's change rebuilds."""
        found = {}
        try:
            effects = getattr(self.level, "effects", None)
            builder = BuildKit(effects=effects)
            found["The image"] = human_size(builder.build(project).image.size)
            if (change := self.change()) is not None:
                again = rebuild(project, change, builder=BuildKit(effects=effects))
                found[f"After “{change.name}”"] = (
                    f"{len(rebuilt_steps(again))} of {count(len(working_steps(again)), 'step')} rebuilt"
                )
        except LayerlibError:
            pass
        return found

    def _told(self) -> str:
        if self.outcome is None or self.judged != self.state:
            return ""
        lines = self._lines()
        reached = sum(verdict == "reached" for verdict, _, _ in lines)
        return "Reached." if self.outcome.passed else f"Not yet: {reached} of {count(len(lines), 'goal')}."

    def show(self, problem: Exception | None = None) -> None:
        """As every lab; but the editor stays, whatever goes wrong."""
        if problem is not None and not isinstance(problem, LayerlibError):
            try:
                self.html = escaped([bug_box(problem), self.editor(None, None), self._buttons()])
            except Exception:
                super().show(problem)
            return
        super().show(problem)


def _verdict(line: Any) -> str:
    said = str(getattr(line, "verdict", "reached" if line.reached else "not yet"))
    return said.replace(" ", "-")


def _prose(words: str) -> list[Child]:
    """A text; what is between backticks is code."""
    pieces = re.split(r"`([^`\n]+)`", words)
    return [tag("code", piece) if at % 2 else piece for at, piece in enumerate(pieces)]


def goal(level: Task | Any) -> GoalLab:
    """The goal lab: a Dockerfile to write, with its task beside it, checked by what it builds.

    Args:
        level: a level of the course, such as `layerlib.course.level("08-order")`.
    """
    return GoalLab(level)
