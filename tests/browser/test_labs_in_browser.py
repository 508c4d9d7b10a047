"""Every lab in JupyterLab: by mouse and by keyboard, in both themes, wide and narrow."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator

import pytest
from browser.examples import LABS, press, use
from browser.laboratory import NARROW, PROBLEMS, REQUESTS, Laboratory, settled
from browser.machine import PICTURES
from playwright.sync_api import Locator, Page, ViewportSize

from layerlib import Project, changes, course, rebuild

APP = Project.load("python-numpy-app")
SIZES: dict[str, ViewportSize] = {
    "1920": {"width": 1920, "height": 1080},
    "1366": {"width": 1366, "height": 768},
    "910": {"width": 910, "height": 1000},
    "narrow": NARROW,
}


@pytest.fixture
def open_lab(laboratory: Laboratory) -> Iterator[Callable[..., Page]]:
    """Opens code that ends in a lab; afterwards, nothing may have gone wrong, and no request may have left."""
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
        away = [url for url in REQUESTS[page] if not url.startswith((laboratory.url, "data:", "blob:"))]
        assert away == []
        page.context.close()


def lab_of(page: Page) -> Locator:
    return page.locator(".layerlib-lab").last


def said(page: Page, words: str) -> None:
    """Wait until a lab says this to a screen reader."""
    page.locator(".layerlib-lab [aria-live=polite]", has_text=words).first.wait_for(state="attached")


def lines(page: Page) -> dict[str, list[str]]:
    """The rows of the listing by their number."""
    shown: list[list[str]] = lab_of(page).evaluate(
        "e => [...e.querySelectorAll('table.listing tbody tr')].map(r => [...r.cells].map(c => c.innerText.trim()))"
    )
    return {row[0]: row[1:] for row in shown}


def test_cache_lab_shows_what_the_model_says(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    for change in changes.of(APP):
        build = rebuild(APP, change)
        press(lab_of(page), change.name)
        said(page, f"{len(build.missed)} of 3 steps rebuilt" if build.missed else "Nothing is rebuilt")
        lab_of(page).locator(f'button[data-arg="{change.name}"][aria-pressed=true]').wait_for()
        rows = lines(page)
        for step in build.steps:
            if step.keyword != "FROM":
                assert rows[str(step.line)][1][2:] == ("cached" if step.cached else "rebuilt")
        press(lab_of(page), change.name)
        lab_of(page).locator(f'button[data-arg="{change.name}"][aria-pressed=false]').wait_for()


def test_keys_in_a_lab_are_no_commands_of_jupyterlab(open_lab: Callable[..., Page]) -> None:
    """In JupyterLab, `d` `d` deletes the cell, `b` inserts one, and an arrow leaves it."""
    for name in LABS:
        page = open_lab(LABS[name])
        use(page, name)
        cells = page.locator(".jp-Notebook .jp-Cell").count()
        focused = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert lab_of(page).evaluate("e => e.contains(document.activeElement)")
        for key in ("d", "d", "b", "a", "ArrowDown", "ArrowUp", "x", "y"):
            page.keyboard.press(key)
        settled(page)
        assert page.locator(".jp-Notebook .jp-Cell").count() == cells, name
        assert lab_of(page).is_visible()
        assert page.evaluate("document.activeElement.outerHTML.slice(0, 200)") == focused
        assert page.locator(".jp-Notebook .jp-Cell").first.locator(".layerlib-lab").count() == 1


def test_keys_with_control_go_to_jupyterlab(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    page.evaluate("addEventListener('keydown', event => { window.heard = (window.heard || '') + event.key; })")
    lab_of(page).locator(".chip").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("Control+Shift+9")
    assert page.evaluate("window.heard.includes('x')") is False
    assert page.evaluate("window.heard.includes('Control')")


def test_cache_lab_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    lab_of(page).locator(".chip").first.focus()
    page.keyboard.press("Space")
    said(page, "2 of 3 steps rebuilt")
    assert page.evaluate("document.activeElement.innerText") == "edit app.py"
    order = []
    for _ in range(len(changes.of(APP)) + 2):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.innerText"))
    assert sorted(order[:-3]) == sorted(change.name for change in changes.of(APP)[1:])
    assert order[-3:] == ["BuildKit", "classic builder", "both"]
    page.keyboard.press("Enter")
    said(page, "classic builder: 3 of 4 steps rebuilt")
    while page.evaluate("document.activeElement.innerText") != "Undo":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('table.both')")


def test_a_click_on_a_row_opens_it(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    lab_of(page).locator("tbody tr").nth(2).locator(".why").click()
    lab_of(page).get_by_text("What the builder compares", exact=True).wait_for()
    lab_of(page).locator("tbody tr .code button").nth(2).press("Enter")
    lab_of(page).get_by_text("What the builder compares", exact=True).wait_for(state="hidden")


def test_the_verdict_stays_in_sight(open_lab: Callable[..., Page]) -> None:
    """Whoever scrolls down to a line of a long Dockerfile still sees how many steps are rebuilt."""
    lines = "".join(f"RUN echo {number}\\n" for number in range(40))
    code = f'labs.cache(layerlib.Project.from_files({{"app.py": "x"}}, "FROM python\\nCOPY . .\\n{lines}", "long"))'
    page = open_lab(code, size=SIZES["1366"])
    press(lab_of(page), "edit app.py")
    said(page, "41 of 41 steps rebuilt")
    lab_of(page).locator("tbody tr").nth(38).scroll_into_view_if_needed()
    verdict = lab_of(page).locator(".verdict")
    assert verdict.bounding_box()
    top = verdict.evaluate(
        """e => { const box = e.getBoundingClientRect();
          const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return e.contains(seen) ? box.y : -1; }"""
    )
    assert 0 < top < 200
    first = lab_of(page).locator("tbody tr").first.bounding_box()
    assert first
    assert first["y"] < top


def test_an_opened_row_marks_what_differs(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    press(lab_of(page), "edit app.py")
    lab_of(page).locator("tr.cause .code button").press("Enter")
    differs = lab_of(page).locator(".details dd.differs")
    differs.wait_for()
    assert differs.all_inner_texts() == ["The content of app.py changed."]


def reach(page: Page, words: str) -> None:
    """Go on with the Tab key until an element that says this has the focus, and is seen to have it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        text = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")
        if text == words:
            assert page.evaluate(
                """() => { const one = document.activeElement, style = getComputedStyle(one);
                  return one.matches(':focus-visible') && style.outlineStyle !== 'none' && style.outlineWidth !== '0px';
                }"""
            ), words
            return
    raise AssertionError(f"The Tab key does not reach {words!r}.")


