"""Which files of the context the instructions of a Dockerfile take, as far as that can be read from their words.

For what a lab offers and makes up; what a build takes is decided in `building.files.selecting`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..reading.dockerfile import Instruction
from ..reading.errors import LayerlibError
from ..reading.expansion import expand
from ..reading.paths import clean, parents
from ..reading.patterns import Match, compile_pattern
from ..reading.project import Project

_REMOTE = re.compile(r"https?://|git://|ssh://|git@")
WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Source:
    """One source of a COPY, an ADD or a bind mount.

    Attributes:
        line: the instruction's line, counted from 1.
        path: below the context's root, without slashes at its ends; empty for all of it. It may have wildcards.
        is_folder: whether it is written as a folder, with a slash at the end.
    """

    line: int
    path: str
    is_folder: bool = False

    def takes(self, path: str) -> bool:
        """Whether a file of the context is among what it takes."""
        return not self.path or self._matches(path) or any(map(self._matches, parents(path)))

    def _matches(self, path: str) -> bool:
        return self._match(path) if self._match else path == self.path

    @cached_property
    def _match(self) -> Match | None:
        try:
            return compile_pattern(self.path) if WILD.search(self.path) else None
        except (re.error, IndexError):  # a class without an end: Docker refuses it
            return None


def sources(project: Project) -> tuple[Source, ...]:
    """What the instructions of a Dockerfile take from the context, in order. Raises DockerfileError."""
    return tuple(_sources(project.parsed.instructions))


def _sources(instructions: tuple[Instruction, ...]) -> Iterator[Source]:
    variables: dict[str, str] = {}
    for one in instructions:
        if one.keyword in ("ARG", "ENV"):
            variables.update((name, _value(value or "", variables)) for name, value in one.pairs)
        for word in _words(one):
            path = _value(word, variables)
            yield Source(one.line, clean(path), path.endswith("/"))


def _words(one: Instruction) -> Iterator[str]:
    """The sources of one instruction, as they are written."""
    if one.keyword in ("COPY", "ADD") and not one.flag("from"):
        yield from (word for word in one.words[:-1] if not one.heredoc_of(word) and not _REMOTE.match(word))
    for mount in one.flags.get("mount", ()) if one.keyword == "RUN" else ():
        given = dict(part.partition("=")[::2] for part in mount.split(","))
        if given.get("type", "bind") == "bind" and "from" not in given:
            yield given.get("source") or given.get("src") or "/"


def _value(word: str, variables: dict[str, str]) -> str:
    try:
        return expand(word, variables)
    except LayerlibError:
        return word
