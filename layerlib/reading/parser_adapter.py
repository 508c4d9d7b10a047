"""Everything that comes from e2b-dockerfile-utils: BuildKit's parser and word lexer, and the .dockerignore matcher.

The package is a port of BuildKit's frontend/dockerfile and of moby/patternmatcher. A few of its parts are replaced
here, and nowhere else, by names that are private to it. So `tests/reading/test_parser_adapter.py` says which names must
exist and what they must do, and the lock pins the version that was tested.

    syntax._LINE_PARSERS               an unknown instruction is read, too; our own checks refuse it when its turn comes
    syntax._HEREDOC_INSTRUCTIONS       an ONBUILD may hold a heredoc,
    syntax._heredocs_from_line         ... if its trigger is an instruction that may
    syntax._DIRECTIVE                  `# escape=` and the like in linear time
    lexer._shell_pattern_to_regex      ${NAME#pattern} in linear time
    lexer._reverse_pattern             ... and its reversal
    dockerignore._compile              patterns of .dockerignore in linear time; dockerignore._validate_pattern is asked

The replacements go into copies of the three modules, each made when it is first asked for, so that another user of the
package in this process keeps its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

from e2b_dockerfile_utils import (
    DockerfileAst,
    DockerfileHeredoc,
    DockerfileInstruction,
    DockerfileSyntaxError,
    PatternMatcher,
    chomp_heredoc_content,
    dockerignore,
    parse_heredoc,
    syntax,
)

from . import patterns

__all__ = [
    "DockerfileAst",
    "DockerfileHeredoc",
    "DockerfileInstruction",
    "DockerfileSyntaxError",
    "PatternMatcher",
    "chomp_heredoc_content",
    "parse_dockerfile_ast",
    "parse_heredoc",
    "pattern_matcher",
    "shell_lex",
    "single_pattern",
]

# As theirs, but no whitespace can be taken in two ways.
DIRECTIVE = re.compile(r"^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S(?:.*\S)?|\s)\s*$")


class LineParsers(dict[str, syntax.LineParser]):
    """How each instruction's arguments are read; those of an unknown one as a text."""

    def get(self, keyword: str, default: object = None) -> syntax.LineParser:
        return super().get(keyword, syntax._parse_string)


def _heredocs(line: str) -> list[DockerfileHeredoc]:
    """The heredocs that begin on a line. Source: BuildKit, frontend/dockerfile/parser (canContainHeredoc)."""
    keyword, *rest = line.split(maxsplit=2)
    if keyword.upper() == "ONBUILD":
        trigger = rest[0].upper() if rest else ""
        if trigger not in syntax._HEREDOC_INSTRUCTIONS or (len(rest) > 1 and _is_json(rest[1])):
            return []
    heredocs: list[DockerfileHeredoc] = syntax._heredocs_from_line(line)
    return heredocs


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def _compile(pattern: str, backslash_is_escape: bool) -> patterns.Match:
    """What says whether a path matches. Raises ValueError or re.error for a pattern that cannot be read."""
    pattern = patterns.without_escapes_of_go(pattern) if "\\" in pattern else pattern
    if not patterns.may_backtrack(pattern):
        return dockerignore._compile(pattern, backslash_is_escape)
    dockerignore._validate_pattern(pattern, backslash_is_escape)
    return patterns.compile_pattern(pattern)


def _copy(name: str, **replacements: object) -> ModuleType:
    """A module of the package, loaded once more, with other values for some of its names."""
    spec = find_spec(f"e2b_dockerfile_utils.{name}")
    assert spec is not None
    assert spec.loader is not None
    copy = module_from_spec(spec)
    spec.loader.exec_module(copy)
    for replaced, value in replacements.items():
        if not hasattr(copy, replaced):
            raise ImportError(f"e2b-dockerfile-utils has no {name}.{replaced}; install the version that the lock pins")
        setattr(copy, replaced, value)
    return copy


@cache
def _syntax() -> ModuleType:
    return _copy(
        "syntax",
        _LINE_PARSERS=LineParsers(syntax._LINE_PARSERS),
        _HEREDOC_INSTRUCTIONS={*syntax._HEREDOC_INSTRUCTIONS, "ONBUILD"},
        _heredocs_from_line=_heredocs,
        _DIRECTIVE=DIRECTIVE,
        DockerfileSyntaxError=DockerfileSyntaxError,
    )


@cache
def _lexer() -> ModuleType:
    from . import expansion_patterns

    return _copy(
        "lexer",
        _shell_pattern_to_regex=expansion_patterns.shell_pattern,
        _reverse_pattern=expansion_patterns.reverse,
    )


@cache
def _dockerignore() -> ModuleType:
    return _copy("dockerignore", _compile=_compile)


def parse_dockerfile_ast(text: str) -> DockerfileAst:
    """A Dockerfile as BuildKit's parser sees it. Raises DockerfileSyntaxError."""
    tree: DockerfileAst = _syntax().parse_dockerfile_ast(text)
    return tree


def shell_lex(escape: str, **options: Any) -> Any:
    """A `ShellLex`: BuildKit's lexer of words."""
    return _lexer().ShellLex(escape, **options)


def pattern_matcher(patterns: Sequence[str]) -> PatternMatcher:
    """A `PatternMatcher` of moby's: the lines of a .dockerignore. Raises ValueError for one that cannot be read."""
    matcher: PatternMatcher = _dockerignore().PatternMatcher(list(patterns))
    return matcher


def single_pattern(text: str) -> patterns.Match:
    """What says whether a path itself matches a pattern as `PatternMatcher.patterns` gives it, without a !."""
    return _compile(text, backslash_is_escape=True)
