"""How words are expanded, and how step names show them."""

from __future__ import annotations

import pytest

from layerlib import DockerfileError
from layerlib.reading import expansion
from layerlib.reading.expansion import expand, expand_body, expand_name, expand_run_name, expand_to_words

WORDS = [
    ("$A", "1"), ("${A}", "1"), ("$U", ""), ("${U:-d}", "d"), ("${A:+x}", "x"), ("${E-d}", ""), ("${E:-d}", "d"),
    ("${P#a}", "bab"), ("${P##*a}", "b"), ("${P%b}", "aba"), ("${P/a/x}", "xbab"), ("${P//a/x}", "xbxb"),
    ("'$A'", "$A"), ('"$A b"', "1 b"), (r"\$A", "$A"), ("a$A/b", "a1/b"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "value"), WORDS)
def test_words_are_expanded(word: str, value: str) -> None:
    assert expand(word, {"A": "1", "E": "", "P": "abab"}) == value


def test_names_are_expanded_as_docker_shows_them() -> None:
    assert expand_run_name('echo "$A" $U ${U:-y}', {"A": "1"}) == 'echo "1" $U ${U:-y}'
    assert expand_name('["$A", "b"]', {"A": "1"}) == "[1, b]"
    assert expand_name("${A", {"A": "1"}) == "${A"


@pytest.mark.parametrize("word", ["${A", "${A^x}", "${:x}", "${A:?}"])
def test_bad_words_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="failed to process"):
        expand(word, {"A": ""})


@pytest.mark.parametrize(
    ("text", "body"),
    [("$A\n", "1\n"), ("\"$A\" '$A'\n", "\"1\" '1'\n"), ("$U!\n", "!\n"), ("\\$A\n", "$A\n"), ("plain\n", "plain\n")],
)
def test_the_body_of_a_heredoc_keeps_its_quotes(text: str, body: str) -> None:
    assert expand_body(text, {"A": "1"}) == body


def test_whitespace_in_a_value_separates_words() -> None:
    assert expand_to_words("$P 82", {"P": "80 81"}) == ["80", "81", "82"]
    with pytest.raises(DockerfileError, match="missing '}'"):
        expand_to_words("${P", {})


def test_a_value_that_no_engine_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "LONGEST", 8)
    assert expand("$A$A", {"A": "xxxx"}) == "x" * 8
    with pytest.raises(DockerfileError, match="larger than the 16 MiB"):
        expand("$A$A.", {"A": "xxxx"})
