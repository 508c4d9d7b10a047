"""The order lab: a day of edits, and lines that move where they can."""

from __future__ import annotations

import pytest
from lab_page import ORDERED, SLOW, buttons, rows, shown

from layerlib import Project, labs
from layerlib.showing.labs.order_lab import OrderLab

pytestmark = pytest.mark.usefixtures("own_folder")


def lines(lab: OrderLab) -> list[str]:
    return [one.source for one in lab.now.parsed.instructions]


def test_a_day_has_a_build_for_every_edit() -> None:
    builds = labs.day(ORDERED, {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert len(builds) == 21
    assert sum(step.seconds or 0 for build in builds for step in build.missed) == 210


def test_a_day_of_its_own_is_twenty_edits_of_a_source_and_one_of_a_list() -> None:
    lab = labs.order(ORDERED, effects=SLOW)
    assert lab.edits() == {"app.py": 20, "requirements.txt": 1}
    assert "21 builds a day" in shown(lab)


def test_another_order_costs_less_and_says_how_much() -> None:
    lab = labs.order(ORDERED, {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert "210.0s of waiting in a day, the same as before" in " ".join(shown(lab).split())
    better = ORDERED.dockerfile.replace("COPY . .\nRUN", "COPY requirements.txt .\nRUN").replace("CMD", "COPY . .\nCMD")
    lab = labs.order(ORDERED.with_dockerfile(better), {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert "10.0s" in shown(lab)
    strips = {row[2]: row[4] for row in rows(lab) if len(row) == 6}
    assert strips["RUN pip install -r requirements.txt"] == "1 of 21"
    assert strips["WORKDIR /app"] == "never"
    assert lab.html.count('<i class="on">') == 21 + 1 + 1


def test_a_better_order_in_the_lab_is_so_many_times_less() -> None:
    project = Project.from_files({"app.py": "1\n"}, "FROM python\nCOPY app.py .\nRUN pip install flask\n", "app")
    lab = labs.order(project, {"app.py": 20}, SLOW)
    lab.act("move", "1 1")
    words = " ".join(shown(lab).split())
    assert "RUN pip install flask is rebuilt 0 times a day instead of 20 times." in words
    assert lines(lab) == ["FROM python", "RUN pip install flask", "COPY app.py ."]


def test_an_order_that_cannot_work_says_so_on_its_line() -> None:
    lab = labs.order(ORDERED, effects=SLOW)
    begin = lab.html
    lab.act("move", "2", key="ArrowDown")
    assert lines(lab)[3] == "COPY . ."
    assert "This order cannot work." in shown(lab)
    lost = [row for row in rows(lab) if len(row) == 4]
    assert [row[2] for row in lost] == ["RUN pip install -r requirements.txt"]
    assert "RUN pip install -r requirements.txt needs requirements.txt" in lost[0][3]
    lab.act("move", "3", key="ArrowUp")
    assert lines(lab) == [one.source for one in ORDERED.parsed.instructions]
    lab.act("undo")
    assert "cannot work" in shown(lab)
    lab.act("reset")
    assert "cannot work" not in shown(lab)
    assert begin != lab.html


def test_a_line_is_dragged_to_a_place_and_says_where_it_went() -> None:
    lab = labs.order(ORDERED, effects=SLOW)
    lab.act("move", "1", to=3)
    assert lines(lab)[1:4] == ["COPY . .", "RUN pip install -r requirements.txt", "WORKDIR /app"]
    assert "“WORKDIR /app” is line 4 now, below “RUN pip install -r requirements.txt”." in shown(lab)
    lab.act("move", "3", to=1)
    assert lines(lab)[1] == "WORKDIR /app"
    assert "“WORKDIR /app” is line 2 now, above “COPY . .”." in shown(lab)


def test_a_line_stays_in_its_stage() -> None:
    lab = labs.order(ORDERED)
    lab.act("move", "1 -1")
    assert "stays in its stage" in shown(lab)
    before = lines(lab)
    for arg, message in (("0", {"to": 2}), ("9", {"to": 1}), ("4 1", {}), ("2", {"key": "x"})):
        lab.act("move", arg, **message)
        assert lines(lab) == before


def test_stages_and_arguments_stay() -> None:
    lab = labs.order(Project.from_files({}, "ARG V=1\nFROM python\nRUN a\nFROM scratch\nCOPY --from=0 / /\nUSER b\n"))
    moving = {one["data-arg"] for one in buttons(lab) if one.get("data-keys")}
    assert moving == {"2", "4", "5"}
    lab.act("move", "2 1")
    assert "stays in its stage" in shown(lab)


def test_more_edits_cost_more() -> None:
    lab = labs.order(ORDERED, {"app.py": 2}, SLOW)
    assert "20.0s" in shown(lab)
    lab.act("edits", "app.py", value="5")
    assert "50.0s" in shown(lab)
    lab.act("edits", "app.py", value="0")
    assert "0 builds a day" in shown(lab)
    for nonsense in ("", "-1", "x", "99999"):
        lab.act("edits", "app.py", value=nonsense)
        assert lab.edits() == {"app.py": 0}


def test_edits_of_a_file_that_does_not_exist_are_said() -> None:
    assert "there is no file nowhere.py" in shown(labs.order(ORDERED, {"nowhere.py": 1}))
