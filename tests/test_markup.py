"""HTML made in Python escapes every text, whatever it is."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerlib.showing.page.markup import VOID, Markup, classes, escaped, tag

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


class Tree(HTMLParser):
    """What a parser finds: tags with their attributes, and the words."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@given(TEXTS, TEXTS)
def test_a_text_stays_a_text_inside_and_in_an_attribute(text: str, value: str) -> None:
    tree = Tree(tag("p", text, title=value, data_arg=value))
    assert tree.tags == [("p", {"title": value, "data-arg": value})]
    assert tree.words == text


@given(st.lists(TEXTS))
def test_children_may_be_nested_lists(texts: list[str]) -> None:
    tree = Tree(tag("div", [[one, [one]] for one in texts]))
    assert tree.words == "".join(one + one for one in texts)
    assert len(tree.tags) == 1


@given(TEXTS)
def test_markup_is_taken_as_it_is_and_nothing_else_is(text: str) -> None:
    once = escaped(text)
    assert escaped(once) == once
    assert isinstance(once + text, Markup)
    assert Tree(once + text).words == text + text
    assert tag("b", once) == tag("b", text)


@given(TEXTS)
def test_a_text_that_begins_with_a_line_break_keeps_it(text: str) -> None:
    assert tag("textarea", text) == f"<textarea>\n{escaped(text)}</textarea>"


def test_attributes() -> None:
    assert tag("input", class_="a b", readonly=True, value=None, hidden=False, max=3) == (
        '<input class="a b" readonly max="3">'
    )
    assert classes("a", None, False, "", "b") == "a b"
    assert classes(None) is None


@pytest.mark.parametrize("name", ["", "Div", "a b", "a>b", "onclick", "script", "x=", "é"])
def test_names_are_checked(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        tag(name)
    with pytest.raises(ValueError, match="no name"):
        tag("p", **{name or "=": "x"})


@pytest.mark.parametrize("name", sorted(VOID))
def test_what_has_no_children_gets_none(name: str) -> None:
    with pytest.raises(ValueError, match="no children"):
        tag(name, "x")
