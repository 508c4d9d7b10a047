"""A learner's own copies of the course. What a learner has changed is never written over, and never removed.

In the folder of the copies, the file RECORD says of each part which of the course's versions came last. A part is one
notebook, one page, or one project with all its files. When the course has a newer version of a part, it takes the place
of a copy in which nobody has written, and otherwise lies beside it, as `03_copy-new.ipynb`.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import Enum
from itertools import count
from pathlib import Path, PurePosixPath

from ..reading.errors import LayerlibError
from ..reading.package_data import PROJECTS
from . import lessons

FOLDER = "my-course"
RECORD = ".layerlib-course.json"

# What tools leave in a folder: not part of a project.
LEFT_BEHIND = frozenset({"__pycache__", ".ipynb_checkpoints", "my-work"})


@dataclass(frozen=True)
class Part:
    """A notebook or page, whose one file has the name ""; or a project, with its files by their paths in it."""

    name: str
    files: Mapping[str, bytes]


class Outcome(Enum):
    """What became of a part."""

    NEW = "new"
    KEPT = "kept"
    RENEWED = "renewed"
    BESIDE = "beside"


@dataclass(frozen=True)
class Copy:
    """A part in a learner's folder.

    Attributes:
        name: the part's, such as "03_copy.ipynb".
        path: the copy that has the course's present version, or had it before the learner wrote in it.
        outcome: NEW if nothing was there, KEPT if nothing was written, RENEWED if it took the place of an older version
            in which nobody had written, BESIDE if it lies beside one in which somebody has.
    """

    name: str
    path: Path
    outcome: Outcome


def parts() -> list[Part]:
    """The course, as learners get it."""
    files = [Part(name, {"": data}) for name, data in lessons.lessons().items()]
    top = next(folder for folder in PROJECTS if folder.is_dir())
    projects = [path for path in sorted(top.iterdir()) if path.is_dir() and path.name not in LEFT_BEHIND]
    return files + [Part(f"projects/{path.name}", _files(path, LEFT_BEHIND)) for path in projects]


def update(folder: Path, course: list[Part]) -> list[Copy]:
    """Make the copies of a course in a folder, or bring what is new.

    Args:
        folder: where the copies are; it is made if it is not there.
        course: the parts, from `parts()`.

    Raises:
        LayerlibError: if the folder is in the course's own lessons, the ones that are executed.
        OSError: if a file cannot be read or written. What is finished by then stays, and the next call goes on.
    """
    if _is_source(folder):
        raise LayerlibError(f"{folder} is where the course's own lessons are. Name another folder for the copies.")
    given = _read(folder / RECORD)
    copies = [_bring(folder, part, given.get(part.name)) for part in course]
    record = given | {part.name: _digest(part.name, part.files) for part in course}
    if record != given:
        _write(folder / RECORD, {"": (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()})
    return copies


def _is_source(folder: Path) -> bool:
    source = lessons.CLONE / "notebooks"
    return any(
        path.is_dir() and folder.resolve().is_relative_to(path.resolve()) for path in (source, lessons.INSTALLED)
    )


def _bring(folder: Path, part: Part, given: str | None) -> Copy:
    """Bring one part. `given` is the digest of the version that came last, if one came."""
    present = _digest(part.name, part.files)
    for path in _places(folder / part.name):
        if not os.path.lexists(path):
            _write(path, part.files)
            outcome = Outcome.NEW if path == folder / part.name else Outcome.BESIDE
            return Copy(part.name, path, outcome)
        if given == present:
            return Copy(part.name, path, Outcome.KEPT)
        found = _digest_at(part.name, path)
        if found == present:
            return Copy(part.name, path, Outcome.KEPT)
        if found is not None and found == given:
            _write(path, part.files)
            return Copy(part.name, path, Outcome.RENEWED)
    raise AssertionError("there is always another name")


def _places(path: Path) -> Iterator[Path]:
    """A part's own path, then those beside it: 03_copy.ipynb, 03_copy-new.ipynb, 03_copy-new-2.ipynb and so on."""
    yield path
    yield path.with_name(f"{path.stem}-new{path.suffix}")
    for number in count(2):
        yield path.with_name(f"{path.stem}-new-{number}{path.suffix}")


def _digest(name: str, files: Mapping[str, bytes]) -> str:
    """A digest of what a learner may have written in a part."""
    whole = hashlib.sha256()
    for path, data in sorted(files.items()):
        content = _written(data) if PurePosixPath(name).suffix == ".ipynb" else data
        whole.update(f"{path}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def _written(notebook: bytes) -> bytes:
    """The cells' texts and outputs: all of a notebook but its ids and metadata, which JupyterLab changes on its own."""
    try:
        cells = json.loads(notebook)["cells"]
        shown = [(cell["cell_type"], "".join(cell["source"]), cell.get("outputs", [])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return notebook
    return json.dumps(shown).encode()


def _digest_at(name: str, path: Path) -> str | None:
    """The digest of what lies at a path; None if it is nothing that a copy can be, such as a link."""
    if path.is_symlink():
        return None
    if path.is_dir():
        return _digest(name, _files(path))
    return _digest(name, {"": path.read_bytes()}) if path.is_file() else None


def _files(folder: Path, but: Set[str] = frozenset()) -> dict[str, bytes]:
    """The files of a folder by their paths in it, without those whose path has one of some names."""
    found = ((path, path.relative_to(folder)) for path in sorted(folder.rglob("*")))
    return {inner.as_posix(): path.read_bytes() for path, inner in found if path.is_file() and not but & {*inner.parts}}


def _write(path: Path, files: Mapping[str, bytes]) -> None:
    """Put a part in its place, completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    old = half.with_name(f"{half.name}.old")
    try:
        for name, data in files.items():
            file = half / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        if path.is_dir():
            path.rename(old)
        half.replace(path)
    finally:
        _remove(half)
        if old.exists() and not os.path.lexists(path):
            old.rename(path)
        _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, str]:
    """The record of a folder; empty if there is none that can be read."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    known = record.items() if isinstance(record, dict) else ()
    return {name: digest for name, digest in known if isinstance(digest, str)}
