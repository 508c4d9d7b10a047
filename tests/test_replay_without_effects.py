"""All recorded builds, replayed without a word about what their RUNs write: nothing certain may be wrong.

With the table of programs, and without it. What looks at a stage that a RUN wrote into, or stands on such a step, may
be left open; how often is counted.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from layerlib.building.build import Build
from layerlib.building.effects.programs import table
from layerlib.building.records import Step
from layerlib.recorded import traces
from layerlib.recorded.agreement import compare
from layerlib.recorded.replay import attempts

LOOKS = re.compile(r"--from=|\bfrom=")
MADE_TO_BE_OPEN = {"idioms", "writes"}  # files whose RUNs run code of a project: no table can know what it writes


def without_effects(trace: dict[str, Any], with_table: bool) -> dict[str, Any]:
    """A trace of which no effect is declared; with the table, the images hold every program that is in it."""
    images = trace["images"]
    if with_table:
        images = {name: {**image, "programs": ["sh", *table().programs]} for name, image in images.items()}
    return {**trace, "effects": None, "images": images}


@cache
def replayed(with_table: bool) -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.name.partition("-")[0], without_effects(trace, with_table))
        for path in traces.shipped()
        for trace in traces.read(path)
    ]


@pytest.mark.parametrize("with_table", [False, True])
def test_no_certain_verdict_is_contradicted(with_table: bool) -> None:
    agreement = compare(trace for _, trace in replayed(with_table))
    wrong = [answer for answer in agreement.disagreements if answer.aspect in ("steps", "cached")]
    assert not wrong, "\n".join(map(str, wrong[:5]))
    assert agreement.count("cached").compared > 25_000


def steps_that_look(build: Build) -> Iterator[Step]:
    """The steps that look at a stage, and those that stand on one that does."""
    stages: set[int] = set()
    for step in build.steps:
        if step.keyword != "FROM" and (step.stage in stages or LOOKS.search(step.text)):
            stages.add(step.stage)
            yield step


def share_left_open(with_table: bool, made_to_be_open: bool) -> float:
    counts: Counter[str] = Counter()
    for family, trace in replayed(with_table):
        if family not in MADE_TO_BE_OPEN or made_to_be_open:
            for build in attempts(trace):
                counts.update(step.verdict for step in (steps_that_look(build) if isinstance(build, Build) else ()))
    return counts["depends"] / counts.total()


def test_few_steps_are_left_open() -> None:
    """At most a third without the table; with it a tenth, of those whose RUNs run programs that a table can know."""
    assert share_left_open(with_table=False, made_to_be_open=True) <= 1 / 3
    assert share_left_open(with_table=True, made_to_be_open=False) <= 1 / 10
