"""What is known of a step: its result, and how it was found or made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from ...reading.dockerfile import Instruction
from ..files.selecting import Selection
from ..files.snapshot import Snapshot
from ..operations import Operation
from ..records import Layer, StepName, Verdict

ResultId = int | str  # the number of an execution, or what a base image is known by

_executions = count(1)


def new_execution() -> int:
    """The number of an execution: larger than that of every one before it, by whichever builder."""
    return next(_executions)


@dataclass(frozen=True)
class Result:
    """What a step left behind.

    Attributes:
        execution: the number of the execution that made it, which no other result has; 0 for a base image.
        snapshot: the files after the step.
        size: bytes of its layer, or None for unknown; size_source: where that comes from.
        seconds: how long it took, or None for unknown.
        assumed: whether it is the result of a command that nobody ran, and whose success is an assumption.
    """

    execution: int
    snapshot: Snapshot = field(repr=False)
    size: int | None = 0
    size_source: str = ""
    seconds: float | None = 0.0
    assumed: bool = False


def size_source(size: int | None) -> str:
    """Where the size of files that are copied or made comes from."""
    return "computed from the files" if size is not None else "unknown: it depends on files that nobody knows"


@dataclass(frozen=True, eq=False)
class SolvedInput:
    """What a step builds on or looks into.

    Attributes:
        step: where it comes from; None for a build context, a heredoc, or nothing at all.
        label: what to call it in a reason.
        selections: what each source, by its path, selects in it; empty for what a step builds on.
    """

    step: Solved | None
    label: str = ""
    selections: Mapping[str, Selection] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Solved:
    """A step of one build, once it is known what becomes of it.

    Attributes:
        kind: steps of different kinds are never compared: the operation's class, or the classic builder's keyword.
        inputs: what it builds on comes first.
        result: the newest of those that match.
        ids: of all results that match; what builds on it is found by any of them. Never empty.
        verdict: "cached" if the result is an earlier build's, "rebuilt" if it is new, "depends" if nobody knows.
        forced: the option that asked to execute it whatever the cache holds, or an empty string.
        instruction: None for a base image that is only looked into.
        stage: the stage's number, counted from 0.
        arguments: names in a RUN's environment that came from ARG.
        pruned: whether it would be cached, had its result not been pruned.
    """

    name: StepName
    kind: str
    operation: Operation
    inputs: tuple[SolvedInput, ...]
    result: Result
    ids: tuple[ResultId, ...]
    verdict: Verdict
    forced: str = ""
    instruction: Instruction | None = None
    stage: int = 0
    arguments: frozenset[str] = frozenset()
    pruned: bool = False

    @property
    def cached(self) -> bool:
        """Whether the result is certainly an earlier build's."""
        return self.verdict == "cached"

    @property
    def below(self) -> Solved | None:
        """The step that it builds on; None above an empty file system."""
        return self.inputs[0].step if self.inputs else None

    @property
    def layer(self) -> Layer:
        """The layer that it makes, if only an empty one."""
        return Layer(self.name.full, self.result.size, self.result.size_source, self.result.snapshot)

    @property
    def files_below(self) -> Snapshot:
        """The file system that it works on."""
        return self.below.result.snapshot if self.below else Snapshot()


def made_of(step: Solved | None) -> Iterator[Solved]:
    """The steps that an image is made of which ends with a step: that one, and what it stands on, down to the base."""
    while step is not None:
        yield step
        step = step.below
