"""One build: its steps, the image, and the ways to show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from ..reading.project import Project
from . import report
from .assumptions import lines
from .checks.rules import CheckWarning
from .records import Assumption, Image, Step, Store


@dataclass(frozen=True, repr=False)
class Build:
    """One build: its steps, the image, and the ways to show them.

    Attributes:
        steps: by stage and number (classic: as printed).
        image: the image.
        project: what was built.
        builder: "buildkit" or "classic".
        store: the image store, "overlay2" or "containerd": it decides how sizes are counted.
        printed: the steps in the order of the log, with those that have no number.
        check: finds the warnings.
        assumptions: what these answers assume: RUNs that nobody ran and that are taken to succeed, variables of images
            that nobody described, images whose name is close to a known one.
    """

    steps: tuple[Step, ...]
    image: Image
    project: Project
    builder: str
    store: Store
    printed: tuple[Step, ...] = field(default=(), repr=False)
    check: Callable[[], tuple[CheckWarning, ...]] = field(default=tuple, repr=False, compare=False)
    assumptions: tuple[Assumption, ...] = ()

    @cached_property
    def warnings(self) -> tuple[CheckWarning, ...]:
        """What `docker build` warns of, in the stages that it needs. The classic builder warns of nothing."""
        return self.check()

    def history(self) -> report.History:
        """The rows of `docker history`, newest first. Printing them gives Docker's table."""
        return report.History(reversed(self.image.rows))

    def log(self) -> str:
        """What `docker build --progress=plain` prints (classic: what the old builder prints)."""
        if self.builder == "classic":
            return report.classic_log(self.steps)
        return report.buildkit_log(self.printed, self.warnings)

    @property
    def missed(self) -> tuple[Step, ...]:
        """The steps that certainly run again.

        FROM is not among them: its image is only looked up. Nor is an ARG above the first FROM, which the classic
        builder prints but does not run: it has no reason.
        """
        rebuilt = (step for step in self.steps if step.verdict == "rebuilt" and step.keyword != "FROM")
        return tuple(step for step in rebuilt if step.reason is not None)

    @property
    def depending(self) -> tuple[Step, ...]:
        """The steps that run again or not, depending on what a RUN writes that nobody knows. FROM is in no count."""
        return tuple(step for step in self.steps if step.verdict == "depends" and step.keyword != "FROM")

    def __str__(self) -> str:
        return "\n".join([report.text(self.steps), *lines(self.assumptions)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return report.html(self.project.name, self.steps, len(self.missed), lines(self.assumptions))
