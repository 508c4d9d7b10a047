"""A step of a build with the files before and after it: all that lint and goals ask of the builder's records."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..building.buildkit.solver import Solver
from ..building.cache.cache import Cache
from ..building.cache.results import Solved, SolvedInput
from ..building.effects.effects import Effects, as_effects
from ..building.effects.shell import SimpleCommand, commands_of
from ..building.files.snapshot import Snapshot
from ..building.frontend.frontend import Frontend
from ..building.frontend.mounts import ParsedMount, parse
from ..building.image.config import variables
from ..building.noted import effects_of, images_of
from ..building.operations import Copy, Exec, ImageSource, MountType
from ..building.options import Options
from ..building.reasons.memory import Memory
from ..reading.dockerfile import Instruction
from ..reading.file import File
from ..reading.project import Project


@dataclass(frozen=True)
class CopiedPath:
    """What a COPY --from takes: a path from the root, and the step that made it."""

    step: SolvedStep
    path: str


@dataclass(frozen=True)
class MountedFolder:
    """A RUN's --mount.

    Attributes:
        type: "bind", "cache", "tmpfs", "secret" or "ssh".
        target: where it is seen, from the root.
        source: the path that is mounted, without slashes around it; empty for all.
        step: the step whose files are mounted; None for a build context, and for what is no bind mount.
        files: the files of a build context that are mounted, by their paths in the container without the first slash.
    """

    type: str
    target: str
    source: str = ""
    step: SolvedStep | None = None
    files: Mapping[str, File] = field(default_factory=dict)


@dataclass(frozen=True)
class SolvedStep:
    """A step that the image needs. Only this class looks into the builder's record of it."""

    solved: Solved

    @property
    def builds_on(self) -> SolvedStep | None:
        """The step whose files it works on; None for a base image and on scratch."""
        return SolvedStep(self.solved.below) if self.solved.below else None

    @property
    def below(self) -> Snapshot:
        """The files that it works on."""
        return self.solved.files_below

    @property
    def after(self) -> Snapshot:
        """The files that it leaves behind."""
        return self.solved.result.snapshot

    @property
    def name(self) -> str:
        """As Docker prints it."""
        return self.solved.name.full

    @property
    def instruction(self) -> Instruction | None:
        """The instruction that asks for it; None for an image that COPY --from or a mount names."""
        return self.solved.instruction

    @property
    def stage(self) -> int:
        """The index of its stage."""
        return self.solved.stage

    @property
    def image(self) -> str:
        """A base image's reference; empty for any other step."""
        return self.solved.operation.image if isinstance(self.solved.operation, ImageSource) else ""

    @property
    def is_run(self) -> bool:
        """Whether it is a RUN."""
        return isinstance(self.solved.operation, Exec)

    @property
    def argv(self) -> list[str]:
        """What a RUN starts: the shell with the text, or the words of the exec form."""
        return list(self._exec.args)

    @property
    def commands(self) -> tuple[SimpleCommand, ...]:
        """The simple commands of a RUN."""
        folder = self._exec.cwd
        return commands_of(self._exec.args, folder if folder.startswith("/") else "/")  # of an image nobody described

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that a RUN sees."""
        return variables(self._exec.env)

    @property
    def user(self) -> str:
        """The user that a RUN works as; empty for root."""
        return self._exec.user

    @property
    def mount_texts(self) -> tuple[str, ...]:
        """The mounts of a RUN, as they are written."""
        return tuple(self.solved.instruction.flags.get("mount", ())) if self.solved.instruction else ()

    @property
    def mounts(self) -> tuple[MountedFolder, ...]:
        """The mounts of a RUN, in the order written."""
        texts = self.solved.instruction.flags.get("mount", ()) if self.solved.instruction else ()
        looked_into = iter(self.solved.inputs[1:])
        return tuple(
            self._mounted(mount, next(looked_into) if mount.has_source else None)
            for mount in (parse(text, str) for text in texts)
        )

    def _mounted(self, mount: ParsedMount, source: SolvedInput | None) -> MountedFolder:
        target = mount.compared.path(self._exec.cwd)
        if source is None or mount.compared.type is not MountType.BIND:
            return MountedFolder(mount.compared.type, target)
        path = mount.source.strip("/")
        step = SolvedStep(source.step) if source.step else None
        files: dict[str, File] = {}
        for selection in () if source.step else source.selections.values():
            for name, file in selection.files.items():
                inside = posixpath.relpath(name, path or ".")
                files[posixpath.normpath(posixpath.join(target, inside)).strip("/")] = file
        return MountedFolder(MountType.BIND, target, path, step, files)

    @property
    def _exec(self) -> Exec:
        assert isinstance(self.solved.operation, Exec), "only a RUN has it"
        return self.solved.operation

    @property
    def destination(self) -> str:
        """Where a COPY writes; empty for any other step."""
        return self.solved.operation.destination if isinstance(self.solved.operation, Copy) else ""

    @property
    def takes_the_x(self) -> bool:
        """Whether a COPY gives files permissions with which nobody can run them."""
        operation = self.solved.operation
        mode = operation.mode if isinstance(operation, Copy) else None
        return isinstance(mode, int) and not mode & 0o111

    @property
    def copies(self) -> tuple[CopiedPath, ...]:
        """What a COPY takes from other steps."""
        sources = self.solved.inputs[1:] if isinstance(self.solved.operation, Copy) else ()
        return tuple(
            CopiedPath(SolvedStep(source.step), "/" + path.strip("/"))
            for source in sources
            if source.step is not None
            for path in source.selections
        )


def solved_steps(project: Project, effects: Effects | Mapping[str, Any]) -> tuple[SolvedStep, ...]:
    """Every step that a project's image needs, in the order in which they are built. Raises what a build raises."""
    table = effects_of(project, as_effects(effects).lenient())
    solver = Solver(Cache(), Memory(), table, Frontend(project, Options(), images_of(project), "overlay2"))
    solver.build()
    return tuple(map(SolvedStep, solver.solved.values()))
