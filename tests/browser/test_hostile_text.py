"""Texts that would run if the page took them for HTML: in JupyterLab, in every place where a learner can write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.hostile import KINDS, PAYLOADS
from browser.laboratory import PROBLEMS, Laboratory, settled
from browser.machine import PICTURES
from playwright.sync_api import Page

TEXT = " ".join(PAYLOADS.values())
BEGIN = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\nimport hostile\ntext = {TEXT!r}\n"

# What of the page, below the outputs, came from a text: elements and attributes that neither layerlib nor JupyterLab
# writes there. (JupyterLab makes a link of what looks like an address in printed text.)
STRANGE = """() => [...document.querySelectorAll('.jp-OutputArea-output *')].flatMap(element => [
    ...(['SCRIPT', 'XX-PAYLOAD', 'IFRAME'].includes(element.tagName.toUpperCase()) ? [element.outerHTML] : []),
    ...(element.matches('a[href]') && !/^https?:/.test(element.href) ? [element.outerHTML] : []),
    ...(element.tagName === 'IMG' && !element.src.startsWith('data:image/') ? [element.outerHTML] : []),
    ...[...element.attributes].filter(one => /^(on|yy-)/i.test(one.name)).map(one => one.name),
])"""
WORDS = """() => [...document.querySelectorAll('.jp-OutputArea-output')].map(one => one.innerText + ' '
    + [...one.querySelectorAll('input, textarea')].map(field => field.value).join(' ')
    + [...one.querySelectorAll('.sheet, .hidden')].map(part => part.textContent).join(' ')).join(' ')"""


@pytest.fixture
def opened(laboratory: Laboratory) -> Iterator[Callable[[str], Page]]:
    """Opens a cell that has hostile texts in what it shows; whatever a test does there, none of them may run."""
    pages: list[Page] = []

    def opened(code: str) -> Page:
        page = laboratory.page()
        pages.append(page)
        name = laboratory.write([BEGIN + code], f"hostile-{len(pages)}-{abs(hash(code))}/lab.ipynb")
        laboratory.open(page, name)
        page.wait_for_selector(".jp-OutputArea-output")
        return page

    yield opened
    for page in pages:
        for element in page.locator(".jp-OutputArea-output :is(code, text, th, pre, caption, label, svg)").all()[:300]:
            if element.is_visible():
                element.dispatch_event("mouseover")
        assert page.evaluate("window.ran") is None
        assert page.evaluate(STRANGE) == []
        assert PROBLEMS[page] == []
        page.context.close()


def one_line(text: str) -> str:
    return " ".join(text.split())


def holds(page: Page, text: str) -> None:
    """Wait until the page shows a text, character by character."""
    page.wait_for_function(f"text => ({WORDS})().replace(/\\s+/g, ' ').includes(text)", arg=one_line(text))


@pytest.mark.parametrize("kind", KINDS)
def test_labs(opened: Callable[[str], Page], kind: str) -> None:
    page = opened(f"hostile.lab({kind!r}, hostile.project(text), text)")
    page.wait_for_selector(".layerlib-lab")
    lab = page.locator(".layerlib-lab").last
    for folded in lab.locator("details:not([open]) > summary:visible").all():
        folded.click()
    for text in PAYLOADS.values():
        holds(page, text)
    PICTURES.mkdir(parents=True, exist_ok=True)
    lab.screenshot(path=PICTURES / f"{kind}-hostile.png")
    for field in lab.locator("input:visible, textarea:visible").all():
        if field.get_attribute("type") != "number" and field.get_attribute("readonly") is None:
            field.fill(TEXT)
            settled(page)
    for number in range(lab.locator("button").count()):
        press = lab.locator("button").nth(number)
        if press.is_visible() and press.is_enabled():
            press.click()
            settled(page)
        assert page.evaluate(STRANGE) == []


REFUSED = """
for number, one in enumerate(hostile.refused(text).values()):
    display(hostile.lab(hostile.KINDS[number % len(hostile.KINDS)], one, text))
for error in hostile.errors(text).values():
    print(error)
"""
WITHOUT_A_LAB = """
for shown in hostile.everything(text).values():
    display(shown)
"""


@pytest.mark.parametrize("code", [REFUSED, WITHOUT_A_LAB], ids=["what is refused", "what is shown without a lab"])
def test_what_is_displayed(opened: Callable[[str], Page], code: str) -> None:
    page = opened(f"from IPython.display import display\n{code}print('the end')")
    page.get_by_text("the end").last.wait_for()
    for text in PAYLOADS.values():
        holds(page, text)


def test_an_error_that_is_not_caught(opened: Callable[[str], Page]) -> None:
    page = opened('import layerlib\nlayerlib.BuildKit().build(hostile.refused(text)["an instruction"])')
    page.get_by_text("DockerfileError").first.wait_for()
    holds(page, PAYLOADS["html"])


def test_charts_as_svg(opened: Callable[[str], Page]) -> None:
    page = opened(
        "from IPython.display import SVG, display\n"
        "for chart in hostile.everything(text).values():\n"
        "    if hasattr(chart, 'svg'):\n"
        "        display(SVG(chart.svg()))\n"
        "print('the end')"
    )
    page.get_by_text("the end").last.wait_for()
