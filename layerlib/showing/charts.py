"""Charts of builds and images: matplotlib figures, each with alternative text that says the same in words.

No chart guesses. What nobody knows is a hatched box, and the words beside it say "unknown".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..building.records import Build, Layer, Step
from ..building.units import human_seconds, human_size
from ..reading.catalogue import BaseImage
from . import palette
from .drawing import Chart, Piece, bar, figure, legend, mark, name, note, plain, scale
from .wording import called, command, count, often, sum_of_times, titled, total

__all__ = ["Chart", "Day", "compare", "day", "layers", "rebuild", "shared", "three_sizes"]

Day = Mapping[str, Sequence[Build]]
"""What `day` shows: a label, such as "requirements first", to the builds of one day."""

BASE_IMAGE = ("base image", palette.BASE, "")
OWN_LAYERS = ("layers of this Dockerfile", palette.OWN, "")
UNKNOWN = ("unknown", palette.UNKNOWN, palette.HATCH)


def layers(build: Build, title: str = "") -> Chart:
    """The layers of one image, the last on top, each bar beginning where the layer below it ends."""
    stack = build.image.layers
    known = sum(layer.size or 0 for layer in stack)
    unknown = (known or 1) * 0.08
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
    note(axes, end, len(stack), total([layer.size for layer in stack]))
    scale(axes, end, "B")
    _legend(axes, stack)
    return Chart(fig, _layers_in_words(build, title))


def _layers_in_words(build: Build, title: str) -> str:
    stack = build.image.layers
    own = [layer for layer in stack if not layer.base]
    base = [layer for layer in stack if layer.base]
    listed = "; ".join(f"{command(layer)}, {human_size(layer.size)}" for layer in own)
    return (
        f"{titled(title)}Layers of {build.project.name}, {total([layer.size for layer in stack])} in all. "
        f"The base image: {count(len(base), 'layer')}, {total([layer.size for layer in base])}. "
        f"Its own: {count(len(own), 'layer')}{': ' if own else ''}{listed}."
    )


def compare(builds: Mapping[str, Build], title: str = "") -> Chart:
    """Several images, one bar each: the base image, then the Dockerfile's own layers, unknown ones hatched."""
    stacks = {label: build.image.layers for label, build in builds.items()}
    longest = max((sum(layer.size or 0 for layer in stack) for stack in stacks.values()), default=0)
    fig, axes = figure(len(stacks), title, left=0.28)
    ends, said = [], []
    for row, (label, stack) in enumerate(stacks.items()):
        ends.append(bar(axes, row, _alternating(stack), (longest or 1) * 0.08))
        name(axes, row, label, length=28)
        words = total([layer.size for layer in stack])
        note(axes, ends[-1], row, words)
        own = [layer.size for layer in stack if not layer.base]
        said.append(f"{label}: {words}, of which its own {count(len(own), 'layer')} take {total(own)}")
    scale(axes, max(ends, default=0), "B")
    _legend(axes, [layer for stack in stacks.values() for layer in stack])
    return Chart(fig, f"{titled(title)}Images by size. {'; '.join(said)}.")


def rebuild(builds: Mapping[str, Build], title: str = "") -> Chart:
    """How long each step of each build takes: a cached step takes no time, a time that nobody knows is hatched."""
    groups = {label: [_timed(step) for step in _worked(build)] for label, build in builds.items()}
    said = []
    for label, build in builds.items():
        steps = _worked(build)
        missed = [step for step in steps if not step.cached]
        names = "; ".join(f"{plain(step.name)}, {human_seconds(step.seconds)}" for step in missed)
        said.append(f"{label}: {len(missed)} of {count(len(steps), 'step')} rebuilt{': ' if missed else ''}{names}")
    return Chart(_timed_rows(groups, title), f"{titled(title)}Time that each step takes. {'. '.join(said)}.")


def day(days: Day, title: str = "") -> Chart:
    """What the builds of a day cost, step by step: how often each step was rebuilt, and the seconds in all."""
    groups, said = {}, []
    for label, builds in days.items():
        rows = _added_up(builds)
        groups[label] = rows
        listed = "; ".join(f"{words} {note}" for words, _, note in rows)
        said.append(f"{label}, {count(len(builds), 'build')}, {sum_of_times([row[1] for row in rows])}: {listed}")
    return Chart(_timed_rows(groups, title), f"{titled(title)}A day of builds. {'. '.join(said)}.")


def shared(image_a: Build | BaseImage, image_b: Build | BaseImage, title: str = "") -> Chart:
    """Two images, one bar each: layers that both have are stored and pulled once."""
    stacks = [_stack(image_a), _stack(image_b)]
    common = _common(*stacks)
    sizes = [sum(layer.size or 0 for layer in stack) for stack in stacks]
    fig, axes = figure(2, title, left=0.28)
    ends, said = [], []
    for row, (image, stack) in enumerate(zip((image_a, image_b), stacks, strict=True)):
        pieces = [Piece(layer.size, *_shared_look(place < common)) for place, layer in enumerate(stack)]
        ends.append(bar(axes, row, pieces, (max(sizes) or 1) * 0.08))
        name(axes, row, called(image), length=28)
        note(axes, ends[-1], row, total([layer.size for layer in stack]))
        said.append(f"{called(image)}: {count(len(stack), 'layer')}, {total([layer.size for layer in stack])}")
    scale(axes, max(ends), "B")
    both = [layer.size for layer in stacks[0][:common]]
    entries = [("in both, stored once", *_shared_look(True)), ("in one only", *_shared_look(False))]
    legend(axes, [*entries, UNKNOWN] if any(layer.size is None for stack in stacks for layer in stack) else entries)
    held = f"Both hold the same {count(len(both), 'layer')}, {total(both)}" if both else "They have no layer in common"
    return Chart(fig, f"{titled(title)}Two images. {'; '.join(said)}. {held}.")


