"""Charts as matplotlib draws them, from their records: bars, and a stack. Only this file needs matplotlib."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from html import escape
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Annotation
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import blended_transform_factory

from ..building.units import human_size
from . import palette
from .bars import BASE_IMAGE, OWN_LAYERS, UNKNOWN, Bars, Meaning, Piece, Stacked
from .stack import Slab
from .wording import plain

WIDTH = 8.0  # inches; a notebook's column on a laptop
DPI = 110
OWN_TEXT: Any = {"svg.fonttype": "none", "svg.hashsalt": "layerlib"}


def draw(chart: Bars | Stacked) -> Figure:
    """A chart as a figure of its own, not one of pyplot's."""
    return _stack(chart) if isinstance(chart, Stacked) else _bars(chart)


def png(figure: Figure) -> bytes:
    """A figure as a PNG file's bytes, on no ground."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()


def _bars(chart: Bars) -> Figure:
    headings = sum(row.heading for row in chart.rows)
    fig, axes = figure(len(chart.rows) + 0.4 * headings, chart.title, left=chart.names)
    box = (chart.longest or 1) * 0.08
    place, end, ends = 0.0, 0.0, [0.0]
    characters = round(chart.names * 100)
    for at, row in enumerate(chart.rows):
        place += 0.4 if row.heading and at else 0
        name(axes, place, row.name, bold=row.heading, length=90 if row.heading else characters)
        if not row.heading:
            end = bar(axes, place, row.pieces, box)
            note(axes, end, place, row.note)
            ends.append(end)
        place += 1
    scale(axes, max(ends) if chart.unit == "B" else chart.longest, chart.unit)
    legend(axes, chart.meanings)
    return fig


LEAST, HIGHEST = 22.0, 240.0  # points: the height of a slab that can be read, and of all bytes together


def _stack(chart: Stacked) -> Figure:
    """One slab above the other; an unknown one has a fixed height, hatches and a break mark, on no scale."""
    slabs = [part for slab in chart.slabs for part in (slab.parts or (slab,))]
    bytes_ = sum(slab.size or 0 for slab in slabs) or 1
    heights = [34.0 if slab.size is None else max(LEAST, slab.size / bytes_ * HIGHEST) for slab in slabs]
    above, below = (30.0 if chart.title else 8.0), 34.0
    width, height = WIDTH * 72, sum(heights) + above + below + 3 * len(slabs)
    fig = Figure(figsize=(WIDTH, height / 72), facecolor=palette.PAPER + "00")
    axes = fig.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    if chart.title:
        fig.text(0.012, 1 - 10 / height, plain(chart.title, 90), fontsize=11, fontweight="bold", color=palette.INK,
                 va="top", parse_math=False)  # fmt: skip
    bottom = below
    for slab, tall in zip(slabs, heights, strict=True):
        meaning = UNKNOWN if slab.size is None else BASE_IMAGE if slab.kind == "base" else OWN_LAYERS
        _slab(axes, slab, meaning, bottom, tall, width)
        bottom += tall + 3
    kinds = [BASE_IMAGE] * any(slab.kind == "base" for slab in slabs) + [OWN_LAYERS]
    legend(axes, [*kinds, *([UNKNOWN] if any(slab.size is None for slab in slabs) else [])])
    return fig


def _slab(axes: Axes, slab: Slab, meaning: Meaning, bottom: float, tall: float, width: float) -> None:
    """A slab: a block of its colour at the left, its name and its size to the right."""
    left, block = 10.0, 215.0
    axes.add_artist(
        Rectangle((left, bottom), block, tall, facecolor=meaning.colour, edgecolor=palette.INK, hatch=meaning.hatch,
                  linewidth=0.7)
    )  # fmt: skip
    if slab.size is None:  # a break mark: on no scale
        middle = bottom + tall / 2
        for shift in (-2.5, 2.5):
            xs, ys = [left - 4, left, left + 4, left + 8], [middle + shift + one for one in (-3, 3, -3, 3)]
            axes.add_artist(Line2D(xs, ys, color=palette.INK, linewidth=1.2))
    size = "size unknown" if slab.size is None else human_size(slab.size)
    axes.text(left + block + 78, bottom + tall / 2, size, ha="right", va="center", fontsize=9.5, color=palette.INK,
              parse_math=False)  # fmt: skip
    axes.text(left + block + 90, bottom + tall / 2, plain(slab.name, 62), va="center", fontsize=9.5,
              color=palette.INK, parse_math=False)  # fmt: skip


def svg(figure: Figure, alt: str, ink: str = palette.INK) -> str:
    """A figure as SVG for a page; `ink` replaces the colour of texts and lines."""
    file = io.StringIO()
    with matplotlib.rc_context(OWN_TEXT), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return finished(file.getvalue(), alt, ink)


def finished(text: str, alt: str, ink: str = palette.INK, paper: str = palette.PAPER) -> str:
    """SVG as matplotlib writes it, made fit for a page: a role, a title, and no ids that another chart has too.

    Only tags are changed: the words between them may be anything.
    """

    def tag(found: re.Match[str]) -> str:
        text = re.sub(r' id="[a-zA-Z]+_\d+"', "", found[0])
        text = re.sub(r"font-family: [^;]*;", "font-family: sans-serif;", text)
        return text.replace(palette.INK, ink).replace(palette.PAPER, paper)

    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)  # it would apply to the whole page
    text = re.sub(r"<[^>]*>", tag, text)
    said = escape(alt)
    text = text.replace("<svg ", f'<svg role="img" aria-label="{said}" ', 1)
    return text.replace(">", f"><title>{said}</title>", 1)


def figure(rows: float, title: str = "", width: float = WIDTH, left: float = 0.0) -> tuple[Figure, Axes]:
    """A figure with room for some rows, the first on top; `left` is the share of the width for their names.

    Without a row, there is still room for one.
    """
    rows = max(rows, 1)
    above, below = (0.42 if title else 0.1), 0.62
    height = 0.3 * rows + above + below
    made = Figure(figsize=(width, height), facecolor=palette.PAPER + "00")
    axes = made.add_axes((left, below / height, 0.985 - left, 0.3 * rows / height))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.INK)
    axes.tick_params(axis="x", colors=palette.INK, labelsize=9)
    axes.patch.set_alpha(0)
    if title:
        made.text(0.012, 1 - 0.17 / height, plain(title, 90), fontsize=11, fontweight="bold", color=palette.INK,
                  va="top", parse_math=False)  # fmt: skip
    return made, axes


def scale(axes: Axes, longest: float, unit: Literal["B", "s"]) -> None:
    """The horizontal axis, once all notes are written: from 0 to where the longest bar and its note end."""
    width = axes.get_position().width * WIDTH * 72  # points
    ends = [(note.xy[0], _width(note) + 8) for note in axes.texts if isinstance(note, Annotation)]
    axes.set_xlim(0, max([(longest or 1) * 1.02, *(x / max(1 - words / width, 0.1) for x, words in ends)]))
    locator = MaxNLocator(5, steps=[1, 2, 5, 10], integer=unit != "s")
    axes.set_xticks([tick for tick in locator.tick_values(0, longest or 1) if tick <= (longest or 1) * 1.001])
    axes.spines["bottom"].set_bounds(0, longest or 1)
    show = (lambda v, _: f"{v:g} s") if unit == "s" else (lambda v, _: human_size(int(v)))
    axes.xaxis.set_major_formatter(FuncFormatter(show))


def _width(text: Annotation) -> float:
    """The width of a note in points."""
    return float(TextToPath().get_text_width_height_descent(text.get_text(), text.get_fontproperties(), False)[0])


def name(axes: Axes, row: float, text: str, bold: bool = False, length: int = 44) -> None:
    """A row's name, left of the bars."""
    where = blended_transform_factory(axes.figure.transFigure, axes.transData)
    axes.text(0.012 if bold else 0.025, row, plain(text, length), transform=where, va="center", fontsize=9.5,
              color=palette.INK, fontweight="bold" if bold else "normal", parse_math=False)  # fmt: skip


