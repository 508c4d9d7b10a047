"""Charts of builds and images, each with alternative text that says the same in words.

A chart is a record first. matplotlib draws it where it is installed; elsewhere it is a small HTML picture. No chart
guesses: what nobody knows is a hatched box, and the words beside it say "unknown".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..building.build import Build
from ..building.records import Layer, Step
from ..building.units import count, human_seconds, human_size
from ..reading.base_image import BaseImage
from .amounts import Size, Time
from .bars import (
    BASE_IMAGE,
    BYTES,
    IN_BOTH,
    IN_ONE,
    OWN_LAYERS,
    SECONDS,
    UNKNOWN_TIME,
    Bar,
    Bars,
    Piece,
    Stacked,
    unknown,
)  # fmt: skip
from .bars_view import picture
from .page.still import still
from .shared import layers_of, shared_layers
from .stack import stack
from .wording import called, command, often, plain, titled
from .worked import rebuilt_steps, working_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Chart", "Day", "compare", "day", "layers", "rebuild", "shared", "three_sizes"]

Day = Mapping[str, Sequence[Build]]
"""What `day` shows: a label, such as "requirements first", to the builds of one day."""


@dataclass(frozen=True)
class Chart:
    """A picture, and the sentences that say what it shows.

    Attributes:
        record: what is drawn.
        alt: the alternative text: the same facts, in words.
    """

    record: Bars | Stacked = field(repr=False)
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        try:
            png = self.png()
        except ModuleNotFoundError:  # there is no matplotlib, as in a browser
            return {"text/html": self.html(), "text/plain": self.alt}, {}
        return {"image/png": png, "text/plain": self.alt}, {"image/png": {"alt": self.alt}}

    @cached_property
    def figure(self) -> Figure:
        """As a `matplotlib.figure.Figure`, not one of pyplot's. Raises ModuleNotFoundError without matplotlib."""
        from .drawing import draw

        return draw(self.record)

    def png(self) -> bytes:
        """The figure as a PNG file's bytes."""
        from .drawing import png

        return png(self.figure)

    def svg(self) -> str:
        """The figure as SVG with a role and a title, without a date and without ids that another chart has too."""
        from .drawing import svg

        return svg(self.figure, self.alt)

    def html(self) -> str:
        """The same as a small HTML picture, which needs no matplotlib."""
        return still(picture(self.record, self.alt))


def layers(build: Build, title: str = "") -> Chart:
    """The layers of one image as a stack, the last on top; the base image in groups that people have names for."""
    return Chart(Stacked(stack(build, settings=False), title), _layers_in_words(build, title))


def _layers_in_words(build: Build, title: str) -> str:
    stack = build.image.layers
    own = [layer for layer in stack if not layer.base]
    base = [layer for layer in stack if layer.base]
    listed = "; ".join(f"{command(layer)}, {human_size(layer.size)}" for layer in own)
    return (
        f"{titled(title)}Layers of {build.project.name}, {_size(stack)} in all. "
        f"The base image: {count(len(base), 'layer')}, {_size(base)}. "
        f"Its own: {count(len(own), 'layer')}{': ' if own else ''}{listed}."
    )


def compare(builds: Mapping[str, Build], title: str = "") -> Chart:
    """Several images, one bar each: the base image, then the Dockerfile's own layers, unknown ones hatched."""
    stacks = {label: build.image.layers for label, build in builds.items()}
    rows, said = [], []
    for label, layers in stacks.items():
        rows.append(Bar(label, _base_then_own(layers), str(_size(layers))))
        own = [layer for layer in layers if not layer.base]
        said.append(f"{label}: {_size(layers)}, of which its own {count(len(own), 'layer')} take {_size(own)}")
    missing = unknown(layer.size for layers in stacks.values() for layer in layers)
    record = Bars(tuple(rows), "B", (BASE_IMAGE, OWN_LAYERS, *missing), title)
    return Chart(record, f"{titled(title)}Images by size. {'; '.join(said) or 'No image'}.")


def rebuild(builds: Mapping[str, Build], title: str = "") -> Chart:
    """How long each step of each build takes: a cached step takes no time, a time that nobody knows is hatched."""
    groups = {label: [_timed(step) for step in working_steps(build)] for label, build in builds.items()}
    said = []
    for label, build in builds.items():
        steps, missed = working_steps(build), rebuilt_steps(build)
        names = "; ".join(f"{plain(step.name)}, {human_seconds(step.seconds)}" for step in missed)
        said.append(f"{label}: {len(missed)} of {count(len(steps), 'step')} rebuilt{': ' if missed else ''}{names}")
    return Chart(
        _timed_rows(groups, title), f"{titled(title)}Time that each step takes. {'. '.join(said) or 'No build'}."
    )


