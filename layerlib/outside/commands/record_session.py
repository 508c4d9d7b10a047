"""`layerlib record-session`: make the recorded terminal sessions again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from ...reading.errors import LayerlibError
from ...showing.sessions.cast import SESSIONS, written
from .. import docker, session_script
from ..help import Command


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=SESSIONS,
    help="Where the scripts are, and the recordings go; by default, the package's own.",
)
def command(names: Sequence[str], folder: Path) -> int:
    """Record the terminal sessions of the lessons again, with the Docker of this machine.

    NAME is a session, such as 00-first-build; by default, all of them. What their scripts type is run for real: images
    and containers are made, and some sessions empty the build cache. So use an engine that has nothing else to do.

    The exit status is 0 if all are recorded, and 2 if Docker cannot be used or a session does not show what it should.
    """
    try:
        from .. import session_recorder
    except ImportError:
        raise LayerlibError("Recording needs a terminal as Linux and macOS have it.") from None
    known = session_script.scripts(folder)
    for name in names:
        if name not in known:
            raise click.BadParameter(f"there is no session {name!r}. There are: {', '.join(known)}.", param_hint="NAME")
    docker.version()
    for name in names or known:
        cast = session_recorder.record(known[name])
        text = written(cast, int(time.time()))
        (folder / f"{name}.cast").write_text(text, encoding="utf-8")
        click.echo(f"{name}: {len(text) / 1000:.1f} kB")
    return 0
