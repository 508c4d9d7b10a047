"""Help texts in colour. click leaves the colours out where the output is not a terminal."""

from __future__ import annotations

from collections.abc import Iterable

import click


class Formatter(click.HelpFormatter):
    """Headings in bold, names in cyan."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the first line."""
        super().write_usage(prog, args, click.style(prefix or "Usage: ", bold=True))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(click.style(heading, bold=True))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of names, each with its text."""
        super().write_dl([(click.style(name, fg="cyan"), text) for name, text in rows], col_max, col_spacing)


class Context(click.Context):
    """A context whose help is in colour."""

    formatter_class = Formatter


class Command(click.Command):
    """A subcommand."""

    context_class = Context
