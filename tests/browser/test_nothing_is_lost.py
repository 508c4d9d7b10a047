"""The kernel is killed and the tab closed while a learner works; the work is there again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from browser.examples import LABS, press
from browser.laboratory import PROBLEMS, Laboratory, settled
from playwright.sync_api import Page

# Each lab's cell also says which process its kernel is.
PROCESS = 'import os, pathlib\npathlib.Path("process").write_text(str(os.getpid()))\n'
TYPED = "RUN echo half a li"


def folder_of(laboratory: Laboratory, name: str) -> Path:
    return (laboratory.folder / "notebooks" / name).parent


def kept(laboratory: Laboratory, name: str, words: str) -> str:
    """Wait until a kept file holds these words, and give its text."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for path in (folder_of(laboratory, name) / "my-work").glob("*.txt"):
            if words in path.read_text():
                return path.read_text()
        time.sleep(0.05)
    raise TimeoutError(words)


def kill(laboratory: Laboratory, name: str) -> None:
    """End the kernel's process as the system does when memory runs out."""
    process = int((folder_of(laboratory, name) / "process").read_text())
    os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))


def again(laboratory: Laboratory, page: Page, name: str) -> Page:
    """Close the page, open the notebook in a new one, and run the lab's cell."""
    assert PROBLEMS[page] == []
    page.context.close()
    page = laboratory.page()
    laboratory.open(page, name)
    page.locator(".layerlib-lab").first.wait_for()
    page.wait_for_function("n => document.querySelectorAll('.layerlib-lab').length >= n", arg=1)
    return page


@pytest.mark.parametrize("end", [True, False], ids=["kernel killed", "tab closed"])
def test_a_half_typed_dockerfile_is_there_again(laboratory: Laboratory, end: bool) -> None:
    page = laboratory.page()
    name = laboratory.lab(page, PROCESS + LABS["goal"])
    editor = page.get_by_label("Text of Dockerfile")
    editor.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(TYPED)
    kept(laboratory, name, TYPED)
    page.get_by_text("Your text is kept in my-work/goal-08-order.txt beside this notebook.").wait_for()
    text = editor.input_value()
    assert text.endswith(TYPED)
    if end:
        kill(laboratory, name)
    page = again(laboratory, page, name)
    lab = page.locator(".layerlib-lab").last
    lab.get_by_text("Your last text is here again").wait_for()
    assert lab.get_by_label("Text of Dockerfile").input_value() == text
    assert len(list((folder_of(laboratory, name) / "my-work").iterdir())) == 1
    press(lab, "Start over")
    page.wait_for_function("typed => !document.querySelector('.sheet textarea').value.includes(typed)", arg=TYPED)
    assert PROBLEMS[page] == []
    page.context.close()


def test_answers_are_there_again(laboratory: Laboratory) -> None:
    page = laboratory.page()
    name = laboratory.lab(page, PROCESS + LABS["predict"])
    page.get_by_role("button", name="rebuilt: line 4").click()
    kept(laboratory, name, "[4/4] RUN pip install numpy")
    kill(laboratory, name)
    page = again(laboratory, page, name)
    lab = page.locator(".layerlib-lab").last
    lab.locator(".ans[aria-pressed=true]").wait_for()
    assert (
        lab.locator(".ans[aria-pressed=true]").get_attribute("aria-label") == "rebuilt: line 4, RUN pip install numpy"
    )
    assert PROBLEMS[page] == []
    page.context.close()


def test_fast_typing_loses_no_character_and_the_check_is_of_all_that_was_typed(laboratory: Laboratory) -> None:
    """Characters are typed while the kernel is busy, and a click follows at once; the check is made of the last."""
    page = laboratory.page()
    slow = "import time\nrun = labs.goal.__globals__['GoalLab'].result\n"
    slow += "def slowly(lab):\n    time.sleep(0.6)\n    return run(lab)\n"
    slow += "labs.goal.__globals__['GoalLab'].result = slowly\n"
    laboratory.lab(page, slow + LABS["goal"])
    editor = page.get_by_label("Text of Dockerfile")
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('FROM python\nRUN pip install numpy\nWORKDIR /home/app\nCMD ["python", "app.py"]\n')
    page.keyboard.type("COPY ./app.py .", delay=15)
    typed = editor.input_value()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("4 of 4 goals", exact=True).wait_for()
    assert editor.input_value() == typed
    settled(page)
    assert editor.input_value() == typed
    assert page.get_by_text("4 of 4 goals", exact=True).is_visible()
    assert PROBLEMS[page] == []
    page.context.close()
