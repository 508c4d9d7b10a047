"""The rules about FROM lines: the arguments in them, the platform, and what the defaults alone would give.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (validateBaseImagesWithDefaultArgs and
buildDispatchStates).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...reading.dockerfile import Stage
from ...reading.errors import DockerfileError, ImageError
from ...reading.expansion import Lookups, expand
from ...reading.platforms import parse
from ...reading.references import normalize
from ..image.gotext import quoted
from ..stage_table import StageTable
from . import rules
from .nearest import nearest
from .rules import CheckWarning

TARGET = "TARGETPLATFORM"
MACHINES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386"}


def with_defaults(table: StageTable) -> Iterator[CheckWarning]:
    """FROM lines that mean no image unless a build argument is given."""
    bare = StageTable(table.project, replace(table.options, args={}), table.images)
    try:
        for stage in table.stages:
            if not _is_reference(expand(stage.base, bare.global_args, table.dockerfile.escape)):
                text = f"Default value for ARG {stage.base} results in empty or invalid base image name"
                yield rules.INVALID_DEFAULT_ARG_IN_FROM.broken_by(stage.first, text)
    except DockerfileError:
        return  # the build says it


def _is_reference(text: str) -> bool:
    try:
        normalize(text)
    except ImageError:
        return False
    return True


def from_lines(table: StageTable) -> Iterator[CheckWarning]:
    """Arguments that FROM uses and nobody declared, and platforms that say nothing. Raises DockerfileError."""
    for stage in table.stages:
        base = Lookups(table.global_args)
        expand(stage.base, base, table.dockerfile.escape)
        yield from _undeclared(table, stage, base.missing)
        if platform := stage.first.flag("platform"):
            yield from _platform(table, stage, platform)


def _undeclared(table: StageTable, stage: Stage, names: Iterable[str]) -> Iterator[CheckWarning]:
    declared = {name for instruction in table.dockerfile.arguments for name, _ in instruction.pairs}
    known = [*table.global_args, *sorted(declared - table.global_args.keys())]
    for name in names:
        if name not in known:
            close = nearest(name, known)
            text = f"FROM argument '{name}' is not declared" + (f" (did you mean {close}?)" if close else "")
            yield rules.UNDEFINED_ARG_IN_FROM.broken_by(stage.first, text)


def _platform(table: StageTable, stage: Stage, written: str) -> Iterator[CheckWarning]:
    seen = Lookups(table.global_args)
    value = expand(written, seen, table.dockerfile.escape)
    yield from _undeclared(table, stage, seen.missing)
    if seen.found == [TARGET] and not seen.missing and value == table.global_args[TARGET]:
        text = f"Setting platform to predefined {written} in FROM is redundant as this is the default behavior"
        yield rules.REDUNDANT_TARGET_PLATFORM.broken_by(stage.first, text)
    if not seen.found and not seen.missing and not _named_after(stage.name, value):
        text = f"FROM --platform flag should not use constant value {quoted(value)}"
        yield rules.FROM_PLATFORM_FLAG_CONST_DISALLOWED.broken_by(stage.first, text)


def _named_after(stage_name: str, platform: str) -> bool:
    """Whether a stage's name holds the system or the machine; so for a text that is not a platform."""
    try:
        parse(platform)
    except DockerfileError:
        return True
    parts = platform.lower().split("/")
    words = [MACHINES.get(part, part) for part in parts[:2]]
    return any(word in stage_name for word in (words if len(words) > 1 else [*words, "linux"]))
