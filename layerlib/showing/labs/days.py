"""A day of edits: its builds, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...editing import changes
from ...reading.project import Project
from ..amounts import Time
from ..worked import rebuilt_steps

RARE = ("requirements", "package", "pyproject.toml", "go.mod", "go.sum", "Gemfile", "Cargo", "poetry.lock", "Pipfile")


def day(project: Project, edits: Mapping[str, int], effects: Any = None) -> list[Build]:
    """The builds of a day: for each edit of a file one build, after a first one that is not among them.

    Args:
        project: what is edited and built.
        edits: the path of a file to how often it is edited.
        effects: what commands write and how long they take, as `BuildKit` takes them.

    The edits of one file rebuild the same steps each time, so each file's build is made once and listed as often.
    Raises LayerlibError for a project that cannot be built and for a file that does not exist.
    """
    builder = BuildKit(effects=effects)
    builder.build(project)
    builds: list[Build] = []
    for path, times in edits.items():
        if times:
            builds += [builder.build(changes.edit_file(project, path))] * times
    return builds


def usual_edits(project: Project) -> dict[str, int]:
    """A day's edits of a project's own: a source file 20 times, a list of packages once."""
    source = [path for path in project.context if path.endswith((".py", ".js", ".ts", ".go", ".html"))]
    lists = [path for path in project.context if path.rpartition("/")[2].startswith(RARE)]
    return dict.fromkeys(source[:1], 20) | dict.fromkeys(lists[:1], 1)


def seconds(builds: list[Build]) -> Time:
    """The seconds of a day; a step of unknown time counts once, however often it is rebuilt."""
    rebuilt = [step for build in builds for step in rebuilt_steps(build)]
    unknown = {step.name for step in rebuilt if step.seconds is None}
    return Time(sum(step.seconds or 0 for step in rebuilt), len(unknown))