def begin(page: Page) -> None:
    """The focus at the beginning of the lab."""
    lab_of(page).evaluate("e => e.focus()")


def test_opening_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["opening"])
    begin(page)
    reach(page, "Edit app.py and build")
    page.keyboard.press("Enter")
    said(page, "2 of 3 steps rebuilt")
    reach(page, "Start over")
    page.keyboard.press("Space")
    said(page, "Nothing has changed yet")


def test_size_lab_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["size"])
    begin(page)
    reach(page, "python:slim")
    page.keyboard.press("Enter")
    said(page, "it had 1.21GB")
    reach(page, "pandas")
    page.keyboard.press("Space")
    lab_of(page).get_by_text("RUN pip install numpy pandas").first.wait_for()
    reach(page, "packages, with spaces between them")
    page.keyboard.press("End")
    page.keyboard.type(" flask")
    lab_of(page).get_by_text("RUN pip install numpy pandas flask").first.wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.slab.base')"):
            break
    page.keyboard.press("Enter")
    lab_of(page).locator(".slab.part").first.wait_for()


def test_levels_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["levels"])
    level = course.levels("11")[0]
    begin(page)
    page.keyboard.press("Tab")
    assert level.title in page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    lab_of(page).locator(".sheet").first.wait_for()
    reach(page, "Text of Dockerfile")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(level.solution.dockerfile)
    reach(page, "Check")
    page.keyboard.press("Enter")
    settled(page)
    assert "goals" in lab_of(page).inner_text()


