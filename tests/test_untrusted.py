"""What a lab says where JupyterLab has removed its style sheet: words are apart, and lines of an edit are lines."""

from __future__ import annotations

import re

import pytest
from lab_page import every_lab

from layerlib import course, labs

pytestmark = pytest.mark.usefixtures("own_folder")

INLINE = "span|b|code|small|button|i"
TOGETHER = re.compile(
    rf"(\w)</(?:{INLINE})>(?:</(?:{INLINE})>)*<(?:{INLINE})(?: [^>]*)?>(?:<(?:{INLINE})(?: [^>]*)?>)*(\w)"
)
CODE = re.compile(r'</span><span class="k">|<span class="k">[^<]*</span><span>')  # one instruction, in two colours


def pages() -> dict[str, str]:
    """What each lab shows, some of them after a click."""
    every = every_lab() | {"opening": labs.opening(), "levels": labs.levels(course.levels("11"))}
    every["cache"].act("toggle", "edit app.py")
    every["own"].act("ask")
    return {name: lab.html for name, lab in every.items()}


def test_no_two_words_run_together() -> None:
    for name, page in pages().items():
        assert TOGETHER.findall(CODE.sub("", page)) == [], name


def test_each_line_of_an_edit_is_a_line() -> None:
    for page in pages().values():
        assert not re.search(r"</(?:del|ins)>(?:<!--.*?-->)?<(?:del|ins)>", page)
