"""The goal lab: an editor, a check, hints, and a way back from everything."""

from __future__ import annotations

import pytest
from lab_page import BUG, ORDERED, level, shown

from layerlib import Project, course, labs

pytestmark = pytest.mark.usefixtures("own_folder")


def test_goal_lab_checks_hints_and_shows_the_goal() -> None:
    lab = labs.goal(level())
    lab.check.click()
    assert "Not yet." in shown(lab)
    lab.hint.click()
    assert "Look up." in shown(lab)
    lab.goal.click()
    assert "- one step" in shown(lab)
    lab.editor.set_state({"value": "FROM python:slim\n"})
    lab.check.click()
    assert "Reached." in shown(lab)


def test_goal_lab_shows_an_error_with_its_line_and_keeps_the_last_result() -> None:
    lab = labs.goal(level())
    lab.editor.set_state({"value": "FROM python\nRUM x\n"})
    assert "line 2" in shown(lab)
    assert "[4/4] RUN pip install -r requirements.txt" in shown(lab)
    assert lab.editor.value == "FROM python\nRUM x\n"


def test_goal_lab_loses_nothing() -> None:
    lab = labs.goal(level())
    lab.editor.set_state({"value": "FROM python:slim\n"})
    lab.editor.set_state({"value": "FROM alpine\n"})
    lab.reset.click()
    assert lab.editor.value == ORDERED.dockerfile
    lab.undo.click()
    assert lab.editor.value == "FROM alpine\n"
    lab.undo.click()
    assert lab.editor.value == "FROM python:slim\n"
    lab.copy.click()
    assert "FROM python:slim" in lab.answer.value
    assert lab.answer.layout.display != "none"
    lab.editor.set_state({"value": "FROM busybox\n"})
    assert "FROM busybox" in lab.answer.value


def test_goal_lab_edits_other_files_too() -> None:
    lab = labs.goal(level())
    lab.file.value = ".dockerignore"
    assert lab.editor.value == ""
    lab.editor.set_state({"value": "*.txt\n"})
    assert ".dockerignore" in lab.project().files
    assert "# file: .dockerignore\n*.txt" in lab.as_text()
    lab.file.value = "Dockerfile"
    assert lab.editor.value == ORDERED.dockerfile


def test_goal_lab_takes_the_levels_of_the_course() -> None:
    for one in course.levels():
        lab = labs.goal(one)
        lab.check.click()
        assert "Not yet." in shown(lab), one.name
        assert BUG not in shown(lab)
        lab.texts = {path: lab_text(one.solution, path) for path in lab.texts}
        lab.check.click()
        assert "Reached." in shown(lab), one.name


def lab_text(project: Project, path: str) -> str:
    return project.files[path].read().decode() if path in project.files else ""
