"""The rules that look at an instruction as it is written: names, capitals, comments, empty lines.

Source: BuildKit, frontend/dockerfile/instructions/parse.go and dockerfile2llb/convert.go (validateStageNames,
validateCommandCasing).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...reading.dockerfile import SPACES, Dockerfile, Instruction, parse_above
from . import rules
from .rules import CheckWarning
from .settings import directives

RESERVED = {"context", "scratch"}


def as_written(dockerfile: Dockerfile) -> Iterator[CheckWarning]:
    """What the text alone shows, in the order in which the engine finds it."""
    yield from _instructions(dockerfile)
    yield from _stage_names(dockerfile)
    yield from _casing([each for stage in dockerfile.stages for each in (stage.first, *stage.instructions)])


def above_refused(text: str, line: int) -> Iterator[CheckWarning]:
    """What the engine has found when it refuses the instruction on a line."""
    dockerfile = parse_above(text, line)
    if dockerfile is not None:
        yield from _instructions(dockerfile)


def keyword(instruction: Instruction) -> str:
    """An instruction's keyword as it is written."""
    return SPACES.split(instruction.source, maxsplit=1)[0]


def _instructions(dockerfile: Dockerfile) -> Iterator[CheckWarning]:
    for line in dockerfile.empty_continuations:
        yield rules.NO_EMPTY_CONTINUATION.broken_at(line, "Empty continuation line")
    end = max((line for line, _, _ in directives(dockerfile.text)), default=0)  # of what stands above
    for instruction in dockerfile.instructions:
        yield from _instruction(instruction)
        if names := _described(instruction):
            yield from _description(instruction, names, _last_comment(dockerfile, end + 1, instruction.line))
        end = instruction.last_line


def _instruction(instruction: Instruction) -> Iterator[CheckWarning]:
    if instruction.keyword == "MAINTAINER":
        text = "Maintainer instruction is deprecated in favor of using label"
        yield rules.MAINTAINER_DEPRECATED.broken_by(instruction, text)
    elif instruction.keyword == "FROM" and len(instruction.words) == 3:
        written, (_, as_word, name) = keyword(instruction), instruction.words
        if name != name.lower():
            yield rules.STAGE_NAME_CASING.broken_by(instruction, f"Stage name '{name}' should be lowercase")
        wanted = {written.lower(): as_word.lower(), written.upper(): as_word.upper()}.get(written, as_word)
        if as_word != wanted:
            text = f"'{as_word}' and '{written}' keywords' casing do not match"
            yield rules.FROM_AS_CASING.broken_by(instruction, text)


def _described(instruction: Instruction) -> list[str]:
    """The names of which a comment above the instruction may be a description."""
    if instruction.keyword == "ARG":
        return [name for name, _ in instruction.pairs]
    return [instruction.words[2].lower()] if instruction.keyword == "FROM" and len(instruction.words) == 3 else []


def _description(instruction: Instruction, names: Sequence[str], comment: str) -> Iterator[CheckWarning]:
    """The comment above begins with one of the names."""
    if comment and comment.split(" ")[0] not in names:
        example = names[0] if len(names) == 1 else "<arg_key>"
        text = f"Comment for {instruction.keyword} should follow the format: `# {example} <description>`"
        yield rules.INVALID_DEFINITION_DESCRIPTION.broken_by(instruction, text)


def _last_comment(dockerfile: Dockerfile, start: int, end: int) -> str:
    """The last comment of some lines that hold only comments and nothing; empty if there is none."""
    for number in range(end - 1, start - 1, -1):
        if line := dockerfile.line(number).removeprefix("\ufeff").strip():
            return line[1:].strip()
    return ""


def _stage_names(dockerfile: Dockerfile) -> Iterator[CheckWarning]:
    seen: set[str] = set()
    for stage in dockerfile.stages:
        if stage.name in RESERVED:
            text = f'Stage name should not use the same name as reserved stage "{stage.name}"'
            yield rules.RESERVED_STAGE_NAME.broken_by(stage.first, text)
        if stage.name in seen:
            text = f'Duplicate stage name "{stage.name}", stage names should be unique'
            yield rules.DUPLICATE_STAGE_NAME.broken_by(stage.first, text)
        seen |= {stage.name} - {""}


def _casing(instructions: Sequence[Instruction]) -> Iterator[CheckWarning]:
    """Every keyword has the case of the majority; those that mix capitals and others have no vote."""
    words = [keyword(instruction) for instruction in instructions]
    lower = sum(word == word.lower() for word in words) > sum(word == word.upper() for word in words)
    for instruction, word in zip(instructions, words, strict=True):
        if word != (word.lower() if lower else word.upper()):
            majority = "lowercase" if lower else "uppercase"
            text = f"Command '{word}' should match the case of the command majority ({majority})"
            yield rules.CONSISTENT_INSTRUCTION_CASING.broken_by(instruction, text)
