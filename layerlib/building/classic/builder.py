"""The classic builder (`DOCKER_BUILDKIT=0`): every instruction is an image with a parent, and the first miss ends it.

Sources: moby, daemon/builder/dockerfile (dispatchers.go, internals.go, imageprober.go) and internal/image/cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from ...reading.errors import DockerfileError, LayerlibError
from ...reading.project import Project
from ...reading.tree import Tree
from ..build import Build
from ..builder import Builder
from ..options import Options
from ..reasons import explain
from ..records import Step
from ..stage_table import StageTable
from .context import sent
from .dispatch import build_stage
from .rules import RULES
from .stage import ClassicStage, Numbering


class ClassicTable(StageTable):
    """A Dockerfile as the classic builder reads it."""

    platforms = False

    @cached_property
    def context(self) -> Tree:
        return sent(self.project)


class ClassicBuilder(Builder):
    """The builder that Docker had before BuildKit, with a cache that remembers every build.

    Args:
        images, effects, store: as for `BuildKit`.
    """

    name = "classic"

    def build(
        self,
        project: Project,
        args: Mapping[str, str] | None = None,
        target: str | None = None,
        no_cache: bool = False,
        no_cache_filter: Iterable[str] = (),
        contexts: Mapping[str, Any] | None = None,
        network: str = "default",
        secrets: Iterable[str] = (),
        ssh: Iterable[str] = (),
    ) -> Build:
        """Build a project, as `DOCKER_BUILDKIT=0 docker build` would. The arguments are those of `BuildKit.build`.

        Raises:
            DockerfileError: for what Docker refuses, with the line. It is a ContextError too where the files are the
                cause, and an ImageError too where an image is.
            ContextError: for a .dockerignore that cannot be read.
            LayerlibError: for an option that needs BuildKit.
        """
        needs_buildkit = {
            "--no-cache-filter": tuple(no_cache_filter),
            "--build-context": contexts,
            "--secret": tuple(secrets),
            "--ssh": tuple(ssh),
        }
        for option, value in needs_buildkit.items():
            if value:
                raise LayerlibError(f"{option} needs BuildKit; the classic builder does not know it")
        values = {name: str(value) for name, value in (args or {}).items()}
        table = ClassicTable(project, Options(values, target, no_cache, network=network), self.images)
        _refuse_equal_names(table)
        wanted = table.stages[: table.target_stage() + 1]  # whether the target needs them or not
        numbering = Numbering(len(project.parsed.arguments) + sum(len(stage.instructions) + 1 for stage in wanted))
        arguments = [_global_argument(numbering, number, table) for number in range(len(project.parsed.arguments))]
        stages: list[ClassicStage] = []
        for declared in wanted:
            stage = ClassicStage(table, declared, stages, self.cache, self.effects, self.store, numbering)
            build_stage(stage)
            stages.append(stage)
        solved = [step for stage in stages for step in stage.solved]
        explained = explain.steps(solved, self.memory, table.stages, RULES)
        steps = (*arguments, *(step for step in explained if step.name))
        return Build(steps, stages[-1].image(), project, self.name, self.store, steps)


def _refuse_equal_names(table: StageTable) -> None:
    names: set[str] = set()
    for stage in table.stages:
        with table.at(stage.first):
            if stage.name and stage.name in names:
                raise DockerfileError(f"duplicate name {stage.name}", cure="Two stages cannot have one name.")
        names.add(stage.name)


def _global_argument(numbering: Numbering, number: int, table: StageTable) -> Step:
    """The line that is printed for an ARG above the first FROM. It is no step: nothing is compared, nothing made."""
    instruction = table.dockerfile.arguments[number]
    name = numbering.name(instruction.source)
    return Step(
        name.full, "rebuilt", None, None, 0.0, None, name.text, name.number, keyword="ARG", line=instruction.line
    )
