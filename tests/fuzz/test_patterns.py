"""Patterns in linear time say what e2b-dockerfile-utils says of them, where that comes to an end."""

from __future__ import annotations

import posixpath

from hypothesis import given
from hypothesis import strategies as st

from layerlib.reading import patterns, substitution

PIECES = ["a", "b", "/", "*", "**", "**/", "?", "[ab]", "[^a]", "[a-b]", "\\a", "\\*", "\\\\", ".", "!", "]", "x"]
paths = st.lists(st.sampled_from(["a", "b", "/", "x", ".", "*", "]", "\\"]), min_size=1, max_size=9).map("".join)


@given(pattern=st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join), path=paths)
def test_paths(pattern: str, path: str) -> None:
    pattern = posixpath.normpath(pattern)
    try:
        theirs = patterns._own(pattern, True)
    except ValueError:
        return
    assert patterns._compiled(pattern, True)(path) == theirs(path)
    if patterns._compiled(pattern, True).__qualname__.startswith("matcher"):
        assert patterns._Walk(list(patterns._tokens(pattern))).match(path) == theirs(path)


REPLACED = [
    # pattern, greedy, anchored, value, count, result
    ("a*b", True, False, "xaabbabz", 0, "xZz"),
    ("a*b", False, True, "aabbab", 1, "Zbab"),
    ("*b", True, True, "aabbac", 1, "Zac"),
    ("*b", False, True, "aabbac", 1, "Zbac"),
    ("a?c", True, False, "abc adc", 0, "Z Z"),
    ("\\*", True, False, "a*b*", 1, "aZb*"),
    ("*", True, False, "ab\nc", 0, "Z\nZ"),
    ("a*b", True, False, "a\nb ab", 0, "a\nb Z"),
    ("", True, False, "ab", 0, "ZaZbZ"),
    ("b*d*f", True, False, "abcdefgdhf.", 0, "aZ."),
    ("x", True, True, "ax", 1, "ax"),
]


def test_what_is_replaced() -> None:
    for text, greedy, anchored, value, count, result in REPLACED:
        assert substitution.pattern(text, greedy, anchored).sub("Z", value, count) == result, text
    assert substitution.reverse(r"a\*c?") == r"?c\*a"
