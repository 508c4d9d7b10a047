"""layerlib.toml: what a project's owner knows and no builder can see, written beside the Dockerfile.

    [[run]]                                # of each RUN whose command holds this text
    command = "npm run build"
    writes = ["dist/"]                     # files, and folders with a slash at the end; [] for nothing
    reads = ["src/", "package.json"]       # as long as these are the same, so is what it writes
    seconds = 41
    bytes = 12_000_000                     # its layer

    [[image]]                              # an image that the catalogue does not describe
    name = "registry.example.com/base:3"
    env = { APP_HOME = "/srv/app" }        # all its variables
    user = "app"
    workdir = "/srv/app"

Paths of a `run` are absolute, or begin at the working directory of the RUN. Besides, an `image` may have `folders`,
`programs`, `absent`, `entrypoint`, `cmd`, `digest` and `bytes`: see `BaseImage.described`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .base_image import BaseImage
from .errors import ImageError, LayerlibError, closest_name
from .references import normalize

NAME = "layerlib.toml"


@dataclass(frozen=True)
class RunNote:
    """What an owner knows of a RUN.

    Attributes:
        command: a text that the RUN's command holds.
        writes: the files that it writes, and folders, with a slash at the end; None if that is not said.
        reads: the files and folders that decide what it writes; empty if that is not said. As long as they, the
            command, its variables and the base image are the same, so is what it writes.
        seconds: how long it runs, None for unknown.
        bytes: what its layer takes, None for unknown.
    """

    command: str
    writes: tuple[str, ...] | None = None
    reads: tuple[str, ...] = ()
    seconds: float | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class Notes:
    """What a layerlib.toml says, in its order."""

    runs: tuple[RunNote, ...] = ()
    images: tuple[BaseImage, ...] = ()


NO_NOTES = Notes()


def parse(content: bytes, name: str = NAME) -> Notes:
    """The notes that a file holds. `name` is what errors call it.

    Raises LayerlibError, with the table, the key and what to write instead, for what cannot be read.
    """
    import tomllib  # few projects have notes

    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise LayerlibError(f"{name}: it is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise LayerlibError(f'{name}: {error}. It is TOML: a key is written like command = "npm ci"') from None
    _refuse_unknown(name, "table", data, TABLES)
    runs = tuple(_run(place, row) for place, row in _rows(name, data, "run"))
    images = tuple(_image(place, row) for place, row in _rows(name, data, "image"))
    _refuse_twice(name, "run", "command", [run.command for run in runs])
    _refuse_twice(name, "image", "name", [image.reference for image in images])
    return Notes(runs, images)


# Tables.


def _rows(name: str, data: Mapping[str, Any], table: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The tables of a kind, each with what to call it."""
    rows = data.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LayerlibError(f"{name}: {table} is written with two brackets on each side: [[{table}]]")
    found = []
    for number, row in enumerate(rows, start=1):
        place = f"{name}, [[{table}]] number {number}"
        _refuse_unknown(place, "key", row, TABLES[table])
        for key, value in row.items():
            TABLES[table][key](f"{place}, {key}", value)
        found.append((place, row))
    return found


def _run(place: str, row: Mapping[str, Any]) -> RunNote:
    if "command" not in row:
        raise LayerlibError(f'{place}: there is no command; write a part of the RUN, like command = "npm run build"')
    if "reads" in row and "writes" not in row:
        raise LayerlibError(f"{place}: reads decide what a RUN writes; say with writes what that is, or remove reads")
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return RunNote(**given)


def _image(place: str, row: Mapping[str, Any]) -> BaseImage:
    if "name" not in row:
        raise LayerlibError(f'{place}: there is no name; write the image as FROM does, like name = "company/base:3"')
    given = {"size" if key == "bytes" else key: value for key, value in row.items() if key != "name"}
    try:
        return BaseImage.described(normalize(row["name"]), **given)
    except ImageError as error:
        raise LayerlibError(f"{place}: {error}") from None


def _refuse_unknown(place: str, what: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for word in given:
        if word == "reproducible" and "reads" in known:
            raise LayerlibError(
                f"{place}: reproducible is no key here. Name the files that decide what the RUN writes, like "
                'reads = ["src/", "package.json"]'
            )
        if word not in known:
            close = closest_name(word, known)
            cure = f"did you mean {close}?" if close else f"there are: {', '.join(known)}"
            raise LayerlibError(f"{place}: there is no {what} {word}; {cure}")


def _refuse_twice(name: str, table: str, key: str, values: list[str]) -> None:
    for number, value in enumerate(values, start=1):
        if (first := values.index(value) + 1) != number:
            raise LayerlibError(
                f"{name}, [[{table}]] number {number}: number {first} has the same {key}, {value}; make one of them"
            )


# Values. Each raises LayerlibError for a value of another form; `place` ends with the key.

Check = Callable[[str, Any], None]


def _refuse(place: str, value: Any, what: str, example: str) -> None:
    key = place.rpartition(" ")[2]
    raise LayerlibError(f"{place}: {_shown(value)} is not {what}; write it like {key} = {example}")


def _shown(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _text(example: str) -> Check:
    def check(place: str, value: Any) -> None:
        if not isinstance(value, str) or not value.strip():
            _refuse(place, value, "a text", f'"{example}"')

    return check


def _texts(example: str) -> Check:
    def check(place: str, value: Any) -> None:
        if not isinstance(value, list):
            _refuse(place, value, "a list", f"[{example}]")
        for item in value:
            if not isinstance(item, str) or not item.strip():
                _refuse(place, item, "a text", f"[{example}]")

    return check


def _written(place: str, value: Any) -> None:
    _texts('"dist/", "app.jar"')(place, value)
    for path in value:
        if any(character in path for character in "*?$") or path.startswith("~"):
            raise LayerlibError(
                f'{place}: "{path}" is no path of a file or folder: wildcards and variables are not replaced here; '
                'name the folder, with a slash at the end, like writes = ["target/"]'
            )


def _read(place: str, value: Any) -> None:
    _texts('"src/", "package.json"')(place, value)
    for path in value:
        if "$" in path or path.startswith("~"):
            raise LayerlibError(f'{place}: "{path}" is not a path: variables and ~ are not replaced here; write it out')


def _seconds(place: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        _refuse(place, value, "a number of seconds", "41")


def _bytes(place: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        _refuse(place, value, "a whole number of bytes", "12_000_000")


def _variables(place: str, value: Any) -> None:
    if not isinstance(value, dict):
        _refuse(place, value, "a table of variables", '{ APP_HOME = "/srv/app" }')
    for name, text in value.items():
        if not isinstance(text, str):
            raise LayerlibError(f'{place}: {name} is {_shown(text)}, not a text; write it like {name} = "{text}"')


TABLES: Mapping[str, Mapping[str, Check]] = {
    "run": {
        "command": _text("npm run build"),
        "writes": _written,
        "reads": _read,
        "seconds": _seconds,
        "bytes": _bytes,
    },
    "image": {
        "name": _text("registry.example.com/base:3"),
        "env": _variables,
        "user": _text("app"),
        "workdir": _text("/srv/app"),
        "folders": _texts('"/srv/app"'),
        "programs": _texts('"python", "pip"'),
        "absent": _texts('"curl"'),
        "entrypoint": _texts('"/entrypoint.sh"'),
        "cmd": _texts('"python", "app.py"'),
        "digest": _text("sha256:..."),
        "bytes": _bytes,
    },
}
"""The tables that there may be, each with its keys, and what checks their values."""
