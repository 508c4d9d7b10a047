"""A step of a build with the files before and after it: all that lint and goals ask of the builder's records."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..building.buildkit.solver import Solver
from ..building.cache.cache import Cache
from ..building.effects.effects import Effects
from ..building.effects.shell import SimpleCommand, commands_of
from ..building.files.snapshot import Snapshot
from ..building.frontend import mounts
from ..building.frontend.frontend import Frontend, Options
from ..building.frontend.llb import Input, Vertex
from ..building.image.config import variables
from ..reading.catalogue import catalogue
from ..reading.dockerfile import Instruction
from ..reading.project import Project
from ..reading.tree import File, Tree


@dataclass(frozen=True)
class CopiedPath:
    """What a COPY --from takes: a path from the root, and the `id` of the step that made it."""

    step: str
    path: str


@dataclass(frozen=True)
class MountedFolder:
    """A RUN's --mount.

    Attributes:
        type: "bind", "cache", "tmpfs", "secret" or "ssh".
        target: where it is seen, from the root.
        source: the path that is mounted, without slashes around it; empty for all.
        step: the `id` of the step whose files are mounted; empty for a build context, and for what is no bind mount.
        files: the build context that is mounted.
    """

    type: str
    target: str
    source: str = ""
    step: str = ""
    files: Tree | None = None

    def contents(self) -> dict[str, File]:
        """The mounted files of a build context by their paths in the container, without the first slash."""
        prefix = f"{self.source}/" if self.source else ""
        return {
            posixpath.normpath(posixpath.join(self.target, posixpath.relpath(path, self.source or "."))).strip(
                "/"
            ): file
            for path, file in (self.files or {}).items()
            if path == self.source or path.startswith(prefix)
        }


@dataclass(frozen=True)
class SolvedStep:
    """A step that the image needs, solved.

    Attributes:
        vertex: the builder's record of it. Only this class looks into it.
        below: the files that it works on.
        after: the files that it leaves behind.
    """

    vertex: Vertex
    below: Snapshot
    after: Snapshot

    @property
    def id(self) -> str:
        """Tells the steps of a build apart."""
        return self.vertex.identity

    @property
    def builds_on(self) -> str:
        """The `id` of the step whose files it works on; empty for a base image and on scratch."""
        return self._step(self.vertex.inputs[0]) if self.vertex.inputs else ""

    @property
    def name(self) -> str:
        """As Docker prints it."""
        return self.vertex.name

    @property
    def instruction(self) -> Instruction | None:
        """The instruction that asks for it; None for a base image."""
        return self.vertex.instruction

    @property
    def stage(self) -> int:
        """The index of its stage."""
        return self.vertex.stage

    @property
    def image(self) -> str:
        """A base image's reference; empty for any other step."""
        return self.vertex.image.reference if self.vertex.image else ""

    @property
    def is_run(self) -> bool:
        """Whether it is a RUN."""
        return self.vertex.kind == "run"

    @property
    def argv(self) -> list[str]:
        """What a RUN starts: the shell with the text, or the words of the exec form."""
        return list(self.vertex.definition["command"])

    @property
    def commands(self) -> tuple[SimpleCommand, ...]:
        """The simple commands of a RUN."""
        return commands_of(self.argv, self.folder)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that a RUN sees."""
        return variables(self.vertex.definition["environment"])

    @property
    def user(self) -> str:
        """The user that a RUN works as; empty for root."""
        return str(self.vertex.definition["user"])

    @property
    def folder(self) -> str:
        """The folder that a RUN works in."""
        return str(self.vertex.definition["working directory"])

    @property
    def destination(self) -> str:
        """Where a COPY writes."""
        return self.vertex.destination

    @property
    def copies(self) -> tuple[CopiedPath, ...]:
        """What a COPY takes from other steps."""
        inputs = [(self.vertex.inputs[copy.input], copy.source.path) for copy in self.vertex.copies]
        return tuple(CopiedPath(self._step(given), "/" + path.strip("/")) for given, path in inputs if given.vertex)

    @property
    def mounts(self) -> tuple[MountedFolder, ...]:
        """The mounts of a RUN, in the order written."""
        sources = iter(self.vertex.inputs[1:])
        found = []
        for text in self.instruction.flags.get("mount", ()) if self.instruction else ():
            mount = mounts.parse(text, str)
            target = mount.target or f"/run/secrets/{mount.source}"
            folder = MountedFolder(mount.type, posixpath.normpath(posixpath.join(self.folder, target)))
            if mount.type == "bind" or (mount.type == "cache" and mount.origin):
                given = next(sources)
                path = given.sources[0].path.strip("/") if given.sources else ""
                if mount.type == "bind":
                    folder = MountedFolder("bind", folder.target, path, self._step(given), given.files)
            found.append(folder)
        return tuple(found)

    def _step(self, given: Input) -> str:
        return given.vertex.identity if given.vertex else ""


def solved_steps(project: Project, effects: Effects | Mapping[str, Any]) -> tuple[SolvedStep, ...]:
    """Every step that a project's image needs, in the order in which they are built. Raises what a build raises."""
    table = effects if isinstance(effects, Effects) else Effects(effects)
    solver = Solver(Cache(), table, Frontend(project, Options(), catalogue(), "overlay2"))
    solver.build()
    steps = []
    for solved in solver.solved.values():
        first = solved.vertex.inputs[0].vertex if solved.vertex.inputs else None
        below = solver.solved[first.identity].result.snapshot if first else Snapshot()
        steps.append(SolvedStep(solved.vertex, below, solved.result.snapshot))
    return tuple(steps)
