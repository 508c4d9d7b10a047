"""Tables for people, on a terminal or in a file."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

# If the output is not a terminal, a row stays on one line.
UNLIMITED = 10_000
NUMBER = re.compile(r"[\d,]*( of [\d,]+)?")


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table to the standard output; in a file or a pipe as plain text, a row on a line.

    Columns of numbers are aligned on the right.
    """
    console = Console(highlight=False, width=None if sys.stdout.isatty() else UNLIMITED)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, heading in enumerate(headings):
        numbers = all(NUMBER.fullmatch(row[index]) for row in rows)
        table.add_column(heading, justify="right" if numbers else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
