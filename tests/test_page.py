"""A learner's text never becomes a part of the page: no tag and no attribute of any HTML here comes from it."""

import json
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "browser"))

import hostile

TAGS = {
    *("div", "p", "b", "h4", "pre", "code", "br", "details", "summary", "style"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"class", "scope", "style"}
SVG_TAGS = {"svg", "title", "g", "path", "text", "defs", "clippath", "rect", "use", "pattern"}
SVG_ATTRIBUTES = {
    *("role", "aria-label", "id", "d", "style", "transform", "width", "height", "viewbox", "version", "xmlns"),
    *("xmlns:xlink", "xlink:href", "x", "y", "clip-path", "fill", "patternunits"),
}
# Cells that write a table of their own; the first takes answers, and is tried with hostile ones below.
OWN_TABLES = {("07_cache.ipynb", "every-table"), ("07_cache.ipynb", "classic-table")}
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PAYLOADS = pytest.mark.parametrize("text", hostile.PAYLOADS.values(), ids=hostile.PAYLOADS)


pytestmark = pytest.mark.usefixtures("own_folder")


class Page(HTMLParser):
    """The words of some HTML, and every tag and attribute that layerlib itself never writes."""

    def __init__(self, html):
        super().__init__()
        self.words, self.strange, self.svg = "", [], 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.svg += tag == "svg"
        tags, names = (TAGS | SVG_TAGS, ATTRIBUTES | SVG_ATTRIBUTES) if self.svg else (TAGS, ATTRIBUTES)
        self.strange += [tag] if tag not in tags else []
        self.strange += [f"{tag} {name}" for name, _ in attributes if name not in names]
        for name, value in attributes:
            if name not in ("aria-label",) and "window.ran" in (value or ""):
                self.strange.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag):
        self.svg -= tag == "svg"

    def handle_comment(self, data):
        self.strange.append(f"comment {data}")

    def handle_data(self, data):
        self.words += data


def one_line(text):
    return " ".join(text.split())


def widgets(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widgets(child)


def strange(lab):
    """What a lab's HTML has that layerlib does not write, and whether a description is taken as HTML."""
    found = []
    for widget in widgets(lab):
        if type(widget).__name__ == "HTML":
            found += Page(widget.value).strange
        if getattr(widget, "description_allow_html", False):
            found.append(widget.description)
    return found


def use(lab, text):
    """Press and fill in whatever a lab has."""
    for widget in list(widgets(lab)):
        kind = type(widget).__name__
        if kind in ("Textarea", "Text"):
            widget.set_state({"value": text})
        elif kind == "Checkbox":
            widget.set_state({"value": True})
        elif kind == "Button":
            widget.click()
        elif kind == "Dropdown":
            widget.set_state({"index": len(widget.options) - 1})
        yield


@PAYLOADS
def test_labs(text):
    for name in hostile.KINDS:
        lab = hostile.lab(name, hostile.project(text), text)
        assert "mistake" not in lab.view.value, name
        assert one_line(text) in one_line(Page(lab.view.value).words), name
        assert strange(lab) == [], name
        for _ in use(lab, text):
            assert strange(lab) == [], name


@PAYLOADS
def test_labs_that_offer_what_is_kept(text):
    lab = hostile.lab("goal", hostile.project(text), text)
    lab.editor.set_state({"value": f"FROM python\nRUN {text}\n"})
    lab = hostile.lab("goal", hostile.project(text), text)
    assert lab.offer
    assert strange(lab) == []
    lab.bring_back.click()
    assert text in lab.editor.value
    assert strange(lab) == []


@PAYLOADS
def test_a_file_with_a_hostile_name_that_is_kept_or_cannot_be(text):
    lab = hostile.lab("goal", hostile.project(text), text)
    Path("my-work").write_text("")
    lab.editor.set_state({"value": text})
    assert "not kept" in lab.note.value
    assert strange(lab) == []


@PAYLOADS
def test_labs_that_refuse(text):
    said = hostile.errors(text)
    assert len(said) > 15
    for number, (where, project) in enumerate(hostile.refused(text).items()):
        kinds = list(hostile.KINDS)
        name = kinds[number % len(kinds)]
        lab = hostile.lab(name, project, text)
        assert strange(lab) == [], (where, name)
        assert "mistake" not in lab.view.value, (where, name)
        if where in said and name != "predict":
            words = one_line(Page(lab.view.value).words)
            for line in str(said[where]).splitlines():
                assert one_line(line) in words, (where, name)


@PAYLOADS
def test_what_a_mistake_of_ours_says(text, monkeypatch):
    def fail(lab):
        raise ValueError(text)

    for name in hostile.KINDS:
        lab = hostile.lab(name, hostile.project(text), text)
        monkeypatch.setattr(type(lab), "result", fail)
        lab.show()
        assert text in Page(lab.view.value).words, name
        assert strange(lab) == [], name


@PAYLOADS
def test_what_is_shown_without_a_lab(text):
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


def test_no_lesson_shows_html_that_a_learner_can_reach_by_trust():
    """What is saved in a lesson is made by a class that escapes; no cell writes HTML itself."""
    lessons = sorted(NOTEBOOKS.rglob("*.ipynb"))
    assert lessons
    for lesson in lessons:
        if ".ipynb_checkpoints" in lesson.parts:
            continue
        for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]:
            assert "trusted" not in cell["metadata"], lesson.name
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and (lesson.name, cell["id"]) not in OWN_TABLES:
                for way in ("HTML(", "Markdown(", "Javascript(", "%%html", "%%javascript", "SVG(", "_repr_html_"):
                    assert way not in source, (lesson.name, cell["id"])
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                assert not set(data) & {"application/javascript", "text/markdown"}, (lesson.name, cell["id"])
                page = Page("".join(data.get("text/html", "")))
                assert page.strange == [], (lesson.name, cell["id"])


@PAYLOADS
def test_the_table_of_answers_in_lesson_07(text):
    cells = json.loads((NOTEBOOKS / "07_cache.ipynb").read_text(encoding="utf-8"))["cells"]
    here = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), here)
        if cell["id"] == "every-table":
            break
    page = Page(here["grid"](here["kinds"], here["edits"], {edit.name: text for edit in here["edits"]}).data)
    assert text in page.words
    assert page.strange == []
