"""RUN --mount: reading it, and what of it is in the cache key.

Sources: BuildKit, frontend/dockerfile/instructions/commands_runmount.go and solver/llbsolver/ops/exec.go.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from ...reading.errors import DockerfileError, closest_name
from ...reading.instruction_checks import mount_fields
from ..operations import Mount, MountType

TYPES = tuple(kind.value for kind in MountType if kind != MountType.INLINE)
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


class ParsedMount(NamedTuple):
    """One --mount.

    Attributes:
        compared: what the cache key holds of it, the content of its source aside.
        source: the path that is mounted.
        origin: the stage, image or named context that the path is in; empty for the build context.
    """

    compared: Mount
    source: str
    origin: str

    @property
    def has_source(self) -> bool:
        """Whether the mount shows files that the builder has: of the context, a stage or an image."""
        return self.compared.type == "bind" or (self.compared.type == "cache" and bool(self.origin))


def parse(
    text: str, expand: Callable[[str], str], is_vague: Callable[[str], bool] = lambda word: False,
    directory: str = "/", namespace: str = "",
) -> ParsedMount:  # fmt: skip
    """Read the value of --mount. A target that is not absolute is taken from the working directory. A cache without an
    id is compared with the namespace of the build (BUILDKIT_CACHE_MOUNT_NS), one with an id is not. Source: recorded.
    A value that nobody knows is refused for nothing, and a source of which only that is known is the whole of its
    origin.

    Raises DockerfileError for what Docker refuses.
    """
    written: dict[str, str] = {"type": "bind"}
    for field in mount_fields(text):
        key, equals, value = field.partition("=")
        key = key.lower()
        if not equals and key not in ALONE:
            raise DockerfileError(f"invalid field '{field}' must be a key=value pair")
        if key not in KEYS and key not in FORMS:
            raise DockerfileError(f"unexpected key '{key}' in --mount; it knows {', '.join(sorted({*KEYS, *FORMS}))}")
        if written["type"] not in ONLY.get(key, TYPES):
            raise DockerfileError(f"unexpected key '{key}' for mount type '{written['type']}'")
        vague = bool(equals) and key != "type" and is_vague(value)
        value = expand(value) if equals else "true"
        if vague:
            looks = key in ("source", "src") and written["type"] in ("bind", "cache")
            written[key] = "" if looks else value
            continue
        if not re.fullmatch(FORMS.get(key, "(?s:.*)"), value):
            raise DockerfileError(f"invalid value {value} for {key} in --mount")
        written[key] = value.lower() if key in ("type", "sharing") else value
        if written["type"] not in TYPES:
            close = closest_name(value.lower(), TYPES)
            cure = f"Did you mean {close}?" if close else f"A mount is {', '.join(TYPES[:-1])} or {TYPES[-1]}."
            raise DockerfileError(f'unsupported mount type "{value}"', cure=cure, spot=value)
    kind = MountType(written["type"])
    target, source = _first_of(written, "target", "dst", "destination"), _first_of(written, "source", "src")
    _refuse(kind, target, source, written)
    if kind in ("bind", "cache", "tmpfs") and posixpath.normpath(posixpath.join(directory, target)) == "/":
        raise DockerfileError(f'invalid mount target "/": say where the {kind} mount goes with target=/folder')
    compared = _compared(kind, target, source, written)
    if kind == "cache" and namespace and "id" not in written:
        compared = replace(compared, id=f"{namespace}/")
    return ParsedMount(compared, source, written.get("from", ""))


def _first_of(written: Mapping[str, str], *names: str) -> str:
    """The value of the first of several names for one thing that is not empty."""
    return next((written[name] for name in names if written.get(name)), "")


def _refuse(kind: MountType, target: str, source: str, written: Mapping[str, str]) -> None:
    """What does not go together. Raises DockerfileError."""
    if kind in ("bind", "tmpfs") and (wrong := written.keys() & {"mode", "uid", "gid"}):
        raise DockerfileError(f"{min(wrong)} not allowed for {kind} type mounts")
    if "sharing" in written and kind != "cache":
        raise DockerfileError(f"invalid cache sharing set for {kind} mount")
    if kind == "secret" and not (source or target or written.get("id")):
        raise DockerfileError("invalid secret mount: it needs an id, a source or a target")
    if kind == "secret" and (written.get("from") or (source and written.get("id"))):
        raise DockerfileError("a secret mount takes no from, and either a source or an id")
    if kind == "ssh" and source:
        raise DockerfileError("an ssh mount does not support source")


def _compared(kind: MountType, target: str, source: str, written: Mapping[str, str]) -> Mount:
    """What of a mount is in the cache key. It counts whether a cache is named, not how. Source: recorded."""
    if kind == "bind":
        return Mount(kind, target, readonly=not _yes(written, "rw", "readwrite"))
    if kind == "tmpfs":
        return Mount(kind, target, size=written.get("size", ""))
    if kind == "cache":
        own = "own" if "id" in written else ""
        shared = written.get("sharing", "shared") == "shared"
        plain = Mount(kind, target, id=own, readonly=_yes(written, "ro", "readonly"), shared=shared)
    else:
        plain = Mount(kind, target, id=written.get("id") or source)
    mode, uid, gid, required, env = (written.get(key, "") for key in ("mode", "uid", "gid", "required", "env"))
    return replace(plain, mode=mode, uid=uid, gid=gid, required=required, env=env)


def _yes(written: Mapping[str, str], *names: str) -> bool:
    return any(written.get(name, "0")[0] in "1tT" for name in names)