def three_sizes(image: BaseImage | Build, title: str = "") -> Chart:
    """One image's three sizes: what a pull moves, the sum of its files, and what the disk holds."""
    stack = image.layers if isinstance(image, BaseImage) else image.image.layers
    disk = [row.on_disk for row in image.layers] if isinstance(image, BaseImage) else [None]
    rows = {
        "compressed: a pull moves": [layer.compressed for layer in stack],
        "uncompressed: sum of the files": [layer.size for layer in stack],
        "on disk: unpacked, in blocks": disk,
    }
    longest = max(sum(size or 0 for size in sizes) for sizes in rows.values()) or 1
    fig, axes = figure(3, title, left=0.32)
    for row, (label, sizes) in enumerate(rows.items()):
        known = sum(size or 0 for size in sizes)
        missing = [Piece(None, "")] if None in sizes else []
        end = bar(axes, row, [Piece(known, palette.OWN), *missing], longest * 0.08)
        name(axes, row, label)
        note(axes, end, row, total(sizes))
    scale(axes, longest * 1.08, "B")
    legend(axes, [("bytes", palette.OWN, ""), *([UNKNOWN] if any(None in sizes for sizes in rows.values()) else [])])
    said = "; ".join(f"{label.partition(':')[0]} {total(sizes)}" for label, sizes in rows.items())
    return Chart(fig, f"{titled(title)}Three sizes of {called(image)}: {said}.")


def _worked(build: Build) -> list[Step]:
    """The steps that take time: not FROM, and of the classic builder not those that make no layer."""
    return [step for step in build.steps if step.keyword != "FROM" and step.layer is not None]


def _timed(step: Step) -> tuple[str, float | None, str]:
    return step.name, step.seconds, "cached" if step.cached else f"rebuilt, {human_seconds(step.seconds)}"


def _added_up(builds: Sequence[Build]) -> list[tuple[str, float | None, str]]:
    """The steps of several builds by their text: the seconds, and how often each was rebuilt."""
    runs: Counter[str] = Counter()
    times: dict[str, float | None] = {}
    for build in builds:
        for step in _worked(build):
            text = step.name.partition("] ")[2] or step.name.partition(" : ")[2] or step.name
            old = times.get(text, 0.0)
            times[text] = None if old is None or step.seconds is None else old + step.seconds
            runs[text] += not step.cached
    return [(text, times[text], often(runs[text], times[text])) for text in times]


def _timed_rows(groups: Mapping[str, list[tuple[str, float | None, str]]], title: str) -> Figure:
    longest = max((time or 0 for rows in groups.values() for _, time, _ in rows), default=0)
    fig, axes = figure(sum(len(rows) + 1.4 for rows in groups.values()), title, left=0.38)
    row = 0.4
    for label, rows in groups.items():
        name(axes, row, f"{label}: {sum_of_times([time for _, time, _ in rows])}", bold=True, length=90)
        for text, time, words in rows:
            row += 1
            name(axes, row, text, length=37)
            end = bar(axes, row, [Piece(time, palette.REBUILT)], (longest or 1) * 0.12)
            note(axes, end, row, words)
        row += 1.4
    scale(axes, longest, "s")
    unknown = any(time is None for rows in groups.values() for _, time, _ in rows)
    entries = [("seconds of rebuilding", palette.REBUILT, "")]
    legend(axes, [*entries, ("time unknown", palette.UNKNOWN, palette.HATCH)] if unknown else entries)
    return fig


def _piece(layer: Layer) -> Piece:
    return Piece(layer.size, palette.BASE if layer.base else palette.OWN)


def _alternating(stack: Sequence[Layer]) -> list[Piece]:
    """The base image as one piece, then its own layers in two colours, so that one sees where each ends."""
    base = [layer.size for layer in stack if layer.base]
    pieces = [Piece(sum(size or 0 for size in base), palette.BASE)] + [Piece(None, "") for size in base if size is None]
    own = [layer for layer in stack if not layer.base]
    return pieces + [Piece(one.size, palette.OWN_TOO if odd % 2 else palette.OWN) for odd, one in enumerate(own)]


def _stack(image: Build | BaseImage) -> list[Layer]:
    if isinstance(image, Build):
        return [*image.image.layers]
    pairs = zip(image.diff_ids, image.layers, strict=True)
    return [Layer(row.created_by, row.size, row.size_source, diff, True, row.compressed) for diff, row in pairs]


def _common(one: Sequence[Layer], other: Sequence[Layer]) -> int:
    """How many layers two stacks share, from the bottom up: a layer is the same only on the same layers."""
    pairs = zip(one, other, strict=False)
    same = (a.digest == b.digest and (a.base or b.base or a.created_by == b.created_by) for a, b in pairs)
    return next((place for place, equal in enumerate(same) if not equal), min(len(one), len(other)))


def _shared_look(both: bool) -> tuple[str, str]:
    return (palette.SHARED, palette.SHARED_HATCH) if both else (palette.BASE, "")


def _legend(axes: Axes, stack: Iterable[Layer]) -> None:
    unknown = [UNKNOWN] if any(layer.size is None for layer in stack) else []
    legend(axes, [BASE_IMAGE, OWN_LAYERS, *unknown])
