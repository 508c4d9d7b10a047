"""The goal lab: an editor, a check, hints, and a way back from everything."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab_page import BUG, ORDERED, buttons, level, shown

from layerlib import Project, course, labs
from layerlib.showing.labs.answer import answer_text
from layerlib.showing.labs.goal_lab import GoalLab

pytestmark = pytest.mark.usefixtures("own_folder")


def write(lab: GoalLab, text: str, path: str = "Dockerfile") -> None:
    lab.act("type", path, value=text)


def text(lab: GoalLab, path: str = "Dockerfile") -> str:
    """What the editor of a file holds."""
    fields = {one.get("data-arg"): one["words"] for one in buttons(lab) if "data-rev" in one}
    return fields[path].removeprefix("\n")


def test_goal_lab_checks_and_shows_a_hint_only_when_it_is_asked_for() -> None:
    lab = labs.goal(level())
    assert "- one step".removeprefix("- ") in shown(lab)
    assert "Look up." not in shown(lab)
    lab.act("check")
    assert "Not yet." in shown(lab)
    lab.act("show", "hint")
    assert "Look up." in shown(lab)
    lab.act("show", "hint")
    assert "Look up." not in shown(lab)
    write(lab, "FROM python:slim\n")
    lab.act("check")
    assert "Reached." in shown(lab)


def test_goals_say_how_far_each_is() -> None:
    lab = labs.goal(course.level("08-order"))
    words = shown(lab)
    assert "4 goals" in words
    assert "In the margin".lower() in words
    lab.act("check")
    words = shown(lab)
    assert "2 of 4 goals" in words
    assert "2 steps are rebuilt: 1 too many." in words
    assert lab.html.count('class="not-yet"') == 2
    write(lab, course.level("08-order").solution.dockerfile)
    assert "The text has changed since this check." in shown(lab)
    lab.act("check")
    words = shown(lab)
    assert "4 of 4 goals" in words
    assert "After “edit app.py”: 2 of 3 steps rebuilt before, 1 of 3 steps rebuilt now." in words


def test_the_margin_shows_the_build_after_the_goals_own_change() -> None:
    lab = labs.goal(course.level("08-order"))
    assert "● The content of app.py changed." in shown(lab)
    assert "m-cause" in lab.html
    write(lab, lab.texts["Dockerfile"].replace("numpy", "numpy pandas"))
    assert "● The content of app.py changed." in shown(lab)


def test_goal_lab_shows_an_error_with_its_line_and_keeps_the_text() -> None:
    lab = labs.goal(level())
    write(lab, "FROM python\nRUM x\n")
    assert "line 2" in shown(lab)
    assert "✗ cannot be built" in shown(lab)
    assert text(lab) == "FROM python\nRUM x\n"
    write(lab, "FROM python\n")
    assert "cannot be built" not in shown(lab)


def test_goal_lab_loses_nothing() -> None:
    lab = labs.goal(level())
    write(lab, "FROM python:slim\n")
    write(lab, "FROM alpine\nRUN a\n")
    lab.act("reset")
    assert text(lab) == ORDERED.dockerfile
    lab.act("undo")
    assert text(lab) == "FROM alpine\nRUN a\n"
    lab.act("undo")
    assert text(lab) == "FROM python:slim\n"
    lab.act("copy")
    assert "FROM python:slim" in shown(lab)
    write(lab, "FROM busybox\n")
    assert "FROM busybox" in lab.as_text()


def test_typing_in_one_line_is_one_step_of_undo() -> None:
    lab = labs.goal(level())
    begin = text(lab)
    for end in range(1, 6):
        write(lab, begin.replace("FROM python", "FROM python" + ":slim"[:end]))
    lab.act("undo")
    assert text(lab) == begin


def test_goal_lab_edits_other_files_too_and_every_file_can_be_read() -> None:
    lab = labs.goal(level())
    lab.act("file", ".dockerignore")
    write(lab, "*.txt\n", ".dockerignore")
    assert ".dockerignore" in lab.project().files
    tabs = [one["words"] for one in buttons(lab) if one.get("role") == "tab"]
    assert tabs == ["Dockerfile 95B", ".dockerignore 6B", "app.py 13B", "requirements.txt 6B"]
    lab.act("file", "app.py")
    write(lab, "another", "app.py")
    assert "another" not in lab.html
    assert text(lab) == ORDERED.dockerfile


def test_an_answer_is_one_text_that_toml_reads() -> None:
    lab = labs.goal(level())
    write(lab, "*.log\n", ".dockerignore")
    read = tomllib.loads(lab.as_text())
    assert read == {
        "level": "A title",
        "learner": "",
        "date": date.today(),
        "files": {"Dockerfile": ORDERED.dockerfile, ".dockerignore": "*.log\n"},
    }


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_from_an_answer(path: str, content: str) -> None:
    read = tomllib.loads(answer_text("x", {path: content}, content, date(2026, 1, 2)))
    assert read["files"] == {path: content}
    assert read["learner"] == content


def test_goal_lab_takes_the_levels_of_the_course() -> None:
    for one in course.levels():
        lab = labs.goal(one)
        lab.act("check")
        assert "Reached." not in shown(lab), one.name
        assert BUG not in shown(lab)
        for path in lab.texts:
            write(lab, lab_text(one.solution, path), path)
        lab.act("check")
        assert "Reached." in shown(lab), one.name


def lab_text(project: Project, path: str) -> str:
    return project.files[path].read().decode() if path in project.files else ""