def test_a_chip_says_on_hover_and_focus_what_it_does(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    said_of = lab_of(page).get_by_text("The content of app.py changes.")
    assert not said_of.is_visible()
    lab_of(page).get_by_role("button", name="edit app.py").hover()
    said_of.wait_for()
    page.mouse.move(0, 0)
    said_of.wait_for(state="hidden")
    begin(page)
    reach(page, "edit app.py")
    said_of.wait_for()


def test_both_builders_are_never_cut_off(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"], size=SIZES["1366"])
    press(lab_of(page), "edit app.py")
    press(lab_of(page), "both")
    lab_of(page).locator("table.both").wait_for()
    box, frame = lab_of(page).locator("table.both").bounding_box(), lab_of(page).bounding_box()
    assert box
    assert frame
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    PICTURES.mkdir(parents=True, exist_ok=True)
    lab_of(page).screenshot(path=PICTURES / "cache-both.png")


def test_predict_lab_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["predict"])
    for answer in ("cached: line 2", "rebuilt: line 3", "rebuilt: line 4"):
        lab_of(page).get_by_role("button", name=answer).focus()
        page.keyboard.press("Space")
    lab_of(page).get_by_role("button", name="Check", exact=True).focus()
    page.keyboard.press("Enter")
    said(page, "3 of 3 right")


def order_of(page: Page) -> list[str]:
    words: list[str] = lab_of(page).locator("tbody tr .code").all_inner_texts()
    return [one.partition(" ")[0] for one in words]


def test_order_lab_by_keys(open_lab: Callable[..., Page]) -> None:
    page = open_lab('labs.order(layerlib.Project.load("node-web-app"))')
    begin = order_of(page)
    handle = lab_of(page).locator("[data-keys]").nth(1)
    handle.focus()
    page.keyboard.press("ArrowDown")
    said(page, "now, below")
    assert order_of(page) == [*begin[:2], begin[3], begin[2], *begin[4:]]
    assert page.evaluate("document.activeElement.hasAttribute('data-keys')")
    page.keyboard.press("ArrowUp")
    said(page, "now, above")
    assert order_of(page) == begin


def test_order_lab_by_dragging(open_lab: Callable[..., Page]) -> None:
    page = open_lab('labs.order(layerlib.Project.load("node-web-app"))')
    begin = order_of(page)
    rows = lab_of(page).locator("tbody tr")
    start, end = rows.nth(2).bounding_box(), rows.nth(3).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 150, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 150, start["y"] + 20)
    page.mouse.move(end["x"] + 150, end["y"] + end["height"] - 4, steps=4)
    assert rows.nth(3).get_attribute("data-drop") == "after"
    page.mouse.up()
    said(page, "now, below")
    assert order_of(page) == [*begin[:2], begin[3], begin[2], *begin[4:]]
    assert lab_of(page).locator("[data-drop], [data-dragging]").count() == 0


def test_edits_of_a_day(open_lab: Callable[..., Page]) -> None:
    page = open_lab('labs.order(layerlib.Project.load("node-web-app"))')
    field = page.get_by_label("edits of public/index.html")
    field.fill("3")
    lab_of(page).get_by_text("4 builds a day").wait_for()
    assert field.input_value() == "3"


def test_size_lab_shows_what_the_model_says(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["size"])
    press(lab_of(page), "python:slim")
    lab_of(page).get_by_text("FROM python:slim").first.wait_for()
    page.get_by_label("packages, with spaces between them").fill("numpy pandas")
    lab_of(page).get_by_text("RUN pip install numpy pandas").first.wait_for()
    lab_of(page).locator(".slab.base").last.click()
    lab_of(page).locator(".slab.part").first.wait_for()


def editor(page: Page) -> Locator:
    return page.get_by_label("Text of Dockerfile")


