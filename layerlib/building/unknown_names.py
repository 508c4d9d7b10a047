"""The variables of an image that nobody described."""

from __future__ import annotations

from ..reading.dockerfile import Instruction
from ..reading.errors import DockerfileError
from ..reading.expansion import Environment, Lookups, expand

# Instructions whose words are expanded. CMD and ENTRYPOINT are read by a container, RUN by its shell.
EXPANDED = {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}


def unknown_names(instruction: Instruction, variables: Environment, escape: str, placed: bool = True) -> list[str]:
    """The variables that an instruction uses and that only the image can have set, which nobody described.

    The empty name stands for its working directory: it is among them if the instruction needs it and it is not known
    where that is (`placed`).
    """
    if not variables.open or instruction.keyword not in EXPANDED:
        return []
    if instruction.keyword in ("ADD", "COPY", "WORKDIR") and not placed and is_relative(instruction, variables, escape):
        return ["", *unknown_names(instruction, variables, escape)]
    seen = Lookups(variables)
    flags = (value for values in instruction.flags.values() for value in values)
    for word in (*instruction.words, *flags):
        try:
            expand(word, seen, escape)
        except DockerfileError:
            continue
    return seen.missing


def is_relative(instruction: Instruction, variables: Environment, escape: str) -> bool:
    """Whether an instruction writes into the working directory."""
    try:
        word = expand(instruction.words[-1], variables, escape)
    except DockerfileError:
        return False
    return not word.startswith(("/", "$"))
