"""The same labs as pages without code, under Voilà."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.examples import LABS, press, use
from browser.laboratory import IMPORTS, PROBLEMS, Gallery
from browser.machine import PICTURES
from playwright.sync_api import Page

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr'], [data-mime-type='application/vnd.jupyter.error']"


@pytest.fixture
def opened(gallery: Gallery) -> Iterator[Callable[[str], Page]]:
    """Opens a notebook; afterwards, nothing may have gone wrong in the page."""
    pages: list[Page] = []

    def opened(name: str) -> Page:
        page = gallery.page()
        pages.append(page)
        gallery.open(page, name)
        page.locator(".layerlib-lab").first.wait_for(timeout=90_000)
        return page

    yield opened
    for page in pages:
        assert page.locator(ERRORS).all_inner_texts() == []
        assert "Traceback" not in page.inner_text("body")
        assert "This is a bug in layerlib" not in page.inner_text("body")
        assert PROBLEMS[page] == []
        page.context.close()


@pytest.mark.parametrize("name", LABS)
def test_every_lab_answers(gallery: Gallery, opened: Callable[[str], Page], name: str) -> None:
    page = opened(gallery.write([f"{IMPORTS}\n{LABS[name]}"], f"{name}/lab.ipynb"))
    view = page.locator(".layerlib-lab").last
    before = view.inner_text()
    use(page, name)
    assert view.inner_text() != before
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-voila.png")


def test_a_page_for_many_readers_keeps_nothing_and_says_so(gallery: Gallery, opened: Callable[[str], Page]) -> None:
    page = opened(gallery.write([f"{IMPORTS}\n{LABS['goal']}"], "readers/lab.ipynb"))
    page.get_by_label("Text of Dockerfile").press_sequentially("# mine\n")
    page.get_by_text("This page has one folder for all its readers, so your text is not kept.").wait_for()
    assert not (gallery.folder / "notebooks" / "readers" / "my-work").exists()


def test_a_lesson(gallery: Gallery, opened: Callable[[str], Page]) -> None:
    shutil.copytree(NOTEBOOKS, gallery.folder / "notebooks" / "course", dirs_exist_ok=True)
    page = opened("course/00_start_here.ipynb")
    lab = page.locator(".layerlib-lab", has=page.get_by_role("button", name="add a comment"))
    lab.get_by_text("Nothing is rebuilt").wait_for(state="attached")
    press(lab, "edit app.py")
    lab.get_by_text("2 of 3 steps rebuilt: ").wait_for(state="attached")
    lab.screenshot(path=PICTURES / "lesson-voila.png")
