"""A learner's work as text files in one folder beside the notebook. Files that are not ours are never changed.

A file holds the parts of one lab's work, such as the Dockerfile and the .dockerignore, below a first line that says
whose work it is:

    # Kept by layerlib: goal lab, 08-order
    #= Dockerfile
    FROM python
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

FOLDER = "my-work"
LARGEST = 1_000_000  # bytes; a larger file is not ours
_FIRST = "# Kept by layerlib: "
_PART = "#= "


@dataclass(frozen=True)
class Kept:
    """A file that was found: where it is, its bytes, and the parts of the work in it."""

    path: Path
    data: bytes
    parts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its name as a learner sees it beside the notebook."""
        return f"{FOLDER}/{self.path.name}"


class Keeper:
    """Keeps the work of one lab. It writes only over what it has written, or brought back, itself."""

    def __init__(self, key: str, folder: Path | None = None) -> None:
        self.key = " ".join(key.split())
        self.folder = _here() / FOLDER if folder is None else folder
        self.mine: Kept | None = None

    def keep(self, parts: Mapping[str, str]) -> None:
        """Write the parts. Raises OSError where nothing can be written."""
        data = written(self.key, parts)
        if self.mine is None or _bytes(self.mine.path) != self.mine.data:
            self.mine = None
            if any(one.data == data for one in self.versions()):
                return
        elif self.mine.data == data:
            return
        self.folder.mkdir(exist_ok=True)
        path = self.mine.path if self.mine else self._new()
        try:
            _replace(path, data)
        except OSError:
            if not self.mine:
                path.unlink(missing_ok=True)
            raise
        self.mine = Kept(path, data, dict(parts))

    def go_on(self, kept: Kept, parts: Mapping[str, str]) -> None:
        """Go on in a file that was brought back, if nothing in it would be lost."""
        self.mine = kept if written(self.key, parts) == kept.data else None

    def leave(self) -> None:
        """Write no more to the present file; what comes next gets another one."""
        self.mine = None

    def versions(self) -> list[Kept]:
        """The work of this lab that is kept, the newest first. Files that cannot be read are left out."""
        found = []
        for path in _names(self.folder, f"{self._name()}*.txt"):
            data = _bytes(path)
            parts = read(self.key, data) if data else None
            if data and parts is not None:
                found.append((_time(path), len(path.name), path.name, Kept(path, data, parts)))
        return [one[-1] for one in sorted(found, key=lambda one: one[:-1], reverse=True)]

    def _name(self) -> str:
        words = self.key.replace(" lab,", "")
        return re.sub(r"[^A-Za-z0-9.]+", "-", words)[:80].strip("-.") or "work"

    def _new(self) -> Path:
        """A name that is not taken yet; an empty file takes it."""
        for number in count(1):
            path = self.folder / f"{self._name()}{'' if number == 1 else f'-{number}'}.txt"
            try:
                path.open("xb").close()
            except FileExistsError:
                continue
            break
        return path


def written(key: str, parts: Mapping[str, str]) -> bytes:
    """The parts as a file's bytes."""
    lines = [f"{_FIRST}{key}"]
    for name, content in parts.items():
        lines.append(f"{_PART}{name}")
        # A learner's line that looks like the start of a part gets one more #.
        lines += [f"#{line}" if re.match("#+= ", line) else line for line in content.split("\n")]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def read(key: str, data: bytes) -> dict[str, str] | None:
    """The parts in a file's bytes; None if it is not the work of the lab with this key."""
    try:
        first, *lines = data.decode("utf-8", "surrogatepass").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        return None
    if first != f"{_FIRST}{key}":
        return None
    parts: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith(_PART):
            content = parts.setdefault(line.removeprefix(_PART), [])
        elif parts:
            content.append(line[1:] if re.match("##+= ", line) else line)
    return {name: "\n".join(content) for name, content in parts.items()} or None


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:  # the folder is gone
        return Path()


def _names(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError:
        return None


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _replace(path: Path, data: bytes) -> None:
    """Write a file completely or not at all."""
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        half.write_bytes(data)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
