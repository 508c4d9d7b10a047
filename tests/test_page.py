"""A learner's text never becomes markup: no tag and no attribute of any HTML here comes from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import hostile
from lab_page import buttons

from layerlib import BuildKit, Change, changes, labs, tables
from layerlib.showing.labs.lab import Lab

TAGS = {
    *("div", "p", "b", "h3", "h4", "pre", "code", "br", "details", "summary", "style"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("span", "i", "ul", "li", "dl", "dt", "dd", "del", "ins", "small", "label", "button", "input", "textarea"),
}
ATTRIBUTES = {
    *("class", "scope", "style", "colspan", "type", "value", "min", "max", "size", "readonly", "spellcheck"),
    *("autocapitalize", "wrap", "role", "aria-label", "aria-description", "aria-pressed", "aria-expanded"),
    *(
        "aria-selected",
        "hidden",
        "aria-current",
        "aria-disabled",
        "aria-hidden",
        "aria-live",
        "data-key",
        "data-do",
        "data-arg",
    ),
    *("data-at", "data-keys", "data-drag", "data-grip", "data-rev", "data-by", "data-seen", "data-mirror"),
    *("data-play", "tabindex", "data-typing"),  # the last two of a recorded session
}
# Attributes that may hold a learner's text: what something is called, and what a click is about.
TEXTS = {"aria-label", "aria-description", "data-arg", "data-key", "data-by", "data-seen", "value"}
SVG_TAGS = {"svg", "title", "g", "path", "text", "defs", "clippath", "rect", "use", "pattern"}
SVG_ATTRIBUTES = {
    *("role", "aria-label", "id", "d", "style", "transform", "width", "height", "viewbox", "version", "xmlns"),
    *("xmlns:xlink", "xlink:href", "x", "y", "clip-path", "fill", "patternunits"),
}
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PAYLOADS = pytest.mark.parametrize("text", hostile.PAYLOADS.values(), ids=hostile.PAYLOADS)


pytestmark = pytest.mark.usefixtures("own_folder")


class Page(HTMLParser):
    """The words of some HTML, and every tag and attribute that layerlib itself never writes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.svg = "", 0
        self.strange: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.svg += tag == "svg"
        tags, names = (TAGS | SVG_TAGS, ATTRIBUTES | SVG_ATTRIBUTES) if self.svg else (TAGS, ATTRIBUTES)
        self.strange += [tag] if tag not in tags else []
        self.strange += [f"{tag} {name}" for name, _ in attrs if name not in names]
        for name, value in attrs:
            if name not in TEXTS and "window.ran" in (value or ""):
                self.strange.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.svg -= tag == "svg"

    def handle_comment(self, data: str) -> None:
        self.strange.append(f"comment {data}")

    def handle_data(self, data: str) -> None:
        self.words += data


def one_line(text: str) -> str:
    return " ".join(text.split())


def strange(lab: Lab) -> list[str]:
    """What a lab's HTML has that layerlib does not write."""
    return Page(lab.html).strange


def use(lab: Lab, text: str) -> Iterator[None]:
    """Press and fill in whatever a lab has."""
    for control in buttons(lab):
        lab.act(control.get("data-do", ""), control.get("data-arg"), value=text, view=text, edits=text, key="ArrowUp")
        yield


@PAYLOADS
def test_labs(text: str) -> None:
    for name in hostile.KINDS:
        lab = hostile.lab(name, hostile.project(text), text)
        assert "bug in layerlib" not in lab.html, name
        assert one_line(text) in one_line(Page(lab.html).words), name
        assert strange(lab) == [], name
        for _ in use(lab, text):
            assert strange(lab) == [], name


@PAYLOADS
def test_labs_that_bring_back_what_is_kept(text: str) -> None:
    lab = hostile.lab("goal", hostile.project(text), text)
    lab.act("type", "Dockerfile", value=f"FROM python\nRUN {text}\n")
    lab = hostile.lab("goal", hostile.project(text), text)
    assert "is here again" in lab.html
    assert text in Page(lab.html).words
    assert strange(lab) == []


@PAYLOADS
def test_a_file_with_a_hostile_name_that_is_kept_or_cannot_be(text: str) -> None:
    lab = hostile.lab("goal", hostile.project(text), text)
    Path("my-work").write_text("")
    lab.act("type", "Dockerfile", value=text)
    assert "not kept" in lab.html
    assert strange(lab) == []


