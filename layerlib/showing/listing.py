"""A build, line by line: the Dockerfile once, and on each line what the builder does with it.

The records of every lab; `listing_view.py` draws them. FROM is looked up and never built, so no count has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Literal

from ..building.build import Build
from ..building.operations import Operation
from ..building.records import Step
from ..building.report import why
from ..building.units import count, human_seconds
from ..reading.dockerfile import Instruction, Stage
from ..reading.project import Project
from .amounts import Size, Time
from .worked import working_steps

Kind = Literal["base", "kept", "cause", "again", "open", "setting", "comment"]
"""What a line is: the base image, cached, the cause, rebuilt with it, depends, a setting, or no instruction at all."""

# Kinds of reasons whose cause is another instruction than the step's own, and the keywords of that instruction.
_ABOVE = {
    "environment": ("ENV", "ARG"),
    "build-argument": ("ARG", "ENV"),
    "working-directory": ("WORKDIR",),
    "user": ("USER",),
    "shell": ("SHELL",),
}
_NO_CAUSE = ("parent", "stage-output", "first-build", "pruned", "option")


@dataclass(frozen=True)
class Row:
    """One instruction, or one comment.

    Attributes:
        line, last_line: where it stands, counted from 1; 0 for what the base image brings.
        keyword, rest: its text in two parts; of a comment, all is in `rest`.
        kind: what became of it.
        verdict: in a word or two: "cached", "rebuilt", "depends", "base image", "the cause", or nothing.
        why: the reason in words.
        steps: the steps that it makes; none for a setting.
        edited: whether the line is new or another one than before.
        source: for COPY --from, the name or number of the stage, and the path; else empty.
        base: for the FROM of the image, the bytes of the base image's layers.
    """

    line: int
    last_line: int
    keyword: str
    rest: str
    kind: Kind
    verdict: str = ""
    why: str = ""
    steps: tuple[Step, ...] = ()
    edited: bool = False
    source: tuple[str, str] = ("", "")
    base: Size | None = None

    @property
    def text(self) -> str:
        """The instruction as it is written."""
        return f"{self.keyword}{self.rest}"

    @property
    def size(self) -> Size | None:
        """The bytes of the layers that it makes, or of the base image; None if there are none."""
        if self.base is not None:
            return self.base
        sizes = [step.layer.size for step in self.steps if step.layer is not None]
        return Size.of(sizes) if sizes else None

    @property
    def rebuilt(self) -> bool:
        """Whether a step of it is rebuilt."""
        return any(step.verdict == "rebuilt" for step in self.steps if step.keyword != "FROM")

    @property
    def cost(self) -> str:
        """What it costs: the seconds of a rebuilt step, and the bytes of its layer."""
        seconds = Time.of(step.seconds for step in self.steps)
        took = human_seconds(seconds.known) if not seconds.unknown else "time unknown"
        weighs = "size unknown" if self.size is not None and self.size.unknown else str(self.size or "")
        if self.kind == "open":
            known = sum(step.seconds_if_rebuilt or 0 for step in self.steps)
            took = f"{human_seconds(0)} or {human_seconds(known)}" if known else took
        busy = self.kind == "open" or (self.rebuilt and bool(seconds.known or seconds.unknown))
        return " · ".join(part for part in (took if busy else "", weighs) if part)


@dataclass(frozen=True)
class Block:
    """A stage: its number, its name as written (or an empty string), its rows, and whether the image is made of it."""

    number: int
    name: str
    rows: tuple[Row, ...]
    last: bool

    @property
    def called(self) -> str:
        """Its name, or what Docker calls it."""
        return self.name or f"stage-{self.number}"


@dataclass(frozen=True)
class Totals:
    """How many steps a build has, and what became of them; FROM and what makes no layer are not among them."""

    steps: int
    rebuilt: int
    depends: int
    seconds: Time
    size: Size

    @classmethod
    def of(cls, build: Build) -> Totals:
        """The totals of one build: seconds and bytes of what is rebuilt."""
        steps = working_steps(build)
        again = [step for step in steps if step.verdict == "rebuilt"]
        depends = sum(step.verdict == "depends" for step in steps)
        layers = [step.layer.size for step in again if step.layer is not None]
        return cls(len(steps), len(again), depends, Time.of(step.seconds for step in again), Size.of(layers))

    def __str__(self) -> str:
        """One sentence: how many steps were rebuilt, the seconds and the bytes."""
        if not self.steps:
            return "There is no step that could be rebuilt."
        hang = (
            f" {count(self.depends, 'step')} more {'depends' if self.depends == 1 else 'depend'} on what a RUN writes."
        )
        if not self.rebuilt:
            cached = self.steps - self.depends
            said = "the one step is" if self.steps == 1 else f"all {cached} steps are"
            return (
                f"Nothing is rebuilt: {said} cached." if not self.depends else f"Nothing is rebuilt for certain.{hang}"
            )
        time = self.seconds if self.seconds.unknown else f"time {self.seconds}"
        said = f"{self.rebuilt} of {self.steps} steps rebuilt: {time}, layers {self.size}."
        return said + (hang if self.depends else "")


@dataclass(frozen=True)
class Listing:
    """A build, line by line: what stands above the first stage, then the stages."""

    above: tuple[Row, ...]
    blocks: tuple[Block, ...]
    totals: Totals

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows from top to bottom."""
        return (*self.above, *(row for block in self.blocks for row in block.rows))


