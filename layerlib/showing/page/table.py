"""A table of texts: HTML in a notebook, columns elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .markup import tag

# As inline styles: a notebook that is not trusted keeps these, and no style sheet.
HEAD = "text-align: left; vertical-align: bottom"
CELL = "text-align: left; vertical-align: top; overflow-wrap: normal; word-break: normal"
CAPTION = "text-align: left; caption-side: top; white-space: nowrap"
NUMBER = "text-align: right; vertical-align: top; white-space: nowrap"


@dataclass(frozen=True, repr=False)
class Table:
    """Texts in rows. Every text is escaped.

    Attributes:
        caption: what the table shows.
        heads: the names of the columns.
        rows: the cells of each row; the first is the row's name.
        code: whether the rows' names are code: an instruction, a command or a path.
        numbers: the columns of numbers, counted from 0; they are aligned at the right.
        fold: if it is not empty, the table is folded, and this is the line that opens it.
        strong: the words that stand out, where a cell is nothing else.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    code: bool = True
    numbers: Sequence[int] = ()
    fold: str = ""
    strong: Sequence[str] = ()

    def __str__(self) -> str:
        lines = [self.heads, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = (map(str.ljust, line, widths) for line in lines)
        return "\n".join([self.caption, *("  ".join(line).rstrip() for line in padded)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = [tag("th", name, scope="col", style=self._style(at, HEAD)) for at, name in enumerate(self.heads)]
        rows = []
        for name, *cells in self.rows:
            first = tag("code", name, style="white-space: pre-wrap; word-break: normal") if self.code else name
            rest = [
                tag("td", tag("b", cell) if cell in self.strong else cell, style=self._style(at, CELL))
                for at, cell in enumerate(cells, 1)
            ]
            rows.append(tag("tr", tag("th", first, scope="row", style=f"{CELL}; font-weight: normal"), rest))
        table = tag(
            "table", tag("caption", self.caption, style=CAPTION), tag("thead", tag("tr", heads)), tag("tbody", rows)
        )
        return str(tag("details", tag("summary", self.fold), table) if self.fold else table)

    def _style(self, column: int, otherwise: str) -> str:
        return NUMBER if column in self.numbers else otherwise
