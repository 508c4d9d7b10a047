"""What holds for every lab. No browser: `set_state` is a click."""

from __future__ import annotations

import pytest
from lab_page import BUG, ORDERED, Reader, click, controls, every_lab, shown

from layerlib import Project, labs

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.mark.parametrize("name", Project.shipped())
def test_every_lab_takes_every_project(name: str) -> None:
    for lab in every_lab(Project.load(name)).values():
        assert BUG not in shown(lab)
        assert "This cannot be built" not in shown(lab)


def test_a_lab_has_a_short_name() -> None:
    assert {name: repr(lab) for name, lab in every_lab().items()} == {
        "cache": "Cache lab: shop",
        "predict": "Predict lab: shop, edit app.py",
        "order": "Order lab: shop",
        "size": "Size lab: shop",
        "goal": "Goal lab: A title",
    }


def test_every_control_has_a_name_of_its_own() -> None:
    for lab in every_lab().values():
        names = [control.description for control in controls(lab)]
        assert all(names)
        assert len(names) == len(set(names))


def test_tables_have_captions_and_header_cells() -> None:
    for name, lab in every_lab().items():
        tags = Reader(lab.view.value).tags
        assert tags.count("caption") == tags.count("table") > 0, name
        assert "th" in tags


def test_nothing_is_remembered_outside_a_lab() -> None:
    one, other = labs.cache(ORDERED), labs.cache(ORDERED)
    click(one, "edit app.py")
    assert "Nothing is rebuilt" in shown(other)
    assert one.view.value != other.view.value
