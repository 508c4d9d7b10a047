"""The map of levels, and the opening."""

from __future__ import annotations

import re
from html import unescape

import pytest
from lab_page import buttons, shown

from layerlib import course, labs
from layerlib.showing.labs.level_map import LevelMap

pytestmark = pytest.mark.usefixtures("own_folder")

NAME = "11-nothing"


def levels() -> LevelMap:
    return labs.levels(course.levels("11"))


def solve(one: LevelMap) -> None:
    one.act("level", NAME)
    one.act("type", "Dockerfile", value=course.level(NAME).solution.dockerfile)
    one.act("check")


def test_every_level_is_on_the_map_by_theme_and_the_first_is_next() -> None:
    one = levels()
    names = [control["data-arg"] for control in buttons(one)]
    assert sorted(names) == sorted(level.name for level in course.levels("11"))
    assert all(level.theme for level in course.levels("11"))
    assert {level.theme for level in course.levels("11")} == set(re.findall("<h4>(.*?)</h4>", unescape(one.html)))
    assert one.next() == NAME
    assert "0 of 13 reached" in shown(one)


def test_a_click_opens_a_level_and_what_is_reached_is_marked_and_remembered() -> None:
    one = levels()
    solve(one)
    assert "1 of 13 reached" in shown(one)
    assert "Reached." in shown(one)
    assert "Next: “2. Start what was built”." in shown(one)
    assert one.next() == "11-start"
    again = levels()
    assert again.reached == {NAME}
    again.act("level", NAME)
    assert "is here again" in again.html


def test_the_answer_of_an_opened_level_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    one = levels()
    copied: list[str] = []
    monkeypatch.setattr(type(one), "copy", lambda self, text: copied.append(text))
    solve(one)
    one.act("copy")
    assert 'level = "11-nothing"' in copied[0]


def test_the_map_over_all_lessons() -> None:
    one = labs.levels(course.levels(), "All levels")
    assert "Lesson 08" in shown(one)
    assert len(buttons(one)) == len(course.levels())


def test_nothing_happens_before_a_level_is_open() -> None:
    one = levels()
    before = one.html
    for act in ("check", "type", "level", "nothing"):
        one.act(act, "?")
    assert one.html == before


def test_the_opening_falls_at_a_press_of_its_button() -> None:
    one = labs.opening()
    assert "It builds on" not in shown(one)
    assert "13 seconds, 4.4 minutes of waiting a day" in " ".join(shown(one).split())
    one.act("build")
    words = shown(one)
    assert "● rebuilt: the content of app.py changed" in words
    assert "↓ rebuilt: builds on COPY . ." in words
    assert "✓ cached" in words
    assert "a container, started from the image" in words
    one.act("reset")
    assert "● rebuilt" not in shown(one)
