"""The lessons' examples: a small project, changes of it, and other ways to write it. All of it is data.

The data is in `examples/`, one file for each lesson that has some.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from typing import Any

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..editing import changes
from ..editing.change import Change
from ..reading.project import Project
from .known import known_as


@dataclass(frozen=True)
class Example:
    """What a lesson shows.

    Attributes:
        name: such as "one-of-every-kind".
        project: the project.
        changes: single changes of it.
        ways: the project written in several ways, by a label; the first is the project itself where it has a label.
        effects: what its commands write, as `BuildKit` takes it.
    """

    name: str
    project: Project
    changes: tuple[Change, ...] = ()
    ways: Mapping[str, Project] = field(default_factory=dict)
    effects: Mapping[str, Any] = field(default_factory=dict)

    def builds(self) -> dict[str, Build]:
        """The first build of each way, each with an empty cache."""
        return {label: BuildKit(effects=self.effects).build(project) for label, project in self.ways.items()}


def example(name: str) -> Example:
    """The example with a name. Raises LayerlibError, with close names, if there is none."""
    return known_as("example", name, _all())


def examples() -> tuple[Example, ...]:
    """All examples, in the order of the lessons."""
    return tuple(_all().values())


@cache
def _all() -> dict[str, Example]:
    return {one.name: one for one in _read()}


def _read() -> Iterator[Example]:
    for path in sorted((files("layerlib") / "teaching" / "examples").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            for data in tomllib.loads(path.read_text(encoding="utf-8"))["example"]:
                yield example_from_data(data)


def example_from_data(data: Mapping[str, Any]) -> Example:
    """An example from its data. Raises LayerlibError for a project, a change or a file that does not exist."""
    start = Project.load(data["project"]) if "project" in data else Project.from_files({}, "", data["name"])
    project = _edited(start, data)
    ways = {label: _edited(project, way) for label, way in data.get("ways", {}).items()}
    made = tuple(_change(given) for given in data.get("changes", ()))
    return Example(data["name"], project, made, ways, data.get("effects", {}))


def _edited(start: Project, data: Mapping[str, Any]) -> Project:
    """A project with files added (`files` has texts, `zeros` the sizes of files of zeros) and another Dockerfile."""
    given: dict[str, Any] = {path: text or None for path, text in data.get("files", {}).items()}
    given |= {path: b"0" * size for path, size in data.get("zeros", {}).items()}
    project = start.with_files(given)
    return project.with_dockerfile(data["dockerfile"].lstrip("\n")) if "dockerfile" in data else project


def _change(given: Mapping[str, Any]) -> Change:
    """A change: one that `changes.named` knows, a file's new text or mode, or a line put in place of another."""
    text = str(given.get("text", ""))
    if "path" in given:
        path, mode = given["path"], given.get("mode")
        edit = partial(changes.set_mode, path=path, mode=int(mode, 8)) if mode else None
        return Change(given["name"], edit or partial(changes.edit_file, path=path, content=text))
    if "line" in given:
        name = given.get("name", f"line {given['line']}: {text}".replace("\n", " ⏎ "))
        return Change(name, partial(changes.set_instruction, line=given["line"], text=text))
    if "above" in given:
        return Change(given["name"], partial(changes.insert, line=given["above"], text=text))
    return changes.named(given["name"])
