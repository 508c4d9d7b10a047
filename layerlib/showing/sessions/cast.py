"""Recorded sessions as files: asciicast v2, one for each name, in `layerlib/sessions`.

Source of the format: docs.asciinema.org/manual/asciicast/v2. The header has one key more, `layerlib`: the engine's
version, and what each base image was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...reading.errors import LayerlibError, closest_name
from ...reading.package_data import PACKAGE

SESSIONS = PACKAGE / "sessions"
OUTPUT, MARKER = "o", "m"


@dataclass(frozen=True)
class Event:
    """Something that happened `seconds` after the start: "o" is output, "m" says that a command is typed now."""

    seconds: float
    kind: str
    text: str


@dataclass(frozen=True)
class Cast:
    """A recorded session.

    Attributes:
        title: what it shows.
        date: the day of the recording, in UTC, such as "2026-11-25".
        engine: the version of the Docker Engine.
        images: for each base image, what it was.
        environment: variables that change what Docker prints.
        width: of the terminal, in characters.
        events: in the order of their seconds.
    """

    name: str
    title: str
    date: str
    engine: str
    images: Mapping[str, str]
    environment: Mapping[str, str]
    width: int
    events: tuple[Event, ...]


def names(folder: Path = SESSIONS) -> list[str]:
    """The names of all recorded sessions."""
    return sorted(path.stem for path in folder.glob("*.cast"))


def load(name: str, folder: Path = SESSIONS) -> Cast:
    """Read a recorded session. Raises LayerlibError for a name that none has, and lists those that there are."""
    known = names(folder)
    if name not in known:
        close = closest_name(str(name), known)
        hint = f" Did you mean {close}?" if close else ""
        raise LayerlibError(f"There is no recorded session {name!r}.{hint} There are: {', '.join(known)}.")
    return parse(name, (folder / f"{name}.cast").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Cast:
    """Read the text of an asciicast v2 file. Raises LayerlibError for what is none, with the line."""
    events: list[Event] = []
    try:
        lines = text.splitlines()
        header: dict[str, Any] = json.loads(lines[0])
        if header["version"] != 2:
            raise ValueError("not version 2")
        for line in lines[1:]:
            seconds, kind, shown = json.loads(line)
            events.append(Event(float(seconds), str(kind), str(shown)))
        date = datetime.fromtimestamp(header["timestamp"], UTC).date().isoformat()
        own = header["layerlib"]
        return Cast(
            name, header["title"], date, own["engine"], own["images"], header["env"], header["width"], tuple(events)
        )
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise LayerlibError(f"{name}.cast is not of a recorded session, after {len(events)} events: {error}") from None


def written(cast: Cast, timestamp: int, height: int = 24) -> str:
    """A recorded session as the text of an asciicast v2 file. `timestamp` is in seconds since 1970, as in `date`."""
    header = {
        "version": 2,
        "width": cast.width,
        "height": height,
        "timestamp": timestamp,
        "title": cast.title,
        "env": dict(cast.environment),
        "layerlib": {"engine": cast.engine, "images": dict(cast.images)},
    }
    rows = [[round(event.seconds, 3), event.kind, event.text] for event in cast.events]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [header, *rows])
