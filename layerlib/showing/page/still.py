"""HTML with its style sheet, for a saved notebook, a book, or a page without a kernel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from .markup import Markup, tag

STYLE = (files(__package__) / "style.css").read_text(encoding="utf-8")
# As one line, so that a notebook that is saved has one line of it for each picture.
_SHORT = " ".join(re.sub(r"/\*.*?\*/", "", STYLE, flags=re.DOTALL).split())


def still(body: Markup, note: str = "") -> str:
    """A picture: nothing in it can be operated. `note` stands above it."""
    said = tag("p", note, class_="run-me") if note else None
    picture = tag("div", said, body, class_="layerlib-lab layerlib still")
    return str(tag("style", Markup(_SHORT)) + picture)


@dataclass(frozen=True, repr=False)
class Picture:
    """What a cell shows: HTML in a notebook, and the same in words elsewhere."""

    body: Markup
    words: str

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        return still(self.body)