def note(axes: Axes, x: float, row: float, text: str, length: int = 80) -> None:
    """Words right of a bar's end."""
    axes.annotate(plain(text, length), (x, row), (4, 0), textcoords="offset points", va="center", fontsize=9,
                  color=palette.INK, parse_math=False, annotation_clip=False)  # fmt: skip


def bar(axes: Axes, row: float, pieces: Sequence[Piece], unknown: float, height: float = 0.62) -> float:
    """Draw a bar from left to right; an unknown piece is a hatched box of the length `unknown`. Returns its end."""
    end = 0.0
    for piece in pieces:
        length = unknown if piece.length is None else piece.length
        meaning = UNKNOWN if piece.length is None else piece.meaning
        if length:
            # Not barh: it works out the axis limits for each bar, and takes as long as everything else together.
            axes.add_artist(
                Rectangle(
                    (end, row - height / 2), length, height,
                    facecolor=meaning.colour, edgecolor=palette.INK, hatch=meaning.hatch, linewidth=0.7,
                )
            )  # fmt: skip
        end += length
    return end


def legend(axes: Axes, entries: Sequence[Meaning]) -> None:
    """What the colours mean, below the axis."""
    marks = [
        Patch(
            facecolor=entry.colour, hatch=entry.hatch, label=entry.words, linewidth=0.7,
            edgecolor=palette.INK,
        )
        for entry in entries
    ]  # fmt: skip
    axes.figure.legend(handles=marks, loc="lower left", bbox_to_anchor=(0.0, 0.0), ncols=len(marks), frameon=False,
                       fontsize=9, labelcolor=palette.INK, borderaxespad=0.2)  # fmt: skip
