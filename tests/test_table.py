"""Tables for lessons, as text and as HTML."""

from __future__ import annotations

from layerlib import course


def test_a_table_as_text_and_as_html() -> None:
    table = course.Table("Title", ["change", "result"], [["edit <app>", "rebuilt"], ["touch", ""]])
    assert str(table) == "Title\nchange      result\nedit <app>  rebuilt\ntouch"
    assert "<code>edit &lt;app&gt;</code>" in table._repr_html_()
    assert "<caption>Title</caption>" in table._repr_html_()
