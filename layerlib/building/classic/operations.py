"""What a step of the classic builder does: one record for each kind of step.

It compares the text of an instruction as it stands in the image's history; a reason compares these fields.

Source: moby, daemon/builder/dockerfile/dispatchers.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..operations import Operation


@dataclass(frozen=True)
class ClassicRun(Operation):
    """RUN: the command line, the build arguments in scope, and the variables that ENV set."""

    args: tuple[str, ...]
    arguments: tuple[str, ...]
    env: tuple[str, ...]


@dataclass(frozen=True)
class ClassicCopy(Operation):
    """COPY or ADD: the sources' paths, the destination and --chown, as written."""

    sources: tuple[str, ...]
    destination: str
    chown: str


@dataclass(frozen=True)
class ClassicWorkdir(Operation):
    """WORKDIR: the absolute path."""

    path: str


@dataclass(frozen=True)
class SetEnv(Operation):
    """ENV: its variables as NAME=value."""

    env: tuple[str, ...]


@dataclass(frozen=True)
class SetArg(Operation):
    """ARG: its names, with their defaults where they have one."""

    argument: str


@dataclass(frozen=True)
class SetUser(Operation):
    """USER."""

    user: str


@dataclass(frozen=True)
class SetShell(Operation):
    """SHELL: its words, with spaces between them."""

    shell: str


@dataclass(frozen=True)
class SetConfig(Operation):
    """Any other instruction that changes only the image's config: what history shows after the keyword."""

    text: str


@dataclass(frozen=True)
class LabelOption(Operation):
    """What --label adds after the last instruction: name=value."""

    option = "--label"

    text: str
