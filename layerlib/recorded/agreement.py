"""Does the model say what the engine said? Every comparable answer of recorded builds, one by one.

Nothing in a trace's inputs tells whether FROM prints CACHED, what a RUN wrote, or what a build that failed in a RUN
would have done, or which of two missing files an engine names. These are left out, and the warnings of rules that are
not modelled (`checks.rules.NOT_MODELLED`), as docs/fidelity.md says; nothing else is (tests/traces/README.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..building.build import Build
from ..building.checks.rules import NOT_MODELLED
from ..reading.errors import DockerfileError, LayerlibError
from .replay import attempts

ASPECTS = ("steps", "cached", "history", "sizes", "config", "warnings", "refusals", "lines")

MISSING_FILE = re.compile(r'"/([^"]*)": not found|stat /?(\S+): (?:no such file|file does not exist)')
FAILED_COMMAND = re.compile(r"did not complete successfully|returned a non-zero code")
IMAGE_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}")
# The classic builder's hash of what COPY picks; of what a RUN wrote, the model does not know it.
COPIED_HASH = re.compile(r"(file|dir|multi):[0-9a-f]{64} in ")
RUN_ROW = re.compile(r"RUN |\|\d+ |/bin/sh -c (?!#\(nop\))")


@dataclass(frozen=True)
class Answer:
    """One answer of the engine beside the model's: of which trace and build (counted from 0), and about what."""

    trace: str
    build: int
    aspect: str
    engine: Any
    model: Any

    @property
    def agrees(self) -> bool:
        """Whether the two are the same."""
        return bool(self.engine == self.model)

    def __str__(self) -> str:
        return f"{self.trace}, build {self.build}, {self.aspect}:\n  engine {self.engine!r}\n  model  {self.model!r}"


class Count(NamedTuple):
    """How many answers agree, of how many that were compared."""

    agreed: int
    compared: int

    @property
    def complete(self) -> bool:
        """Whether all agree."""
        return self.agreed == self.compared

    @property
    def share(self) -> float:
        """The share that agrees, from 0 to 1; 1 where nothing was compared."""
        return self.agreed / self.compared if self.compared else 1.0


@dataclass(frozen=True)
class Agreement:
    """What was compared: the number of builds, and every answer."""

    builds: int
    answers: Sequence[Answer]

    def count(self, aspect: str) -> Count:
        """The answers about one of ASPECTS."""
        agrees = [answer.agrees for answer in self.answers if answer.aspect == aspect]
        return Count(sum(agrees), len(agrees))

    @property
    def disagreements(self) -> list[Answer]:
        """The answers that differ."""
        return [answer for answer in self.answers if not answer.agrees]


def compare(traces: Iterable[Mapping[str, Any]]) -> Agreement:
    """Build the traces again and compare every comparable answer."""
    builds, answers = 0, []
    for trace in traces:
        for number, (recorded, outcome) in enumerate(zip(trace["builds"], attempts(trace), strict=True)):
            if _depends_on_a_command(recorded, trace.get("effects", {}) is None):
                break  # nothing tells what the commands of this build left behind
            builds += 1
            answers += [
                Answer(trace["name"], number, *answer)
                for answer in _answers(recorded, outcome)
                if trace.get("effects", {}) is not None or not _is_open(answer, outcome)
            ]
    return Agreement(builds, answers)


def _depends_on_a_command(recorded: Mapping[str, Any], nothing_declared: bool) -> bool:
    """Whether a build failed in a RUN, or in a COPY --from of a file that no RUN wrote; where nothing tells what RUNs
    write, also of a wildcard in a folder that none made."""
    error = recorded["error"] or ""
    if FAILED_COMMAND.search(error):
        return True
    path = _missing(error)
    copies = [line.split() for line in recorded["dockerfile"].splitlines() if "--from=" in line]
    words = [word for copy in copies for word in copy]
    return bool(path) and (path in words or (nothing_declared and any(word.startswith(f"{path}/") for word in words)))


