"""A chart that is drawn again at every click: few artists that stay, and SVG that takes the page's colours."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from .. import palette
from ..drawing import OWN_TEXT, finished, plain

WIDTH, ROW = 490, 21  # points of 1/72 inch: the chart's width, and the height of a row
_LEFT, _RIGHT = 130, 300  # where bars begin, and where the longest ends
_UNKNOWN = 26  # length of a hatched box


@dataclass(frozen=True)
class Row:
    """A bar of a live chart.

    Attributes:
        name: the words to its left.
        values: the lengths of its pieces; None for unknown.
        words: the words to its right.
        colour: of the known pieces.
        longest: the value that fills the width; rows with one unit share it.
    """

    name: str
    values: tuple[float | None, ...]
    words: str
    colour: str = palette.REBUILT
    longest: float = 1


class LiveChart:
    """A figure whose artists are changed and drawn again."""

    def __init__(self) -> None:
        self.figure = Figure(dpi=72)
        FigureCanvasSVG(self.figure)
        self.figure.patch.set_visible(False)
        self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, WIDTH)
        self.names: list[Text] = []
        self.words: list[Text] = []
        self.known: list[PathPatch] = []
        self.unknown: list[PathPatch] = []
        self._shown = lru_cache(maxsize=256)(self._draw)

    def svg(self, rows: Sequence[Row], alt: str) -> str:
        """The rows as SVG with their alternative text."""
        return self._shown(tuple(rows), alt)

    def _draw(self, rows: tuple[Row, ...], alt: str) -> str:
        self._have(len(rows))
        height = len(rows) * ROW + 4
        if self.figure.get_figheight() * 72 != height:
            self.figure.set_size_inches(WIDTH / 72, height / 72)
            self.axes.set_ylim(height, 0)
        for place, row in enumerate(rows):
            middle = place * ROW + ROW / 2 + 2
            known, unknown, end = _pieces(row, middle)
            _shape(self.known[place], known)
            _shape(self.unknown[place], unknown)
            self.known[place].set_facecolor(row.colour)
            _place(self.names[place], 4, middle, plain(row.name, 24))
            _place(self.words[place], end + 6, middle, plain(row.words, 48))
        file = io.StringIO()
        with matplotlib.rc_context(OWN_TEXT):
            renderer = RendererSVG(WIDTH, height, file, metadata={"Date": None})  # type: ignore[no-untyped-call]
            self.figure.draw(renderer)
            renderer.finalize()  # type: ignore[no-untyped-call]
        return finished(file.getvalue(), alt, "currentColor", "var(--jp-layout-color0, #fff)")

    def _have(self, number: int) -> None:
        """Have as many artists as rows; the others are not drawn."""
        while len(self.names) < number:
            for texts in (self.names, self.words):
                texts.append(self.axes.text(0, 0, "", fontsize=10, va="center", color=palette.INK, parse_math=False))
            known = PathPatch(_NOTHING, edgecolor=palette.PAPER, linewidth=0.8, clip_on=False)
            hatched = PathPatch(
                _NOTHING, facecolor="none", edgecolor=palette.INK, hatch=palette.HATCH, linewidth=0.8, clip_on=False
            )
            for patches, patch in ((self.known, known), (self.unknown, hatched)):
                self.axes.add_patch(patch)
                patches.append(patch)
        for artists in (self.names, self.words, self.known, self.unknown):
            for artist in artists[number:]:
                artist.set_visible(False)


_NOTHING = Path([(0, 0)])


def _shape(patch: PathPatch, path: Path) -> None:
    patch.set_visible(path is not _NOTHING)
    patch.set_path(path)


def _place(text: Text, x: float, y: float, words: str) -> None:
    text.set_position((x, y))
    text.set_text(words)
    text.set_visible(bool(words))


def _pieces(row: Row, middle: float) -> tuple[Path, Path, float]:
    """The known pieces and the unknown ones of a row, each as one path, and where the bar ends."""
    known: list[Path] = []
    unknown: list[Path] = []
    end = float(_LEFT)
    for value in row.values:
        length = _UNKNOWN if value is None else value / (row.longest or 1) * (_RIGHT - _LEFT)
        if length > 0.2:
            (unknown if value is None else known).append(_box(end, length, middle))
            end += length
    return _together(known), _together(unknown), end


def _box(start: float, length: float, middle: float) -> Path:
    top, bottom = middle - ROW * 0.36, middle + ROW * 0.36
    corners = [(start, top), (start + length, top), (start + length, bottom), (start, bottom), (start, top)]
    return Path(corners, closed=True)


def _together(boxes: Sequence[Path]) -> Path:
    return Path.make_compound_path(*boxes) if boxes else _NOTHING


def longest(rows: Mapping[str, Sequence[float | None]]) -> float:
    """The greatest sum of known values: the scale of rows that share a unit."""
    return max((sum(value or 0 for value in values) for values in rows.values()), default=0) or 1
