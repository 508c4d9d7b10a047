"""`layerlib verify`: build recorded builds again with the model, and compare every answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ...recorded import fidelity, traces
from ..help import Command
from ..terminal import print_table


@click.command(cls=Command)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--page", type=click.Path(path_type=Path), help="Write the page docs/fidelity.md instead of the table.")
def command(files: Sequence[Path], page: Path | None) -> int:
    """Build recorded builds again, and compare every answer.

    FILES are files of recorded builds; by default, the ones that ship with layerlib.

    The exit status is 0 if the model agrees, 1 if it does not, and 2 if a file cannot be read.
    """
    if page is None:
        return verify(files or traces.shipped())
    page.write_text(fidelity.page([fidelity.row(path) for path in files or traces.shipped()]), encoding="utf-8")
    click.echo(f"wrote {page}")
    return 0


def verify(files: Sequence[Path]) -> int:
    """Print how well the model agrees with the builds of some files. Returns the exit status."""
    rows = [fidelity.row(path) for path in files]
    print_table(fidelity.columns(), [fidelity.cells(row) for row in rows])
    for row in rows:
        for answer in row.agreement.disagreements:
            click.echo(f"\n{answer}")
    good = all(row.good for row in rows)
    click.echo("\nThe model agrees." if good else "\nThe model does not agree as required.")
    return 0 if good else 1
