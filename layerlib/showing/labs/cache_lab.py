"""The cache lab: toggle single changes of a project, and see which steps a rebuild takes from the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.classic.builder import ClassicBuilder
from ...building.rebuilding import rebuild
from ...building.units import human_seconds, total_in_words
from ...editing import changes
from ...editing.change import Change
from ...reading.errors import LayerlibError
from ...reading.project import Project
from .. import palette
from ..worked import rebuilt_steps
from . import tables
from .livechart import LiveChart, Row, longest
from .parts import button, checkbox, choice, error_box, if_readable, line, text
from .switch_lab import SwitchLab

BUILDERS: dict[str, type[BuildKit] | type[ClassicBuilder]] = {"BuildKit": BuildKit, "classic builder": ClassicBuilder}


@dataclass(frozen=True)
class Rebuilt:
    """A project's first build and the build after the changes, by one builder."""

    first: Build
    now: Build


def rebuilt(
    project: Project, changed: Sequence[Change] = (), builder: str = "BuildKit", effects: Any = None
) -> Rebuilt:
    """Build a project once, change it, and build it again: what the cache lab shows.

    Args:
        project: what to build.
        changed: changes, made one after the other; one that gives options gives them to the second build.
        builder: "BuildKit" or "classic builder".
        effects: what commands write, as a builder takes them.

    Raises LayerlibError for what cannot be built.
    """
    made = BUILDERS[builder](effects=effects)
    return Rebuilt(made.build(project), rebuild(project, *changed, builder=made))


class CacheLab(SwitchLab):
    """The widget that `cache` gives. Its state is the set of changes, the builder, and how far one looks."""

    def __init__(self, project: Project, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        self.changes: tuple[Change, ...] = if_readable(lambda: changes.of(project), ())
        self.toggles = [checkbox(change.name) for change in self.changes]
        self.builder = choice("Builder:", BUILDERS)
        self.both = checkbox("both builders side by side")
        self.back, self.forward = button("Step back"), button("Step forward")
        self.chart = LiveChart()
        self.upto: int | None = None
        super().__init__(
            "Cache lab",
            project.name,
            (*self.toggles, self.builder, self.both),
            [
                text("The project has been built once. Choose what changes before the next build:"),
                line(self.toggles),
                line([self.builder, self.both]),
            ],
            [self.back, self.forward],
        )
        self.on(self.back, lambda: self._step(-1))
        self.on(self.forward, lambda: self._step(1))
        self.show()

    def chosen(self) -> list[Change]:
        """The changes that are switched on."""
        return [change for change, toggle in zip(self.changes, self.toggles, strict=True) if toggle.value]

    def moved(self) -> None:
        self.upto = None

    def _step(self, way: int) -> None:
        steps = len(rebuilt(self.project, self.chosen(), self.builder.value, self.effects).now.steps)
        at = steps if self.upto is None else self.upto
        self.upto = min(max(at + way, 0), steps)

    def result(self) -> str:
        names = list(BUILDERS) if self.both.value else [self.builder.value]
        made: dict[str, Rebuilt] = {}
        refused: dict[str, LayerlibError] = {}
        for name in names:
            try:
                made[name] = rebuilt(self.project, self.chosen(), name, self.effects)
            except LayerlibError as error:
                refused[name] = error
        if not made:
            raise refused[names[0]]
        boxes = [self._steps(name, made.get(name), refused.get(name)) for name in names]
        shown = next(iter(made.values())).now
        marked = tables.dockerfile(shown, self.project.dockerfile, self.upto)
        heads = "".join(f"<p><b>{name}.</b> {tables.cost(one.now)}</p>" for name, one in made.items())
        width = "whole" if self.both.value else "narrow"
        beside = f'<div class="{width}">{marked}</div>{"".join(boxes)}'
        return f'{heads}<div class="sides">{beside}</div>{self._chart(made)}'

    def _steps(self, name: str, one: Rebuilt | None, error: LayerlibError | None) -> str:
        if one is None:
            return f"<div><b>{name}</b>{error_box(error)}</div>" if error else ""
        steps = len(one.now.steps)
        where = "" if self.upto is None or self.upto >= steps else f", after step {self.upto} of {steps}"
        return f"<div>{tables.steps(one.now, f'{name}: the build after the changes{where}', self.upto)}</div>"

    def _chart(self, made: dict[str, Rebuilt]) -> str:
        first = next(iter(made.values())).first
        seconds = {"first build": _seconds(first)} | {
            _after(name, made): _seconds(one.now) for name, one in made.items()
        }
        sizes = {"first build": _sizes(first)} | {_after(name, made): _sizes(one.now) for name, one in made.items()}
        rows = [Row("seconds of building", (), "")]
        rows += [_row(label, values, longest(seconds), _in_seconds(values)) for label, values in seconds.items()]
        rows += [Row("bytes written", (), "")]
        rows += [_row(label, values, longest(sizes), _in_bytes(values)) for label, values in sizes.items()]
        said = [f"{label}, {_in_seconds(seconds[label])}, {_in_bytes(sizes[label])}" for label in seconds]
        return self.chart.svg(rows, f"What each build costs: {'; '.join(said)}.")


def _after(name: str, made: dict[str, Rebuilt]) -> str:
    return "after the changes" if len(made) == 1 else f"after, {name}"


def _row(label: str, values: tuple[float | None, ...], most: float, words: str) -> Row:
    colour = palette.BASE if label == "first build" else palette.REBUILT
    return Row(f"   {label}", values, words, colour, most)


def _seconds(build: Build) -> tuple[float | None, ...]:
    return tuple(step.seconds for step in rebuilt_steps(build))


def _sizes(build: Build) -> tuple[float | None, ...]:
    return tuple(step.layer.size for step in rebuilt_steps(build) if step.layer is not None)


def _in_seconds(values: Sequence[float | None]) -> str:
    return tables.added(values, human_seconds)


def _in_bytes(values: Sequence[float | None]) -> str:
    return total_in_words(values)


def cache(project: Project, effects: Any = None) -> CacheLab:
    """The cache lab: switch changes of a project on and off, and see what a rebuild takes from the cache, and why.

    Args:
        project: any project.
        effects: what commands write and how long they take, as `BuildKit` takes them.
    """
    return CacheLab(project, effects)