def day(days: Day, title: str = "") -> Chart:
    """What the builds of a day cost, step by step: how often each step was rebuilt, and the seconds in all."""
    groups, said = {}, []
    for label, builds in days.items():
        rows = groups[label] = _added_up(builds)
        listed = "; ".join(f"{row.text} {row.note}" for row in rows)
        said.append(f"{label}, {count(len(builds), 'build')}, {_time(rows)}: {listed}")
    return Chart(_timed_rows(groups, title), f"{titled(title)}A day of builds. {'. '.join(said) or 'No build'}.")


def shared(image_a: Build | BaseImage, image_b: Build | BaseImage, title: str = "") -> Chart:
    """Two images, one bar each: layers that both have are stored and pulled once."""
    both = shared_layers(image_a, image_b)
    stacks = [layers_of(image) for image in (image_a, image_b)]
    rows, said = [], []
    for image, layers in zip((image_a, image_b), stacks, strict=True):
        pieces = [Piece(layer.size, IN_BOTH if place < len(both) else IN_ONE) for place, layer in enumerate(layers)]
        rows.append(Bar(called(image), tuple(pieces), str(_size(layers))))
        said.append(f"{called(image)}: {count(len(layers), 'layer')}, {_size(layers)}")
    missing = unknown(layer.size for layers in stacks for layer in layers)
    held = f"Both hold the same {count(len(both), 'layer')}, {_size(both)}" if both else "They have no layer in common"
    record = Bars(tuple(rows), "B", (IN_BOTH, IN_ONE, *missing), title)
    return Chart(record, f"{titled(title)}Two images. {'; '.join(said)}. {held}.")


def three_sizes(image: BaseImage | Build, title: str = "") -> Chart:
    """One image's three sizes: what a pull moves, the sum of its files, and what the disk holds."""
    layers = layers_of(image)
    disk = [row.on_disk for row in image.layers] if isinstance(image, BaseImage) else [None]
    sizes = {
        "compressed: a pull moves": [layer.compressed for layer in layers],
        "uncompressed: sum of the files": [layer.size for layer in layers],
        "on disk: unpacked, in blocks": disk,
    }
    rows = []
    for label, parts in sizes.items():
        size = Size.of(parts)
        pieces = [Piece(size.known, BYTES), *([Piece(None, BYTES)] if size.unknown else [])]
        rows.append(Bar(label, tuple(pieces), str(size)))
    missing = unknown(size for parts in sizes.values() for size in parts)
    said = "; ".join(f"{label.partition(':')[0]} {Size.of(parts)}" for label, parts in sizes.items())
    record = Bars(tuple(rows), "B", (BYTES, *missing), title, names=0.32)
    return Chart(record, f"{titled(title)}Three sizes of {called(image)}: {said}.")


@dataclass
class _Row:
    """A step in a chart of time: its text, its seconds (None for unknown), and the words beside its bar."""

    text: str
    seconds: float | None
    note: str


@dataclass
class _Total:
    """What a step costs in several builds."""

    times: list[float | None] = field(default_factory=list)
    rebuilt: int = 0

    @property
    def seconds(self) -> float | None:
        """The sum; None if a part is unknown."""
        time = Time.of(self.times)
        return None if time.unknown else time.known


def _timed(step: Step) -> _Row:
    return _Row(step.name, step.seconds, "cached" if step.cached else f"{step.verdict}, {human_seconds(step.seconds)}")


def _added_up(builds: Sequence[Build]) -> list[_Row]:
    """The steps of several builds by their text: the seconds, and how often each was rebuilt."""
    totals: dict[str, _Total] = {}
    for build in builds:
        for step in working_steps(build):
            total = totals.setdefault(step.text, _Total())
            total.times.append(step.seconds)
            total.rebuilt += step.verdict == "rebuilt"
    return [_Row(text, total.seconds, often(total.rebuilt, total.seconds)) for text, total in totals.items()]


def _timed_rows(groups: Mapping[str, list[_Row]], title: str) -> Bars:
    bars = []
    for label, rows in groups.items():
        bars.append(Bar(f"{label}: {_time(rows)}", heading=True))
        bars += [Bar(row.text, (Piece(row.seconds, SECONDS),), row.note) for row in rows]
    missing = unknown((row.seconds for rows in groups.values() for row in rows), UNKNOWN_TIME)
    return Bars(tuple(bars), "s", (SECONDS, *missing), title, names=0.38)


def _size(layers: Iterable[Layer]) -> Size:
    return Size.of_layers(layers)


def _time(rows: Iterable[_Row]) -> Time:
    return Time.of(row.seconds for row in rows)


def _base_then_own(layers: Sequence[Layer]) -> tuple[Piece, ...]:
    """The base image as one piece, then its own layers, each with a border."""
    base = _size(layer for layer in layers if layer.base)
    own = [Piece(layer.size, OWN_LAYERS) for layer in layers if not layer.base]
    return (Piece(base.known, BASE_IMAGE), *[Piece(None, BASE_IMAGE)] * base.unknown, *own)
