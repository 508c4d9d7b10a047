"""Charts of builds and images: matplotlib figures, each with alternative text that says the same in words.

No chart guesses. What nobody knows is a hatched box, and the words beside it say "unknown".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..building.build import Build
from ..building.records import Layer, Step
from ..building.units import count, human_seconds, human_size
from ..reading.base_image import BaseImage
from . import palette
from .amounts import Size, Time
from .drawing import Chart, Meaning, Piece, bar, figure, legend, mark, name, note, plain, scale
from .shared import layers_of, shared_layers
from .wording import called, command, often, titled
from .worked import rebuilt_steps, working_steps

__all__ = ["Chart", "Day", "compare", "day", "layers", "rebuild", "shared", "three_sizes"]

Day = Mapping[str, Sequence[Build]]
"""What `day` shows: a label, such as "requirements first", to the builds of one day."""

BASE_IMAGE = Meaning("base image", palette.BASE)
OWN_LAYERS = Meaning("layers of this Dockerfile", palette.OWN)
IN_BOTH = Meaning("in both, stored once", palette.SHARED, palette.SHARED_HATCH)
IN_ONE = Meaning("in one only", palette.BASE)
BYTES = Meaning("bytes", palette.OWN)
UNKNOWN = Meaning("unknown", palette.UNKNOWN, palette.HATCH)
SECONDS = Meaning("seconds of rebuilding", palette.REBUILT)
UNKNOWN_TIME = Meaning("time unknown", palette.UNKNOWN, palette.HATCH)


def layers(build: Build, title: str = "") -> Chart:
    """The layers of one image, the last on top, each bar beginning where the layer below it ends."""
    stack = build.image.layers
    unknown = (_size(stack).known or 1) * 0.08
    fig, axes = figure(len(stack) + 1, title, left=0.42)
    end = 0.0
    for row, layer in zip(range(len(stack) - 1, -1, -1), stack, strict=True):
        start, colour = end, palette.BASE if layer.base else palette.OWN
        end = bar(axes, row, [Piece(start, palette.UNKNOWN), Piece(layer.size, colour)], unknown)
        mark(axes, end, row)
        name(axes, row, command(layer), length=38)
        note(axes, end, row, human_size(layer.size))
    name(axes, len(stack), "the image", bold=True)
    bar(axes, len(stack), [_piece(layer) for layer in stack], unknown)
    note(axes, end, len(stack), str(_size(stack)))
    scale(axes, end, "B")
    _legend(axes, stack)
    return Chart(fig, _layers_in_words(build, title))


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
    longest = max((_size(stack).known for stack in stacks.values()), default=0)
    fig, axes = figure(len(stacks), title, left=0.28)
    ends, said = [], []
    for row, (label, stack) in enumerate(stacks.items()):
        ends.append(bar(axes, row, _alternating(stack), (longest or 1) * 0.08))
        name(axes, row, label, length=28)
        note(axes, ends[-1], row, str(_size(stack)))
        own = [layer for layer in stack if not layer.base]
        said.append(f"{label}: {_size(stack)}, of which its own {count(len(own), 'layer')} take {_size(own)}")
    scale(axes, max(ends, default=0), "B")
    _legend(axes, [layer for stack in stacks.values() for layer in stack])
    return Chart(fig, f"{titled(title)}Images by size. {'; '.join(said) or 'No image'}.")


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
    unknown = (max(_size(stack).known for stack in stacks) or 1) * 0.08
    fig, axes = figure(2, title, left=0.28)
    ends, said = [], []
    for row, (image, stack) in enumerate(zip((image_a, image_b), stacks, strict=True)):
        meanings = [IN_BOTH if place < len(both) else IN_ONE for place in range(len(stack))]
        pieces = [Piece(layer.size, one.colour, one.hatch) for layer, one in zip(stack, meanings, strict=True)]
        ends.append(bar(axes, row, pieces, unknown))
        name(axes, row, called(image), length=28)
        note(axes, ends[-1], row, str(_size(stack)))
        said.append(f"{called(image)}: {count(len(stack), 'layer')}, {_size(stack)}")
    scale(axes, max(ends), "B")
    legend(axes, [IN_BOTH, IN_ONE, *_unknown(layer.size for stack in stacks for layer in stack)])
    held = f"Both hold the same {count(len(both), 'layer')}, {_size(both)}" if both else "They have no layer in common"
    return Chart(fig, f"{titled(title)}Two images. {'; '.join(said)}. {held}.")


def three_sizes(image: BaseImage | Build, title: str = "") -> Chart:
    """One image's three sizes: what a pull moves, the sum of its files, and what the disk holds."""
    stack = layers_of(image)
    disk = [row.on_disk for row in image.layers] if isinstance(image, BaseImage) else [None]
    rows = {
        "compressed: a pull moves": [layer.compressed for layer in stack],
        "uncompressed: sum of the files": [layer.size for layer in stack],
        "on disk: unpacked, in blocks": disk,
    }
    longest = max(Size.of(sizes).known for sizes in rows.values()) or 1
    fig, axes = figure(3, title, left=0.32)
    for row, (label, sizes) in enumerate(rows.items()):
        size = Size.of(sizes)
        missing = [Piece(None, palette.UNKNOWN)] if size.unknown else []
        end = bar(axes, row, [Piece(size.known, palette.OWN), *missing], longest * 0.08)
        name(axes, row, label)
        note(axes, end, row, str(size))
    scale(axes, longest * 1.08, "B")
    legend(axes, [BYTES, *_unknown(size for sizes in rows.values() for size in sizes)])
    said = "; ".join(f"{label.partition(':')[0]} {Size.of(sizes)}" for label, sizes in rows.items())
    return Chart(fig, f"{titled(title)}Three sizes of {called(image)}: {said}.")


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
    return _Row(step.name, step.seconds, "cached" if step.cached else f"rebuilt, {human_seconds(step.seconds)}")


