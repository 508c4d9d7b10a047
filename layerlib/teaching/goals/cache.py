"""Goals about what a rebuild does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...building.build import Build
from ...building.operations import Exec
from ...building.records import Step
from ...building.report import why
from ...building.units import count
from ...linting.inspected import quoted
from ...linting.runnable import PROGRAM
from ..attempt import Attempt
from ..results import Unknown
from .goal import Goal


def _where(attempt: Attempt, build: Build) -> str:
    first = attempt.first_miss(build) or next(iter(build.missed), None)
    return f"Look at {quoted(first.name)}. {why(first)}" if first else ""


def _may_be_more(build: Build) -> Unknown:
    """Nobody knows how many steps are rebuilt."""
    first, number = build.depending[0], len(build.depending)
    known = _is_rebuilt(len(build.missed)).capitalize() if build.missed else "Nothing is certainly rebuilt"
    more = f"{number} more may be" if build.missed else f"{count(number, 'step')} may be"
    return Unknown(f"{known}, and {more}. Look at {quoted(first.name)}. {why(first)}")


def _depends(steps: Iterable[Step]) -> str:
    """Nobody knows whether one of some steps is cached; an empty text if none depends."""
    step = next((step for step in steps if step.verdict == "depends"), None)
    return Unknown(f"{quoted(step.name)} may be cached or not. {why(step)}") if step else ""


def _is_rebuilt(number: int) -> str:
    """ "1 step is rebuilt", with the number."""
    return "no step is rebuilt" if not number else f"{count(number, 'step')} {'is' if number == 1 else 'are'} rebuilt"


def _after(change: str) -> str:
    if change == "nothing":
        return "When nothing has changed"
    return f"{'With' if change.startswith('--') else 'After'} {change!r}"


def at_most(rebuilt: int, after: str) -> Goal:
    """After a change, no more than so many steps are rebuilt."""

    def check(attempt: Attempt) -> str:
        build = attempt.rebuild(after)
        over = len(build.missed) - rebuilt
        if over <= 0:
            return _may_be_more(build) if len(build.depending) + over > 0 else ""
        return f"{_is_rebuilt(len(build.missed)).capitalize()}: {over} too many. {_where(attempt, build)}"

    most = f"at most {_is_rebuilt(rebuilt)}" if rebuilt else "no step is rebuilt"
    return Goal(f"{_after(after)}, {most}.", check)


def exactly(rebuilt: int, after: str) -> Goal:
    """After a change, so many steps are rebuilt."""

    def check(attempt: Attempt) -> str:
        build = attempt.rebuild(after)
        if len(build.missed) <= rebuilt <= len(build.missed) + len(build.depending):
            return _may_be_more(build) if build.depending else ""
        if not build.missed:
            return f"No step is rebuilt; {rebuilt} should be. Ask which steps look at what was changed."
        return f"{_is_rebuilt(len(build.missed)).capitalize()}, not {rebuilt}. {_where(attempt, build)}"

    return Goal(f"{_after(after)}, exactly {_is_rebuilt(rebuilt)}.", check)


def stays_cached(command: str = "", after: str = "nothing", brings: str = "") -> Goal:
    """After a change, every step that runs a command, or brings a package, is cached."""
    wanted = Wanted(command, brings)

    def check(attempt: Attempt) -> str:
        build = attempt.rebuild(after)
        steps = wanted.among(attempt, build)
        if not steps:
            return wanted.missing(attempt)
        late = [step for step in steps if step.verdict == "rebuilt"]
        if not late:
            return _depends(steps)
        root = late[0].reason.step if late[0].reason else None
        more = f"\nLook at {quoted(root.name)}. {why(root)}" if root else ""
        return f"{quoted(late[0].name)} runs again. {why(late[0])}{more}"

    return Goal(f"{_after(after)}, {wanted} is cached.", check)


def runs_again(command: str = "", after: str = "nothing", brings: str = "") -> Goal:
    """After a change, a step that runs a command, or brings a package, is rebuilt: it must not miss the news."""
    wanted = Wanted(command, brings)

    def check(attempt: Attempt) -> str:
        steps = wanted.among(attempt, attempt.rebuild(after))
        if not steps:
            return wanted.missing(attempt)
        if any(step.verdict == "rebuilt" for step in steps):
            return ""
        if problem := _depends(steps):
            return problem
        if wanted.brings and attempt.is_of_the_system(wanted.brings):
            return Unknown(f"{wanted.brings} comes from the system's packages, and not from a list of the project.")
        kept = f"{quoted(steps[0].name)} is cached, so the image keeps what it had."
        return f"{kept} Nothing above it looks at what was changed."

    return Goal(f"{_after(after)}, {wanted} runs again.", check)


@dataclass(frozen=True)
class Wanted:
    """Steps that a goal is about: those that run a command, or those that bring something.

    Attributes:
        command: words of a command.
        brings: a package, `node_modules`, or `PROGRAM` for what a compiler makes.
    """

    command: str = ""
    brings: str = ""

    def __str__(self) -> str:
        if self.command:
            return f"the step with {self.command!r}"
        return "the step that makes the program" if self.brings == PROGRAM else f"the step that brings {self.brings}"

    def among(self, attempt: Attempt, build: Build) -> list[Step]:
        """Those of the steps of a build of the attempt, or of a rebuild of it."""
        if self.command:
            return [step for step in build.steps if step.keyword == "RUN" and self.command in _text(step)]
        places = {(step.stage, step.line) for step in attempt.bringing(self.brings)}
        return [step for step in build.steps if step.keyword == "RUN" and (step.stage, step.line) in places]

    def missing(self, attempt: Attempt) -> str:
        """What to say if there is none."""
        if self.command:
            return f"No step of the image runs {self.command!r} any more."
        said = "makes the program" if self.brings == PROGRAM else f"brings {self.brings}"
        if attempt.may_bring_more:
            return Unknown(f"Nobody knows which step {said}.")
        return f"No step of the image {said} any more. Look at each RUN, and at the files that it reads."


def _text(step: Step) -> str:
    return " ".join(step.operation.args) if isinstance(step.operation, Exec) else step.name


CHECKS: dict[str, Callable[..., Goal]] = {
    "at_most": at_most,
    "exactly": exactly,
    "stays_cached": stays_cached,
    "runs_again": runs_again,
}
