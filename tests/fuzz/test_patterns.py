"""Patterns in linear time say what e2b-dockerfile-utils says of them, where that comes to an end."""

from __future__ import annotations

import posixpath

import pytest
from e2b_dockerfile_utils import dockerignore
from hypothesis import assume, given
from hypothesis import strategies as st

from layerlib.reading import expansion_patterns, parser_adapter, patterns

PIECES = ["a", "b", "/", "*", "**", "**/", "?", "[ab]", "[^a]", "[a-b]", "\\a", "\\*", "\\\\", ".", "!", "]", "x"]
paths = st.lists(st.sampled_from(["a", "b", "/", "x", ".", "*", "]", "\\"]), min_size=1, max_size=9).map("".join)


@given(pattern=st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join), path=paths)
def test_paths(pattern: str, path: str) -> None:
    pattern = posixpath.normpath(pattern).lstrip("/!")
    try:
        translated = patterns.without_escapes_of_go(pattern)  # of which the package knows nothing
        theirs = dockerignore._compile(translated, True)
    except ValueError:
        assume(False)
    assert parser_adapter._compile(pattern, True)(path) == theirs(path)
    if patterns.may_backtrack(translated):
        tokens = list(patterns._tokens(translated))
        assert patterns.matcher(tokens)(path) == theirs(path)
        assert patterns.Automaton(tokens).match(path) == theirs(path)


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


@pytest.mark.parametrize(("text", "greedy", "anchored", "value", "count", "result"), REPLACED)
def test_what_is_replaced(text: str, greedy: bool, anchored: bool, value: str, count: int, result: str) -> None:
    assert expansion_patterns.shell_pattern(text, greedy, anchored).sub("Z", value, count) == result


def test_a_pattern_reversed() -> None:
    assert expansion_patterns.reverse(r"a\*c?") == r"?c\*a"
