"""Reading a Dockerfile: from text to instructions and stages, each with its lines.

The grammar is BuildKit's parser, as ported by e2b-dockerfile-utils (`parser_adapter.py`); what a single instruction may
say is in `instruction_checks.py`. Parsing needs no files, variable values or builder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from . import instruction_checks, parser_adapter
from .errors import DockerfileError

SPACES = re.compile(r"[\t\v\f\r ]+")
LONGEST_LINE = 65535  # bytes; BuildKit's parser reads no longer line


class Heredoc(NamedTuple):
    """A heredoc.

    Attributes:
        name: the word that ends it.
        body: its text, as the command sees it.
        expand: whether variables in the body are replaced: not if the name was quoted.
    """

    name: str
    body: str
    expand: bool


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        keyword: in capitals, such as "RUN".
        source: the instruction as one line, continuations joined, as step names show it.
        flags: name to values ("mount" and "exclude" may have several); a flag without a value has "true".
        words: the arguments. For ENV, LABEL and ARG see `pairs`.
        json: whether the arguments were a JSON array (the exec form).
        heredocs: the heredocs that begin on this line.
        line, last_line: where it stands, counted from 1.
        trigger: for ONBUILD, the instruction that it keeps for later.
    """

    keyword: str
    source: str
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    json: bool = False
    heredocs: tuple[Heredoc, ...] = ()
    line: int = 0
    last_line: int = 0
    trigger: str = ""

    def flag(self, name: str) -> str:
        """The value of a flag, or an empty string."""
        return self.flags.get(name, ("",))[-1]

    def is_set(self, name: str) -> bool:
        """Whether a yes-or-no flag such as --link is on."""
        return self.flag(name) == "true"

    @cached_property
    def pairs(self) -> tuple[tuple[str, str | None], ...]:
        """ENV, LABEL and ARG as (name, value); an ARG without a value has None."""
        if self.keyword == "ARG":
            halves = (word.partition("=") for word in self.words)
            return tuple((name, value if equals else None) for name, equals, value in halves)
        return tuple(zip(self.words[0::3], self.words[1::3], strict=True))

    def heredoc_of(self, word: str) -> Heredoc | None:
        """The heredoc that a word as written stands for, such as <<EOF or 3<<-"EOF"; None for any other word.

        Source: BuildKit, frontend/dockerfile/parser (ParseHeredoc), which asks this of each of COPY's sources, and of a
        RUN's whole command.
        """
        begun = parser_adapter.parse_heredoc(word) if self.heredocs else None
        return self._heredocs_by_name.get(begun.name) if begun else None

    @cached_property
    def _heredocs_by_name(self) -> Mapping[str, Heredoc]:
        return {heredoc.name: heredoc for heredoc in reversed(self.heredocs)}

    def __str__(self) -> str:
        return self.source


@dataclass(frozen=True)
class Stage:
    """FROM and what follows it.

    Attributes:
        base: the image or stage that it begins with, as written.
        name: in lower case, or empty.
        first: the FROM.
        instructions: those after the FROM.
        index: counted from 0.
    """

    base: str
    name: str
    first: Instruction
    instructions: tuple[Instruction, ...]
    index: int


@dataclass(frozen=True)
class Dockerfile:
    """A Dockerfile that has been read.

    Attributes:
        text: as written.
        escape: the character that continues a line.
        arguments: the ARGs before the first FROM.
        stages: in the order of the text.
        empty_continuations: the last lines of instructions with an empty line after a backslash.
    """

    text: str
    escape: str
    arguments: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    empty_continuations: tuple[int, ...] = ()

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """Every instruction, in the order of the text."""
        staged = (instruction for stage in self.stages for instruction in (stage.first, *stage.instructions))
        return (*self.arguments, *staged)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1."""
        return self._source.line(number)

    @cached_property
    def _source(self) -> Source:
        return Source(self.text)


class Source:
    """The text of a Dockerfile by lines, for errors that point at one of them."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def line(self, number: int | None) -> str:
        """The text of a line, counted from 1; empty for None, and for a line that does not exist."""
        return self.lines[number - 1] if number and 0 < number <= len(self.lines) else ""

    def refused(self, error: DockerfileError, number: int | None) -> DockerfileError:
        """The error, pointing at a line."""
        return error.at(number, self.line(number))

    def refuse_long_lines(self) -> None:
        """Raise DockerfileError for a line that BuildKit's parser cannot read."""
        for number, line in enumerate(self.lines, 1):
            if len(line.encode("utf-8", "surrogatepass")) > LONGEST_LINE:
                error = DockerfileError(f"the next line is longer than {LONGEST_LINE} bytes", cure="Break it with \\.")
                # BuildKit names the line above: the last one that it could read.
                raise self.refused(error, max(number - 1, 1))


@lru_cache(maxsize=64)
def parse(text: str) -> Dockerfile:
    """Read a Dockerfile.

    Raises DockerfileError, with the line, for what Docker refuses to read.
    """
    source = Source(text)
    source.refuse_long_lines()
    tree = _syntax_tree(text, source)
    if not tree.instructions:
        last = len(text.removesuffix("\n").split("\n")) if text else None
        raise source.refused(_no_from(), last)
    instructions = _instructions(tree.instructions, source)
    arguments, stages = _stages(instructions)
    return Dockerfile(text, tree.escape_token, arguments, stages, _empty_continuations(tree))


