"""`# check=skip=...;error=true`: which rules count, and whether a warning ends the build.

Source: BuildKit, frontend/dockerfile/linter/linter.go (ParseLintOptions) and frontend/dockerfile/parser/directives.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...reading.dockerfile import Source
from ...reading.errors import DockerfileError
from ...reading.parser_adapter import DIRECTIVE
from ..image.gotext import quoted
from .rules import RULES, CheckWarning

DIRECTIVES = {"syntax", "escape", "check"}
BUILD_ARGUMENT = "BUILDKIT_DOCKERFILE_CHECK"  # takes the place of the Dockerfile's line
TRUE, FALSE = {"1", "t", "T", "TRUE", "true", "True"}, {"0", "f", "F", "FALSE", "false", "False"}
ALL = frozenset({"all"})


@dataclass(frozen=True)
class CheckSettings:
    """What `# check=` says.

    Attributes:
        skip: the names of rules that do not count, or `ALL`; experimental rules are not skipped.
        experimental: the names of experimental rules that count, or `ALL`.
        error: whether a warning ends the build.
    """

    skip: frozenset[str] = frozenset()
    experimental: frozenset[str] = frozenset()
    error: bool = False

    def counts(self, name: str) -> bool:
        """Whether the rule of this name counts."""
        if RULES[name].experimental:
            return self.experimental == ALL or name in self.experimental
        return self.skip != ALL and name not in self.skip

    def kept(self, warnings: Iterable[CheckWarning]) -> tuple[CheckWarning, ...]:
        """The warnings whose rules count."""
        return tuple(warning for warning in warnings if self.counts(warning.rule))


def settings(text: str, args: Mapping[str, str]) -> CheckSettings:
    """What the text of a Dockerfile says, or the build argument BUILDKIT_DOCKERFILE_CHECK.

    Raises DockerfileError for what Docker cannot read.
    """
    if given := args.get(BUILD_ARGUMENT):
        return _parse(given, f"failed to parse {BUILD_ARGUMENT}", None, "")
    for line, name, value in directives(text):
        if name == "check":
            first = value.partition(" ")[0]  # Docker reads no further
            return _parse(first, "failed to parse check options", line, Source(text).line(line))
    return CheckSettings()


def directives(text: str) -> Iterator[tuple[int, str, str]]:
    """The parser directives at the head of a Dockerfile: line, name in lower case, value."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        match = DIRECTIVE.match(line.rstrip("\r"))
        if not match or match[1].lower() not in DIRECTIVES:
            return
        yield number, match[1].lower(), match[2]


def _parse(text: str, problem: str, line: int | None, shown: str) -> CheckSettings:
    """Read the value of `# check=`."""
    found: dict[str, frozenset[str]] = {}
    error = False
    for part in text.strip().split(";", 2) if text.strip() else ():
        name, equals, value = part.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or name not in ("skip", "experimental", "error"):
            raise DockerfileError(
                f"{problem}: invalid check option {quoted(name if equals else part)}", line=line, text=shown,
                cure="It is written like # check=skip=JSONArgsRecommended;error=true.",
            )  # fmt: skip
        if name != "error":
            found[name] = ALL if value == "all" else frozenset(word.strip() for word in value.split(","))
        elif value in TRUE | FALSE:
            error = value in TRUE
        else:
            raise DockerfileError(
                f"{problem}: failed to parse check option {quoted(part)}", line=line, text=shown,
                cure="Write error=true or error=false.",
            )  # fmt: skip
    return CheckSettings(found.get("skip", frozenset()), found.get("experimental", frozenset()), error)