def listing(build: Build, before: Project | None = None) -> Listing:
    """A build line by line; lines that differ from the project `before` are marked as edited."""
    dockerfile = build.project.parsed
    rows = [_row(build, one) for one in dockerfile.instructions]
    comments = list(_comments(build.project, dockerfile.instructions))
    edited = _edited(before.dockerfile if before else build.project.dockerfile, build.project.dockerfile)
    marked = [
        replace(row, edited=any(line in edited for line in range(row.line, row.last_line + 1)))
        for row in sorted((*rows, *comments), key=lambda row: row.line)
    ]
    starts = [stage.first.line for stage in dockerfile.stages]
    ends = [*starts[1:], len(build.project.dockerfile) + 1]
    blocks = [
        Block(
            number,
            stage.name,
            tuple(_with_triggers(build, stage, number, [row for row in marked if start <= row.line < end])),
            number == len(starts) - 1,
        )
        for number, (stage, start, end) in enumerate(zip(dockerfile.stages, starts, ends, strict=True))
    ]
    return Listing(tuple(row for row in marked if row.line < starts[0]), tuple(blocks), Totals.of(build))


def _with_triggers(build: Build, stage: Stage, number: int, rows: list[Row]) -> Iterator[Row]:
    """The rows of a stage; below its FROM, the steps that the base image's triggers make."""
    brought = [step for step in build.steps if step.line == 0 and step.stage == number and step.keyword != "FROM"]
    for row in rows:
        yield row
        if row.keyword == "FROM" and row.line == stage.first.line:
            for step in brought:
                kind, verdict = _became([step])
                yield Row(0, 0, "", step.text, kind, verdict, why(step) or "a trigger of the base image", (step,))


def _row(build: Build, one: Instruction) -> Row:
    steps = tuple(step for step in build.steps if step.line == one.line)
    # A heredoc's text is a part of the instruction too.
    lines = build.project.dockerfile.split("\n")[one.line - 1 : one.last_line]
    source = "\n".join(line.rstrip("\r") for line in lines) if one.last_line > one.line else one.source
    keyword = source[: len(one.keyword)] if source.upper().startswith(one.keyword) else ""
    row = Row(one.line, one.last_line, keyword, source[len(keyword) :], "setting", steps=steps, source=_source(one))
    caused = [step for step in build.steps if _is_cause(step) and cause_line(build, step) == one.line]
    if one.keyword == "FROM":
        if steps and one.line == build.project.parsed.stages[-1].first.line:
            row = replace(row, base=Size.of(layer.size for layer in build.image.layers if layer.base))
        return _from(row, steps, caused)
    if not steps:
        return _without_step(build, row, one, caused)
    kind, verdict = _became(steps)
    reasons = [why(step) for step in steps if why(step)]
    if kind == "again" and any(step in caused for step in steps):
        kind = "cause"
    elif kind == "again" and caused:
        return replace(row, kind="cause", verdict=verdict, why=why(caused[0]))
    return replace(row, kind=kind, verdict=verdict, why=_short(build, steps, kind) or (reasons[0] if reasons else ""))


def _from(row: Row, steps: Sequence[Step], caused: Sequence[Step]) -> Row:
    if caused:
        return replace(row, kind="cause", verdict="base image", why=why(caused[0]), steps=tuple(steps))
    if not steps:
        return replace(row, kind="base", verdict="", why="builds on another stage, or on nothing")
    return replace(row, kind="base", verdict="base image", why="looked up, never built")


def _without_step(build: Build, row: Row, one: Instruction, caused: Sequence[Step]) -> Row:
    if caused:
        return replace(row, kind="cause", verdict="the cause", why=why(caused[0]))
    built = {step.stage for step in build.steps}
    stages = [number for number, stage in enumerate(build.project.parsed.stages) if stage.first.line <= one.line]
    if stages and stages[-1] not in built and one.keyword in ("RUN", "COPY", "ADD", "WORKDIR"):
        return replace(row, verdict="not built", why="the image does not need this stage")
    if one.keyword in ("ENV", "ARG", "USER", "SHELL"):
        return replace(row, verdict="no step", why="a setting: the steps that see it compare it")
    return replace(row, verdict="no step", why="a setting of the image: no layer, nothing to cache")


