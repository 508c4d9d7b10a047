"""All warnings about a Dockerfile, in the order in which the engine finds them, and the build that they end."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...reading.errors import DockerfileError
from ..stage_table import StageTable
from .bases import from_lines, with_defaults
from .instructions import as_written
from .rules import CheckWarning
from .settings import settings
from .stages import Walk


def find(
    table: StageTable, stages: Collection[int], built: Collection[int], last: int | None = None
) -> tuple[CheckWarning, ...]:
    """The warnings of the rules that count.

    Args:
        table: the Dockerfile.
        stages: the numbers of the stages whose instructions are looked at. Rules about the text alone, and about FROM
            lines, look at every stage.
        built: the numbers of those that the target needs.
        last: the line of the instruction that is refused; nothing is found below it.
    """
    found = [*as_written(table.dockerfile), *with_defaults(table)]
    walk = Walk(table)
    try:
        for warning in from_lines(table):
            found.append(warning)
        walk.walk(stages, built, last)
    except DockerfileError:
        pass  # refused here, so nothing is found below
    return settings(table.dockerfile.text, table.options.args).kept([*found, *walk.warnings])


def refuse(table: StageTable, warnings: Sequence[CheckWarning]) -> None:
    """Raise DockerfileError if there are warnings and `# check=error=true`. It points at the first of them."""
    if warnings:
        first = warnings[0]
        names = ", ".join(dict.fromkeys(warning.rule for warning in warnings))
        lines = "\n".join(f" - {warning}" for warning in warnings)
        raise DockerfileError(
            f"lint violation found for rules: {names}", line=first.line, text=table.dockerfile.line(first.line),
            cure=f"error=true makes an error of every warning:\n{lines}",
        )  # fmt: skip
