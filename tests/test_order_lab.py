"""The order lab: a day of edits, and instructions that move where they can."""

from __future__ import annotations

import pytest
from lab_page import ORDERED, SLOW, shown

from layerlib import Project, labs

pytestmark = pytest.mark.usefixtures("own_folder")


def test_a_day_has_a_build_for_every_edit() -> None:
    builds = labs.day(ORDERED, {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert len(builds) == 21
    assert sum(step.seconds or 0 for build in builds for step in build.missed) == 210


def test_another_order_costs_less() -> None:
    lab = labs.order(ORDERED, {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert "210.0s (the same as before)" in " ".join(shown(lab).split())
    better = ORDERED.dockerfile.replace("COPY . .\nRUN", "COPY requirements.txt .\nRUN").replace("CMD", "COPY . .\nCMD")
    lab = labs.order(ORDERED.with_dockerfile(better), {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert "10.0s" in shown(lab)
    assert "always cached" in shown(lab)


def test_moving_up_and_down_and_back() -> None:
    lab = labs.order(ORDERED, effects=SLOW)
    begin = lab.view.value
    lab.downs[2].click()
    assert "COPY . ." in lab.labels[3].value
    assert "This order cannot work." in shown(lab)
    assert "RUN pip install -r requirements.txt needs requirements.txt" in shown(lab)
    assert "Below is the last result that worked" in shown(lab)
    lab.ups[3].click()
    assert lab.view.value == begin
    lab.ups[1].click()
    assert "stays in its stage" in shown(lab)
    lab.downs[4].click()
    assert lab.view.value == begin
    lab.downs[2].click()
    lab.reset.click()
    assert lab.view.value == begin
    lab.undo.click()
    assert "This order cannot work." in shown(lab)
    lab.undo.click()
    assert lab.view.value == begin
    assert "COPY . ." in lab.labels[2].value


def test_stages_and_arguments_stay() -> None:
    lab = labs.order(Project.from_files({}, "ARG V=1\nFROM python\nRUN a\nFROM scratch\nCOPY --from=0 / /\nUSER b\n"))
    assert list(lab.ups) == list(lab.downs) == [2, 4, 5]
    lab.downs[2].click()
    assert "stays in its stage" in shown(lab)


def test_more_edits_cost_more() -> None:
    lab = labs.order(ORDERED, {"app.py": 2}, SLOW)
    assert "20.0s" in shown(lab)
    lab.counts["app.py"].set_state({"value": 5})
    assert "50.0s" in shown(lab)
    lab.counts["app.py"].set_state({"value": 0})
    assert "0 builds a day" in shown(lab)


def test_edits_of_a_file_that_does_not_exist_are_said() -> None:
    assert "there is no file nowhere.py" in shown(labs.order(ORDERED, {"nowhere.py": 1}))