def _empty_continuations(tree: parser_adapter.DockerfileAst) -> tuple[int, ...]:
    """The only thing that the parser warns of."""
    return tuple(warning.line for warning in tree.warnings)


def parse_above(text: str, line: int) -> Dockerfile | None:
    """What stands above the instruction that is refused; None if the parser cannot read the text as a whole.

    The text may be refused for an instruction of it, but not for its grammar.
    """
    source = Source(text)
    try:
        tree = _syntax_tree(text, source)
        above = [node for node in tree.instructions if node.end_line < line]
        arguments, stages = _stages(_instructions(above, source))
    except DockerfileError:
        return None
    return Dockerfile(text, tree.escape_token, arguments, stages, _empty_continuations(tree))


def _syntax_tree(text: str, source: Source) -> parser_adapter.DockerfileAst:
    """What the parser makes of the text; its complaints as DockerfileErrors."""
    try:
        return parser_adapter.parse_dockerfile_ast(text)
    except RecursionError:
        numbered = enumerate(source.lines, 1)
        deep = next((number for number, line in numbered if line.count("[") + line.count("{") > 99), None)
        error = DockerfileError("arrays in arrays in arrays: a JSON array holds strings only")
        raise source.refused(error, deep) from None
    except parser_adapter.DockerfileSyntaxError as error:
        problem = str(error).removeprefix("Dockerfile parse error").removeprefix(f" on line {error.line}")
        # BuildKit names the line above a parser directive that it refuses.
        line = max(error.line - 1, 1) if error.line and "directive" in problem else error.line
        raise source.refused(instruction_checks.syntax_error(problem.removeprefix(": ")), line) from None


def _no_from() -> DockerfileError:
    return DockerfileError(
        "there is no FROM, so there is nothing to build on", cure="Begin with FROM, such as FROM python."
    )


def parse_trigger(text: str) -> Instruction:
    """Read the instruction that an ONBUILD kept for later.

    Raises DockerfileError if a build would refuse it.
    """
    stage = parse("FROM scratch\n" + text).stages[0]
    if not stage.instructions:
        raise DockerfileError(f"{text} is not an instruction", cure="For example: ONBUILD COPY . /app.")
    return stage.instructions[0]


def _instructions(nodes: Iterable[parser_adapter.DockerfileInstruction], source: Source) -> list[Instruction]:
    """The parser's instructions, each checked in its turn."""
    instructions: list[Instruction] = []
    begun = False
    for node in nodes:
        begun = begun or node.name == "FROM"
        try:
            instructions.append(_instruction(node))
            if not begun and node.name != "ARG":
                raise DockerfileError(
                    f"{node.name} comes before the first FROM, so there is no image to change",
                    cure="Begin with FROM, such as FROM python. Only ARG may come before it.",
                )
        except DockerfileError as error:
            raise source.refused(error, node.start_line) from None
    return instructions


def _instruction(node: parser_adapter.DockerfileInstruction) -> Instruction:
    source, words = node.original.strip(), node.args
    if node.name not in instruction_checks.KEYWORDS:
        raise instruction_checks.unknown_instruction(source)
    if node.name in ("COPY", "ADD") and not node.json:
        # Docker splits the words at whitespace, inside quotes too; the parser here keeps a quoted word whole.
        words = [part for word in words for part in SPACES.split(word)]
    flags = instruction_checks.read_flags(node.name, node.flags)
    trigger = ""
    if node.name == "ONBUILD":
        trigger = source.removeprefix(SPACES.split(source)[0]).strip()
        instruction_checks.check_trigger(trigger)
        trigger += "".join(f"\n{heredoc.content}{heredoc.name}" for heredoc in node.heredocs)
    else:
        instruction_checks.check(node.name, words, node.json, flags)
    return Instruction(
        keyword=node.name,
        source=source,
        flags=flags,
        words=tuple(sorted(words) if node.name == "EXPOSE" else words),
        json=node.json,
        heredocs=tuple(map(_heredoc, node.heredocs)),
        line=node.start_line,
        last_line=node.end_line,
        trigger=trigger,
    )


def _heredoc(node: parser_adapter.DockerfileHeredoc) -> Heredoc:
    body = parser_adapter.chomp_heredoc_content(node.content) if node.chomp else node.content
    return Heredoc(node.name, body, node.expand)


def _stages(instructions: list[Instruction]) -> tuple[tuple[Instruction, ...], tuple[Stage, ...]]:
    """The ARGs before the first FROM, and the stages."""
    starts = [index for index, instruction in enumerate(instructions) if instruction.keyword == "FROM"]
    if not starts:
        raise _no_from()
    stages = []
    for index, (start, end) in enumerate(zip(starts, [*starts[1:], len(instructions)], strict=True)):
        first = instructions[start]
        name = first.words[2].lower() if len(first.words) == 3 else ""
        stages.append(Stage(first.words[0], name, first, tuple(instructions[start + 1 : end]), index))
    return tuple(instructions[: starts[0]]), tuple(stages)
