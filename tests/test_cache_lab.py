"""The cache lab shows what the builders say, goes back and forth, and loses no error."""

from __future__ import annotations

import re

import pytest
from lab_page import BUG, ORDERED, SLOW, click, rows, shown

from layerlib import Change, Project, changes, labs
from layerlib.showing.labs.parts import Lab

pytestmark = pytest.mark.usefixtures("own_folder")


def test_cache_lab_shows_what_the_builder_says() -> None:
    for change in changes.of(ORDERED):
        lab = labs.cache(ORDERED)
        click(lab, change.name)
        build = labs.rebuilt(ORDERED, [change]).now
        table = {row[0]: row[1:] for row in rows(lab)}
        for step in build.steps:
            if step.keyword != "FROM":
                word = "cached" if step.cached else "rebuilt"
                assert table[step.name][0] == word
                assert table[step.name][1] == ("" if step.cached else str(step.reason))
        assert (f"{len(build.missed)} of" in shown(lab)) == bool(build.missed)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("edit app.py", "COPY . ."),
        ("edit RUN", "RUN pip install -r requirements.txt && true"),
        ("add ENV above", "ENV DEBUG=1"),
        ("edit WORKDIR", "WORKDIR /app2"),
        ("the base image moves", "FROM python"),
    ],
)
def test_the_line_that_caused_a_miss_is_marked_in_words(change: str, line: str) -> None:
    lab = labs.cache(ORDERED)
    click(lab, change)
    marked = [row[1] for row in rows(lab) if len(row) == 3 and row[2].startswith("cause")]
    assert line in marked


def test_both_builders_side_by_side() -> None:
    lab = labs.cache(ORDERED)
    click(lab, "edit CMD")
    assert "Step 5/5" not in shown(lab)
    lab.both.set_state({"value": True})
    assert "BuildKit: the build after the changes" in shown(lab)
    assert "classic builder: the build after the changes" in shown(lab)
    lab.both.set_state({"value": False})
    lab.builder.set_state({"index": 1})
    assert "Step 5/5" in shown(lab)


def test_a_builder_that_refuses_says_so_beside_the_other() -> None:
    lab = labs.cache(Project.from_files({}, "FROM python\nRUN --mount=type=cache,target=/x true\n"))
    lab.both.set_state({"value": True})
    assert "This cannot be built" in shown(lab)
    assert "BuildKit: the build after the changes" in shown(lab)


def test_undo_and_reset() -> None:
    lab = labs.cache(ORDERED)
    begin = lab.view.value
    click(lab, "edit app.py")
    once = lab.view.value
    click(lab, "edit RUN")
    lab.undo.click()
    assert lab.view.value == once
    lab.reset.click()
    assert lab.view.value == begin
    assert not lab.chosen()
    lab.undo.click()
    assert lab.view.value == once
    lab.undo.click()
    lab.undo.click()
    assert lab.view.value == begin


def test_stepping_through_the_build() -> None:
    lab = labs.cache(ORDERED)
    click(lab, "edit app.py")
    whole = lab.view.value
    lab.back.click()
    assert "after step 3 of 4" in shown(lab)
    assert "not yet" in shown(lab)
    for _ in range(9):
        lab.back.click()
    assert "after step 0 of 4" in shown(lab)
    for _ in range(9):
        lab.forward.click()
    assert lab.view.value == whole


def label(lab: Lab) -> str:
    """The alternative text of a lab's chart."""
    labels: list[str] = re.findall('aria-label="([^"]*)"', lab.view.value)
    return labels[0]


def test_the_chart_says_what_it_shows_and_changes() -> None:
    lab = labs.cache(ORDERED, effects=SLOW)
    assert "first build, 10.0s" in label(lab)
    assert "after the changes, 0.0s" in label(lab)
    click(lab, "edit app.py")
    assert "after the changes, 10.0s" in label(lab)


def test_an_error_is_shown_and_the_last_good_result_stays() -> None:
    lab = labs.cache(Project.from_files({"a": "b"}, "FROM python\nRUN true\n"))

    refused = Change("refused", lambda project: project.with_dockerfile("FROM python\nBOO <b>\n"))
    lab.changes = (refused, *lab.changes[1:])
    lab.toggles[0].set_state({"value": True})
    assert "line 2" in shown(lab)
    assert "BOO <b>" in shown(lab)
    assert "Below is the last result that worked" in shown(lab)
    assert "Nothing is rebuilt" in shown(lab)
    lab.toggles[0].set_state({"value": False})
    assert "line 2" not in shown(lab)


def test_a_project_that_cannot_be_built_is_said_and_not_raised() -> None:
    for make in (labs.cache, labs.order, labs.size):
        lab = make(Project.from_files({}, "FROM python\nBOO\n"))
        assert "unknown instruction" in shown(lab), make


def test_a_bug_of_ours_is_shown_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = labs.cache(ORDERED)
    monkeypatch.setattr(type(lab), "chosen", lambda self: 1 / 0)
    lab.toggles[0].set_state({"value": True})
    assert BUG in shown(lab)
    assert "ZeroDivisionError" in shown(lab)
    lab.back.click()
    assert "ZeroDivisionError" in shown(lab)


def test_clicking_on_and_on_grows_nothing() -> None:
    """The page itself, after a thousand clicks: `browser/test_labs_in_browser.py`."""
    lab = labs.cache(ORDERED)
    figure = lab.chart.figure
    click(lab, "edit app.py")
    artists, size = len(figure.findobj()), len(lab.view.value)
    for _ in range(55):
        click(lab, "edit app.py", False)
        click(lab, "edit app.py")
    assert lab.chart.figure is figure
    assert len(figure.findobj()) == artists
    assert len(lab.view.value) == size
    assert len(lab.past) == 100
    assert len(lab.children) == 6
