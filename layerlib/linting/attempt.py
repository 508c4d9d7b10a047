"""An attempt: an answer to a level, built and looked into as often as its goals ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..building.buildkit.builder import BuildKit
from ..building.buildkit.solver import Solver
from ..building.cache.cache import Cache
from ..building.effects.effects import Effects
from ..building.files.snapshot import Snapshot
from ..building.frontend.frontend import Frontend, Options
from ..building.frontend.llb import Vertex
from ..building.rebuilding import rebuild
from ..building.records import Build, Step
from ..editing import changes
from ..reading.catalogue import catalogue
from ..reading.project import Project
from ..reading.tree import File, Tree


@dataclass(frozen=True)
class Stop:
    """One step of the final build: its vertex, the files below it, and those that it wrote."""

    vertex: Vertex
    below: Snapshot
    after: Snapshot


@dataclass(frozen=True)
class Attempt:
    """A project that is to be checked.

    Attributes:
        project: the learner's.
        start: what the level began with; edits that goals speak of are edits of its files.
        effects: what the level's commands write, as `BuildKit` takes it.
    """

    project: Project
    start: Project
    effects: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def build(self) -> Build:
        """The first build."""
        return BuildKit(effects=self.effects).build(self.project)

    def rebuild(self, after: str) -> Build:
        """The build that follows a change, named as in `changes.named`."""
        return rebuild(self.project, changes.named(after), builder=BuildKit(effects=self.effects))

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        """Every step that the image needs, in the order in which they are built."""
        solver = Solver(Cache(), Effects(self.effects), Frontend(self.project, Options(), catalogue(), "overlay2"))
        solver.build()
        found = []
        for one in solver.solved.values():
            first = one.vertex.inputs[0].vertex if one.vertex.inputs else None
            below = solver.solved[first.identity].result.snapshot if first else Snapshot()
            found.append(Stop(one.vertex, below, one.result.snapshot))
        return tuple(found)

    @cached_property
    def chain(self) -> tuple[Stop, ...]:
        """The steps whose layers the image has, bottom first."""
        by_vertex = {stop.vertex.identity: stop for stop in self.stops}
        found: list[Stop] = []
        here: Vertex | None = self.stops[-1].vertex if self.stops else None
        while here is not None:
            found.append(by_vertex[here.identity])
            here = here.inputs[0].vertex if here.inputs else None
        return tuple(reversed(found))

    @cached_property
    def files(self) -> Tree:
        """The files in the image, as far as anyone knows; paths without the first slash."""
        return self.stops[-1].after.tree if self.stops else Tree({})

    def layers(self) -> list[tuple[str, dict[str, File]]]:
        """The files in each layer of the image that this Dockerfile makes, with the name of the step."""
        return [
            (stop.vertex.name, {path: file for path, file in stop.after.written.items() if file is not None})
            for stop in self.chain
            if stop.vertex.image is None
        ]

    def first_miss(self, build: Build) -> Step | None:
        """The step that a rebuild's other misses stand on."""
        return next((step for step in build.missed if step.reason and step.reason.step is None), None)


def argv_of(attempt: Attempt, given: list[str] | None = None) -> list[str]:
    """What a container of the image runs; `given` are the words after the image in `docker run`."""
    config = attempt.build.image.config
    first, second = list(config.get("Entrypoint") or []), list(config.get("Cmd") or [])
    argv = first + (given or second)
    # The script of the official images ends by becoming what it was given.
    return argv[1:] if argv[:1] == ["docker-entrypoint.sh"] and len(argv) > 1 else argv


def quoted(name: str) -> str:
    """A step's name as it stands in a sentence."""
    return f'"{name}"'
