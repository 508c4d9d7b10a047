"""The goal lab: a task, an editor with the build in its margin, and the goals, always in sight."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.rebuilding import rebuild
from ...building.units import count, human_size
from ...editing import changes
from ...editing.change import Change
from ...reading.errors import DockerfileError, LayerlibError
from ...reading.project import Project
from ..listing import Row, listing
from ..listing_view import MARKS
from ..page.controls import bug_box, button, error_box, spoken, track
from ..page.markup import Child, Markup, classes, escaped, tag
from ..worked import rebuilt_steps, working_steps
from .answer import answer_text
from .kept import KeptLab

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


@dataclass(frozen=True)
class State:
    """The texts of the files that may be edited, by their path."""

    texts: tuple[tuple[str, str], ...]


class GoalLab(KeptLab):
    """The widget that `goal` gives."""

    state: State
    work = "text"
    way_out = "Take it with you by “Copy my answer”."

    def __init__(self, level: Task, following: str = "") -> None:
        self.level, self.following = level, following
        named = tuple(getattr(level, "editable", ()))
        self.editable = tuple(dict.fromkeys(("Dockerfile", *named, *OTHERS)))
        self.file = "Dockerfile"
        self.typed: dict[str, Mapping[str, Any]] = {}  # who typed the text of a file, and how new it is
        self.revision = 0
        self.typing: tuple[str, int] | None = None  # the file and the line that is being typed in
        self.shown: frozenset[str] = frozenset()
        self.judged: State | None = None  # the texts that the check on the screen is about
        self.outcome: Outcome | None = None
        state = State(tuple((path, _read(level.project, path)) for path in self.editable))
        super().__init__("Goal lab", level.title, state, getattr(level, "name", level.title))
        self.begin()

    @property
    def name(self) -> str:
        """The level's name."""
        return str(getattr(self.level, "name", self.level.title))

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the files that may be edited, by their path."""
        return dict(self.state.texts)

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

    def do_type(self, arg: Any, message: Mapping[str, Any]) -> None:
        """A file has another text. Characters typed one after the other in one line are one step of Undo."""
        path, text = str(arg), str(message.get("value", ""))
        if path not in self.texts:
            return
        self.typed[path] = message
        if text == self.texts[path]:
            return
        line = _changed_line(self.texts[path], text)
        state = State(tuple((self.texts | {path: text}).items()))
        if line is None or self.typing != (path, line):
            self.become(state)
        else:
            self.state = state
        self.typing = None if line is None else (path, line)
        self.revision += 1

    def do_file(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in self.texts or arg in self.level.project.files:
            self.file, self.typing = str(arg), None

    def do_check(self, _: Any, __: Mapping[str, Any]) -> None:
        self.typing, self.judged = None, self.state
        self.outcome = self.level.check(self.project())

    def do_show(self, arg: Any, _: Mapping[str, Any]) -> None:
        """Show or hide the hint, the solution or the answer's text."""
        self.shown ^= {str(arg)}

    def do_copy(self, _: Any, __: Mapping[str, Any]) -> None:
        self.shown |= {"answer"}
        self.copy(self.as_text())

    def do_undo(self, _: Any, __: Mapping[str, Any]) -> None:
        self._anew(__)
        super().do_undo(_, __)

    def do_reset(self, _: Any, __: Mapping[str, Any]) -> None:
        self._anew(__)
        super().do_reset(_, __)

    def _anew(self, message: Mapping[str, Any]) -> None:
        """The texts come from Python now, whoever typed them; what is typed after that stays newer."""
        self.typing = None
        self.revision += 1

    # What it shows.

    def result(self) -> Markup:
        problem: LayerlibError | None = None
        now: Build | None = None
        try:
            now = self._built()
        except LayerlibError as error:
            problem = error
        head = tag("div", tag("b", self.level.title), tag("p", _prose(self.level.task)), class_="head")
        left = tag("div", self._editor(now, problem), self._buttons(), self._asked(), data_key="left")
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

    def _editor(self, now: Build | None, problem: LayerlibError | None) -> Markup:
        paths = list(dict.fromkeys((*self.editable, *self.level.project.files)))
        tabs = [
            tag(
                "button", path, " ", tag("small", _bytes(self._text(path))), type="button", class_="tab", role="tab",
                data_do="file", data_arg=path, data_key=f"tab-{path}",
                aria_selected="true" if path == self.file else "false",
            )
            for path in paths
        ]  # fmt: skip
        change = self.change()
        words = f"in the margin: after “{change.name}”" if change else "in the margin: a first build"
        note = tag("span", words if self.file == "Dockerfile" else "", style="margin-left: auto; padding: 6px 4px")
        sheets = [self._sheet(path, now, problem) for path in paths]
        return tag(
            "div", tag("div", tabs, note, class_="tabs", role="tablist", aria_label="files"), sheets, class_="ed"
        )

    def _sheet(self, path: str, now: Build | None, problem: LayerlibError | None) -> Markup:
        """One file. All are there, one is shown: a character that arrives late still goes where it belongs."""
        text = self._text(path)
        typed = self.typed.get(path, {})
        margin = self._margin(now, problem) if path == "Dockerfile" else None
        lines = [tag("div", _highlighted(line) if path == "Dockerfile" else line) for line in text.split("\n")]
        kind = "Dockerfile" if path == "Dockerfile" else "text"
        field = tag(
            "textarea", text, spellcheck="false", autocapitalize="off", wrap="off", data_key="field",
            data_do="type" if path in self.texts else None, data_arg=path, readonly=path not in self.texts,
            data_rev=self.revision, data_by=str(typed.get("view", "")), data_seen=str(typed.get("edits", "")),
            aria_label=f"Text of {path}", style=f"height: {len(lines) * 1.5 + 1.2:.1f}em",
        )  # fmt: skip
        return tag(
            "div", margin, tag("div", lines, class_="mirror", data_mirror=kind, aria_hidden="true"), field,
            class_="sheet", data_key=f"sheet-{path}", style=None if path == self.file else "display: none",
        )  # fmt: skip

    def _text(self, path: str) -> str:
        return self.texts[path] if path in self.texts else _read(self.level.project, path)

    def _margin(self, now: Build | None, problem: LayerlibError | None) -> Markup:
        """The verdict of each line, at its right."""
        number = self.texts["Dockerfile"].count("\n") + 1
        said: dict[int, tuple[str, str]] = {}
        if isinstance(problem, DockerfileError):
            said[problem.line or 1] = "wrong", "✗ cannot be built"
        if now is not None and now.project.dockerfile == self.texts["Dockerfile"]:
            for row in listing(now).rows:
                if row.line and (row.steps or row.kind == "cause"):
                    said[row.line] = row.kind, _in_margin(row)
        lines = [
            tag("div", tag("span", said[line][1]) if line in said else None,
                class_=f"m-{said[line][0]}" if line in said else None)
            for line in range(1, number + 1)
        ]  # fmt: skip
        return tag("div", lines, class_="margin", data_key="margin")

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
        shown = {path: _read(solution, path) for path in self.editable if path in solution.files}
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
                self.html = escaped([bug_box(problem), self._editor(None, None), self._buttons()])
            except Exception:
                super().show(problem)
            return
        super().show(problem)


