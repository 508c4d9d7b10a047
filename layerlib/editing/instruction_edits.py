"""Edits of a project's instructions, each a new project. A line's number counts from 1, as in every message.

Lines are edited by dockerfile-parse, in memory. What the lines say, our own reading decides, because dockerfile-parse
takes a heredoc's body for instructions.
"""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..reading.dockerfile import Instruction
from ..reading.errors import DockerfileError
from ..reading.project import Project

if TYPE_CHECKING:
    from dockerfile_parse import DockerfileParser


def instruction_at(project: Project, line: int) -> Instruction:
    """The instruction on a line. Raises DockerfileError if there is none."""
    for instruction in project.parsed.instructions:
        if instruction.line <= line <= instruction.last_line:
            return instruction
    raise DockerfileError(f"there is no instruction on line {line}", cure="Count from 1; comments do not count.")


def find(project: Project, keyword: str) -> Instruction | None:
    """The last instruction with a keyword, or None."""
    for instruction in reversed(project.parsed.instructions):
        if instruction.keyword == keyword.upper():
            return instruction
    return None


def set_instruction(project: Project, line: int, text: str) -> Project:
    """Replace the instruction on a line with other text; an empty text removes it.

    Raises DockerfileError if there is no instruction on that line.
    """
    instruction = instruction_at(project, line)
    return _with_lines(project, instruction.line - 1, instruction.last_line, [text] if text else [])


def insert(project: Project, line: int, text: str) -> Project:
    """Put a new line before a line, or after the last one. Raises DockerfileError for a number without a line."""
    _refuse_no_line(project, line)
    return _with_lines(project, line - 1, line - 1, [text])


def append(project: Project, text: str) -> Project:
    """Put a new line at the end."""
    end = len(_lines(project))
    return _with_lines(project, end, end, [text])


def move(project: Project, line: int, to: int) -> Project:
    """Move the instruction on a line to just before the line `to`, or to the end.

    Raises DockerfileError if there is no instruction on that line, or no line `to`.
    """
    instruction = instruction_at(project, line)
    _refuse_no_line(project, to)
    lines = _lines(project)
    block = lines[instruction.line - 1 : instruction.last_line]
    if to > instruction.last_line:
        rest = [*lines[: instruction.line - 1], *lines[instruction.last_line : to - 1], *block, *lines[to - 1 :]]
    else:
        rest = [*lines[: to - 1], *block, *lines[to - 1 : instruction.line - 1], *lines[instruction.last_line :]]
    return _with_lines(project, 0, len(lines), rest)


def set_base(project: Project, image: str, stage: int = -1) -> Project:
    """Build a stage on another image; without a number, the last one. Raises DockerfileError for an unknown number."""
    stages = project.parsed.stages
    if not -len(stages) <= stage < len(stages):
        raise DockerfileError(f"there is no stage {stage}; they count from 0 to {len(stages) - 1}")
    first = stages[stage].first
    after = r"\s+\S+" * (len(first.words) - 1)  # AS and a name, if there is one
    text = re.sub(rf"\S+({after})$", lambda match: f"{image}{match[1]}", first.source)
    return set_instruction(project, first.line, text)


def set_env(project: Project, name: str, value: str) -> Project:
    """Set a variable with ENV, on the line that sets it, or on a new line at the end."""
    return _set(project, "ENV", name, value)


def set_label(project: Project, name: str, value: str) -> Project:
    """Set a label with LABEL, on the line that sets it, or on a new line at the end."""
    return _set(project, "LABEL", name, value)


def _set(project: Project, keyword: str, name: str, value: str) -> Project:
    """Set one of the pairs of the last stage, in the last line that has it."""
    quoted, quotes = shlex.quote(value), "'\""
    for instruction in reversed(project.parsed.stages[-1].instructions):
        if instruction.keyword == keyword and name in (key.strip(quotes) for key, _ in instruction.pairs):
            pairs = (f"{key}={quoted if key.strip(quotes) == name else old}" for key, old in instruction.pairs)
            return set_instruction(project, instruction.line, f"{keyword} {' '.join(pairs)}")
    return append(project, f"{keyword} {shlex.quote(name)}={quoted}")


def _lines(project: Project) -> list[str]:
    return project.dockerfile.removesuffix("\n").split("\n")  # only a newline ends a line


def _refuse_no_line(project: Project, line: int) -> None:
    """Raise DockerfileError unless a line can be put before that one. The first that does not exist is the end."""
    end = len(_lines(project)) + 1
    if not 1 <= line <= end:
        raise DockerfileError(f"there is no line {line}", cure=f"Count from 1; {end} is the end of the file.")


def _parser(text: str) -> DockerfileParser:
    from dockerfile_parse import DockerfileParser

    return DockerfileParser(fileobj=io.BytesIO(text.encode()))


def _with_lines(project: Project, start: int, end: int, lines: list[str]) -> Project:
    parser = _parser(project.dockerfile)
    old = [line if line.endswith("\n") else line + "\n" for line in parser.lines]
    parser.lines = [*old[:start], *(line.rstrip("\n") + "\n" for line in lines), *old[end:]]
    return project.with_dockerfile(parser.content)


def _edited_run(instruction: Instruction) -> str:
    return "RUN true" if instruction.heredocs or instruction.json else f"{instruction.source} && true"


def _edited_cmd(instruction: Instruction) -> str:
    if not instruction.json:
        return f"{instruction.source} -v"
    return f'{instruction.source.removesuffix("]")}{", " if instruction.words else ""}"-v"]'


# An edit for each kind of instruction: its new text.
EDITS: dict[str, Callable[[Instruction], str]] = {
    "WORKDIR": lambda instruction: instruction.source.rstrip("/") + "2",
    "RUN": _edited_run,
    "CMD": _edited_cmd,
    "USER": lambda _: "USER 1001",
    "EXPOSE": lambda _: "EXPOSE 9000",
}


def edit_instruction(project: Project, keyword: str) -> Project:
    """Change the last instruction with a keyword, in the way that `EDITS` has for it.

    Raises DockerfileError if there is no such instruction, or no such edit.
    """
    keyword = keyword.upper()
    if keyword not in EDITS:
        raise DockerfileError(f"there is no edit for {keyword}; there is one for {', '.join(EDITS)}")
    instruction = find(project, keyword)
    if instruction is None:
        raise DockerfileError(f"there is no {keyword} to edit")
    return set_instruction(project, instruction.line, EDITS[keyword](instruction))
