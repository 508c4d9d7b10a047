"""Sentences about the cache that are in circulation, and the builds of a real engine that settle them.

The texts are in `sayings/sayings.toml`, the builds in `sayings/recorded.json`, in the format of recorded builds
(`recorded/traces.schema.json`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ..building.units import human_size
from ..reading.project import Project
from ..showing.page.table import Table
from .known import known_as

_PLACE = re.compile(r"^\[(?:(?P<stage>\S+) )? *\d+/\d+\] ")


@dataclass(frozen=True, repr=False)
class Saying:
    """A sentence, what is so instead, and the builds that a real engine did. It shows the builds as a table.

    Attributes:
        name: such as "mtime".
        said: what one reads.
        where: where one reads it.
        true: what is so.
        instead: what to say, and to do.
        builds: what is different in each recorded build, in their order.
        recorded: the builds with the engine's answers, as `traces.schema.json` describes a trace.
        ask: a question that the builds answer, or "".
        answer: its answer, or "".
        sizes: whether the layers' sizes are what counts.
        fold: whether the lesson folds it.
        unmodelled: what in it no model can know, or "" if the model answers as the engine did.
    """

    name: str
    said: str
    where: str
    true: str
    instead: str
    builds: Sequence[str]
    recorded: Mapping[str, Any]
    ask: str = ""
    answer: str = ""
    sizes: bool = False
    fold: bool = False
    unmodelled: str = ""

    @property
    def before(self) -> Project:
        """The project of the first recorded build."""
        return self._project(0)

    @property
    def after(self) -> Project:
        """The project of the second recorded build."""
        return self._project(1)

    @property
    def table(self) -> Table:
        """What the engine printed: the verdict of each step in each build, or the size of each layer."""
        engine = f"recorded: Docker Engine {self.recorded['engine'].partition('+')[0]}, {self.recorded['store']}"
        if self.sizes:
            return Table(engine, ["layer above the base", *self.builds], self._layer_rows(), numbers=self._columns)
        return Table(engine, ["step", *self.builds], self._step_rows(), strong=["rebuilt"])

    def __str__(self) -> str:
        return str(self.table)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table._repr_html_()

    @property
    def _columns(self) -> range:
        return range(1, len(self.builds) + 1)

    def _project(self, number: int) -> Project:
        build = self.recorded["builds"][number]
        return Project.from_files(build["files"], build["dockerfile"], self.name)

    def _step_rows(self) -> list[list[str]]:
        return _rows([[(_named(one["name"]), verdict(one, build)) for one in steps(build)] for build in self._recorded])

    def _layer_rows(self) -> list[list[str]]:
        answers = []
        for build in self._recorded:
            verdicts = {_named(one["name"]).partition(" ")[2]: verdict(one, build) for one in steps(build)}
            if len(self.builds) == 1:
                verdicts = {}  # with an empty cache each step is rebuilt
            layers = [row for row in reversed(build["history"][:-1]) if "#(nop)" not in row["created_by"]]
            answers.append([(_instruction(row["created_by"]), _size(row, verdicts)) for row in layers])
        return _rows(answers)

    @property
    def _recorded(self) -> Sequence[Mapping[str, Any]]:
        builds: Sequence[Mapping[str, Any]] = self.recorded["builds"]
        return builds


def steps(build: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The recorded steps of a build without `FROM`, whose verdict depends on the engine and says nothing."""
    return [one for one in build["steps"] if not _PLACE.sub("", one["name"]).startswith("FROM ")]


def verdict(step: Mapping[str, Any], build: Mapping[str, Any]) -> str:
    """What the engine said of a step: cached, rebuilt, or failed in a build that stopped at it."""
    if step["cached"]:
        return "cached"
    return "failed" if build["error"] and step is build["steps"][-1] else "rebuilt"


def said(name: str) -> Saying:
    """The saying with a name. Raises LayerlibError, with close names, if there is none."""
    return known_as("saying", name, _all())


def sayings() -> tuple[Saying, ...]:
    """All sayings, those that the lesson folds included."""
    return tuple(_all().values())


def page() -> str:
    """The sayings as a page of Markdown: docs/said-about-the-cache.md."""
    parts = [_HEAD]
    for one in sayings():
        parts.append(f"## {one.true}\n\n**Said:** {one.said}\n\n**Where:** {one.where}\n")
        parts.append(f"{_markdown(one.table)}\n\n**Say instead:** {one.instead}\n")
    return "\n".join(parts)


_HEAD = """# Said about the cache, tested

Sentences that are in circulation, each under what is so instead. Below each stands what a real engine did, step by
step, in builds that share one cache, empty before the first. The base image was a small one that stood in for `python`,
so its commands are short. `FROM` is left out: its verdict depends on the engine and says nothing.
[Lesson 13](../notebooks/13_said_about_the_cache.ipynb) asks before it tells.

This page is made from `layerlib/teaching/sayings`; a test holds it to the recordings, and the model to both.
"""


def _markdown(table: Table) -> str:
    heads, *rows = [[cell.replace("|", "\\|") for cell in row] for row in (table.heads, *table.rows)]
    lines = [heads, ["---"] * len(heads), *([f"`{first}`", *rest] for first, *rest in rows)]
    return "\n".join([f"*{table.caption}*\n", *(f"| {' | '.join(line)} |" for line in lines)])


def _rows(answers: Sequence[Sequence[tuple[str, str]]]) -> list[list[str]]:
    """A row for each name of any build, in the order of the first build that has it; – where a build has none."""
    names = dict.fromkeys(name for answer in answers for name, _ in answer)
    return [[name, *(_together(name, answer) for answer in answers)] for name in names]


def _together(name: str, answer: Sequence[tuple[str, str]]) -> str:
    """What is said of a name; of two steps with one name, such as those of an ADD of a URL, both."""
    return " and ".join(sorted({said for other, said in answer if other == name})) or "–"


def _named(name: str) -> str:
    """A step's name without its number, with its stage in front if there are several."""
    place = _PLACE.match(name)
    stage = place and place["stage"]
    shown = _PLACE.sub("", name)
    return f"[{stage}] {shown}" if stage and stage != "stage-0" else shown


def _instruction(created_by: str) -> str:
    return created_by.removesuffix(" # buildkit").replace("RUN /bin/sh -c ", "RUN ")


def _size(row: Mapping[str, Any], verdicts: Mapping[str, str]) -> str:
    setting = _instruction(row["created_by"]).split()[0] not in ("RUN", "COPY", "ADD", "WORKDIR")
    if setting:
        return "no layer"
    verdict = verdicts.get(_instruction(row["created_by"]).partition(" ")[2])
    return f"{human_size(row['size'])}, {verdict}" if verdict else human_size(row["size"])


@cache
def _all() -> dict[str, Saying]:
    folder = files("layerlib") / "teaching" / "sayings"
    traces = {one["name"]: one for one in json.loads((folder / "recorded.json").read_text(encoding="utf-8"))}
    texts = tomllib.loads((folder / "sayings.toml").read_text(encoding="utf-8"))["saying"]
    return {one["name"]: Saying(recorded=traces[one["name"]], **one) for one in texts}
