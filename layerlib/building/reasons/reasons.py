"""Why a step missed: a comparison of what the builder saw now with what it saw before, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...reading.file import File
from ..files.selecting import UNKNOWN_FILES
from ..operations import LocalSource, Operation
from ..records import Reason, Step


@dataclass(frozen=True, eq=False)
class Facts:
    """What a builder compares of one step, kept so that a later build can say what changed.

    Attributes:
        kind: what sort of step it is; steps of different kinds are never compared.
        text: the instruction as written.
        stage: the stage's name or number.
        operation: what the step does. Each of its fields has a rule in `differences.py`.
        files: label of an input to its files by path.
        stages: labels of inputs whose content is another stage's.
        arguments: the variables that came from ARG.
        exec_form: whether the instruction is a JSON array.
        sources: what COPY or ADD copies, as written.
        undescribed: the base image, if nobody described it: nobody knows its variables, user and working directory.
    """

    kind: str
    text: str
    stage: str
    operation: Operation = field(repr=False)
    files: Mapping[str, Mapping[str, File]] = field(default_factory=dict, repr=False)
    stages: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()
    exec_form: bool = False
    sources: tuple[str, ...] = ()
    undescribed: str = ""


FIRST_BUILD = Reason("first-build", "", "This step has never been built before.")

PRUNED = Reason("pruned", "", "Nothing about this step changed, but its result was pruned from the cache.")

UNFINISHED = Reason("first-build", "", "This step was never finished: the build that came to it was refused.")


def forced(option: str) -> Reason:
    """The reason under --no-cache or --no-cache-filter."""
    return Reason("no-cache", option, f"{option} asked to run this step whatever the cache holds.")


ANEW = "which each build loads anew; what stands on them is never taken from the cache"


def loaded_anew(name: str) -> Reason:
    """The reason of a named context that a stage begins with."""
    return Reason("option", "--build-context", f"These are the files of --build-context {name}, {ANEW}.")


def parent(step: Step) -> Reason:
    """The reason of a step that misses, or depends, only because of another."""
    if step.verdict == "depends":
        decider = step.reason.step if step.reason and step.reason.step else step
        on = f", which depends on {decider.name}" if decider is not step else ", which may be rebuilt"
        return Reason("parent", step.name, f"It builds on {step.name}{on}.", decider)
    if isinstance(step.operation, LocalSource):
        files = f"the files of --build-context {step.operation.name}, {ANEW}"
        return Reason("parent", step.name, f"It builds on {files}.", step)
    what = "another base image now" if step.keyword == "FROM" else f"{step.name}, which was rebuilt"
    return Reason("parent", step.name, f"It builds on {what}.", step)


def depends(path: str, doubt: str, step: Step | None) -> Reason:
    """The reason of a step that looks at files that nobody knows.

    Args:
        path: where they are, from the root.
        doubt: what decides what they are: the number of an execution, or an image's reference.
        step: the step of this build that wrote them.
    """
    place = "/" + path.removesuffix(UNKNOWN_FILES).rstrip("/")
    if step is not None:
        return Reason("stage-output", place, f"It is cached if {step.name} writes the same files as before.", step)
    holds = (
        "what was written there before is the same" if doubt.isdigit() else f"{doubt} holds the same files as before"
    )
    return Reason("stage-output", place, f"It is cached if {holds}.")


def new_step(facts: Facts) -> Reason:
    """The reason of an instruction that is new."""
    if option := facts.operation.option:
        return Reason("option", option, f"{option} asks for {first_line(facts.text)} now.")
    return Reason("new-step", facts.text, f"The line {first_line(facts.text)} is new.")


def moved(facts: Facts, above: str, before: str) -> Reason:
    """The reason of a step that is as it was, but builds on something else."""
    now = f"It now comes right after {first_line(above)}" if above else "It now comes first"
    was = f"it came right after {first_line(before)}" if before and before != above else "it built on something else"
    return Reason("order", facts.text, f"{now}; when it was built before, {was}.")


def first_line(text: str) -> str:
    """An instruction without its heredocs."""
    return text.partition("\n")[0]
