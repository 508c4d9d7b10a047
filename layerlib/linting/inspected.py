"""A project that is built and looked into: its steps, the files in its image, and what a container of it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..building.effects.effects import Effects, as_effects
from ..building.image.config import variables
from ..reading.file import File
from ..reading.project import Project
from ..reading.tree import Tree
from .solved_step import SolvedStep, solved_steps


@dataclass(frozen=True)
class InspectedBuild:
    """A project that is built, once it is looked into. Each property raises what a build raises.

    Attributes:
        project: what is built.
        effects: what the commands write, as `BuildKit` takes it.
    """

    project: Project
    effects: Effects | Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def build(self) -> Build:
        """The first build. A RUN that is known to fail does not end it."""
        return BuildKit(effects=as_effects(self.effects).lenient()).build(self.project)

    @cached_property
    def steps(self) -> tuple[SolvedStep, ...]:
        """Every step that the image needs, in the order in which they are built."""
        return solved_steps(self.project, self.effects)

    @cached_property
    def chain(self) -> tuple[SolvedStep, ...]:
        """The steps whose layers the image has, bottom first."""
        chain: list[SolvedStep] = []
        step = self.steps[-1] if self.steps else None
        while step is not None:
            chain.append(step)
            step = step.builds_on
        return tuple(reversed(chain))

    @cached_property
    def files(self) -> Tree:
        """The files in the image, as far as anyone knows; paths without the first slash."""
        return self.steps[-1].after.tree if self.steps else Tree({})

    def layers(self) -> list[tuple[str, dict[str, File]]]:
        """The files in each layer of the image that this Dockerfile makes, with the name of the step."""
        return [
            (step.name, {path: file for path, file in step.after.written.items() if file is not None})
            for step in self.chain
            if not step.image
        ]

    def argv(self, given: list[str] | None = None) -> list[str]:
        """What a container of the image runs; `given` are the words after the image in `docker run`."""
        config = self.build.image.config
        first, second = list(config.get("Entrypoint") or []), list(config.get("Cmd") or [])
        argv = first + (given or second)
        # The script of the official images ends by becoming what it was given.
        if argv[:1] != ["docker-entrypoint.sh"] or len(argv) < 2:
            return argv
        # That of node puts node in front of an option and of a file that is no program. Source: nodejs/docker-node.
        of_node = "NODE_VERSION" in variables(config.get("Env") or ())
        return ["node", *argv[1:]] if of_node and (argv[1].startswith("-") or argv[1].endswith(".js")) else argv[1:]


def quoted(name: str) -> str:
    """A step's name as it stands in a sentence."""
    return f'"{name}"'
