"""Does the model say what the engine said? Every comparable answer of recorded builds, one by one.

Nothing in a trace's inputs tells FROM's flag, what a RUN wrote, or what a build that failed in a RUN would have
done; these are left out, and nothing else is (tests/traces/README.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..building.build import Build
from ..reading.errors import DockerfileError, LayerlibError
from .traces import attempts

ASPECTS = ("steps", "cached", "history", "sizes", "config", "refusals", "lines")
MISSING = re.compile(r'"/([^"]*)": not found|stat /?(\S+): (?:no such file|file does not exist)')
RAN_INTO = re.compile(r"did not complete successfully|returned a non-zero code")


@dataclass(frozen=True)
class Disagreement:
    """One answer that differs: in which trace and build (counted from 0), about what, and both answers."""

    trace: str
    build: int
    aspect: str
    engine: Any
    model: Any

    def __str__(self) -> str:
        return f"{self.trace}, build {self.build}, {self.aspect}:\n  engine {self.engine!r}\n  model  {self.model!r}"


@dataclass
class Agreement:
    """How often the model agreed, by aspect, and where it did not."""

    builds: int = 0
    compared: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)

    def note(self, trace: str, build: int, aspect: str, engine: Any, model: Any) -> None:
        """Compare one answer."""
        self.compared[aspect] += 1
        if engine != model:
            self.differing[aspect] += 1
            self.disagreements.append(Disagreement(trace, build, aspect, engine, model))

    def share(self, aspect: str) -> float:
        """The share of answers that agree, from 0 to 1."""
        return 1 - self.differing[aspect] / self.compared[aspect] if self.compared[aspect] else 1.0


def compare(traces: Iterable[Mapping[str, Any]]) -> Agreement:
    """Build traces again and compare every comparable answer."""
    found = Agreement()
    for trace in traces:
        for number, (recorded, answer) in enumerate(zip(trace["builds"], attempts(trace), strict=True)):
            if _hangs_on_a_command(recorded):
                break  # nothing tells what the commands of this build left behind
            found.builds += 1
            for aspect, engine, model in _answers(recorded, answer):
                found.note(trace["name"], number, aspect, engine, model)
    return found


def _hangs_on_a_command(recorded: Mapping[str, Any]) -> bool:
    """Whether a build failed in a RUN, or in a COPY --from of a file that no RUN wrote."""
    error = recorded["error"] or ""
    missing = MISSING.search(error)
    copies = [line.split() for line in recorded["dockerfile"].splitlines() if "--from=" in line]
    return bool(RAN_INTO.search(error)) or (
        missing is not None and any("/" + (missing[1] or missing[2]) in words for words in copies)
    )


def _answers(recorded: Mapping[str, Any], answer: Build | LayerlibError) -> Iterator[tuple[str, Any, Any]]:
    refused = answer if isinstance(answer, LayerlibError) else None
    yield (
        "refusals",
        recorded["error"] if recorded["error"] and not refused else bool(recorded["error"]),
        (str(refused) if refused and not recorded["error"] else bool(refused)),
    )
    if refused is not None:
        if recorded["error"] and recorded.get("line") and isinstance(refused, DockerfileError):
            yield "lines", recorded["line"], refused.line
        return
    if recorded["error"]:
        return
    assert isinstance(answer, Build)
    steps = [_name(step["name"]) for step in recorded["steps"]]
    yield "steps", steps, [_name(step.name) for step in answer.steps]
    for step, mine in zip(recorded["steps"], answer.steps, strict=False):
        if mine.keyword != "FROM" and _name(step["name"]) == _name(mine.name):
            yield "cached", (mine.name, step["cached"]), (mine.name, mine.cached)
    rows, mine_rows = recorded["history"], answer.history()
    yield (
        "history",
        [
            (_text(r["created_by"], my), r["comment"])
            for r, my in zip(rows, [*(m.created_by for m in mine_rows), *[""] * len(rows)], strict=False)
        ],
        [(row.created_by, row.comment) for row in mine_rows],
    )
    for row, my in zip(rows, mine_rows, strict=False):
        if my.size is not None and not re.match(r"RUN |\|\d+ |/bin/sh -c (?!#\(nop\))", my.created_by):
            yield "sizes", (row["created_by"], row["size"]), (my.created_by, my.size)
    yield "config", recorded["config"], {key: value for key, value in answer.image.config.items() if value}


def _text(engine: str, model: str) -> str:
    """A row's text, without the classic builder's hash of what a RUN wrote: no model knows it."""
    hashed = r"(file|dir|multi):[0-9a-f]{64} in "
    return re.sub(hashed, r"\1:unknown in ", engine) if ":unknown in " in model else engine


def _name(name: str) -> str:
    """A step's name without the digest of its image."""
    return re.sub(r"@sha256:[0-9a-f]{64}", "", name)
