"""What TEACHING.md and the folds of the lessons say of cells and numbers is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from layerlib import BuildKit, Change, Project, changes, course, tables

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
TEACHING = (NOTEBOOKS / "TEACHING.md").read_text(encoding="utf-8")
EDITED = ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "11"]


def lesson(number: str) -> dict[str, str]:
    """The source of each cell of a lesson, by the cell's id."""
    path = next(NOTEBOOKS.glob(f"{number}_*.ipynb"))
    return {one["id"]: "".join(one["source"]) for one in json.loads(path.read_text(encoding="utf-8"))["cells"]}


@pytest.mark.parametrize("number", EDITED)
def test_teaching_names_cells_that_are_there(number: str) -> None:
    rows = [line.split(" | ") for line in TEACHING.splitlines() if line.startswith(f"| {number} | ")]
    named = [name for row in rows for cell in row[2:] for name in re.findall(r"`([a-z][a-z0-9-]*)`", cell)]
    for part in re.findall(rf"\[{number}\]\({number}_\w+\.ipynb\)((?:,? `[a-z][a-z0-9-]*`)+)", TEACHING):
        named += re.findall(r"`([^`]+)`", part)
    levels = {level.name for level in course.levels()}
    assert named
    assert [name for name in named if name not in levels and name not in lesson(number)] == []


def test_the_folded_table_of_stores_in_06_is_the_models() -> None:
    made = tables.stores(course.example("one-of-nearly-everything").project)
    text = lesson("06")["explain-curious"]
    sizes = [f"| {old} | {new} |" for _, old, new in made.rows]
    found = [line[line.index("` |") + 2 :] for line in text.splitlines() if line.endswith(" |") and "` |" in line]
    assert found == sizes


def test_what_06_says_of_docker_hub_is_in_its_table() -> None:
    together = tables.three_sizes("python:3.12-slim").rows[-1]
    assert f"Docker Hub says {round(float(together[1].removesuffix('MB')))} MB" in lesson("06")["sizes-why"]
    assert f"`docker history` says {together[2].removesuffix('MB')} MB" in lesson("06")["sizes-why"]


def test_what_02_says_of_the_other_store_is_in_the_table_of_00() -> None:
    row = next(row for row in tables.stores(Project.load("python-numpy-app")).rows if row[0].startswith("WORKDIR"))
    assert row[1] == "0B"
    assert f"and shows {row[2]}." in lesson("02")["count-explained"]


def test_what_01_says_of_node_is_in_its_table() -> None:
    row = tables.shared("python", ["node:26"]).rows[0]
    saved, whole = (cell.removesuffix("MB") for cell in row[2:])
    assert f"{saved} of the {whole} MB" in lesson("01")["quiz"]


def test_what_08_says_of_the_seconds_is_so() -> None:
    """The story is told in whole seconds."""
    build = BuildKit().build(Project.load("sales-report"))
    assert "for thirteen seconds each time" in lesson("08")["title"]
    assert round(sum(step.seconds or 0 for step in build.steps)) == 13


def test_the_edits_that_00_lists_can_be_made() -> None:
    project = Project.load("python-numpy-app")
    text = lesson("00")["explain"]
    calls = re.findall(r"`(changes\.\w+\(.*?\))`", text.partition("All but the first")[0])
    made = [eval(call, {"changes": changes, "project": project}) for call in calls]
    assert len(made) == 8
    assert isinstance(made[0], Change)
    assert all(BuildKit().build(one).steps and one != project for one in made[1:])
    for name in re.findall(r"`(\w+)`", text.partition("also")[2].partition("|")[0]):
        assert hasattr(changes, name)