def _became(steps: Sequence[Step]) -> tuple[Kind, str]:
    verdicts = {step.verdict for step in steps}
    if "rebuilt" in verdicts:
        return "again", "rebuilt"
    return ("open", "depends") if "depends" in verdicts else ("kept", "cached")


def _short(build: Build, steps: Sequence[Step], kind: Kind) -> str:
    """For a step that is rebuilt only with another, which line it builds on."""
    reason = next((step.reason for step in steps if step.reason is not None), None)
    if kind != "again" or reason is None or reason.kind != "parent" or reason.step is None:
        return ""
    if reason.step.keyword == "FROM" or not reason.step.line:
        return ""
    stages = {one.line: one for one in build.project.parsed.instructions}
    return f"It builds on line {reason.step.line}." if reason.step.line in stages else ""


def _is_cause(step: Step) -> bool:
    return step.reason is not None and step.reason.kind not in _NO_CAUSE


def cause_line(build: Build, step: Step) -> int:
    """The line that is to blame: for a variable, a user, a folder or a shell, the instruction that sets it."""
    assert step.reason is not None
    keywords = _ABOVE.get(step.reason.kind, ())
    if step.keyword in keywords or not keywords:
        return step.line
    found = [one for one in build.project.parsed.instructions if one.line < step.line and one.keyword in keywords]
    if keywords[0] in ("ENV", "ARG"):
        found = [one for one in found if step.reason.subject in dict(one.pairs)]
    return found[-1].line if found else step.line


def _source(one: Instruction) -> tuple[str, str]:
    name = one.flags.get("from", ("",))[0]
    return (name, one.words[0] if one.words else "") if one.keyword in ("COPY", "ADD") and name else ("", "")


def _comments(project: Project, instructions: Sequence[Instruction]) -> Iterator[Row]:
    within = {line for one in instructions for line in range(one.line, one.last_line + 1)}
    for number, line in enumerate(project.dockerfile.split("\n"), 1):
        if number not in within and line.strip():
            yield Row(number, number, "", line.rstrip("\r"), "comment")


def _edited(before: str, after: str) -> frozenset[int]:
    """The lines, counted from 1, that are new or changed."""
    if before == after:
        return frozenset()
    blocks = SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False).get_opcodes()
    return frozenset(line + 1 for tag, _, _, start, end in blocks if tag != "equal" for line in range(start, end))


# What an opened row shows: the fields of a step's operation, in words.

_NAMES = {
    "args": "the command",
    "env": "the variables",
    "user": "the user",
    "cwd": "the working directory",
    "network": "the network",
    "mounts": "the mounts",
    "sources": "the names of the sources",
    "destination": "the destination",
    "owner": "the owner (--chown)",
    "mode": "the permissions (--chmod)",
    "unpack": "whether archives are unpacked",
    "exclude": "what is left out (--exclude)",
    "path": "the folder",
    "image": "the image",
    "digest": "what its tag means",
    "text": "the text",
}


@dataclass(frozen=True)
class Compared:
    """One thing that the builder compares.

    Attributes:
        name: what it is.
        now: its value; a sentence if `in_words`.
        was: its value in the build before; None if it did not change, or cannot be said in a word.
        differs: whether it differs; None if the builder does not get to it.
    """

    name: str
    now: str
    was: str | None = None
    differs: bool | None = False
    in_words: bool = False


def compared(row: Row, first: Build | None) -> list[Compared]:
    """What the builder compares of a row's step with the build before."""
    found: list[Compared] = []
    for step in row.steps[:1]:
        if step.operation is None:
            continue
        before = _same_place(step, first)
        for name, value in _fields(step.operation).items():
            was = before.get(name, value)
            if value or was:
                old = (was or "nothing") if was != value else None
                found.append(Compared(name, value or "nothing", old, old is not None))
        if step.keyword in ("COPY", "ADD"):
            changed = step.reason is not None and step.reason.kind.startswith("file-")
            said = str(step.reason) if changed else "the same"
            name = "the files: names, content, permissions, owner"
            found.append(Compared(name, said, differs=changed, in_words=True))
        if step.keyword != "FROM":
            found.append(Compared("what it builds on", *_below(step), True))
    return found


def _below(step: Step) -> tuple[str, None, bool | None]:
    if step.reason is not None and step.reason.kind == "parent":
        return str(step.reason), None, True
    return ("the same", None, False) if step.cached else ("not asked: the step itself differs", None, None)


def _same_place(step: Step, first: Build | None) -> Mapping[str, str]:
    steps = [one for one in first.steps if one.stage == step.stage and one.keyword == step.keyword] if first else []
    near = sorted(steps, key=lambda one: (one.text != step.text, abs(one.number - step.number)))
    return _fields(near[0].operation) if near and near[0].operation is not None else {}


def _fields(operation: Operation) -> dict[str, str]:
    known = {field.name: getattr(operation, field.name) for field in fields(operation)}
    return {_NAMES[name]: _in_words(value) for name, value in known.items() if name in _NAMES}


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(_in_words(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
