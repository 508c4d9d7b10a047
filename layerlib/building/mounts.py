"""RUN --mount: reading it, and what of it is in the cache key.

Sources: BuildKit, frontend/dockerfile/instructions/commands_runmount.go and solver/llbsolver/ops/exec.go.
"""

from __future__ import annotations

import csv
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..reading.tree import clean

TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
KEYS = {"type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "id"} | {
    "sharing", "required", "mode", "uid", "gid", "size", "env",
}  # fmt: skip


@dataclass(frozen=True)
class Mount:
    """One --mount. `key` is what the cache key holds of it, the content of its source aside."""

    type: str
    target: str
    source: str
    origin: str
    key: tuple[Any, ...]


def parse(text: str, expand: Callable[[str], str], directory: str = "/") -> Mount:
    """Read the value of --mount. A target that is not absolute is taken from the working directory.

    Raises ValueError for what Docker refuses.
    """
    found: dict[str, str] = {}
    for part in next(csv.reader([text]), []):
        key, equals, value = part.partition("=")
        key = key.lower()
        if key not in KEYS:
            raise ValueError(f"unexpected key '{key}' in --mount; it knows {', '.join(sorted(KEYS))}")
        if not equals and key not in ("readonly", "ro", "readwrite", "rw", "required"):
            raise ValueError(f"invalid field '{part}' must be a key=value pair")
        if key == "from" and expand(value) != value:
            raise ValueError("'from' takes no variables in --mount; name a stage with FROM $VARIABLE AS name")
        found[key] = expand(value) if equals else "true"
    kind = found.get("type", "bind")
    if kind not in TYPES:
        raise ValueError(f'unsupported mount type "{kind}"; a mount is {", ".join(TYPES[:-1])} or {TYPES[-1]}')
    target = found.get("target") or found.get("dst") or found.get("destination") or ""
    source = found.get("source") or found.get("src") or ""
    for key, form in (("uid", r"\d+"), ("gid", r"\d+"), ("mode", r"[0-7]+"), ("sharing", "shared|private|locked")):
        if key in found and not re.fullmatch(form, found[key]):
            raise ValueError(f"invalid value {found[key]} for {key} in --mount")
    if kind in ("bind", "cache", "tmpfs") and (not target or not clean(posixpath.join(directory, target))):
        raise ValueError(f'invalid mount target "/": say where the {kind} mount goes with target=/folder')
    return Mount(kind, target, source, found.get("from", ""), _key(kind, target, source, found))


def _key(kind: str, target: str, source: str, found: dict[str, str]) -> tuple[Any, ...]:
    rest = tuple(found.get(key, "") for key in ("mode", "uid", "gid", "required", "env"))
    if kind == "bind":
        return (kind, target, "readwrite" if _yes(found, "rw", "readwrite") else "readonly")
    if kind == "cache":
        own_name, shared = "id" in found, found.get("sharing", "shared") == "shared"
        return (kind, target, own_name, shared, _yes(found, "ro", "readonly"), *rest)
    if kind == "tmpfs":
        return (kind, target, found.get("size", ""))
    return (kind, target, found.get("id") or source, *rest)


def _yes(found: dict[str, str], *names: str) -> bool:
    return any(found.get(name) == "true" for name in names)
