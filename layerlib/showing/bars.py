"""What a chart of bars holds, before anything draws it: rows of pieces, their notes, and what the colours mean.

`drawing.py` draws it with matplotlib; where that is not installed, `bars_view.py` makes a small HTML picture of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from . import palette
from .stack import Slab


@dataclass(frozen=True)
class Meaning:
    """What a colour and a pattern stand for, in the words of the legend."""

    words: str
    colour: str
    hatch: str = ""


BASE_IMAGE = Meaning("base image", palette.BASE)
OWN_LAYERS = Meaning("layers of this Dockerfile", palette.OWN)
IN_BOTH = Meaning("in both, stored once", palette.SHARED, palette.SHARED_HATCH)
IN_ONE = Meaning("in one only", palette.BASE)
BYTES = Meaning("bytes", palette.OWN)
UNKNOWN = Meaning("unknown", palette.UNKNOWN, palette.HATCH)
SECONDS = Meaning("seconds of rebuilding", palette.REBUILT)
UNKNOWN_TIME = Meaning("time unknown", palette.UNKNOWN, palette.HATCH)


@dataclass(frozen=True)
class Piece:
    """A part of a bar: its length, None for unknown, and what it stands for."""

    length: float | None
    meaning: Meaning


@dataclass(frozen=True)
class Bar:
    """A row: the words to its left, its pieces from left to right, and the words at its end. A heading has no bar."""

    name: str
    pieces: tuple[Piece, ...] = ()
    note: str = ""
    heading: bool = False

    @property
    def known(self) -> float:
        """The length that is known."""
        return sum(piece.length or 0 for piece in self.pieces)


@dataclass(frozen=True)
class Bars:
    """A chart of bars.

    Attributes:
        rows: from top to bottom.
        unit: "B" for bytes, "s" for seconds.
        meanings: the legend.
        title: what stands above.
        names: the share of the width that names take, from 0 to 1.
    """

    rows: tuple[Bar, ...]
    unit: Literal["B", "s"]
    meanings: tuple[Meaning, ...]
    title: str = ""
    names: float = 0.28

    @property
    def longest(self) -> float:
        """The longest bar, as far as it is known."""
        return max((row.known for row in self.rows), default=0)


@dataclass(frozen=True)
class Stacked:
    """A chart of one stack: its slabs, bottom first."""

    slabs: tuple[Slab, ...]
    title: str = ""


def unknown(lengths: Iterable[float | None], meaning: Meaning = UNKNOWN) -> Sequence[Meaning]:
    """The legend's entry for unknown lengths, if there are any."""
    return [meaning] if None in lengths else []
