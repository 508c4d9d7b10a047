"""What is typed in a recorded session: a TOML file for each, in `layerlib/sessions`.

    title = "The first build"
    images = ["python:slim"]         # the bases that it uses: the recording says what they were
    project = "sales-report"         # a folder of notebooks/projects, copied; the session is typed in it
    before = ["docker rmi report"]   # not recorded; may fail
    after = ["docker rmi report"]    # the same
    commands = [
      "docker build -t report .",
      { type = "docker run -it report sh", then = ["ls", "exit"] },
      { type = "docker ps", user = "nobody" },
    ]
    [files]                          # more files, or other ones
    "app.py" = "print(1)"

What is in `then` is typed once the command waits for it; "^C" and "^D" are keys. `shows` lists texts that the session
must show: without them it is not written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..reading.errors import LayerlibError
from ..showing.sessions.cast import SESSIONS

KEYS = {"title", "images", "project", "files", "before", "after", "commands", "shows"}


@dataclass(frozen=True)
class Typed:
    """A command, what is typed into it while it runs, and the user who types it if that is not the present one."""

    command: str
    then: tuple[str, ...] = ()
    user: str | None = None


@dataclass(frozen=True)
class Script:
    """The plan of a session; the fields are the keys of its file."""

    name: str
    title: str
    images: tuple[str, ...]
    project: str | None
    files: Mapping[str, str]
    before: tuple[str, ...]
    after: tuple[str, ...]
    commands: tuple[Typed, ...]
    shows: tuple[str, ...]


def scripts(folder: Path = SESSIONS) -> dict[str, Path]:
    """The scripts of all sessions, by name."""
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def read(path: Path) -> Script:
    """Read a script. Raises LayerlibError for a file that is none."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = sorted(found.keys() - KEYS)
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r}")
        return Script(
            path.stem,
            found["title"],
            tuple(found.get("images", [])),
            found.get("project"),
            found.get("files", {}),
            tuple(found.get("before", [])),
            tuple(found.get("after", [])),
            tuple(_typed(command) for command in found["commands"]),
            tuple(found.get("shows", [])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LayerlibError(f"{path.name} is no script of a session: {error}") from None


def _typed(command: str | Mapping[str, Any]) -> Typed:
    if isinstance(command, str):
        return Typed(command)
    return Typed(command["type"], tuple(command.get("then", [])), command.get("user"))