def _missing(error: str) -> str:
    """The path that an error says is missing, from the root; empty for any other error."""
    missing = MISSING_FILE.search(error)
    return "/" + (missing[1] or missing[2]) if missing else ""


def _answers(recorded: Mapping[str, Any], outcome: Build | LayerlibError) -> Iterator[tuple[str, Any, Any]]:
    """Each comparable answer of one build: its aspect, the engine's, the model's."""
    yield _refusal(recorded, outcome)
    if isinstance(outcome, LayerlibError):
        engine, line = recorded["error"] or "", recorded.get("line")
        if engine and line and isinstance(outcome, DockerfileError) and not _of_two(engine, line, outcome):
            yield "lines", line, outcome.line
        return
    if recorded["error"]:
        return
    yield from _steps(recorded["steps"], outcome)
    yield from _history(recorded["history"], outcome)
    yield "config", recorded["config"], {key: value for key, value in outcome.image.config.items() if value}
    if "warnings" in recorded:
        warnings = [warning for warning in recorded["warnings"] if warning["rule"] not in NOT_MODELLED]
        engine = sorted((warning["line"], warning["rule"], warning["text"]) for warning in warnings)
        yield "warnings", engine, sorted((found.line, found.rule, found.text) for found in outcome.warnings)


def _of_two(engine: str, line: int, model: DockerfileError) -> bool:
    """Whether the two sides name different ones of several missing files."""
    return line != model.line and _missing(engine) != _missing(str(model))


def _is_open(answer: tuple[str, Any, Any], outcome: Build | LayerlibError) -> bool:
    """Whether an answer is about a step that depends on what a RUN writes; without effects, nobody knows that."""
    aspect, _, model = answer
    steps = outcome.steps if aspect == "cached" and isinstance(outcome, Build) else ()
    return any(step.name == model[0] and step.verdict == "depends" for step in steps)


def _refusal(recorded: Mapping[str, Any], outcome: Build | LayerlibError) -> tuple[str, Any, Any]:
    """Whether the build was refused; where only one side refused, its error stands instead of True."""
    engine, model = recorded["error"], outcome if isinstance(outcome, LayerlibError) else None
    if engine and model:
        return "refusals", True, True
    return "refusals", engine or False, str(model) if model else False


def _steps(recorded: Sequence[Mapping[str, Any]], build: Build) -> Iterator[tuple[str, Any, Any]]:
    names = [IMAGE_DIGEST.sub("", step["name"]) for step in recorded]
    yield "steps", names, [IMAGE_DIGEST.sub("", step.name) for step in build.steps]
    for name, engine, model in zip(names, recorded, build.steps, strict=False):
        if model.keyword != "FROM" and name == IMAGE_DIGEST.sub("", model.name):
            yield "cached", (model.name, engine["cached"]), (model.name, model.cached)


def _history(recorded: Sequence[Mapping[str, Any]], build: Build) -> Iterator[tuple[str, Any, Any]]:
    rows = build.history()
    texts = [row.created_by for row in rows] + [""] * len(recorded)
    yield (
        "history",
        [(_created_by(row["created_by"], text), row["comment"]) for row, text in zip(recorded, texts, strict=False)],
        [(row.created_by, row.comment) for row in rows],
    )
    for engine, model in zip(recorded, rows, strict=False):
        if model.size is not None and not RUN_ROW.match(model.created_by):
            yield "sizes", (engine["created_by"], engine["size"]), (model.created_by, model.size)


def _created_by(engine: str, model: str) -> str:
    """The engine's text of a row, its hash of copied files left out where the model does not know it."""
    if " unknown in " in model:
        return COPIED_HASH.sub("unknown in ", engine)
    return COPIED_HASH.sub(r"\1:unknown in ", engine) if ":unknown in " in model else engine