def _added_up(builds: Sequence[Build]) -> list[_Row]:
    """The steps of several builds by their text: the seconds, and how often each was rebuilt."""
    totals: dict[str, _Total] = {}
    for build in builds:
        for step in working_steps(build):
            total = totals.setdefault(step.text, _Total())
            total.times.append(step.seconds)
            total.rebuilt += not step.cached
    return [_Row(text, total.seconds, often(total.rebuilt, total.seconds)) for text, total in totals.items()]


def _timed_rows(groups: Mapping[str, list[_Row]], title: str) -> Figure:
    longest = max((row.seconds or 0 for rows in groups.values() for row in rows), default=0)
    fig, axes = figure(sum(len(rows) + 1.4 for rows in groups.values()), title, left=0.38)
    place = 0.4
    for label, rows in groups.items():
        name(axes, place, f"{label}: {_time(rows)}", bold=True, length=90)
        for row in rows:
            place += 1
            name(axes, place, row.text, length=37)
            end = bar(axes, place, [Piece(row.seconds, palette.REBUILT)], (longest or 1) * 0.12)
            note(axes, end, place, row.note)
        place += 1.4
    scale(axes, longest, "s")
    unknown = any(row.seconds is None for rows in groups.values() for row in rows)
    legend(axes, [SECONDS, UNKNOWN_TIME] if unknown else [SECONDS])
    return fig


def _size(layers: Iterable[Layer]) -> Size:
    return Size.of_layers(layers)


def _time(rows: Iterable[_Row]) -> Time:
    return Time.of(row.seconds for row in rows)


def _piece(layer: Layer) -> Piece:
    return Piece(layer.size, palette.BASE if layer.base else palette.OWN)


def _alternating(stack: Sequence[Layer]) -> list[Piece]:
    """The base image as one piece, then its own layers in two alternating colours, so that their borders show."""
    base = _size(layer for layer in stack if layer.base)
    own = [layer for layer in stack if not layer.base]
    colours = cycle((palette.OWN, palette.OWN_TOO))
    return [
        Piece(base.known, palette.BASE),
        *[Piece(None, palette.UNKNOWN)] * base.unknown,
        *(Piece(layer.size, colour) for layer, colour in zip(own, colours, strict=False)),
    ]


def _legend(axes: Axes, stack: Iterable[Layer]) -> None:
    legend(axes, [BASE_IMAGE, OWN_LAYERS, *_unknown(layer.size for layer in stack)])


def _unknown(sizes: Iterable[int | None]) -> list[Meaning]:
    """The legend's entry for unknown sizes, if there are any."""
    return [UNKNOWN] if None in sizes else []
