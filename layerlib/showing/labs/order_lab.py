"""The order lab: move instructions up and down, and see what a day of edits costs in that order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import ipywidgets as widgets

from ...building.build import Build
from ...editing import changes
from ...linting.order_check import problems
from ...reading.dockerfile import Instruction
from ...reading.errors import LayerlibError
from ...reading.project import Project
from .. import palette
from .days import day, seconds, sentence, table, usual_edits
from .kept_lab import KeptLab
from .livechart import LiveChart, Row, longest
from .parts import button, if_readable, line, text


class Impossible(LayerlibError):
    """An order in which a command lacks something that it needs."""

    head = "This order cannot work."


class Fixed(LayerlibError):
    """An instruction that cannot go where it was asked to go."""

    head = "This cannot be moved."


class OrderLab(KeptLab):
    """The widget that `order` gives. Its state is a Dockerfile, and the number of edits of each file."""

    work = "order"

    def __init__(self, project: Project, edits: Mapping[str, int] | None = None, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        self.now = project
        self.past: list[Project] = []
        self.usual = usual_edits(project) if edits is None else dict(edits)
        self.labels: list[widgets.HTML] = []
        self.ups: dict[int, widgets.Button] = {}
        self.downs: dict[int, widgets.Button] = {}
        rows = [self._row(place, one) for place, one in enumerate(_listed(project))]
        self.undo, self.reset = button("Undo"), button("Reset")
        self.counts = {
            path: widgets.BoundedIntText(
                value=number, min=0, max=1000, description=f"edits of {path}:",
                style={"description_width": "initial"}, layout=widgets.Layout(width="auto"),
            )
            for path, number in self.usual.items()
        }  # fmt: skip
        self.chart = LiveChart()
        super().__init__(
            "Order lab",
            project.name,
            [
                text("Move the instructions. A day of edits is built in the order that you make."),
                widgets.VBox(rows),
                line([self.undo, self.reset]),
                line(self.counts.values()),
            ],
        )
        for count in self.counts.values():
            count.observe(lambda _: self.run(lambda: None), "value")
        for way, buttons in ((-1, self.ups), (1, self.downs)):
            for place, one in buttons.items():
                self.on(one, partial(self.move, place, way))
        self.on(self.undo, self._undo)
        self.on(self.reset, self._reset)
        self.begin()

    def parts(self) -> dict[str, str]:
        same = self.now.dockerfile == self.project.dockerfile and self.edits() == self.usual
        edits = "\n".join(f"{path}: {number}" for path, number in self.edits().items())
        return {} if same else {"Dockerfile": self.now.dockerfile, "edits in a day": edits}

    def fits(self, parts: Mapping[str, str]) -> bool:
        ours = [one.source for one in _listed(self.project)]
        theirs = [one.source for one in _listed(self.project.with_dockerfile(parts["Dockerfile"]))]
        fixed = [place for place in range(len(ours)) if place not in self.ups]
        if sorted(ours) != sorted(theirs) or any(ours[place] != theirs[place] for place in fixed):
            return False
        return parts["Dockerfile"] != self.now.dockerfile or _numbers(parts) != self.edits()

    def bring(self, parts: Mapping[str, str]) -> None:
        self._go(self.project.with_dockerfile(parts["Dockerfile"]))
        for path, number in _numbers(parts).items():
            if path in self.counts:
                self.counts[path].value = number

    def edits(self) -> dict[str, int]:
        """How often each file is edited."""
        return {path: count.value for path, count in self.counts.items()}

    def _row(self, place: int, one: Instruction) -> widgets.Box:
        """An instruction with its two buttons. FROM, and an ARG above the first FROM, stay where they are."""
        label = widgets.HTML(_shown(place, one), layout=widgets.Layout(flex="1 1 200px"))
        self.labels.append(label)
        fixed = one.keyword == "FROM" or not (self.ups or any(old.keyword == "FROM" for old in self._above(place)))
        if not fixed:
            self.ups[place], self.downs[place] = button(f"{place + 1} up"), button(f"{place + 1} down")
        moving = [] if fixed else [self.ups[place], self.downs[place]]
        return widgets.HBox([label, *moving], layout=widgets.Layout(max_width="640px", align_items="center"))

    def _above(self, place: int) -> tuple[Instruction, ...]:
        return self.project.parsed.instructions[:place]

    def _go(self, project: Project, remember: bool = True) -> None:
        if remember and project.dockerfile != self.now.dockerfile:
            self.past.append(self.now)
        self.now = project
        for place, one in enumerate(_listed(project)):
            self.labels[place].value = _shown(place, one)

    def _undo(self) -> None:
        if self.past:
            self._go(self.past.pop(), remember=False)

    def _reset(self) -> None:
        self.keeper.leave()
        self._go(self.project)

    def move(self, at: int, way: int) -> None:
        """Move the instruction at a place by one, up (-1) or down (1). Raises LayerlibError where it cannot go."""
        shown = self.now.parsed.instructions
        if not 0 <= at + way < len(shown):
            return
        one, other = shown[at], shown[at + way]
        if other.keyword == "FROM":
            raise Fixed(f"{one} stays in its stage: beyond {other} it would belong to another one.")
        to = other.line if way < 0 else other.last_line + 1
        self._go(changes.move(self.now, one.line, to))

    def result(self) -> str:
        lost = problems(self.now, self.project, self.effects)
        if lost:
            raise Impossible("\n".join(lost))
        edits = self.edits()
        days = {
            "as it was": day(self.project, edits, self.effects),
            "in this order": day(self.now, edits, self.effects),
        }
        return f"{sentence(days)}{table(self.now, days['in this order'])}{self._chart(days)}"

    def _chart(self, days: Mapping[str, list[Build]]) -> str:
        times = {label: seconds(builds) for label, builds in days.items()}
        parts = {label: (time.known, *[None] * time.unknown) for label, time in times.items()}
        most = longest(parts)
        colours = {"as it was": palette.BASE, "in this order": palette.REBUILT}
        rows = [Row(label, parts[label], str(time), colours[label], most) for label, time in times.items()]
        said = "; ".join(f"{label}, {time}" for label, time in times.items())
        return self.chart.svg(rows, f"Seconds of building in a day of edits: {said}.")


def _numbers(parts: Mapping[str, str]) -> dict[str, int]:
    lines = parts.get("edits in a day", "").splitlines()
    found = [re.fullmatch("(.+): ([0-9]{1,4})", line) for line in lines]
    return {one[1]: int(one[2]) for one in found if one}


def _listed(project: Project) -> tuple[Instruction, ...]:
    nothing: tuple[Instruction, ...] = ()
    return if_readable(lambda: project.parsed.instructions, nothing)


def _shown(place: int, one: Instruction) -> str:
    return f'<div class="layerlib-view">{place + 1}&ensp;<code>{escape(one.source)}</code></div>'


def order(project: Project, edits: Mapping[str, int] | None = None, effects: Any = None) -> OrderLab:
    """The order lab: what a day of edits costs in this order of the instructions, and in yours.

    Args:
        project: any project.
        edits: the path of a file to how often it is edited in a day, such as {"app.py": 20, "requirements.txt": 1};
            without it, 20 edits of a source file and one of a list of packages.
        effects: what commands write and how long they take, as `BuildKit` takes them.
    """
    return OrderLab(project, edits, effects)
