"""The classic builder (`DOCKER_BUILDKIT=0`): every instruction is an image with a parent, and the first miss ends it.

Sources: moby, daemon/builder/dockerfile (dispatchers.go, internals.go, imageprober.go) and internal/image/cache.
Reading, config and the records of a build are the ones that BuildKit's model uses; what differs is in this file,
in `stage.py` (what each instruction compares) and in `tarsum.py` (what COPY compares).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...reading.errors import DockerfileError, LayerlibError
from ...reading.project import Project
from ..builder import Builder
from ..buildkit.solver import Solved
from ..cache.cache import Result
from ..files.snapshot import Snapshot
from ..frontend.frontend import Frontend, Options
from ..frontend.llb import Vertex
from ..reasons import explain as explaining
from ..records import Build, Layer
from .stage import ClassicStage


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
    ) -> Build:
        """Build a project, as `DOCKER_BUILDKIT=0 docker build` would. The arguments are those of `BuildKit.build`.

        Raises:
            DockerfileError: for what Docker refuses, with the line. It is a ContextError too where the files are the
                cause, and an ImageError too where an image is.
            ContextError: for a .dockerignore that cannot be read, and a named context that cannot be.
            LayerlibError: for an option that needs BuildKit.
        """
        for option, value in (("--no-cache-filter", tuple(no_cache_filter)), ("--build-context", contexts)):
            if value:
                raise LayerlibError(f"{option} needs BuildKit; the classic builder does not know it")
        options = Options({name: str(value) for name, value in (args or {}).items()}, target, no_cache, network=network)
        frontend = Frontend(project, options, self.images, self.store)
        self._refuse(project)
        last = frontend.target_stage()
        total = len(project.parsed.arguments) + sum(len(s.instructions) + 1 for s in frontend.stages[: last + 1])
        solved: dict[str, Solved] = {}
        stages: list[ClassicStage] = []
        number = 0
        for one in project.parsed.arguments:
            number += 1
            vertex = Vertex("global", f"Step {number}/{total} : {one.source}", {"step": number}, instruction=one)
            solved[vertex.identity] = Solved(vertex, [], Result("", Snapshot()), False)
        for declared in frontend.stages[: last + 1]:
            stage = ClassicStage(self, frontend, declared, stages, number, total)
            stage.walk()
            number = stage.number
            stages.append(stage)
            solved |= stage.solved
        steps = explaining.steps(solved, self.cache, frontend.stages, _layer)
        listed = tuple(step for step in steps if step.name)
        return Build(listed, stages[-1].image(), project, self.name, self.store, listed)

    def _refuse(self, project: Project) -> None:
        """What the classic builder refuses before it begins."""
        names: set[str] = set()
        for stage in project.parsed.stages:
            if stage.name and stage.name in names:
                raise DockerfileError(
                    f"duplicate name {stage.name}", line=stage.first.line, text=project.parsed.line(stage.first.line),
                    cure="Two stages cannot have one name.",
                )  # fmt: skip
            names.add(stage.name)


def _layer(solved: Solved) -> Layer:
    result = solved.result
    return Layer(solved.vertex.name, result.size, result.size_source, result.key)
