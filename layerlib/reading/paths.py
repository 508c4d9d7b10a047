"""Paths inside a tree of files: relative to its root, with "/" between the parts. The root itself is ""."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Set

from .errors import ContextError

LONGEST_NAME = 255  # bytes
LONGEST_PATH = 4095  # bytes


def clean(path: str) -> str:
    """A path relative to the root: no "." or "..", no leading or doubled "/". The root is ""."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def base_name(path: str) -> str:
    """The last part of a path; "/" for the root, as Go's path.Base says."""
    return path.rstrip("/").rpartition("/")[2] or "/"


def parents(path: str) -> Iterator[str]:
    """The folders above a path, outermost first, without the root."""
    end = path.find("/")
    while end != -1:
        yield path[:end]
        end = path.find("/", end + 1)


def missing_folders(paths: Set[str]) -> set[str]:
    """The folders on the way to some paths that are not among them."""
    found: set[str] = set()
    level: Set[str] = paths
    while level := {path.rpartition("/")[0] for path in level} - paths - found - {""}:
        found |= level
    return found


def refuse_too_long(path: str) -> None:
    """Raise ContextError for a path that is too long for Linux, hence for every builder, or that holds a NUL."""
    shown = path[:40].lstrip("/")
    if "\0" in path:
        raise ContextError(f"/{shown}: invalid argument: no name holds the character 0")
    encoded = path.encode("utf-8", "surrogatepass")
    if len(encoded) > LONGEST_PATH or any(len(part) > LONGEST_NAME for part in encoded.split(b"/")):
        raise ContextError(
            f"/{shown}...: file name too long; a name has up to {LONGEST_NAME} bytes and a path up to {LONGEST_PATH}"
        )


def absolute(path: str, directory: str = "/") -> str:
    """A path as it is seen from a directory, from the root: no "." or "..", no doubled "/" and none at the end."""
    return posixpath.normpath(posixpath.join(directory, path)).replace("//", "/")
