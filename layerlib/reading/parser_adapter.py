"""The parser and the lexer of e2b-dockerfile-utils: copies of our own, with some things in the place of theirs.

Both are ports of BuildKit's. The copies are made when somebody first reads a Dockerfile; whoever else uses the package
in this process has it as it is.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

from e2b_dockerfile_utils import DockerfileAst, DockerfileSyntaxError, syntax

from . import expansion_patterns as substitution


class LineParsers(dict[str, syntax.LineParser]):
    """How each instruction's arguments are read. An unknown one is read as text; it is refused later, in its turn."""

    def get(self, keyword: str, default: object = None) -> syntax.LineParser:
        return super().get(keyword, syntax._parse_string)


@cache
def _parser() -> ModuleType:
    return _copy("syntax", _LINE_PARSERS=LineParsers(syntax._LINE_PARSERS), DockerfileSyntaxError=DockerfileSyntaxError)


@cache
def _lexer() -> ModuleType:
    # Its own patterns go back and forth: with several stars, for ever.
    return _copy("lexer", _shell_pattern_to_regex=substitution.pattern, _reverse_pattern=substitution.reverse)


def _copy(name: str, **ours: object) -> ModuleType:
    spec = find_spec(f"e2b_dockerfile_utils.{name}")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    for each, value in ours.items():
        assert hasattr(made, each), f"e2b-dockerfile-utils has no {name}.{each} any more"
        setattr(made, each, value)
    return made


def parsed(text: str) -> DockerfileAst:
    """A Dockerfile as BuildKit's parser sees it. Raises DockerfileSyntaxError."""
    tree: DockerfileAst = _parser().parse_dockerfile_ast(text)
    return tree


def lexer(escape: str, **options: Any) -> Any:
    """A `ShellLex` of e2b-dockerfile-utils."""
    return _lexer().ShellLex(escape, **options)
