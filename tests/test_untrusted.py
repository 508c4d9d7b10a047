"""What an untrusted notebook shows: JupyterLab takes the style sheet, ids, roles and data away, and the text must stay.

Every first opening of a notebook that somebody else ran is like that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from lab_page import buttons

from layerlib import BuildKit, Project, changes, charts, course, labs
from layerlib.showing.labs.lab import Lab
from layerlib.showing.page.markup import Markup
from layerlib.showing.page.still import still

# Elements that begin a line of their own, whatever their style; cells and list items are apart from their neighbours.
BLOCKS = frozenset({
    *("div", "p", "ul", "li", "dl", "dt", "dd", "h3", "h4", "pre", "details", "summary", "br", "table", "caption"),
    *("thead", "tbody", "tr", "th", "td", "textarea"),
})  # fmt: skip
APART = frozenset({"button", "input"})  # they have an edge or a margin of their own
VOID = frozenset({"br", "input", "img"})


class Sanitized(HTMLParser):
    """The text of HTML as a browser shows it without its style sheet: `|` where nothing stands between two elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[tuple[str, bool, bool]] = []
        self.feed(html)
        self.close()

    @property
    def is_hidden(self) -> bool:
        return any(hidden for _, _, hidden in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_block = tag in BLOCKS or "display: block" in (given.get("style") or "")
        if not self.is_hidden and tag != "style":
            self.text += "\n" if is_block else " " if tag in APART else "|"
        if tag not in VOID:
            self.open.append((tag, is_block, tag == "style" or "display: none" in (given.get("style") or "")))

    def handle_endtag(self, tag: str) -> None:
        name, is_block, _ = self.open.pop()
        assert name == tag
        if not self.is_hidden and tag != "style":
            self.text += "\n" if is_block else " " if tag in APART else "|"

    def handle_data(self, data: str) -> None:
        if not self.is_hidden:
            self.text += data


def run_together(html: str) -> list[str]:
    """Words between which an element ends or begins, and nothing else."""
    return re.findall(r"[^\s|]*\w\|+\w[^\s|]*", Sanitized(html).text)


def lines(html: str) -> list[str]:
    """The lines that a reader sees, without those that are empty."""
    text = re.sub(r"[ \t]+", " ", Sanitized(html).text.replace("|", ""))
    return [line.strip() for line in text.splitlines() if line.strip()]


def walked() -> Iterator[tuple[str, Lab]]:
    app, stages = Project.load("python-numpy-app"), Project.load("multi-stage-app")
    made: dict[str, Lab] = {
        "cache": labs.cache(app),
        "stages": labs.cache(stages),
        "predict": labs.predict(app, changes.of(app)[0]),
        "order": labs.order(app),
        "size": labs.size(app),
        "goal": labs.goal(course.level("08-order")),
        "opening": labs.opening(),
        "levels": labs.levels(course.levels("11")),
        "own": labs.own(),
        "changes": labs.predict_changes(app, changes.of(app)[:3]),
    }
    yield from made.items()


@pytest.mark.usefixtures("own_folder")
def test_no_words_run_together_without_the_style_sheet() -> None:
    for name, lab in walked():
        assert run_together(lab._repr_html_()) == [], name
        for control in buttons(lab):
            if control.get("data-do"):
                lab.act(control["data-do"], control.get("data-arg"), value="flask")
                assert run_together(lab._repr_html_()) == [], (name, control["data-do"], control.get("data-arg"))


def test_no_words_of_a_chart_run_together() -> None:
    app = Project.load("python-numpy-app")
    first = BuildKit().build(app)
    again = BuildKit().build(changes.edit_file(app, "app.py"))
    for chart in (charts.layers(first), charts.rebuild({"first": first, "again": again}), charts.compare({"a": first})):
        assert run_together(chart.html()) == []


@pytest.mark.usefixtures("own_folder")
def test_a_diff_has_a_line_for_each_line() -> None:
    app = Project.load("python-numpy-app")
    change = next(one for one in changes.of(app) if one.name == "edit CMD")
    shown = lines(labs.predict(app, change)._repr_html_())
    assert 'CMD ["python", "app.py"]' in shown
    assert sum("CMD" in line for line in shown) >= 3  # gone, new, and in the listing


def test_what_only_a_pointer_shows_is_hidden_without_the_style_sheet() -> None:
    shown = "\n".join(lines(labs.cache(Project.load("python-numpy-app"))._repr_html_()))
    assert "edit app.py touch app.py" in shown
    assert "The content of app.py changes." not in shown


def test_the_check_itself_sees_words_that_run_together() -> None:
    assert run_together(still(Markup("<div><span>one</span><span>two</span></div>"))) == ["one||two"]
    assert run_together(still(Markup("<div><span>one</span> <span>two</span><p>three</p></div>"))) == []
