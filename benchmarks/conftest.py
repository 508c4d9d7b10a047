"""The table of ratios: what each benchmark measured, beside what people would use instead.

A benchmark stores a number under a name, and `ROWS` says which numbers make a row. Times are the shortest of several
rounds, in seconds: on a noisy machine the shortest is what the work takes. Both sides of a row are measured in one run.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(Path(__file__).parent))
MEASURED: dict[str, float] = {}
MISSING: dict[str, str] = {}


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes:
        what, against: what is measured, and what it is compared with.
        value: makes the row's number of what was measured.
        limit: how far it must reach, as it is printed; `within` compares.
        unit: what the number counts.
    """

    what: str
    against: str
    value: Callable[[dict[str, float]], float]
    limit: str
    unit: str = "×"

    def within(self, number: float) -> bool:
        sign, _, bound = self.limit.partition(" ")
        return number >= float(bound) if sign == "≥" else number <= float(bound)


def each(count: int, name: str) -> Callable[[dict[str, float]], float]:
    """The time for one of `count`, against the time for one of a hundred (or ten)."""
    few = 10 if name.startswith("stages") else 100
    return lambda m: (m[f"{name} {count}"] / count) / (m[f"{name} {few}"] / few)


ROWS = [
    Row("rebuild the worked example, all cached", "docker build", lambda m: m["docker"] / m["cached"], "≥ 300"),
    *(
        Row(f"10,000 instructions, {builder}, {when}", "100, for each one", each(10_000, f"{builder} {when}"), "≤ 1.5")
        for builder in ("buildkit", "classic")
        for when in ("cold", "edited")
    ),
    *(
        Row(f"10,000 instructions, {builder}, {when}", "", lambda m, n=f"{builder} {when} 10000": m[n], "≤ 1", "s")
        for builder in ("buildkit", "classic")
        for when in ("cold", "edited")
    ),
    Row("memory for 10,000 instructions", "1,000, for each one", lambda m: m["peak 10000"] / 10 / m["peak 1000"],
        "≤ 1.5"),
    Row("100 stages with COPY --from", "10, for each one", each(100, "stages"), "≤ 1.5"),
    Row("hash 100,000 files, 1 GB", "sha256sum", lambda m: m["first build"] / m["sha256sum"], "≤ 1.3"),
    Row("build again after one edit", "the first build", lambda m: m["second build"] / m["first build"], "≤ 0.05"),
    Row("... the folder read again", "the first build", lambda m: m["folder again"] / m["first build"], ""),
    Row(".dockerignore, 50 patterns, 100,000 paths", "os.scandir", lambda m: m["ignore"] / m["scandir"], "≤ 5"),
    Row("... listing the folder too", "os.scandir and lstat", lambda m: m["list"] / m["lstat"], ""),
    Row("parse 10,000 instructions", "dockerfile (Go)", lambda m: m["parse"] / m["go parser"], "≤ 1.5"),
    Row("import layerlib", "python -c pass", lambda m: 1000 * (m["import"] - m["python"]), "≤ 60", "ms more"),
    *(
        Row(f"chart {chart}, {form}", "an empty figure", lambda m, n=f"{chart} {form}", f=form: m[n] / m[f"empty {f}"],
            "≤ 2")
        for chart in ("rebuild", "layers")
        for form in ("svg", "png")
    ),
    Row("strict nbval over the course", "empty notebooks", lambda m: m["course"] / m["empty notebooks"], "≤ 3"),
    Row("click to paint, cache lab: medians", "an empty round trip", lambda m: m["click"] / m["round trip"], "≤ 2.5"),
    Row("click to paint, cache lab: 95%", "", lambda m: m["click 95%"], "≤ 100", "ms"),
]  # fmt: skip


@pytest.fixture
def measured() -> dict[str, float]:
    """Where a benchmark stores what it measured, by the names that `ROWS` uses."""
    return MEASURED


@pytest.fixture
def timed(benchmark: Any) -> Callable[..., None]:
    """Times a function and stores its shortest round under a name. `setup` gives the arguments, anew each round."""

    def run(name: str, function: Callable[..., Any], rounds: int = 5, setup: Callable[[], Any] | None = None) -> None:
        benchmark.pedantic(function, setup=setup, rounds=rounds)
        MEASURED[name] = benchmark.stats.stats.min

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Reading comes first: a heap full of what was built before scatters what is read, and costs it a third."""
    items.sort(key=lambda item: item.path.name != "test_reading.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        MISSING[item.name] = report.longrepr[2].removeprefix("Skipped: ")
    return report


def lines() -> list[dict[str, Any]]:
    """The rows with their numbers; None where a side was not measured."""
    made = []
    for row in ROWS:
        try:
            number = row.value(MEASURED)
        except KeyError:
            number = None
        reached = None if number is None or not row.limit else row.within(number)
        made.append({"what": row.what, "against": row.against, "number": number, "unit": row.unit,
                     "reach": row.limit, "reached": reached})  # fmt: skip
    return made


def pytest_terminal_summary(terminalreporter: Any) -> None:
    made = [row for row in lines() if row["number"] is not None or not terminalreporter.config.option.keyword]
    widths = [max(len(str(row[key])) for row in made) for key in ("what", "against")] if made else [0, 0]
    terminalreporter.write_sep("=", "ratios")
    for row in made:
        number = "not measured" if row["number"] is None else f"{row['number']:.3g} {row['unit']}"
        verdict = {True: "reached", False: "NOT REACHED", None: ""}[row["reached"]]
        terminalreporter.write_line(
            f"{row['what']:{widths[0]}}  {row['against']:{widths[1]}}  {number:>14}  {row['reach']:>7}  {verdict}"
        )
    for why in dict.fromkeys(MISSING.values()):
        terminalreporter.write_line(f"left out: {why}")
    kept = ROOT / "build" / "bench.json"
    kept.parent.mkdir(exist_ok=True)
    facts = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    kept.write_text(json.dumps({**facts, "rows": lines(), "measured": MEASURED}, indent=1) + "\n", encoding="utf-8")
    terminalreporter.write_line(f"These numbers: {kept.relative_to(ROOT)}")
