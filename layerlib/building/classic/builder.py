"""The classic builder (`DOCKER_BUILDKIT=0`): every instruction is an image with a parent, and the first miss ends it.

Sources: moby, daemon/builder/dockerfile (dispatchers.go, internals.go, imageprober.go) and internal/image/cache.
"""

from __future__ import annotations

import re
from functools import cached_property

from ...reading.errors import DockerfileError, LayerlibError
from ...reading.platforms import HERE
from ...reading.project import Project
from ...reading.tree import Tree
from .. import assumptions
from ..build import Build
from ..builder import Builder
from ..cache.results import made_of
from ..options import Options
from ..reasons import explain
from ..records import Step
from ..stage_table import StageTable
from .context import sent
from .dispatch import build_stage
from .metadata import add_labels
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

    def _build(self, project: Project, options: Options) -> Build:
        needs_buildkit = {
            "--no-cache-filter": options.no_cache_filter,
            "--build-context": options.contexts,
            "--secret": options.secrets,
            "--ssh": options.ssh,
        }
        for option, value in needs_buildkit.items():
            if value:
                raise LayerlibError(f"{option} needs BuildKit; the classic builder does not know it")
        if options.platform.split("/")[:2] != HERE.split("/"):
            raise LayerlibError(
                f"--platform {options.platform}: with the classic builder, only {HERE} is modelled; build with BuildKit"
            )
        for name in options.labels:
            if re.search(r"\s", name):
                raise LayerlibError(f"--label {name!r}: for the classic builder, a label's name has no spaces")
        known, effects = self.images_for(project), self.effects_for(project)
        table = ClassicTable(project, options, known)
        _refuse_equal_names(table)
        wanted = table.stages[: table.target_stage() + 1]  # whether the target needs them or not
        lines = len(project.parsed.arguments) + sum(len(stage.instructions) + 1 for stage in wanted)
        numbering = Numbering(lines + len(options.labels))
        arguments = [_global_argument(numbering, number, table) for number in range(len(project.parsed.arguments))]
        stages: list[ClassicStage] = []
        for declared in wanted:
            stage = ClassicStage(table, declared, stages, self.cache, effects, self.store, numbering)
            build_stage(stage)
            stages.append(stage)
        add_labels(stages[-1])
        self.cache.used.update(step.result.execution for step in made_of(stages[-1].last))
        solved = [step for stage in stages for step in stage.solved]
        explained = explain.steps(solved, self.memory, table.stages, RULES)
        steps = (*arguments, *(step for step in explained if step.name))
        images = (stage.base.reference for stage in stages if stage.base is not None and not stage.base.known)
        assumed = (
            *assumptions.of_runs(solved),
            *assumptions.of_variables(table.unknown),
            *assumptions.of_images(images, known),
            *assumptions.of_context(project),
        )
        return Build(steps, stages[-1].image(), project, self.name, self.store, steps, assumptions=assumed)


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
