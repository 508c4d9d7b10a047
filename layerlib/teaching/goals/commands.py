"""Goals about the commands of a build: what they see, and what they leave behind.

Each function gives a goal's text and its check.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from ...building.cache.results import Solved
from ...building.operations import Copy, Exec
from ...linting.attempt import Attempt, quoted
from ...linting.shell import Command, commands

Made = tuple[str, Callable[[Attempt], str]]


def no_package_lists() -> Made:
    """No layer of the image keeps the lists that `apt-get update` fetched."""

    def check(attempt: Attempt) -> str:
        for step in _runs(attempt):
            kept = False
            for one in _commands(step):
                if one.program in ("apt-get", "apt") and "update" in one.arguments:
                    kept = not any(target.startswith("/var/lib/apt") for _, target in _mounts(step))
                if one.program == "rm" and any(word.startswith("/var/lib/apt/lists") for word in one.arguments):
                    kept = False
            if kept:
                kept_by = f"The layer of {quoted(step.name.full)} keeps /var/lib/apt/lists, some 20 MB."
                return f"{kept_by} A later step cannot take them out."
        return ""

    return "No layer keeps apt's package lists.", check


def not_installed(package: str) -> Made:
    """No layer of the final image has a package of the system."""

    def check(attempt: Attempt) -> str:
        for step in _runs(attempt):
            for one in _commands(step):
                installs = one.program in ("apt-get", "apt", "apk") and {"install", "add"} & set(one.arguments)
                if installs and package in one.arguments:
                    return f"The layer of {quoted(step.name.full)} holds it, whatever later steps remove."
        return ""

    return f"No layer of the final image holds {package}.", check


def sees(path: str, command: str) -> Made:
    """A command finds a file while it runs, as a mount or in the image."""

    def check(attempt: Attempt) -> str:
        steps = _running(attempt, command)
        if not steps:
            return f"No step runs {command!r} any more."
        for step in steps:
            mounted = any(target == path for _, target in _mounts(step))
            if not mounted and path.strip("/") not in step.files_below.tree:
                return f"{quoted(step.name.full)} does not find {path}."
        return ""

    return f"{command!r} finds {path} while it runs.", check


def keeps_cache(command: str, folder: str) -> Made:
    """What a command downloads is kept outside the image, for the next time that it runs."""

    def check(attempt: Attempt) -> str:
        steps = _running(attempt, command)
        if not steps:
            return f"No step runs {command!r} any more."
        for step in steps:
            if ("cache", folder) in _mounts(step):
                off = [word for one in _commands(step) for word in one.arguments if word == "--no-cache-dir"]
                return (
                    f"{quoted(step.name.full)} has {off[0]}, so pip neither reads nor fills that folder." if off else ""
                )
        others = [target for step in steps for kind, target in _mounts(step) if kind == "cache"]
        found = f"The cache that is mounted is {others[0]}." if others else "It has no folder that outlives it."
        return f"Look at {quoted(steps[0].name.full)}. {found}"

    return f"The downloads of {command!r}, in {folder}, are kept from build to build, and are in no layer.", check


def takes(path: str, command: str) -> Made:
    """The final image has what a command wrote to a path, from its own stage or copied from another."""

    def check(attempt: Attempt) -> str:
        chains = {step: command in step.name.full for step in attempt.solved}
        for step in attempt.solved:
            chains[step] |= step.below is not None and chains[step.below]
        if attempt.chain and chains[attempt.chain[-1]]:
            return ""
        found = ""
        for step in attempt.chain:
            for source in step.inputs[1:] if isinstance(step.operation, Copy) else ():
                if source.step is None or not chains[source.step]:
                    continue
                for taken in ("/" + looked_at.strip("/") for looked_at in source.selections):
                    if f"{path}/".startswith(f"{taken.rstrip('/')}/"):
                        return ""
                    found = f" {quoted(step.name.full)} takes {taken}."
        return f"What {command!r} wrote to {path} is not in the final image.{found}"

    return f"The final image holds what {command!r} wrote to {path}.", check


def _runs(attempt: Attempt) -> Iterator[Solved]:
    return (step for step in attempt.chain if isinstance(step.operation, Exec))


def _running(attempt: Attempt, command: str) -> list[Solved]:
    """The RUNs of all stages that hold a command."""
    return [step for step in attempt.solved if isinstance(step.operation, Exec) and command in step.name.full]


def _commands(step: Solved) -> list[Command]:
    assert isinstance(step.operation, Exec)
    return list(commands(list(step.operation.args), step.operation.cwd))


def _mounts(step: Solved) -> list[tuple[str, str]]:
    """The type and the absolute target of every mount of a RUN."""
    assert isinstance(step.operation, Exec)
    folder = step.operation.cwd
    return [
        (mount.type, posixpath.normpath(posixpath.join(folder, mount.target or f"/run/secrets/{mount.id}")))
        for mount in step.operation.mounts
    ]


CHECKS: dict[str, Callable[..., Made]] = {
    "no_package_lists": no_package_lists,
    "not_installed": not_installed,
    "sees": sees,
    "keeps_cache": keeps_cache,
    "takes": takes,
}