def _verdict(line: Any) -> str:
    said = str(getattr(line, "verdict", "reached" if line.reached else "not yet"))
    return said.replace(" ", "-")


def _in_margin(row: Row) -> str:
    if row.kind in ("cause", "again", "open") and row.why:
        return MARKS[row.kind] + row.why
    return MARKS.get(row.kind, "") + row.verdict


_KEYWORD = re.compile(r"(\s*)([A-Z]+)(?=\s|$)(.*)", re.DOTALL)


def _highlighted(line: str) -> Child:
    """A line as the script shows it too: its first word in capitals is a keyword."""
    found = _KEYWORD.fullmatch(line)
    return [found[1], tag("b", found[2]), found[3]] if found else line


def _bytes(text: str) -> str:
    return human_size(len(text.encode("utf-8", "replace")))


def _changed_line(before: str, after: str) -> int | None:
    """The only line that differs, counted from 0; None if several differ, or lines were added or removed."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return None
    changed = [number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return changed[0] if len(changed) == 1 else None


def _prose(words: str) -> list[Child]:
    """A text; what is between backticks is code."""
    pieces = re.split(r"`([^`\n]+)`", words)
    return [tag("code", piece) if at % 2 else piece for at, piece in enumerate(pieces)]


def _read(project: Project, path: str) -> str:
    return project.files[path].read().decode("utf-8", "replace") if path in project.files else ""


def goal(level: Task | Any) -> GoalLab:
    """The goal lab: a Dockerfile to write, with its task beside it, checked by what it builds.

    Args:
        level: a level of the course, such as `layerlib.course.level("08-order")`.
    """
    return GoalLab(level)