def test_goal_lab_is_solved_by_keyboard(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["goal"])
    editor(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("FROM python\nRUM x\n")
    page.get_by_text("Dockerfile, line 2").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(course.level("08-order").solution.dockerfile)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Check"
    page.keyboard.press("Enter")
    page.get_by_text("4 of 4 goals", exact=True).wait_for()
    press(lab_of(page), "Copy my answer")
    page.get_by_label("My answer").wait_for()
    answer = tomllib.loads(page.evaluate("navigator.clipboard.readText()"))
    assert answer["level"] == "08-order"
    assert answer["files"]["Dockerfile"] == course.level("08-order").solution.dockerfile
    press(lab_of(page), "Start over")
    page.wait_for_function("document.querySelector('.sheet textarea').value.includes('COPY ./app.py .\\nRUN')")
    press(lab_of(page), "Undo")
    page.wait_for_function("document.querySelector('.sheet textarea').value.includes('RUN pip install numpy\\nC')")
    assert lab_of(page).locator(".mirror").first.inner_text().rstrip("\n") == editor(page).input_value().rstrip("\n")


def test_every_file_can_be_read(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["goal"])
    page.get_by_role("tab", name="app.py").click()
    field = page.get_by_label("Text of app.py")
    field.wait_for()
    assert "numpy" in field.input_value()
    assert field.get_attribute("readonly") is not None
    assert not editor(page).is_visible()


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_lab: Callable[..., Page], name: str, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_lab(LABS[name], dark=theme == "dark")
    use(page, name)
    found = Axe().run(page, context=".layerlib-lab").response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


LOOKS = [("light", "1366"), ("dark", "1366"), ("light", "1920"), ("light", "910"), ("light", "narrow"), ("dark", "910")]


@pytest.mark.parametrize("name", LABS)
@pytest.mark.parametrize(("theme", "width"), LOOKS, ids=map("-".join, LOOKS))
def test_a_picture_of_each_lab(open_lab: Callable[..., Page], name: str, theme: str, width: str) -> None:
    page = open_lab(LABS[name], dark=theme == "dark", size=SIZES[width])
    use(page, name)
    lab = lab_of(page)
    overflow = "e => [...e.querySelectorAll('*')].filter(c => !c.closest('.hidden, .sheet') && c.tagName != 'INPUT' && "
    overflow += "c.clientWidth && c.scrollWidth > c.clientWidth + 1 && getComputedStyle(c).overflowX != 'visible')"
    overflow += ".map(c => c.className)"
    PICTURES.mkdir(parents=True, exist_ok=True)
    lab.screenshot(path=PICTURES / f"{name}-{theme}-{width}.png")
    assert lab.evaluate(overflow) == []
    assert lab.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_forced_colours(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    page.emulate_media(forced_colors="active")
    use(page, "cache")
    PICTURES.mkdir(parents=True, exist_ok=True)
    lab_of(page).screenshot(path=PICTURES / "cache-forced-colours.png")
    chips = lab_of(page).locator(".chip")
    colours = chips.evaluate_all("all => all.slice(0, 2).map(one => getComputedStyle(one).backgroundColor)")
    assert colours[0] != colours[1]


def test_a_build_plays_once_unless_motion_is_reduced(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    use(page, "cache")
    running = "() => document.getAnimations().filter(one => one.animationName === 'layerlib-plays'"
    running += " && one.playState === 'running').length"
    assert page.evaluate(running) == 0
    page.emulate_media(reduced_motion="no-preference")
    press(lab_of(page), "edit RUN")
    page.wait_for_function(f"({running})() > 0")
    page.wait_for_function(f"({running})() === 0")


def test_a_thousand_clicks_leave_the_page_as_it_was(open_lab: Callable[..., Page]) -> None:
    page = open_lab(LABS["cache"])
    use(page, "cache")
    counting = "() => [document.querySelectorAll('*').length, document.querySelectorAll('.jp-OutputArea-child').length]"
    before = page.evaluate(counting)
    page.evaluate(
        """async () => {
          const chip = document.querySelector('.layerlib-lab .chip');
          for (let n = 0; n < 1000; n++) {
            await new Promise(done => {
              const watch = new MutationObserver(() => { watch.disconnect(); done(); });
              watch.observe(chip, {attributes: true, attributeFilter: ['aria-pressed']});
              chip.click();
            });
          }
        }"""
    )
    said(page, "2 of 3 steps rebuilt")
    assert page.evaluate(counting) == before
