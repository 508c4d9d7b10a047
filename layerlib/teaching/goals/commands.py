"""Goals about the commands of a build: what they see, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable

from ...linting.inspected import quoted
from ...linting.installed import PACKAGE_MANAGERS, removes_package_lists
from ...linting.solved_step import SolvedStep
from ..attempt import Attempt
from .goal import Goal


def no_package_lists() -> Goal:
    """No layer of the image keeps the lists that `apt-get update` fetched."""

    def check(attempt: Attempt) -> str:
        for step in _runs(attempt):
            kept = False
            for command in step.commands:
                if command.program in ("apt-get", "apt") and "update" in command.arguments:
                    kept = not any(mount.target.startswith("/var/lib/apt") for mount in step.mounts)
                kept = kept and not removes_package_lists(command)
            if kept:
                kept_by = f"The layer of {quoted(step.name)} keeps /var/lib/apt/lists, some 20 MB."
                return f"{kept_by} A later step cannot remove them."
        return ""

    return Goal("No layer keeps apt's package lists.", check)


def not_installed(package: str) -> Goal:
    """No layer of the final image has a package of the system."""

    def check(attempt: Attempt) -> str:
        for step in _runs(attempt):
            for command in step.commands:
                installs = command.program in PACKAGE_MANAGERS and {"install", "add"} & set(command.arguments)
                if installs and package in command.arguments:
                    return f"The layer of {quoted(step.name)} holds it, whatever later steps remove."
        return ""

    return Goal(f"No layer of the final image holds {package}.", check)


def sees(path: str, command: str) -> Goal:
    """A command finds a file while it runs, as a mount or in the image."""

    def check(attempt: Attempt) -> str:
        steps = [step for step in attempt.steps if step.is_run and command in step.name]
        if not steps:
            return f"No step runs {command!r} any more."
        for step in steps:
            mounted = any(mount.target == path for mount in step.mounts)
            if not mounted and path.strip("/") not in step.below.tree:
                return f"{quoted(step.name)} does not find {path}."
        return ""

    return Goal(f"{command!r} finds {path} while it runs.", check)


def keeps_cache(command: str, folder: str) -> Goal:
    """What a command downloads is kept outside the image, for the next time that it runs."""

    def check(attempt: Attempt) -> str:
        steps = [step for step in attempt.steps if step.is_run and command in step.name]
        if not steps:
            return f"No step runs {command!r} any more."
        for step in steps:
            if any(mount.type == "cache" and mount.target == folder for mount in step.mounts):
                off = [word for line in step.commands for word in line.arguments if word == "--no-cache-dir"]
                return f"{quoted(step.name)} has {off[0]}, so pip neither reads nor fills that folder." if off else ""
        others = [mount.target for step in steps for mount in step.mounts if mount.type == "cache"]
        found = f"The cache that is mounted is {others[0]}." if others else "It has no folder that outlives it."
        return f"Look at {quoted(steps[0].name)}. {found}"

    return Goal(f"The downloads of {command!r}, in {folder}, are kept from build to build, and are in no layer.", check)


def takes(path: str, command: str) -> Goal:
    """The final image has what a command wrote to a path, from its own stage or copied from another."""

    def check(attempt: Attempt) -> str:
        has_run: dict[SolvedStep, bool] = {}  # whether the command has run in the step's stage so far
        for step in attempt.steps:
            has_run[step] = command in step.name or (step.builds_on is not None and has_run[step.builds_on])
        if attempt.chain and has_run[attempt.chain[-1]]:
            return ""
        found = ""
        for step in attempt.chain:
            for copy in step.copies:
                if has_run[copy.step]:
                    if f"{path}/".startswith(f"{copy.path.rstrip('/')}/"):
                        return ""
                    found = f" {quoted(step.name)} takes {copy.path}."
        return f"What {command!r} wrote to {path} is not in the final image.{found}"

    return Goal(f"The final image holds what {command!r} wrote to {path}.", check)


def _runs(attempt: Attempt) -> list[SolvedStep]:
    return [step for step in attempt.chain if step.is_run]


CHECKS: dict[str, Callable[..., Goal]] = {
    "no_package_lists": no_package_lists,
    "not_installed": not_installed,
    "sees": sees,
    "keeps_cache": keeps_cache,
    "takes": takes,
}