@PAYLOADS
def test_labs_that_refuse(text: str) -> None:
    said = hostile.errors(text)
    assert len(said) > 15
    for number, (where, project) in enumerate(hostile.refused(text).items()):
        kinds = list(hostile.KINDS)
        name = kinds[number % len(kinds)]
        lab = hostile.lab(name, project, text)
        assert strange(lab) == [], (where, name)
        assert "bug in layerlib" not in lab.html, (where, name)
        if where in said and name != "predict":
            words = one_line(Page(lab.html).words)
            for line in str(said[where]).splitlines():
                assert one_line(line) in words, (where, name)


@PAYLOADS
def test_what_a_bug_of_ours_says(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(lab: Lab) -> str:
        raise ValueError(text)

    for name in hostile.KINDS:
        lab = hostile.lab(name, hostile.project(text), text)
        monkeypatch.setattr(type(lab), "result", fail)
        lab.show()
        assert text in Page(lab.html).words, name
        assert strange(lab) == [], name


@PAYLOADS
def test_what_is_shown_without_a_lab(text: str) -> None:
    for name, shown in hostile.everything(text).items():
        if hasattr(shown, "svg"):
            page = Page(shown.svg())
            data, metadata = shown._repr_mimebundle_()
            assert set(data) == {"image/png", "text/plain"}
            assert metadata == {"image/png": {"alt": shown.alt}}
            assert shown.alt in page.words, name
            assert one_line(text) in one_line(page.words.replace(shown.alt, "")), name
        else:
            page = Page(shown._repr_html_())
            if name not in ("no level", "wrong"):
                assert one_line(text) in one_line(page.words), name
        assert page.strange == [], name


def test_no_lesson_shows_html_that_a_learner_can_reach_by_trust() -> None:
    """What is saved in a lesson is made by a class that escapes; no cell writes HTML itself."""
    lessons = sorted(NOTEBOOKS.rglob("*.ipynb"))
    assert lessons
    for lesson in lessons:
        if ".ipynb_checkpoints" in lesson.parts:
            continue
        for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]:
            assert "trusted" not in cell["metadata"], lesson.name
            source = "".join(cell["source"])
            if cell["cell_type"] == "code":
                for way in ("HTML(", "Markdown(", "Javascript(", "%%html", "%%javascript", "SVG(", "_repr_html_"):
                    assert way not in source, (lesson.name, cell["id"])
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                assert not set(data) & {"application/javascript", "text/markdown"}, (lesson.name, cell["id"])
                page = Page("".join(data.get("text/html", "")))
                assert page.strange == [], (lesson.name, cell["id"])


@PAYLOADS
def test_labs_of_questions(text: str) -> None:
    start, known = hostile.project(text), hostile.effects(text)
    change = Change(text, lambda project: changes.edit_file(project, "app.py"))
    asked = [
        labs.predict_changes(start, [change], known),
        labs.predict_builds({"first": start, text: change(start)}),
        labs.predict_sizes({text: start, f"{text} again": change(start)}, known),
        labs.predict_layers(start, known),
    ]
    for lab in asked:
        assert one_line(text) in one_line(Page(lab.html).words), lab.title
        for _ in use(lab, text):
            assert strange(lab) == [], lab.title


@PAYLOADS
def test_tables(text: str) -> None:
    start = hostile.project(text)
    builds = {text: BuildKit().build(start)}
    change = Change(text, lambda project: changes.edit_file(project, "app.py"))
    made = [
        tables.Table(text, [text], [[text]], fold=text),
        tables.sizes(builds),
        tables.many(builds, 2),
        tables.days({text: list(builds.values())}),
        tables.changes(start, [change]),
        tables.ways({text: start}, [change]),
        tables.sequence({text: start}),
        tables.context({text: start}),
    ]
    for table in made:
        page = Page(table._repr_html_())
        assert one_line(text) in one_line(page.words), table.caption
        assert page.strange == [], table.caption
    for table in (tables.history(builds[text]), tables.stores(start), tables.files(start), tables.contents(start)):
        assert Page(table._repr_html_()).strange == [], table.caption
