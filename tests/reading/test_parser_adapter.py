"""What the adapter needs of e2b-dockerfile-utils: the names that it replaces, and what they do.

If a test fails after an update of the package, look at `parser_adapter.py` before anything else.
"""

from __future__ import annotations

import inspect
import re

import e2b_dockerfile_utils
import pytest
from e2b_dockerfile_utils import dockerignore, lexer, syntax
from hypothesis import given
from hypothesis import strategies as st

from layerlib.reading import expansion_patterns, parser_adapter


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (syntax.parse_dockerfile_ast, ["content"]),
        (syntax._parse_string, ["rest", "_escape_token"]),
        (syntax._heredocs_from_line, ["line"]),
        (lexer._shell_pattern_to_regex, ["pattern", "greedy", "anchored"]),
        (lexer._reverse_pattern, ["pattern"]),
        (dockerignore._compile, ["pattern", "backslash_is_escape"]),
        (dockerignore._validate_pattern, ["pattern", "backslash_is_escape"]),
    ],
)
def test_the_functions_that_must_exist(function: object, parameters: list[str]) -> None:
    assert callable(function)
    assert list(inspect.signature(function).parameters) == parameters


def test_the_values_that_must_exist() -> None:
    assert set(syntax._LINE_PARSERS) >= {"FROM", "RUN", "COPY"}
    assert {"ADD", "COPY", "RUN"} == syntax._HEREDOC_INSTRUCTIONS
    assert syntax._DIRECTIVE.pattern == r"^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$"


def test_a_name_that_is_gone_is_reported() -> None:
    with pytest.raises(ImportError, match=r"has no lexer\._gone; install the version that the lock pins"):
        parser_adapter._copy("lexer", _gone=None)


def test_the_replacements_are_used() -> None:
    """Each does something here that the package by itself does not."""
    with pytest.raises(e2b_dockerfile_utils.DockerfileSyntaxError, match="unknown instruction"):
        e2b_dockerfile_utils.parse_dockerfile_ast("NONSENSE a b")
    assert parser_adapter.parse_dockerfile_ast("NONSENSE a b").instructions[0].args == ["a b"]
    assert parser_adapter._syntax()._DIRECTIVE is parser_adapter.DIRECTIVE
    assert parser_adapter.parse_dockerfile_ast("ONBUILD RUN <<E\na\nE").instructions[0].heredocs[0].content == "a\n"
    assert not parser_adapter.parse_dockerfile_ast("ONBUILD CMD cat <<E").instructions[0].heredocs
    assert not parser_adapter.parse_dockerfile_ast('ONBUILD RUN ["a", "<<E"]').instructions[0].heredocs
    assert parser_adapter._lexer()._shell_pattern_to_regex is expansion_patterns.shell_pattern
    assert parser_adapter._lexer()._reverse_pattern is expansion_patterns.reverse
    assert parser_adapter._dockerignore()._compile is parser_adapter._compile


def test_the_package_itself_stays_as_it_is() -> None:
    assert syntax._LINE_PARSERS.get("NONSENSE") is None
    assert syntax._DIRECTIVE is not parser_adapter.DIRECTIVE
    assert isinstance(lexer._shell_pattern_to_regex("a*", True, True), re.Pattern)
    assert lexer._reverse_pattern is not expansion_patterns.reverse
    assert dockerignore._compile is not parser_adapter._compile


def test_a_mistake_is_the_error_of_the_package() -> None:
    with pytest.raises(parser_adapter.DockerfileSyntaxError, match="line 1") as caught:
        parser_adapter.parse_dockerfile_ast("ENV A")
    assert (type(caught.value), caught.value.line) == (e2b_dockerfile_utils.DockerfileSyntaxError, 1)


@given(st.lists(st.sampled_from(["#", " ", "\t", "=", "escape", "a1", "`", "x y", "\r"]), max_size=9).map("".join))
def test_directives_in_linear_time_say_what_theirs_say(line: str) -> None:
    ours, theirs = (pattern.match(line) for pattern in (parser_adapter.DIRECTIVE, syntax._DIRECTIVE))
    assert (ours and ours.groups()) == (theirs and theirs.groups())


def test_a_bracket_in_brackets_is_a_character() -> None:
    """Python's regular expressions warn of it, and a warning is an error here."""
    matcher = parser_adapter.pattern_matcher(["a[[x]"])
    assert [matcher.matches(path) for path in ("a[", "ax", "a]")] == [True, True, False]


@pytest.mark.parametrize("pattern", ["*[a", "[]a]*", "[b-a]", "[", "a\\"])
def test_a_pattern_that_go_refuses(pattern: str) -> None:
    with pytest.raises(ValueError, match="Invalid ignore pattern"):
        parser_adapter.pattern_matcher([pattern])


@pytest.mark.parametrize(
    ("word", "name"), [("<<EOF", "EOF"), ("3<<-'EOF'", "EOF"), ("EOF", None), ("<<EOF cat", None), ("<<<EOF", None)]
)
def test_what_a_heredoc_looks_like(word: str, name: str | None) -> None:
    heredoc = parser_adapter.parse_heredoc(word)
    assert (heredoc.name if heredoc else None) == name
