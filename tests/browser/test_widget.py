"""The script that brings HTML to the page: whatever it turns into whatever else, the page is as if made anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import layerlib
from layerlib import Project, changes, course, labs
from layerlib.showing.labs.lab import Lab
from layerlib.showing.page.live import SCRIPT

HOST = "<!doctype html><meta charset=utf-8><body></body>"
# A model as anywidget gives it: what is sent is kept, and an answer comes when the test says so.
MODEL = """
window.start = async (script, html) => {
  const {default: {render}, morph} = await import('data:text/javascript;base64,' + script);
  const listeners = {};
  window.sent = [];
  window.values = {html, answered: {}};
  window.model = {
    get: (name) => window.values[name], send: (message) => window.sent.push(message),
    on: (name, call) => (listeners[name] ??= []).push(call), off: () => {},
  };
  window.answer = (html, message = window.sent.at(-1)) => {
    Object.assign(window.values, {html, answered: {view: message?.view, number: message?.number}});
    for (const call of listeners['change:html'] ?? []) call();
  };
  const el = document.body.appendChild(document.createElement('div'));
  window.stop = render({model: window.model, el});
  window.root = el.firstChild;
};
"""
# What a view shows, against the same HTML made anew: null if it is the same, else both. The height and the text node
# of a field follow what is typed; whether a reader has opened something is the reader's.
DIFFERENCE = """(html) => {
  const plain = (element) => {
    const one = element.cloneNode(true);
    one.removeAttribute('tabindex');  // the root's own, which keeps the focus when a focused element is gone
    for (const field of one.querySelectorAll('textarea')) { field.textContent = ''; field.removeAttribute('style'); }
    for (const name of ['open', 'data-playing']) {
      for (const each of one.querySelectorAll(`[${name}]`)) each.removeAttribute(name);
    }
    for (const each of one.querySelectorAll('[style=""]')) each.removeAttribute('style');
    one.normalize();
    return one;
  };
  const anew = document.createElement('div');
  anew.className = window.root.className;
  anew.innerHTML = html;
  const values = (one) => JSON.stringify([...one.querySelectorAll('textarea, input')].map((field) => field.value));
  const same = plain(window.root).isEqualNode(plain(anew)) && values(window.root) === values(anew);
  return same ? null : [plain(window.root).innerHTML, plain(anew).innerHTML, values(window.root), values(anew)];
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_content(HOST)
    page.evaluate(f"() => {{ {MODEL} }}")
    yield page
    assert problems == []
    context.close()


def start(page: Page, html: str) -> None:
    import base64

    page.evaluate("([script, html]) => window.start(script, html)", [base64.b64encode(SCRIPT.encode()).decode(), html])


def states(number: int, seed: int) -> list[str]:
    """What labs show on a walk of clicks by chance."""
    chance = random.Random(seed)
    made: dict[str, Lab] = {
        "cache": labs.cache(Project.load("multi-stage-app")),
        "predict": labs.predict(Project.load("flask-app"), changes.of(Project.load("flask-app"))[0]),
        "order": labs.order(Project.load("data-science-app")),
        "size": labs.size(Project.load("python-numpy-app")),
        "goal": labs.goal(course.level("08-order")),
        "own": labs.own(),
        "changes": labs.predict_changes(Project.load("flask-app"), changes.of(Project.load("flask-app"))[:4]),
        "levels": labs.levels(course.levels("11")),
        "opening": labs.opening(),
    }
    from lab_page import buttons

    shown = []
    for lab in made.values():
        for _ in range(number):
            control = chance.choice([one for one in buttons(lab) if one.get("data-do")])
            lab.act(control["data-do"], control.get("data-arg"), value=chance.choice(["FROM x\n", "3", "flask"]))
            shown.append(lab.html)
    chance.shuffle(shown)
    return shown


@pytest.mark.usefixtures("own_folder")
@pytest.mark.parametrize("seed", range(3))
def test_morphing_one_state_into_another_equals_rendering_it_anew(page: Page, seed: int) -> None:
    shown = states(12, seed)
    start(page, shown[0])
    for html in shown[1:]:
        page.evaluate("html => window.answer(html, {})", html)
        assert page.evaluate(DIFFERENCE, html) is None


FIELD = '<textarea data-do="type" data-arg="a" data-rev="{rev}" data-by="{by}" data-seen="{seen}">\n{text}</textarea>'


def test_an_answer_to_an_older_text_never_replaces_a_newer_one(page: Page) -> None:
    start(page, FIELD.format(rev=0, by="", seen="", text=""))
    field = page.locator("textarea")
    field.press_sequentially("a")
    first = page.evaluate("window.sent.at(-1)")
    field.press_sequentially("bc")
    assert page.evaluate("window.sent.length") == 1  # the others wait for the answer
    page.evaluate("([html, sent]) => window.answer(html, sent)", [
        FIELD.format(rev=1, by=first["view"], seen=first["edits"], text="a"), first,
    ])  # fmt: skip
    assert field.input_value() == "abc"
    assert page.evaluate("window.sent.at(-1).value") == "abc"


def test_a_text_that_python_sets_is_shown(page: Page) -> None:
    start(page, FIELD.format(rev=0, by="", seen="", text="begin"))
    field = page.locator("textarea")
    field.fill("mine")
    sent = page.evaluate("window.sent.at(-1)")
    page.evaluate("([html, sent]) => window.answer(html, sent)", [
        FIELD.format(rev=2, by=sent["view"], seen=sent["edits"], text="undone"), sent,
    ])  # fmt: skip
    assert field.input_value() == "undone"


def test_a_click_waits_for_what_was_typed_before_it(page: Page) -> None:
    start(page, FIELD.format(rev=0, by="", seen="", text="") + '<button data-do="check">Check</button>')
    page.locator("textarea").press_sequentially("abc")
    page.get_by_role("button").click()
    assert [one.get("value", one["do"]) for one in page.evaluate("window.sent")] == ["a", "abc", "check"]


def test_the_focus_and_the_element_stay(page: Page) -> None:
    html = '<div data-key="{}">{}<button data-key="b" data-do="x">x</button></div>'
    start(page, html.format("one", ""))
    page.evaluate("document.querySelector('button').focus(); window.kept = document.activeElement")
    page.evaluate("html => window.answer(html, {})", html.format("one", "<p>new</p>"))
    assert page.evaluate("document.activeElement === window.kept")
    page.evaluate("html => window.answer(html, {})", html.format("two", ""))
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_when_what_had_the_focus_is_gone_the_lab_has_it(page: Page) -> None:
    start(page, '<button data-key="a" data-do="x">x</button>')
    page.get_by_role("button").focus()
    page.evaluate("window.answer('<p>gone</p>', {})")
    assert page.evaluate("document.activeElement === window.root")


def test_elements_with_keys_move_and_are_not_made_again(page: Page) -> None:
    def items(keys: str) -> str:
        return "<ul>" + "".join(f'<li data-key="{key}">{key}</li>' for key in keys) + "</ul>"

    start(page, items("abcd"))
    page.evaluate("window.old = [...document.querySelectorAll('li')]")
    for keys in ("dcba", "bd", "abcd", "xaby", ""):
        page.evaluate("html => window.answer(html, {})", items(keys))
        assert page.locator("li").all_inner_texts() == list(keys)
    page.evaluate("html => window.answer(html, {})", items("ab"))


def test_details_that_a_reader_opened_stay_open(page: Page) -> None:
    html = "<details><summary>more</summary>{}</details>"
    start(page, html.format("a"))
    page.locator("summary").click()
    page.evaluate("html => window.answer(html, {})", html.format("b"))
    assert page.locator("details").get_attribute("open") is not None


def test_it_is_one_module_without_imports_that_fetches_nothing() -> None:
    for word in ("import ", "fetch(", "XMLHttpRequest", "eval(", "Function(", "http"):
        assert word not in SCRIPT, word
    assert len(SCRIPT.splitlines()) < 300
    scripts = [path.name for path in Path(layerlib.__file__).parent.rglob("*.js")]
    assert scripts == ["widget.js"]


def test_a_page_without_a_kernel_shows_the_same_html(page: Page) -> None:
    lab = labs.cache(Project.load("python-numpy-app"))
    page.set_content(lab._repr_html_())
    assert page.get_by_text("Run this cell, and you can use it.").is_visible()
    assert page.locator("tbody tr").count() == 5
