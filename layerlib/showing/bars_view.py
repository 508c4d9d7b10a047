"""Charts as small HTML pictures, from the same records that matplotlib draws."""

from __future__ import annotations

from . import palette
from .bars import Bar, Bars, Meaning, Stacked
from .page.markup import Markup, spaced, tag
from .stack_view import stack_view

UNKNOWN_SHARE = 6.0  # per cent of the width that an unknown length takes
LINE = "display: block"  # on a line of its own, even without the style sheet
HATCHED = "repeating-linear-gradient(135deg, #8c959f 0 2px, transparent 2px 6px)"


def picture(chart: Bars | Stacked, alt: str) -> Markup:
    """A chart as HTML; `alt` says the same in words."""
    if isinstance(chart, Stacked):
        return tag("div", stack_view(chart.slabs, chart.title or "the image", opened=True), role="img", aria_label=alt)
    rows = [_row(row, chart.longest or 1) for row in chart.rows]
    head = tag("h4", chart.title) if chart.title else None
    return tag("div", head, tag("div", rows, class_="bars"), _legend(chart.meanings), role="img", aria_label=alt)


def _row(row: Bar, longest: float) -> list[Markup]:
    if row.heading:
        return [tag("b", row.name, class_="heading", style=LINE)]
    pieces = [
        tag("i", style=f"width: {_share(piece.length, longest):.2f}%; background: {_fill(piece.meaning, piece.length)}")
        for piece in row.pieces
        if piece.length != 0
    ]
    length = tag("span", pieces, tag("span", row.note), class_="pieces")
    return [tag("span", row.name, class_="name", style=LINE), Markup(" "), length]


def _share(length: float | None, longest: float) -> float:
    return UNKNOWN_SHARE if length is None else length / longest * 60


def _fill(meaning: Meaning, length: float | None = 0) -> str:
    return HATCHED if length is None or meaning.colour == palette.UNKNOWN else meaning.colour


def _legend(meanings: tuple[Meaning, ...]) -> Markup:
    entries = [
        tag("span", tag("span", class_="sw", style=f"background: {_fill(meaning)}"), meaning.words)
        for meaning in meanings
    ]
    return tag("div", spaced(entries), class_="legend")
