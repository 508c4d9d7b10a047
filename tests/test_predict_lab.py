"""The predict lab hides the answer until every step has one, and judges each."""

from __future__ import annotations

import pytest
from lab_page import ORDERED, pressed, shown

from layerlib import BuildKit, LayerlibError, changes, labs
from layerlib.showing.labs.predict_lab import PredictLab

pytestmark = pytest.mark.usefixtures("own_folder")


def lab() -> PredictLab:
    return labs.predict(ORDERED, changes.of(ORDERED)[0])


def answer(one: PredictLab, *words: str) -> None:
    for name, word in zip(one.asked(), words, strict=True):
        one.act("answer", f"{word} {name}")


def test_nothing_is_given_away_before_every_step_has_an_answer() -> None:
    one = lab()
    assert not pressed(one)[1:]
    assert "The content of app.py changed." not in shown(one)
    one.act("check")
    assert "3 steps are not answered yet." in shown(one)
    assert "The content of app.py changed." not in shown(one)
    name = next(iter(one.asked()))
    one.act("answer", f"cached {name}")
    one.act("check")
    assert "2 steps are not answered yet." in shown(one)
    assert "right" not in shown(one).replace("bright", "")


def test_each_answer_is_judged_with_the_reason_beside_it() -> None:
    one = lab()
    answer(one, "cached", "rebuilt", "cached")
    one.act("check")
    assert one.score() == (2, 3)
    words = " ".join(shown(one).split())
    assert "2 of 3 right" in words
    assert "✗ wrong: Rebuilt. It builds on line 3." in words
    assert "✓ right: The content of" in words
    assert one.html.count('class="mark wrong"') == 1
    assert one.html.count("is-right") == 2


def test_another_answer_covers_the_result_again() -> None:
    one = lab()
    answer(one, "cached", "rebuilt", "rebuilt")
    one.act("check")
    assert "3 of 3 right" in shown(one)
    one.act("answer", f"cached {list(one.asked())[1]}")
    assert "of 3 right" not in shown(one)
    one.act("undo")
    one.act("check")
    assert "3 of 3 right" in shown(one)
    one.act("reset")
    assert one.answers == {}


def test_the_change_is_shown_as_a_diff() -> None:
    assert "edit app.py" in shown(lab())
    assert "<ins " in lab().html


def test_predict_takes_the_project_afterwards() -> None:
    one = labs.predict(ORDERED, changes.edit_file(ORDERED, "app.py"))
    answer(one, "cached", "rebuilt", "rebuilt")
    one.act("check")
    assert "3 of 3 right" in shown(one)


def test_predict_with_the_other_builder() -> None:
    one = lab()
    one.act("builder", "classic builder")
    assert list(one.asked())[-1].startswith("Step ")


def test_predicting_what_cannot_be_built_is_said() -> None:
    broken = ORDERED.with_dockerfile("FROM python\nCOPY nowhere.txt .\n")
    with pytest.raises(LayerlibError):
        BuildKit().build(broken)
    assert "nowhere.txt" in shown(labs.predict(ORDERED, broken))
