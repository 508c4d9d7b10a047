"""A project of one's own in JupyterLab, by keyboard."""

from __future__ import annotations

from browser.laboratory import PROBLEMS, REQUESTS, ROOT, Laboratory

from layerlib import Project

OWN = "tests/own-projects/node-ts"


def test_a_folder_is_opened_and_asked_by_keyboard(laboratory: Laboratory) -> None:
    page = laboratory.page()
    laboratory.lab(page, "labs.own()")
    lab = page.locator(".layerlib-lab").last
    folder = Project.from_directory(ROOT / OWN)
    field = lab.get_by_role("textbox", name="The path of a folder")
    field.fill(str(laboratory.folder))  # there is no Dockerfile in it
    field.press("Enter")
    lab.get_by_text("there is no Dockerfile in").wait_for()
    field.fill(str(ROOT / OWN))
    field.press("Enter")
    editor = lab.get_by_role("textbox", name="Text of Dockerfile")
    page.wait_for_function("e => e.value.includes('npm ci')", arg=editor.element_handle())
    assert editor.input_value() == folder.dockerfile
    lab.get_by_role("button", name="Try every change").press("Enter")
    lab.get_by_role("button", name="edit src/index.ts").press("Enter")
    lab.get_by_text("2 of 9 steps rebuilt").first.wait_for()
    # What is typed stays, and is asked again.
    editor.press("Control+End")
    editor.type("# dd\nLABEL b=1\n")
    lab.get_by_text("2 of 9 steps rebuilt").first.wait_for()
    assert editor.input_value().endswith("# dd\nLABEL b=1\n")
    assert PROBLEMS[page] == []
    assert [url for url in REQUESTS[page] if not url.startswith((laboratory.url, "data:", "blob:"))] == []
    page.context.close()
