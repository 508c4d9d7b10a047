"""Patterns in linear time say what e2b-dockerfile-utils says of them, where that comes to an end."""

from __future__ import annotations

import posixpath

import e2b_dockerfile_utils
from e2b_dockerfile_utils import lexer, syntax
from hypothesis import assume, given
from hypothesis import strategies as st

from layerlib.reading import expansion_patterns as substitution
from layerlib.reading import patterns

PIECES = ["a", "b", "/", "*", "**", "**/", "?", "[ab]", "[^a]", "[a-b]", "\\a", "\\*", "\\\\", ".", "!", "]", "x"]
paths = st.lists(st.sampled_from(["a", "b", "/", "x", ".", "*", "]", "\\"]), min_size=1, max_size=9).map("".join)


@given(pattern=st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join), path=paths)
def test_paths(pattern: str, path: str) -> None:
    pattern = posixpath.normpath(pattern).lstrip("/!")
    try:
        (theirs,) = e2b_dockerfile_utils.PatternMatcher([pattern])._patterns
    except ValueError:
        assume(False)
    (ours,) = patterns.PatternMatcher([pattern])._patterns
    assert ours.match(path) == theirs.match(path)
    if ours.match.__qualname__.startswith("matcher"):
        assert patterns._Walk(list(patterns._tokens(pattern))).match(path) == theirs.match(path)


def test_the_lexer_of_others_is_left_as_it_is() -> None:
    """Ours has other patterns; whoever else uses e2b-dockerfile-utils in this process has its own."""
    import layerlib.reading.expansion

    assert lexer._shell_pattern_to_regex is not substitution.pattern
    assert syntax._LINE_PARSERS.get("NONSENSE") is None
    assert layerlib.reading.expansion.expand("${A##*/}", {"A": "x/y/z"}) == "z"


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
