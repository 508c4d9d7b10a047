"""The goal lab: a task, an editor, and a check of what the Dockerfile builds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Protocol

import ipywidgets as widgets

from ...building.buildkit import BuildKit
from ...reading.project import Project
from . import tables
from .parts import Lab, button, choice, line

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


class GoalLab(Lab):
    """The widget that `goal` gives. Its state is the text of the files that may be edited."""

    def __init__(self, level: Task) -> None:
        self.level = level
        named = tuple(getattr(level, "editable", ()))
        self.texts = {path: _read(level.project, path) for path in dict.fromkeys(("Dockerfile", *named, *OTHERS))}
        self.past: list[dict[str, str]] = []
        self.said = ""
        self._quiet = False
        self.file = choice("File:", self.texts)
        self.editor = widgets.Textarea(
            value=self.texts["Dockerfile"], description="Text:", continuous_update=False,
            style={"description_width": "initial"},
            rows=max(10, len(self.texts["Dockerfile"].splitlines()) + 3),
            layout=widgets.Layout(width="auto", height="auto", max_width="640px"),
        )  # fmt: skip
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
        left = widgets.VBox(
            [self.file, self.editor, line([self.check, self.hint, self.goal, self.undo, self.reset, self.copy])],
            layout=widgets.Layout(flex="2 1 400px"),
        )
        super().__init__("Goal lab", level.title, [line([task, left]), self.answer])
        self.children[1].layout.align_items = "flex-start"
        self.file.observe(lambda _: self.run(self._open), "value")
        self.editor.observe(lambda _: self.run(self._edited), "value")
        self.on(self.check, self._check)
        self.on(self.hint, lambda: self._say("Hint", level.hint))
        self.on(self.goal, lambda: self._say("The goal", level.goal_text))
        self.on(self.undo, self._undo)
        self.on(self.reset, self._reset)
        self.on(self.copy, self._copy)
        self.show()

    def project(self) -> Project:
        """The learner's project. Raises LayerlibError for files that cannot be."""
        files = {path: text for path, text in self.texts.items() if text or path in self.level.project.files}
        return self.level.project.with_files(files)

    def as_text(self) -> str:
        """The answer as text to hand in: every file that was changed, the Dockerfile always."""
        parts = [f"# {self.level.title}"]
        for path, content in self.texts.items():
            if path == "Dockerfile" or content != _read(self.level.project, path):
                parts.append(f"# file: {path}\n{content}".rstrip("\n"))
        return "\n\n".join(parts) + "\n"

    def _open(self) -> None:
        self._put(self.texts[self.file.value])

    def _put(self, content: str) -> None:
        self._quiet = True
        try:
            self.editor.value = content
        finally:
            self._quiet = False

    def _edited(self) -> None:
        if not self._quiet:
            self.past.append(dict(self.texts))
            self.texts[self.file.value] = self.editor.value
            self.said = ""
            self._renew()

    def _go(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.said = ""
        self._put(self.texts[self.file.value])
        self._renew()

    def _undo(self) -> None:
        if self.past:
            self._go(self.past.pop())

    def _reset(self) -> None:
        self.past.append(dict(self.texts))
        self._go({path: _read(self.level.project, path) for path in self.texts})

    def _copy(self) -> None:
        self.answer.layout.display = "flex"
        self._renew()

    def _renew(self) -> None:
        if self.answer.layout.display != "none":
            self.answer.value = self.as_text()

    def _say(self, head: str, words: str) -> None:
        self.said = f'<div class="good"><b>{head}.</b><pre class="text">{_prose(words)}</pre></div>'

    def _check(self) -> None:
        outcome = self.level.check(self.project())
        kind, head = ("good", "Reached.") if outcome.passed else ("error", "Not yet.")
        self.said = f'<div class="{kind}"><b>{head}</b><pre class="text">{escape(outcome.text)}</pre></div>'

    def result(self) -> str:
        said, self.said = self.said, ""
        self.remarks = said
        build = BuildKit(effects=getattr(self.level, "effects", None)).build(self.project())
        table = tables.steps(build, "A first build of this Dockerfile")
        return f"<details><summary>What it builds: {len(build.steps)} steps</summary>{table}</details>"

    def show(self) -> None:
        self.remarks = self.said
        super().show()
        if self.remarks:
            inner = self.view.value.removeprefix('<div class="layerlib-view">')
            self.view.value = f'<div class="layerlib-view">{self.remarks}{inner}'


def _prose(words: str) -> str:
    """A text as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(words))


def _read(project: Project, path: str) -> str:
    return project.files[path].read().decode("utf-8", "replace") if path in project.files else ""


def goal(level: Task | Any) -> GoalLab:
    """The goal lab: a Dockerfile to write, with its task beside it, checked by what it builds.

    Args:
        level: a level of the course, such as `layerlib.course.level("08-order")`.
    """
    return GoalLab(level)
