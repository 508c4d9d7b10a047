"""Levels: a project, goals, a hint, a solution and tempting wrong answers. All of it is data.

The data is in `tasks/`, one file for each lesson. A goal is a state, so any answer that reaches it is right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from textwrap import fill
from typing import Any

from ..building.buildkit.builder import BuildKit
from ..building.effects.effects import as_effects
from ..editing.change import Change
from ..reading.errors import LayerlibError
from ..reading.project import Project
from .attempt import Attempt
from .goals.goal import Goal
from .goals.table import goal
from .known import known_as
from .results import Line, Result

Answer = Project | Change | Mapping[str, Any] | str | None


@dataclass(frozen=True)
class Wrong:
    """A tempting answer that misses a goal, and why somebody would give it."""

    why: str
    project: Project


@dataclass(frozen=True, repr=False)
class Level:
    """Something to reach.

    Attributes:
        name: such as "08-order"; it starts with the lesson's number.
        title, task, hint: in words. The hint says where to look, not what to write.
        project: what the learner starts with.
        goals: what is checked.
        solution: one answer that is right; there may be others.
        wrong: tempting answers that miss a goal.
        editable: the files that the answer may touch.
        effects: what the commands of the level write, as `BuildKit` takes it.
        theme: what it is about, for the map of levels.
    """

    name: str
    title: str
    task: str
    project: Project
    hint: str
    goals: tuple[Goal, ...]
    solution: Project
    wrong: tuple[Wrong, ...]
    editable: tuple[str, ...] = ("Dockerfile",)
    effects: Mapping[str, Any] = field(default_factory=dict)
    theme: str = ""

    @property
    def lesson(self) -> str:
        """The lesson's number, such as "08"."""
        return self.name.partition("-")[0]

    @property
    def goal_text(self) -> str:
        """What is to be reached, a line for each goal."""
        return "\n".join(f"- {goal.text}" for goal in self.goals)

    def check(self, answer: Answer) -> Result:
        """Check an answer: a project, a Dockerfile's text, a change, or a mapping from path to text.

        Nothing is raised for a wrong answer, nor for one that Docker refuses.
        """
        try:
            project = self.given(answer)
            if project is None:
                return Result(self.title, error=f"Not answered yet. The task: {self.task}")
            # What cannot be built is not checked; of a RUN that fails, the lint says more.
            BuildKit(effects=as_effects(self.effects).lenient()).build(project)
            attempt = Attempt(project, self.effects)
            return Result(self.title, tuple(_line(goal, attempt) for goal in self.goals))
        except LayerlibError as error:
            return Result(self.title, error=f"This cannot be built.\n{error}")

    def given(self, answer: Answer) -> Project | None:
        """An answer as a project; None if it is empty. Raises LayerlibError for what is not an answer."""
        if isinstance(answer, Mapping):
            answer = {path: _stripped(text) for path, text in answer.items() if not _is_blank(text)} or None
        if answer is None or _is_blank(answer):
            return None
        if isinstance(answer, Project):
            return answer
        if isinstance(answer, str):
            return self.project.with_dockerfile(_stripped(answer))
        if isinstance(answer, Change):
            return answer(self.project)
        if isinstance(answer, Mapping):
            return self.project.with_files(answer)
        raise LayerlibError(f"An answer is a Project or a Dockerfile's text, not {type(answer).__name__}.")

    def __str__(self) -> str:
        goals = "\n".join(fill(f"- {goal.text}", 96, subsequent_indent="  ") for goal in self.goals)
        paths = ", ".join(p for p, file in self.project.files.items() if file.kind == "file" and p != "Dockerfile")
        begin = f"{self.title}\n\n{fill(self.task, 96)}\n\nGoals:\n{goals}\n\n{fill(f'Files: {paths}', 96)}"
        return f"{begin}\n\nDockerfile:\n{self.project.dockerfile}".rstrip()

    def __repr__(self) -> str:
        return f"Level({self.name!r}: {self.title})"


def _is_blank(text: Any) -> bool:
    return isinstance(text, str) and not text.strip()


def _stripped(text: Any) -> Any:
    """A learner's text without empty lines around it: line numbers count from the first line with text."""
    return text.strip("\n") + "\n" if isinstance(text, str) else text


def _line(goal: Goal, attempt: Attempt) -> Line:
    try:
        return Line(goal.text, goal.check(attempt))
    except LayerlibError as error:
        return Line(goal.text, f"This cannot be checked: {error}")


def check(name: str, answer: Answer = None) -> Result:
    """Check an answer to a level. An unknown name gives a result that says so."""
    try:
        return level(name).check(answer)
    except LayerlibError as error:
        return Result(str(name), error=str(error))


def level(name: str) -> Level:
    """The level with a name. Raises LayerlibError, with close names, if there is none."""
    if not isinstance(name, str):
        raise LayerlibError(f'The name of a level is a text such as "08-order", not {type(name).__name__}.')
    return known_as("level", name, _all())


def levels(lesson: str | int | None = None) -> tuple[Level, ...]:
    """All levels, or those of a lesson ("08" or 8), in the intended order."""
    number = None if lesson is None else str(lesson).partition("_")[0].zfill(2)
    return tuple(level for level in _all().values() if number in (None, level.lesson))


@cache
def _all() -> dict[str, Level]:
    folder = files("layerlib") / "teaching" / "tasks"
    levels: dict[str, Level] = {}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            for data in tomllib.loads(path.read_text(encoding="utf-8"))["level"]:
                level = level_from_data(data)
                levels[level.name] = level
    return levels


def level_from_data(data: Mapping[str, Any]) -> Level:
    """A level from its data. Raises LayerlibError for a goal, a project or a file that does not exist."""
    start = _project(data)
    wrong = tuple(Wrong(answer["why"], _edited(start, answer)) for answer in data["wrong"])
    return Level(
        name=data["name"],
        title=data["title"],
        task=" ".join(data["task"].split()),
        project=start,
        hint=" ".join(data["hint"].split()),
        goals=tuple(goal(given) for given in data["goals"]),
        solution=_edited(start, data["solution"]),
        wrong=wrong,
        editable=("Dockerfile", *data.get("editable", ())),
        effects=data.get("effects", {}),
        theme=data.get("theme", ""),
    )


def _project(data: Mapping[str, Any]) -> Project:
    """What a level starts with: a project that ships with the course, its own files, or both."""
    if "project" in data:
        return _edited(Project.load(data["project"]), data)
    return Project.from_files(data.get("files"), data["dockerfile"].lstrip("\n"), data["name"])


def _edited(start: Project, data: Mapping[str, Any]) -> Project:
    """A project with another Dockerfile, and with files added ("" removes one)."""
    project = start.with_files({path: text or None for path, text in data.get("files", {}).items()})
    return project.with_dockerfile(data["dockerfile"].lstrip("\n")) if "dockerfile" in data else project
