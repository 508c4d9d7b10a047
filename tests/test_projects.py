"""The example projects: they are what a real engine built, and the model says of them what the engine did.

The recordings are in `tests/traces-projects`, written by its `record.py`. The bases of node-web-app and go-service
could not be pulled where these were made, so those two have none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layerlib import Build, BuildKit, Project
from layerlib.editing.named import named
from layerlib.reading.base_image import HistoryRow

HERE = Path(__file__).parent
TRACES = {path.stem: json.loads(path.read_text()) for path in sorted((HERE / "traces-projects").glob("*.json"))}
CASES = [(name, index) for name, trace in TRACES.items() for index in range(1, len(trace["builds"]))]
NOT_RECORDED = {"node-web-app", "go-service"}

# The second stage takes pages that are the same bytes after the change, which only somebody who ran the build can know:
# what pip writes lies elsewhere, and build.py writes what it wrote before.
SAME_OUTPUT = {
    ("multi-stage-app", "edit requirements.txt"): {
        "pip install": {"writes": ("/usr/local/lib/python3/markdown.py",)},
        "build.py": {"writes": ("/site/about.html", "/site/index.html"), "reproducible": True},
    }
}


def steps(build: Build) -> list[tuple[str, bool | None]]:
    """Name and cached of every step; FROM's flag says nothing, the engine prints it either way."""
    return [(step.name, None if step.keyword == "FROM" else step.cached) for step in build.steps]


def recorded(build: dict[str, Any]) -> list[tuple[str, bool | None]]:
    return [(step["name"], None if "] FROM " in step["name"] else step["cached"]) for step in build["steps"]]


def own_rows(build: Build, base_rows: int) -> tuple[HistoryRow, ...]:
    return build.history()[: len(build.history()) - base_rows]


def test_every_project_is_recorded_or_its_base_could_not_be_pulled() -> None:
    assert set(Project.shipped()) == set(TRACES) | NOT_RECORDED


@pytest.mark.parametrize(("name", "index"), CASES, ids=[f"{n}: {TRACES[n]['builds'][i]['after']}" for n, i in CASES])
def test_the_model_rebuilds_what_the_engine_rebuilt(name: str, index: int) -> None:
    project, trace = Project.load(name), TRACES[name]["builds"][index]
    builder = BuildKit(effects=SAME_OUTPUT.get((name, trace["after"])))
    builder.build(project)
    assert steps(builder.build(named(trace["after"])(project))) == recorded(trace)


@pytest.mark.parametrize("name", TRACES)
def test_the_first_build_has_the_engines_steps(name: str) -> None:
    assert steps(BuildKit().build(Project.load(name))) == recorded(TRACES[name]["builds"][0])


@pytest.mark.parametrize(("name", "index"), CASES, ids=[f"{n}: {TRACES[n]['builds'][i]['after']}" for n, i in CASES])
def test_the_history_is_the_engines(name: str, index: int) -> None:
    trace = TRACES[name]["builds"][index]
    build = BuildKit().build(named(trace["after"])(Project.load(name)))
    base = next(step for step in reversed(build.steps) if step.keyword == "FROM").name.rpartition("FROM ")[2]
    rows = own_rows(build, len(BuildKit().images.resolve(base).history))
    assert [(row.created_by, row.comment) for row in rows] == [
        (row["created_by"], row["comment"]) for row in trace["history"]
    ]
    for row, real in zip(rows, trace["history"], strict=True):
        knowable = row.created_by.startswith("RUN") or "/site" in row.created_by  # what a command wrote is not known
        if not knowable:
            assert row.size == real["size"], row.created_by


@pytest.mark.parametrize("name", Project.shipped())
def test_a_project_holds_what_its_dockerfile_copies(name: str) -> None:
    assert BuildKit().build(Project.load(name)).image.config["Cmd"]


def test_recorded_output_is_what_the_app_prints() -> None:
    assert "the sum of [1 2 3 4 5] is 15" in TRACES["python-numpy-app"]["output"]
    assert "Helsinki" in TRACES["data-science-app"]["output"]


@pytest.mark.parametrize("name", Project.shipped())
def test_projects_are_small(name: str) -> None:
    assert sum(file.size or 0 for file in Project.load(name).files.values()) < 200_000
