"""Goals: each a function of an attempt's state. It says nothing when it is reached, else how far off it is.

A level's data names a goal and its arguments: `{goal = "at_most", rebuilt = 1, after = "edit app.py"}`. No goal asks
how the state was reached, so several answers are right. A goal's problem names the step to look at, never the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...building.build import Build
from ...building.operations import Exec
from ...building.records import Step
from ...building.report import why
from ...building.units import human_size
from ...linting import runnable as starting
from ...linting.attempt import Attempt, quoted
from ...reading.errors import LayerlibError
from . import commands as running
from . import image as contents


@dataclass(frozen=True)
class Goal:
    """What to reach, in words, and the check: it gives an empty text, or how far off an attempt is."""

    text: str
    check: Callable[[Attempt], str]


def goal(data: Mapping[str, Any]) -> Goal:
    """The goal that a level's data names. Raises LayerlibError for a name that is not in `GOALS`."""
    arguments = dict(data)
    name = arguments.pop("goal", "")
    if name not in GOALS:
        raise LayerlibError(f"no goal is called {name!r}; there are: {', '.join(GOALS)}")
    made: Goal = GOALS[name](**arguments)
    return made


def _where(attempt: Attempt, build: Build) -> str:
    first = attempt.first_miss(build) or next(iter(build.missed), None)
    return f"Look at {quoted(first.name)}. {why(first)}" if first else ""


def _is_rebuilt(number: int) -> str:
    """ "1 step is rebuilt", with the number."""
    return "no step is rebuilt" if not number else f"{_many(number)} {'is' if number == 1 else 'are'} rebuilt"


def _many(number: int, noun: str = "step") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _after(change: str) -> str:
    if change == "nothing":
        return "When nothing has changed"
    return f"{'With' if change.startswith('--') else 'After'} {change!r}"


# What a rebuild does.


def at_most(rebuilt: int, after: str) -> Goal:
    """After a change, no more than so many steps are rebuilt."""

    def check(attempt: Attempt) -> str:
        build = attempt.rebuild(after)
        over = len(build.missed) - rebuilt
        if over <= 0:
            return ""
        return f"{_is_rebuilt(len(build.missed)).capitalize()}: {over} too many. {_where(attempt, build)}"

    most = f"at most {_is_rebuilt(rebuilt)}" if rebuilt else "no step is rebuilt"
    return Goal(f"{_after(after)}, {most}.", check)


def exactly(rebuilt: int, after: str) -> Goal:
    """After a change, so many steps are rebuilt."""

    def check(attempt: Attempt) -> str:
        build = attempt.rebuild(after)
        if len(build.missed) == rebuilt:
            return ""
        if not build.missed:
            return f"No step is rebuilt; {rebuilt} should be. Ask which steps look at what was changed."
        return f"{_is_rebuilt(len(build.missed)).capitalize()}, not {rebuilt}. {_where(attempt, build)}"

    return Goal(f"{_after(after)}, exactly {_is_rebuilt(rebuilt)}.", check)


def stays_cached(command: str, after: str) -> Goal:
    """After a change, every step that runs a command is cached."""

    def check(attempt: Attempt) -> str:
        build = attempt.rebuild(after)
        steps = _running(build, command)
        if not steps:
            return f"No step of the image runs {command!r} any more."
        late = [step for step in steps if not step.cached]
        if not late:
            return ""
        root = late[0].reason.step if late[0].reason else None
        more = f"\nLook at {quoted(root.name)}. {why(root)}" if root else ""
        return f"{quoted(late[0].name)} runs again. {why(late[0])}{more}"

    return Goal(f"{_after(after)}, the step with {command!r} is cached.", check)


def runs_again(command: str, after: str) -> Goal:
    """After a change, a step that runs a command is rebuilt: it must not miss the news."""

    def check(attempt: Attempt) -> str:
        steps = _running(attempt.rebuild(after), command)
        if not steps:
            return f"No step of the image runs {command!r} any more."
        if any(not step.cached for step in steps):
            return ""
        kept = f"{quoted(steps[0].name)} is cached, so the image keeps what it had."
        return f"{kept} Nothing above it looks at what was changed."

    return Goal(f"{_after(after)}, the step with {command!r} runs again.", check)


