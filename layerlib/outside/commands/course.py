"""`layerlib course`: the lessons as copies of one's own, opened in JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from .. import copies, lessons
from ..copies import Copy, Outcome
from ..help import Command


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=copies.FOLDER)
@click.option("--no-open", is_flag=True, help="Only copy; do not start JupyterLab.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8888, show_default=True, help="Where JupyterLab listens."
)
@click.option("--no-browser", is_flag=True, help="Start JupyterLab, and open no browser: its address is printed.")
def command(folder: Path, no_open: bool, port: int, no_browser: bool) -> int:
    """Copy the lessons into a folder of your own, and open them in JupyterLab.

    FOLDER is where the copies are; by default, my-course. In it, nothing that you have written is ever written over: a
    lesson that the course has changed since lies beside yours, with "-new" in its name.

    The exit status is 0 if the lessons are there, and 2 if they cannot be written.
    """
    made = copies.update(folder, copies.parts())
    _trust([one.path for one in made if one.outcome is not Outcome.KEPT and one.path.suffix == ".ipynb"])
    for line in _said(folder, made):
        click.echo(line)
    if no_open:
        return 0
    if not find_spec("jupyterlab"):
        click.echo("To open them, install JupyterLab and what the labs need: pip install 'layerlib[course]'")
        return 0
    words = [
        f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{lessons.FIRST}", f"--port={port}",
        "--ServerApp.log_level=ERROR", "--LabApp.log_level=ERROR",
    ]  # fmt: skip
    words += ["--no-browser"] * no_browser + ["--allow-root"] * _is_root()
    click.echo("Starting JupyterLab. If no browser opens, open the last address below. Control-C ends it.")
    import_module("jupyterlab.labapp").main(words)
    return 0


def _said(folder: Path, made: Sequence[Copy]) -> list[str]:
    """What happened, in lines."""
    by = {outcome: [one for one in made if one.outcome is outcome] for outcome in Outcome}
    lines = [f"{one.path} is newer than your {one.name}, which stays as it is." for one in by[Outcome.BESIDE]]
    if by[Outcome.RENEWED]:
        lines.append(f"Renewed, since you had written nothing in them: {_names(by[Outcome.RENEWED])}.")
    if 0 < len(by[Outcome.NEW]) < len(made):
        lines.append(f"New: {_names(by[Outcome.NEW])}.")
    return [*lines, f"The lessons are in {folder}."]


def _names(copies: Sequence[Copy]) -> str:
    return ", ".join(one.name for one in copies)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _trust(notebooks: Sequence[Path]) -> None:
    """Let JupyterLab show what these notebooks hold as it is, where Jupyter is installed: they are the course's own."""
    if notebooks and find_spec("nbformat"):
        command = [sys.executable, "-m", "nbformat.sign", *map(str, notebooks)]
        subprocess.run(command, capture_output=True, check=False)
