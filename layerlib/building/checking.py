"""`docker build --check`: what is wrong with a Dockerfile, without building it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..reading.catalogue import Catalogue
from ..reading.dockerfile import Source
from ..reading.errors import DockerfileError
from ..reading.project import Project
from .checks.find import find, refuse
from .checks.instructions import above_refused
from .checks.rules import CheckWarning
from .checks.settings import settings
from .frontend.convert import order
from .frontend.dispatch import lower
from .frontend.frontend import Frontend
from .noted import images_of
from .options import Options

AROUND = 4  # about so many lines are shown around an instruction. Source: BuildKit, solver/errdefs/source.go


@dataclass(frozen=True)
class Check:
    """The answer of `docker build --check`. As text, what it prints.

    Attributes:
        warnings: in the order in which the engine finds them.
        error: what refuses the Dockerfile, or None. Files are not looked at: one that is missing is no error here.
        dockerfile: the Dockerfile's text.
    """

    warnings: tuple[CheckWarning, ...]
    error: DockerfileError | None
    dockerfile: str

    def __str__(self) -> str:
        count = len(self.warnings)
        found = {0: "no warnings found.", 1: "1 warning has been found!"}.get(
            count, f"{count} warnings have been found!"
        )
        blocks = [f"Check complete, {found}", *map(self._shown, sorted(self.warnings, key=_place))]
        if self.error:
            blocks = [*(blocks if count else ()), f"ERROR: {self.error}"]
        return "\n\n".join(blocks)

    def _shown(self, warning: CheckWarning) -> str:
        head = f"WARNING: {warning.rule} - {warning.url}\n{warning.text}\nDockerfile:{warning.line}"
        return "\n".join([head, "-" * 20, *self._excerpt(warning), "-" * 20])

    def _excerpt(self, warning: CheckWarning) -> Iterator[str]:
        source = Source(self.dockerfile)
        first, last = warning.line, warning.last_line
        shown = last - first  # lines besides the first, as Docker counts them
        while shown < AROUND:
            more = (first > 1, last < len(source.lines))
            first, last = first - more[0], last + more[1]
            shown += 1 + sum(more)
        for number in range(first, last + 1):
            mark = ">>>" if warning.line <= number <= warning.last_line else "   "
            yield f"{number:>4} | {mark} {source.line(number)}"


def _place(warning: CheckWarning) -> int:
    return warning.line


def check(
    project: Project,
    args: Mapping[str, str] | None = None,
    target: str | None = None,
    images: Catalogue | None = None,
) -> Check:
    """What `docker build --check` says about a project: the warnings of all stages, or of those that a target needs.

    Args:
        project: what to check.
        args: --build-arg, name to value.
        target: --target, the name of a stage; without it, every stage is checked.
        images: the base images that FROM can name; without it, the shipped catalogue. A project's layerlib.toml adds
            those that are not among them. The variables of an image that nobody described are unknown, so nothing is
            said about variables in a stage on it.

    Raises nothing for a Dockerfile that Docker refuses: that is the answer's `error`. Raises LayerlibError for a
    layerlib.toml that cannot be read.
    """
    known = images_of(project, images)
    options = Options({name: str(value) for name, value in (args or {}).items()}, target)
    warnings: tuple[CheckWarning, ...] = ()
    try:
        chosen = settings(project.dockerfile, options.args)
        try:
            frontend = Frontend(project, options, known, "overlay2")
        except DockerfileError as error:
            warnings = chosen.kept(above_refused(project.dockerfile, error.line or 1))
            raise
        warnings = find(frontend, (), ())
        built = order(frontend, [frontend.target_stage()])
        walked: list[int] = []
        for number in sorted(built if target else order(frontend, range(len(frontend.stages)))):
            walked.append(number)
            try:
                frontend.lowered[number] = lower(frontend, frontend.stages[number])
            except DockerfileError as error:
                warnings = find(frontend, walked, built, error.line)
                raise
        warnings = find(frontend, walked, built)
        if chosen.error:
            refuse(frontend, warnings)
    except DockerfileError as error:
        return Check(warnings, error, project.dockerfile)
    return Check(warnings, None, project.dockerfile)
