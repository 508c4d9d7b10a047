"""What a RUN writes and how long it takes, as far as anyone knows. A model that runs nothing can only look it up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..reading.tree import File, clean
from ..reading.words import Variables, expand_body
from .snapshot import Snapshot

UNKNOWN = "unknown: nobody ran this command"


@dataclass(frozen=True)
class Effect:
    """What a command does.

    Attributes:
        size: bytes that its layer takes, or None for unknown.
        seconds: how long it runs, or None for unknown.
        writes: absolute paths of the files that it writes and that later steps may ask for.
        reproducible: whether it writes the same bytes whenever its text, variables replaced, is the same.
        source: where the numbers come from, in words.
    """

    size: int | None = None
    seconds: float | None = None
    writes: tuple[str, ...] = ()
    reproducible: bool = False
    source: str = "declared"

    def identity(self, text: str, variables: Variables, path: str, run: str) -> str:
        """Stands for the bytes that the command writes to a path; `run` is another for every time it runs."""
        if not self.reproducible:
            return f"run {run} {path}"
        with suppress(ValueError):
            text = expand_body(text, variables)
        return "effect " + hashlib.sha256(f"{text}\0{path}".encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What a RUN does.

    Attributes:
        effects: the entries of the table, each with the text that it was found by.
        size, seconds: None when nobody knows.
        source: where they come from.
        complete: whether it is known to write nothing else that a later step asks for.
    """

    effects: tuple[tuple[str, Effect], ...]
    size: int | None
    seconds: float | None
    source: str
    complete: bool

    def written(self, below: Snapshot, variables: Variables, user: str, group: str, run: str) -> dict[str, File | None]:
        """The files that a run writes over a snapshot. They belong to its user; one that is there keeps its owner."""
        found: dict[str, File | None] = {}
        for text, effect in self.effects:
            for path in map(clean, effect.writes):
                known = below.get(path)
                owner = (known.uid, known.gid) if known else (user or "0", group or user or "0")
                uid, gid = ("0" if name == "root" else name for name in owner)
                found.update(below.with_folder(path.rpartition("/")[0]))
                found[path] = File(identity=effect.identity(text, variables, path, run), uid=uid, gid=gid)
        return found


class Effects:
    """A table of effects: those that are declared, and measured ones of common commands.

    Args:
        declared: a text that a RUN's command holds, to an `Effect` or a mapping with its fields.
        complete: whether a command without an entry is known to write nothing that later steps ask for. Recorded
            traces are; for anybody else's commands nobody knows.
    """

    def __init__(self, declared: Mapping[str, Any] | None = None, complete: bool = False) -> None:
        self.declared = {text: _effect(value) for text, value in (declared or {}).items()}
        self.complete = complete

    def outcome(self, command: str) -> Outcome:
        """What a command does, put together from the entries that it matches."""
        found = [(text, effect) for text, effect in self.declared.items() if text in command]
        effects = [effect for _, effect in found]
        return Outcome(
            effects=tuple(found),
            size=_sum(effect.size for effect in effects),
            seconds=_sum(effect.seconds for effect in effects),
            source="; ".join(dict.fromkeys(effect.source for effect in effects)) or UNKNOWN,
            complete=self.complete or any(effect.writes for effect in effects),
        )


def _sum(values: Iterable[Any]) -> Any:
    known = list(values)
    return None if not known or None in known else sum(known)


def _effect(value: Any) -> Effect:
    if isinstance(value, Effect):
        return value
    fields: dict[str, Any] = {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
    return Effect(**fields)
