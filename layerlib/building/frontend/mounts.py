"""RUN --mount: reading it, and what of it is in the cache key.

Sources: BuildKit, frontend/dockerfile/instructions/commands_runmount.go and solver/llbsolver/ops/exec.go.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...reading.errors import DockerfileError
from ...reading.instruction_checks import mount_fields

TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
KEYS = {"type", "from", "source", "src", "target", "dst", "destination", "id", "env"}
ALONE = {"readonly", "ro", "readwrite", "rw", "required"}  # keys that need no value
ONLY = {"required": ("secret", "ssh"), "size": ("tmpfs",)}  # keys that some types alone have; the type comes first
FORMS = {
    **dict.fromkeys(ALONE, "1|t|T|TRUE|true|True|0|f|F|FALSE|false|False"),
    "size": "(?i:([0-9]+\\.?[0-9]*|\\.[0-9]+) ?([kmgtp]?i?b?))",
    "sharing": "(?i:shared|private|locked)",
    "mode": "[0-7]{1,10}",
    "uid": "[0-9]{1,10}",
    "gid": "[0-9]{1,10}",
}


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

    Raises DockerfileError for what Docker refuses.
    """
    found: dict[str, str] = {"type": "bind"}
    for field in mount_fields(text):
        key, equals, value = field.partition("=")
        key = key.lower()
        if not equals and key not in ALONE:
            raise DockerfileError(f"invalid field '{field}' must be a key=value pair")
        if key not in KEYS and key not in FORMS:
            raise DockerfileError(f"unexpected key '{key}' in --mount; it knows {', '.join(sorted({*KEYS, *FORMS}))}")
        if found["type"] not in ONLY.get(key, TYPES):
            raise DockerfileError(f"unexpected key '{key}' for mount type '{found['type']}'")
        value = expand(value) if equals else "true"
        if not re.fullmatch(FORMS.get(key, "(?s:.*)"), value):
            raise DockerfileError(f"invalid value {value} for {key} in --mount")
        found[key] = value.lower() if key in ("type", "sharing") else value
        if found["type"] not in TYPES:
            raise DockerfileError(
                f'unsupported mount type "{value}"; a mount is {", ".join(TYPES[:-1])} or {TYPES[-1]}'
            )
    kind = found["type"]
    target = found.get("target") or found.get("dst") or found.get("destination") or ""
    source = found.get("source") or found.get("src") or ""
    _refuse(kind, target, source, found)
    if kind in ("bind", "cache", "tmpfs") and posixpath.normpath(posixpath.join(directory, target)) == "/":
        raise DockerfileError(f'invalid mount target "/": say where the {kind} mount goes with target=/folder')
    return Mount(kind, target, source, found.get("from", ""), _key(kind, target, source, found))


def _refuse(kind: str, target: str, source: str, found: dict[str, str]) -> None:
    """What does not go together. Raises DockerfileError."""
    if kind in ("bind", "tmpfs") and (wrong := found.keys() & {"mode", "uid", "gid"}):
        raise DockerfileError(f"{min(wrong)} not allowed for {kind} type mounts")
    if "sharing" in found and kind != "cache":
        raise DockerfileError(f"invalid cache sharing set for {kind} mount")
    if kind == "secret" and not (source or target or found.get("id")):
        raise DockerfileError("invalid secret mount: it needs an id, a source or a target")
    if kind == "secret" and (found.get("from") or (source and found.get("id"))):
        raise DockerfileError("a secret mount takes no from, and either a source or an id")
    if kind == "ssh" and source:
        raise DockerfileError("an ssh mount does not support source")


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
    return any(found.get(name, "0")[0] in "1tT" for name in names)
