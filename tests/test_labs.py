"""What holds for every lab. No browser: `act` is a click."""

from __future__ import annotations

import pytest
from lab_page import BUG, ORDERED, Reader, buttons, every_lab, shown

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
        "own": "Your own project: shop",
    }


def test_every_control_has_a_name_and_asks_for_something_that_is_there() -> None:
    for lab in every_lab().values():
        for control in buttons(lab):
            assert control["words"].strip() or control.get("aria-label"), control
            if "data-do" in control:
                assert hasattr(lab, f"do_{control['data-do']}"), control


def test_tables_have_captions_and_header_cells() -> None:
    for name, lab in every_lab().items():
        if name == "own":
            lab.act("ask")
        tags = Reader(lab.html).tags
        assert tags.count("caption") == tags.count("table"), name
        assert "th" in tags or name in ("goal", "size")


def test_a_saved_lab_is_a_picture_with_its_style_and_says_how_to_use_it() -> None:
    for lab in every_lab().values():
        text = lab._repr_html_()
        assert text.startswith("<style>")
        assert "Run this cell, and you can use it." in text
        assert text.endswith(lab.html + "</div>")
        assert text == lab._repr_html_()


def test_two_labs_of_one_project_show_the_same_bytes() -> None:
    one, other = every_lab(), every_lab()
    assert {name: lab._repr_html_() for name, lab in one.items()} == {
        name: lab._repr_html_() for name, lab in other.items()
    }


def test_nothing_is_remembered_outside_a_lab() -> None:
    one, other = labs.cache(ORDERED), labs.cache(ORDERED)
    one.act("toggle", "edit app.py")
    assert "Nothing is rebuilt" in shown(other)
    assert one.html != other.html
