"""Which instructions use a variable that no ENV or ARG above them sets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..reading.dockerfile import Instruction
from ..reading.project import Project
from .problem import Problem

VARIABLE = re.compile(r"(?<!\\)\$\{?([A-Za-z_]\w*)", re.ASCII)
# Instructions whose variables come from those above them. CMD and ENTRYPOINT see those that the container sees.
USERS_OF_VARIABLES = {
    "ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"
}  # fmt: skip


def unset_variables(project: Project) -> Iterator[Problem]:
    """Each use of a variable that nothing above sets. The base image, or a RUN's shell, may set it all the same."""
    at_end: dict[str, frozenset[str]] = {}
    for stage in project.parsed.stages:
        names = at_end.get(stage.base.lower(), frozenset())
        for instruction in stage.instructions:
            for name in _used(instruction):
                if name not in names:
                    unset = f"uses ${name}, and no ENV or ARG above sets it."
                    subject = str(instruction)
                    yield Problem("variable", name, unset, subject, instruction, stage.index, certain=False)
            if instruction.keyword in ("ENV", "ARG"):
                names |= {name for name, _ in instruction.pairs}
        at_end |= {name.lower(): names for name in (stage.name, str(stage.index)) if name}


def _used(instruction: Instruction) -> list[str]:
    if instruction.keyword not in USERS_OF_VARIABLES:
        return []
    return list(dict.fromkeys(VARIABLE.findall(instruction.source)))