def _running(build: Build, command: str) -> list[Step]:
    return [step for step in build.steps if step.keyword == "RUN" and command in _text(step)]


def _text(step: Step) -> str:
    return " ".join(step.operation.args) if isinstance(step.operation, Exec) else step.name


# Sizes and layers.


def image_below(size: int) -> Goal:
    """The whole image weighs less than so many bytes."""

    def check(attempt: Attempt) -> str:
        return _too_heavy(size, [(layer.size, layer.created_by) for layer in attempt.build.image.layers])

    return Goal(f"The image is below {human_size(size)}.", check)


def base_below(size: int) -> Goal:
    """The layers that come with the final stage's base image weigh less than so many bytes."""

    def check(attempt: Attempt) -> str:
        layers = [(layer.size, layer.created_by) for layer in attempt.build.image.layers if layer.base]
        return _too_heavy(size, layers, "The base image is")

    return Goal(f"The base image that the final image stands on is below {human_size(size)}.", check)


def _too_heavy(size: int, layers: list[tuple[int | None, str]], what: str = "The image is") -> str:
    unknown = [text for number, text in layers if number is None]
    known = sum(number or 0 for number, _ in layers)
    if known < size and not unknown:
        return ""
    if not layers:
        return ""
    biggest = max(layers, key=lambda layer: layer[0] or 0)
    shown = " ".join(biggest[1].split())[:90]
    if known >= size:
        over = human_size(known - size)
        begin = f"{what} {human_size(known)}: {over} too much."
        return f"{begin} The biggest layer has {human_size(biggest[0])}: {shown}"
    first = " ".join(unknown[0].split())[:90]
    more = f"{what} {human_size(known)} and more: nobody knows the size of {_many(len(unknown), 'layer')}."
    return f"{more} Look at {quoted(first)}."


def own_layers(most: int) -> Goal:
    """The Dockerfile adds no more than so many layers to its base."""

    def check(attempt: Attempt) -> str:
        own = [layer.created_by for layer in attempt.build.image.layers if not layer.base]
        if len(own) <= most:
            return ""
        names = "\n".join(f"- {' '.join(text.split())[:90]}" for text in own)
        return f"It adds {_many(len(own), 'layer')}, {len(own) - most} too many:\n{names}"

    return Goal(f"The Dockerfile adds at most {_many(most, 'layer')} to its base image.", check)


def context_below(size: int) -> Goal:
    """The files that are sent to the builder weigh less than so many bytes."""

    def check(attempt: Attempt) -> str:
        files = {path: file.size or 0 for path, file in attempt.project.context.items() if file.kind == "file"}
        total = sum(files.values())
        if total < size:
            return ""
        biggest = max(files, key=lambda path: files[path])
        much = human_size(total)
        begin = f"{_many(len(files), 'file')} with {much} in all would be sent."
        return f"{begin} The biggest is {biggest}: {human_size(files[biggest])}."

    return Goal(f"Less than {human_size(size)} of files are sent to the builder.", check)


# The state of the image.


def works(packages: list[str] | None = None) -> Goal:
    """The commands find what they need at the place where they stand, and the container can start."""
    needed = tuple(packages or ())
    also = f" It finds {', '.join(needed)}." if needed else ""
    text = f"The build finds what it needs, and the container starts.{also}"
    return Goal(text, lambda attempt: starting.problem(attempt, needed))


def _made(make: Callable[..., tuple[str, Callable[[Attempt], str]]], **given: Any) -> Goal:
    return Goal(*make(**given))


GOALS: dict[str, Callable[..., Goal]] = {
    "at_most": at_most,
    "exactly": exactly,
    "stays_cached": stays_cached,
    "runs_again": runs_again,
    "image_below": image_below,
    "base_below": base_below,
    "own_layers": own_layers,
    "context_below": context_below,
    "works": works,
    **{name: partial(_made, make) for name, make in {**contents.CHECKS, **running.CHECKS}.items()},
}
