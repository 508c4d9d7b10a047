"""A recorded session plays: buttons, keys, and for people who want no motion."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from browser.test_widget import HOST, MODEL
from playwright.sync_api import Browser, Page

from layerlib import course
from layerlib.showing.page.live import SCRIPT
from layerlib.showing.page.still import STYLE

NAME = "00-first-build"


def opened(browser: Browser, motion: str) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce" if motion == "reduce" else "no-preference")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_content(HOST)
    page.add_style_tag(content=STYLE)
    page.evaluate(f"() => {{ {MODEL} }}")
    script = base64.b64encode(SCRIPT.encode()).decode()
    page.evaluate("([script, html]) => window.start(script, html)", [script, course.session(NAME).html])
    yield page
    assert problems == []
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    yield from opened(browser, "no-preference")


@pytest.fixture
def still_page(browser: Browser) -> Iterator[Page]:
    yield from opened(browser, "reduce")


def later(page: Page) -> int:
    """How many pieces of the text are still to come."""
    return page.locator("[data-later]").count()


def test_all_is_shown_until_somebody_plays_it(page: Page) -> None:
    assert later(page) == 0
    whole = page.locator(".terminal").text_content()
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause").wait_for()
    first = later(page)
    assert first > 5
    page.wait_for_function("count => document.querySelectorAll('[data-later]').length < count", arg=first)
    assert page.locator(".terminal").text_content() == whole  # a screen reader reads it all, at any time
    page.get_by_role("button", name="Show all").click()
    assert later(page) == 0
    assert page.get_by_role("button", name="Play", exact=True).is_visible()


def test_it_goes_from_command_to_command_by_keyboard(page: Page) -> None:
    page.locator(".terminal").focus()
    page.keyboard.press("ArrowLeft")
    before_last = later(page)
    page.keyboard.press("ArrowLeft")
    assert later(page) > before_last > 0
    page.keyboard.press("ArrowRight")
    assert later(page) == before_last
    page.keyboard.press("End")
    assert later(page) == 0
    page.keyboard.press(" ")
    page.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press(" ")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_it_plays_to_its_end_four_times_as_fast(page: Page) -> None:
    speed = page.get_by_role("button", name="Speed")
    speed.click()
    speed.click()
    assert speed.text_content() == "Speed: 4"
    page.locator(".terminal").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press(" ")
    page.wait_for_function("() => !document.querySelector('[data-later]')")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_without_motion_it_is_text_that_can_be_stepped_through(still_page: Page) -> None:
    assert later(still_page) == 0
    assert not still_page.get_by_role("button", name="Play", exact=True).is_visible()
    still_page.get_by_role("button", name="Previous command").click()
    assert later(still_page) > 0
    still_page.locator(".terminal").focus()
    still_page.keyboard.press(" ")
    assert later(still_page) == 0


def test_it_asks_python_for_nothing(page: Page) -> None:
    page.get_by_role("button", name="Previous command").click()
    assert page.evaluate("() => window.sent") == []
