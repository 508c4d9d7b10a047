"""The order lab: move instructions up and down, and see what a day of edits costs in that order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import ipywidgets as widgets

from ...building.buildkit import BuildKit
from ...building.steps import Build
from ...reading import changes
from ...reading.dockerfile import Instruction
from ...reading.errors import LayerlibError
from ...reading.project import Project
from .. import palette
from ..report import human_seconds
from .livechart import LiveChart, Row, longest
from .parts import Lab, button, if_readable, line, text
from .working import problems

RARE = ("requirements", "package", "pyproject.toml", "go.mod", "go.sum", "Gemfile", "Cargo", "poetry.lock", "Pipfile")


def day(project: Project, edits: Mapping[str, int], effects: Any = None) -> list[Build]:
    """The builds of a day: for each edit of a file one build, after a first one that is not among them.

    Args:
        project: what is edited and built.
        edits: the path of a file to how often it is edited.
        effects: what commands write and how long they take, as `BuildKit` takes them.

    The edits of one file rebuild the same steps each time, so each file's build is made once and listed as often.
    Raises LayerlibError for a project that cannot be built and for a file that there is not.
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


class Impossible(LayerlibError):
    """An order in which a command lacks what it needs."""

    head = "This order cannot work."


class Fixed(LayerlibError):
    """An instruction that cannot go where it was asked to go."""

    head = "This cannot be moved."


class OrderLab(Lab):
    """The widget that `order` gives. Its state is a Dockerfile, and the number of edits of each file."""

    def __init__(self, project: Project, edits: Mapping[str, int] | None = None, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        self.now = project
        self.past: list[Project] = []
        chosen = usual_edits(project) if edits is None else dict(edits)
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
            for path, number in chosen.items()
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
            count.observe(lambda _: self.show(), "value")
        for way, buttons in ((-1, self.ups), (1, self.downs)):
            for place, one in buttons.items():
                self.on(one, partial(self.move, place, way))
        self.on(self.undo, self._undo)
        self.on(self.reset, lambda: self._go(self.project))
        self.show()

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
        lost = problems(self.now, self.project)
        if lost:
            raise Impossible("\n".join(lost))
        edits = self.edits()
        days = {
            "as it was": day(self.project, edits, self.effects),
            "in this order": day(self.now, edits, self.effects),
        }
        return f"{_sentence(days)}{_table(self.now, days['in this order'])}{self._chart(days)}"

    def _chart(self, days: Mapping[str, list[Build]]) -> str:
        times = {label: _times(builds) for label, builds in days.items()}
        most = longest(times)
        colours = {"as it was": palette.BASE, "in this order": palette.REBUILT}
        rows = [Row(label, values, _spent(values), colours[label], most) for label, values in times.items()]
        said = "; ".join(f"{label}, {_spent(values)}" for label, values in times.items())
        return self.chart.svg(rows, f"Seconds of building in a day of edits: {said}.")


def _listed(project: Project) -> tuple[Instruction, ...]:
    nothing: tuple[Instruction, ...] = ()
    return if_readable(lambda: project.parsed.instructions, nothing)


def _shown(place: int, one: Instruction) -> str:
    return f'<div class="layerlib-view">{place + 1}&ensp;<code>{escape(one.source)}</code></div>'


def _times(builds: list[Build]) -> tuple[float | None, ...]:
    """The seconds of a day: the known ones as one number, then None for each unknown step."""
    seconds = [step.seconds for build in builds for step in build.missed if step.layer is not None]
    unknown = len({step.name for build in builds for step in build.missed if step.seconds is None})
    return (sum(time or 0 for time in seconds), *[None] * unknown)


def _spent(values: tuple[float | None, ...]) -> str:
    unknown = values.count(None)
    known = sum(value or 0 for value in values)
    words = f"{unknown} step{'' if unknown == 1 else 's'} of unknown time" if unknown else ""
    return " and ".join([*([human_seconds(known)] if known or not unknown else []), *([words] if unknown else [])])


def _sentence(days: Mapping[str, list[Build]]) -> str:
    was, is_ = (_spent(_times(builds)) for builds in days.values())
    number = len(days["in this order"])
    same = "the same as before" if was == is_ else f"before: {was}"
    return f"<p><b>{number} build{'' if number == 1 else 's'} a day: {is_}</b> ({same}).</p>"


def _table(project: Project, builds: list[Build]) -> str:
    names: dict[str, list[float | None]] = {}
    first = builds[0].steps if builds else ()
    for step in first:
        if step.keyword != "FROM" and step.layer is not None:
            names[step.name] = []
    for build in builds:
        for step in build.missed:
            if step.layer is not None:
                names.setdefault(step.name, []).append(step.seconds)
    rows = "".join(
        f'<tr class="{"missed" if times else "hit"}"><th scope="row"><code>{escape(name)}</code></th>'
        f"<td>{_often(len(times), len(builds))}</td>"
        f'<td class="number">{_spent((sum(time or 0 for time in times), *[None] * (None in times)))}</td></tr>'
        for name, times in names.items()
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("step", "result", "time in a day"))
    caption = f"{escape(project.name)}: a day in this order"
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _often(times: int, builds: int) -> str:
    if not times:
        return "always cached"
    if times == builds:
        return f"rebuilt every time, {times} of {builds}"
    return f"rebuilt {'once' if times == 1 else f'{times} times'}, cached {builds - times} times"


def order(project: Project, edits: Mapping[str, int] | None = None, effects: Any = None) -> OrderLab:
    """The order lab: what a day of edits costs in this order of the instructions, and in yours.

    Args:
        project: any project.
        edits: the path of a file to how often it is edited in a day, such as {"app.py": 20, "requirements.txt": 1};
            without it, 20 edits of a source file and one of a list of packages.
        effects: what commands write and how long they take, as `BuildKit` takes them.
    """
    return OrderLab(project, edits, effects)
