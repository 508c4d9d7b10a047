"""The command `layerlib`: its subcommands, and what becomes of errors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

import click

from ..reading.errors import LayerlibError
from ..version import __version__
from .help import Context

# Each is in the file of its name in `commands`, with _ for -, as `command`, whose docstring begins with this sentence.
SUBCOMMANDS = {
    "build": "Print what a first `docker build` would do: its log, the image's history and its config.",
    "course": "Copy the lessons into a folder of your own, and open them in JupyterLab.",
    "notes": "Write a layerlib.toml beside a Dockerfile, for what you know and no builder can see.",
    "record": "Record new builds with the Docker of this machine, and compare.",
    "record-session": "Record the terminal sessions of the lessons again, with the Docker of this machine.",
    "verify": "Build recorded builds again, and compare every answer.",
}


class Subcommands(click.Group):
    """A group that imports a subcommand when it is called, not before."""

    context_class = Context

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand that the words call."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in SUBCOMMANDS:
            command = import_module(f"..commands.{name.replace('-', '_')}", __name__).command
        return name, command, rest


COLOUR = False if os.environ.get("NO_COLOR") else None  # https://no-color.org; None: as the output is a terminal


@click.command(
    cls=Subcommands,
    commands=[click.Command(name, short_help=summary) for name, summary in SUBCOMMANDS.items()],
    context_settings={"color": COLOUR, "help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__)
def layerlib() -> None:
    """A small, true model of how Docker builds images."""


def main(words: Sequence[str] | None = None) -> int:
    """Run a command line.

    Returns:
        The exit status: 2 for what cannot be done, 130 after Control-C, otherwise what the subcommand says.
    """
    try:
        return int(layerlib.main(words, prog_name="layerlib", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except LayerlibError as error:
        click.echo(f"layerlib: {error}", err=True)
        return 2
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        click.echo(f"layerlib: {reason}", err=True)
        return 2
    except click.Abort:
        return 130
