"""The goal lab: a task, an editor, and a check of what the Dockerfile builds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from time import monotonic
from typing import Any, Protocol

import ipywidgets as widgets

from ...building.buildkit.builder import BuildKit
from ...reading.project import Project
from . import tables
from .kept_lab import KeptLab
from .parts import button, choice, line

OTHERS = (".dockerignore",)
LATE = 2.0  # seconds in which a character may arrive that was typed before a click


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


class GoalLab(KeptLab):
    """The widget that `goal` gives. Its state is the text of the files that may be edited."""

    work = "text"
    way_out = "Take it with you by “Copy as text”."

    def __init__(self, level: Task) -> None:
        self.level = level
        named = tuple(getattr(level, "editable", ()))
        self.texts = {path: _read(level.project, path) for path in dict.fromkeys(("Dockerfile", *named, *OTHERS))}
        self.past: list[dict[str, str]] = []
        self.said = ""
        self.typed: int | None = None  # the line that is being typed in
        self.judged: dict[str, str] | None = None  # the texts that the check on the screen is about
        self.checked_at = -LATE
        self._quiet = False
        self.file = choice("File:", self.texts)
        rows = max(10, len(self.texts["Dockerfile"].splitlines()) + 3)
        # One for each file: a character that arrives late, after another file was chosen, still goes where it belongs.
        self.editors = {path: _editor(text, rows) for path, text in self.texts.items()}
        self.check, self.hint, self.goal = button("Check"), button("Hint"), button("Show the goal")
        self.undo, self.reset, self.copy = button("Undo"), button("Reset"), button("Copy as text")
        self.answer = widgets.Textarea(
            description="Answer:",
            rows=8,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="auto", max_width="640px", display="none"),
        )
        task = widgets.HTML(
            f'<div class="layerlib-view"><h4>{escape(level.title)}</h4><p>{_prose(level.task)}</p></div>',
            layout=widgets.Layout(flex="1 1 240px"),
        )
        self.buttons = line([self.check, self.hint, self.goal, self.undo, self.reset, self.copy])
        self.left = widgets.VBox(layout=widgets.Layout(flex="2 1 400px"))
        self._open()
        beside = line([task, self.left])
        beside.layout.align_items = "flex-start"
        key = getattr(level, "name", level.title)
        super().__init__("Goal lab", level.title, [beside, self.answer], key)
        self.file.observe(lambda _: self.run(self._open), "value")
        for path, editor in self.editors.items():
            editor.observe(lambda _, path=path: self.run(lambda: self._edited(path)), "value")
        self.on(self.check, self._check)
        self.on(self.hint, lambda: self._say("Hint", level.hint))
        self.on(self.goal, lambda: self._say("The goal", level.goal_text))
        self.on(self.undo, self._undo)
        self.on(self.reset, self._reset)
        self.on(self.copy, self._copy)
        self.begin()

    @property
    def editor(self) -> widgets.Textarea:
        """The editor of the file that is chosen."""
        return self.editors[self.file.value]

    def begun(self) -> dict[str, str]:
        """The files as the level gives them."""
        return {path: _read(self.level.project, path) for path in self.texts}

    def changed(self) -> dict[str, str]:
        """The files that are not as the level gives them, and the Dockerfile always."""
        begun = self.begun()
        return {path: text for path, text in self.texts.items() if path == "Dockerfile" or text != begun[path]}

    def parts(self) -> dict[str, str]:
        nothing = self.texts == self.begun() or not self.texts["Dockerfile"].strip()
        return {} if nothing else self.changed()

    def fits(self, parts: Mapping[str, str]) -> bool:
        return "Dockerfile" in parts and self._with(parts) != self.texts

    def bring(self, parts: Mapping[str, str]) -> None:
        self.past.append(dict(self.texts))
        self._go(self._with(parts))

    def _with(self, parts: Mapping[str, str]) -> dict[str, str]:
        return self.begun() | {path: text for path, text in parts.items() if path in self.texts}

    def project(self) -> Project:
        """The learner's project. Raises LayerlibError for files that cannot exist."""
        files = {path: text for path, text in self.texts.items() if text or path in self.level.project.files}
        return self.level.project.with_files(files)

    def as_text(self) -> str:
        """The answer as text to hand in: every file that was changed, the Dockerfile always."""
        parts = (f"# file: {path}\n{content}".rstrip("\n") for path, content in self.changed().items())
        return "\n\n".join([f"# {self.level.title}", *parts]) + "\n"

    def _open(self) -> None:
        self.typed = None
        self.left.children = (self.file, self.editor, self.buttons)

    def _edited(self, path: str) -> None:
        """Take what was typed. Characters typed one after the other in one line are one step of Undo."""
        if self._quiet:
            return
        now = self.editors[path].value
        line = _changed_line(self.texts[path], now)
        if line is None or line != self.typed:
            self.past.append(dict(self.texts))
            del self.past[:-500]
        self.typed = line
        self.texts[path] = now
        self._renew()
        if monotonic() - self.checked_at < LATE:
            self._check()

    def _go(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.said, self.typed, self.judged = "", None, None
        self._quiet = True
        try:
            for path, text in self.texts.items():
                self.editors[path].value = text
        finally:
            self._quiet = False
        self._renew()

    def _undo(self) -> None:
        if self.past:
            self._go(self.past.pop())

    def _reset(self) -> None:
        self.past.append(dict(self.texts))
        self.keeper.leave()
        self._go(self.begun())

    def _copy(self) -> None:
        self.answer.layout.display = "flex"
        self._renew()

    def _renew(self) -> None:
        if self.answer.layout.display != "none":
            self.answer.value = self.as_text()

    def _say(self, head: str, words: str) -> None:
        self.judged = None
        self.said = f'<div class="good"><b>{head}.</b><pre class="text">{_prose(words)}</pre></div>'

    def _check(self) -> None:
        self.typed, self.checked_at = None, monotonic()
        self.judged = dict(self.texts)
        outcome = self.level.check(self.project())
        kind, head = ("good", "Reached.") if outcome.passed else ("error", "Not yet.")
        self.said = f'<div class="{kind}"><b>{head}</b><pre class="text">{escape(outcome.text)}</pre></div>'

    def result(self) -> str:
        build = BuildKit(effects=getattr(self.level, "effects", None)).build(self.project())
        table = tables.steps(build, "A first build of this Dockerfile")
        return f"<details><summary>What it builds: {len(build.steps)} steps</summary>{table}</details>"

    def above(self) -> str:
        since = self.judged is not None and self.judged != self.texts
        return self.said + ("<p>The text has changed since this check.</p>" if since else "")


def _editor(text: str, rows: int) -> widgets.Textarea:
    return widgets.Textarea(
        value=text,
        description="Text:",
        rows=rows,
        style={"description_width": "initial"},
        layout=widgets.Layout(width="auto", height="auto", max_width="640px"),
    )


def _changed_line(before: str, after: str) -> int | None:
    """The only line that differs, counted from 0; None if several differ, or lines were added or removed."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return None
    changed = [number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return changed[0] if len(changed) == 1 else None


def _prose(words: str) -> str:
    """A text as HTML; what is between backticks is code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(words))


def _read(project: Project, path: str) -> str:
    return project.files[path].read().decode("utf-8", "replace") if path in project.files else ""


def goal(level: Task | Any) -> GoalLab:
    """The goal lab: a Dockerfile to write, with its task beside it, checked by what it builds.

    Args:
        level: a level of the course, such as `layerlib.course.level("08-order")`.
    """
    return GoalLab(level)
