"""Every lab in JupyterLab: by mouse and by keyboard, in both themes, wide and narrow, and with hostile text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browser.examples import LABS, use
from browser.laboratory import NARROW, PROBLEMS, Laboratory
from browser.machine import PICTURES
from playwright.sync_api import Page, ViewportSize

from layerlib import BuildKit, Project, changes, rebuild

APP = Project.load("python-numpy-app")


@pytest.fixture
def open_lab(laboratory: Laboratory) -> Iterator[Callable[..., Page]]:
    """Opens code that ends in a lab; afterwards, nothing may have gone wrong in the page."""
    pages: list[Page] = []

    def opened(code: str, dark: bool = False, size: ViewportSize | None = None) -> Page:
        page = laboratory.page(size=size)
        pages.append(page)
        laboratory.lab(page, code, dark=dark)
        return page

    yield opened
    for page in pages:
        assert PROBLEMS[page] == []
        assert page.evaluate("window.ran") is None
        page.context.close()


def table(page: Page, caption: str) -> list[list[str]]:
    """The rows of the table with this caption, header cells included."""
    shown = page.locator(".layerlib-view table", has=page.locator("caption", has_text=caption)).last
    rows: list[list[str]] = shown.evaluate("t => [...t.rows].map(r => [...r.cells].map(c => c.innerText.trim()))")
    return rows


def test_cache_lab_shows_what_the_model_says(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    view = page.locator(".layerlib-lab > .widget-html").last
    for change in changes.of(APP):
        build = rebuild(APP, change)
        page.get_by_label(change.name, exact=True).check()
        said = f"{len(build.missed)} of 3 steps rebuilt" if build.missed else "Nothing is rebuilt"
        view.get_by_text(said).wait_for()
        rows = {row[0]: row[1:] for row in table(page, "BuildKit")}
        for step in build.steps:
            if step.keyword != "FROM":
                assert rows[step.name][0] == ("cached" if step.cached else "rebuilt")
                assert rows[step.name][1] == ("" if step.cached else str(step.reason))
        page.get_by_label(change.name, exact=True).uncheck()
        view.get_by_text("Nothing is rebuilt").wait_for()


def test_cache_lab_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    boxes = page.locator(".layerlib-lab input[type=checkbox]")
    boxes.first.focus()
    page.keyboard.press("Space")
    page.get_by_text("2 of 3 steps rebuilt").wait_for()
    order = []
    for _ in range(len(changes.of(APP)) + 5):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate("(e => (e.labels?.[0] || e.parentElement).innerText.trim())(document.activeElement)")
        )
    names = [change.name for change in changes.of(APP)][1:]
    assert order[: len(names)] == names
    assert order[len(names)].startswith("Builder:")
    assert order[len(names) + 1] == "both builders side by side"
    page.keyboard.press("Shift+Tab")
    while page.evaluate("document.activeElement.innerText") != "Undo":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing is rebuilt").wait_for()
    assert not boxes.first.is_checked()


def test_both_builders_and_steps(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    page.get_by_label("edit CMD").check()
    page.get_by_label("both builders side by side").check()
    page.get_by_text("classic builder: the build after the changes").wait_for()
    page.get_by_role("button", name="Step back").click()
    page.get_by_text("after step 3 of 4").wait_for()
    page.get_by_role("button", name="Step forward").click()
    page.get_by_text("after step 3 of 4").wait_for(state="hidden")
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("classic builder: the build after the changes").wait_for(state="hidden")
    page.get_by_label("Builder:").focus()
    for key in ("Space", "ArrowDown", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    page.get_by_text("Step 5/5").first.wait_for()


def test_predict_lab_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["predict"])
    page.get_by_label("[3/4] COPY ./app.py .").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("3 of 3 right").wait_for()


def test_order_lab_by_keyboard_and_mouse(open_lab: Callable[..., Page]) -> None:
    page = open_lab('labs.order(layerlib.Project.load("node-web-app"))')
    page.get_by_role("button", name="2 down").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("always cached").wait_for()
    assert table(page, "a day in this order")[1][0] == "[2/4] WORKDIR /app"
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("always cached").wait_for(state="hidden")
    page.get_by_label("edits of public/index.html:").fill("3")
    page.keyboard.press("Tab")
    page.get_by_text("4 builds a day").wait_for()


def test_size_lab_shows_what_the_model_says(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["size"])
    page.get_by_label("Base image:").select_option("python:slim")
    page.get_by_text("FROM python:slim").wait_for()
    rows = table(page, "Layers, the last on top")[1:]
    build = BuildKit().build(changes.set_base(APP, "python:slim"))
    assert len(rows) == len(build.image.layers)
    assert rows[-1][2] == "78.8MB"


def test_goal_lab_is_solved_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["goal"])
    editor = page.get_by_label("Text:")
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("FROM python\nRUM x\n")
    page.keyboard.press("Tab")
    page.get_by_text("Dockerfile, line 2").wait_for()
    page.get_by_text("Below is the last result that worked.").wait_for()
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        'FROM python\nRUN pip install numpy\nWORKDIR /home/app\nCOPY ./app.py .\nCMD ["python", "app.py"]\n'
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Check"
    page.keyboard.press("Enter")
    page.get_by_text("Reached.", exact=True).wait_for()
    page.get_by_role("button", name="Copy as text").click()
    page.wait_for_function("() => [...document.querySelectorAll('textarea')].some(t => t.value.startsWith('# '))")
    assert "COPY ./app.py ." in page.get_by_label("Answer:").input_value()
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function(
        "() => document.querySelector('.layerlib-lab textarea').value.includes('COPY ./app.py .\\nRUN')"
    )
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function(
        "() => document.querySelector('.layerlib-lab textarea').value.includes('RUN pip install numpy\\nW')"
    )


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_lab: Callable[..., Page], name: str, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_lab(LABS[name], dark=theme == "dark")
    use(page, name)
    found = Axe().run(page, context=".layerlib-lab").response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize("look", ["light", "dark", "narrow"])
def test_a_picture_of_each_lab(open_lab: Callable[..., Page], name: str, look: str) -> None:
    size = NARROW if look == "narrow" else None
    page = open_lab(LABS[name], dark=look == "dark", size=size)
    use(page, name)
    lab = page.locator(".layerlib-lab")
    overflow = "e => [...e.querySelectorAll('*')].filter(c => c.tagName != 'TEXTAREA' && c.tagName != 'SELECT' && "
    overflow += "c.clientWidth && c.scrollWidth > c.clientWidth + 1 && getComputedStyle(c).overflowX != 'visible')"
    overflow += ".map(c => c.className)"
    PICTURES.mkdir(parents=True, exist_ok=True)
    lab.first.screenshot(path=PICTURES / f"{name}-{look}.png")
    assert lab.first.evaluate(overflow) == []
    assert lab.first.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_a_thousand_clicks_leave_the_page_as_it_was(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    page.get_by_label("edit app.py").check()
    page.get_by_text("2 of 3 steps rebuilt").wait_for()
    counting = "() => [document.querySelectorAll('*').length, document.querySelectorAll('.jp-OutputArea-child').length]"
    before = page.evaluate(counting)
    page.evaluate(
        """async () => {
          const view = [...document.querySelectorAll('.layerlib-lab > .widget-html')].pop();
          const box = document.querySelector('.layerlib-lab input[type=checkbox]');
          for (let n = 0; n < 1000; n++) {
            await new Promise(done => {
              const watch = new MutationObserver(() => { watch.disconnect(); done(); });
              watch.observe(view, {childList: true, subtree: true});
              box.click();
            });
          }
        }"""
    )
    page.get_by_text("2 of 3 steps rebuilt").wait_for()
    assert page.evaluate(counting) == before
