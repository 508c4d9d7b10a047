"""What every chart is made of: a figure of its own, rows of bars, and alternative text."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
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

WIDTH = 8.0  # inches; a notebook's column on a laptop
DPI = 110
OWN_TEXT: Any = {"svg.fonttype": "none", "svg.hashsalt": "layerlib"}


@dataclass(frozen=True)
class Chart:
    """A figure and the sentences that say what it shows.

    Attributes:
        figure: a `matplotlib.figure.Figure`, not one of pyplot's.
        alt: the alternative text: the same facts, in words.
    """

    figure: Figure = field(repr=False)
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"image/png": self.png(), "text/plain": self.alt}, {"image/png": {"alt": self.alt}}

    def png(self) -> bytes:
        """The figure as a PNG file's bytes."""
        file = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            self.figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
        return file.getvalue()

    def svg(self) -> str:
        """The figure as SVG with a role and a title, without a date and without ids that another chart has too."""
        return svg(self.figure, self.alt)


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


def plain(text: str, length: int = 44) -> str:
    """A text as one line that fits into a chart: no control characters, and at most `length` characters."""
    line = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(line.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def figure(rows: float, title: str = "", width: float = WIDTH, left: float = 0.0) -> tuple[Figure, Axes]:
    """A figure with room for some rows, the first on top; `left` is the share of the width for their names.

    Without a row, there is still room for one.
    """
    rows = max(rows, 1)
    above, below = (0.42 if title else 0.1), 0.62
    height = 0.3 * rows + above + below
    made = Figure(figsize=(width, height), facecolor=palette.PAPER)
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


@dataclass(frozen=True)
class Piece:
    """A part of a bar: its length (None: unknown), its colour, and a pattern."""

    length: float | None
    colour: str
    hatch: str = ""


def bar(axes: Axes, row: float, pieces: Sequence[Piece], unknown: float, height: float = 0.62) -> float:
    """Draw a bar from left to right; an unknown piece is a hatched box of the length `unknown`. Returns its end."""
    end = 0.0
    for piece in pieces:
        length = unknown if piece.length is None else piece.length
        colour = palette.UNKNOWN if piece.length is None else piece.colour
        hatch = palette.HATCH if piece.length is None else piece.hatch
        edge = palette.INK if piece.length is None else palette.PAPER
        if length:
            # Not barh: it works out the axis limits for each bar, and takes as long as everything else together.
            axes.add_artist(
                Rectangle(
                    (end, row - height / 2), length, height,
                    facecolor=colour, edgecolor=edge, hatch=hatch, linewidth=0.7,
                )
            )  # fmt: skip
        end += length
    return end


def mark(axes: Axes, x: float, row: float) -> None:
    """A line across a row."""
    axes.add_artist(Line2D([x, x], [row - 0.5, row + 0.5], color=palette.INK, linewidth=0.9))


@dataclass(frozen=True)
class Meaning:
    """What a colour and a pattern stand for, in the words of the legend."""

    words: str
    colour: str
    hatch: str = ""


def legend(axes: Axes, entries: Sequence[Meaning]) -> None:
    """What the colours mean, below the axis."""
    marks = [
        Patch(
            facecolor=entry.colour, hatch=entry.hatch, label=entry.words, linewidth=0.7,
            edgecolor=palette.INK if entry.colour == palette.UNKNOWN else palette.PAPER,
        )
        for entry in entries
    ]  # fmt: skip
    axes.figure.legend(handles=marks, loc="lower left", bbox_to_anchor=(0.0, 0.0), ncols=len(marks), frameon=False,
                       fontsize=9, labelcolor=palette.INK, borderaxespad=0.2)  # fmt: skip
