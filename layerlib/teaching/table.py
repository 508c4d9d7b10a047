"""A table for a lesson: texts in rows, shown as HTML in a notebook and in columns elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..building.report import table


@dataclass(frozen=True, repr=False)
class Table:
    """Texts in rows. Every text is escaped.

    Attributes:
        caption: what the table shows.
        heads: the names of the columns.
        rows: the cells of each row; the first is the row's name, shown as code.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        lines = [self.heads, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = (map(str.ljust, line, widths) for line in lines)
        return "\n".join([self.caption, *("  ".join(line).rstrip() for line in padded)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [[f"<code>{escape(name)}</code>", *map(escape, cells)] for name, *cells in self.rows]
        return table(escape(self.caption), [escape(head) for head in self.heads], rows)
