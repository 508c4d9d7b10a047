"""The predict lab hides the answer until it is checked, and scores it."""

from __future__ import annotations

import pytest
from lab_page import ORDERED, click, shown

from layerlib import BuildKit, LayerlibError, changes, labs

pytestmark = pytest.mark.usefixtures("own_folder")


def test_predict_hides_the_answer_until_it_is_checked() -> None:
    lab = labs.predict(ORDERED, changes.of(ORDERED)[0])
    assert "rebuilt" not in shown(lab)
    assert "cached" not in shown(lab)
    lab.check.click()
    assert "1 of 3 right" in shown(lab)
    assert "The content of app.py changed." in shown(lab)


def test_predict_scores_and_asks_again() -> None:
    lab = labs.predict(ORDERED, changes.of(ORDERED)[0])
    click(lab, "[3/4] COPY . .")
    click(lab, "[4/4] RUN pip install -r requirements.txt")
    assert lab.score() == (3, 3)
    lab.check.click()
    assert "3 of 3 right" in shown(lab)
    click(lab, "[3/4] COPY . .", False)
    assert "right" not in shown(lab)
    lab.again.click()
    assert lab.score() == (1, 3)


def test_predict_takes_the_project_afterwards() -> None:
    lab = labs.predict(ORDERED, changes.edit_file(ORDERED, "app.py"))
    lab.check.click()
    assert "The content of app.py changed." in shown(lab)


def test_predict_with_the_other_builder() -> None:
    lab = labs.predict(ORDERED, changes.of(ORDERED)[0])
    lab.builder.set_state({"index": 1})
    assert [toggle.description for toggle in lab.toggles][-1].startswith("Step 5/5")


def test_predicting_what_cannot_be_built_is_said() -> None:
    broken = ORDERED.with_dockerfile("FROM python\nCOPY nowhere.txt .\n")
    with pytest.raises(LayerlibError):
        BuildKit().build(broken)
    assert "nowhere.txt" in shown(labs.predict(ORDERED, broken))
