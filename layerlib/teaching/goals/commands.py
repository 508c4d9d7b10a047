"""Goals about the commands of a build: what they see, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable

from ...linting.inspected import quoted
from ...linting.installed import PACKAGE_MANAGERS, removes_package_lists
from ...linting.pip_commands import home_of
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
        wanted = {package, *COMES_WITH.get(package, ())}
        for step in _runs(attempt):
            there: set[str] = set()
            for command in step.commands:
                words = set(command.arguments)
                if command.program in PACKAGE_MANAGERS and {"install", "add"} & words:
                    there |= wanted & words
                elif command.program in PACKAGE_MANAGERS and {"purge", "remove", "del", "autoremove"} & words:
                    alone = (
                        package in words and not {"--auto-remove", "--autoremove"} & words and command.program != "apk"
                    )
                    there = {f"what came with {package}"} if alone and there else there - words
                    there = set() if "autoremove" in words else there
            if there:
                return f"The layer of {quoted(step.name)} holds {min(there)}, whatever later steps remove."
        return ""

    return Goal(f"No layer of the final image holds {package}.", check)


def sees(path: str, command: str) -> Goal:
    """A command finds a file while it runs, as a mount or in the image."""

    def check(attempt: Attempt) -> str:
        steps = [step for step in attempt.steps if _runs_it(step, command)]
        if not steps:
            return f"No step runs {command!r} any more."
        for step in steps:
            mounted = any(mount.target == path for mount in step.mounts)
            copies = (line for line in step.commands if line.program in ("cp", "mv", "install", "ln"))
            written = any(path in map(line.resolve, line.arguments[-1:]) for line in copies)
            if not mounted and not written and path.strip("/") not in step.below.tree:
                return f"{quoted(step.name)} does not find {path}."
        return ""

    return Goal(f"{command!r} finds {path} while it runs.", check)


def keeps_cache(command: str, folder: str) -> Goal:
    """What a command downloads is kept outside the image, for the next time that it runs."""

    def check(attempt: Attempt) -> str:
        steps = [step for step in attempt.steps if _runs_it(step, command)]
        if not steps:
            return f"No step runs {command!r} any more."
        for step in steps:
            used, off = _pip_cache(step)
            if any(
                mount.type == "cache" and f"{used}/".startswith(f"{mount.target.rstrip('/')}/") for mount in step.mounts
            ):
                return f"{quoted(step.name)} has {off}, so pip keeps nothing in that folder." if off else ""
        others = [mount.target for step in steps for mount in step.mounts if mount.type == "cache"]
        found = f"The cache that is mounted is {others[0]}." if others else "It has no folder that outlives it."
        return f"Look at {quoted(steps[0].name)}. {found}"

    return Goal(f"The downloads of {command!r}, in {folder}, are kept from build to build, and are in no layer.", check)


def _pip_cache(step: SolvedStep) -> tuple[str, str]:
    """The folder in which pip keeps its downloads in a RUN, and what keeps it from doing so, if anything does."""
    folder, off = "", ""
    for command in step.commands:
        seen = {"HOME": home_of(step.user), **step.environment, **dict(command.variables)}
        own = seen.get("PIP_CACHE_DIR") or f"{seen['HOME']}/.cache/pip"
        if command.program == "pip" and "install" in command.arguments:
            folder = command.option("--cache-dir") or own
            if "--no-cache-dir" in command.arguments:
                off = "--no-cache-dir"
            elif seen.get("PIP_NO_CACHE_DIR"):  # whatever it says: pip, cli/cmdoptions.py (_handle_no_cache_dir)
                off = "PIP_NO_CACHE_DIR"
        elif command.program == "pip" and command.arguments[:2] == ("cache", "purge"):
            off = "pip cache purge"
        elif command.program == "rm" and any(
            f"{folder}/".startswith(f"{command.resolve(word).removesuffix('/*').rstrip('/')}/")
            for word in command.operands()
        ):
            off = f"rm {command.operands()[-1]}" if folder else off
    read_only = any("readonly" in text or ",ro" in text for text in step.mount_texts)
    return folder, off or ("a mount that is read-only" if read_only else "")


def takes(path: str, command: str) -> Goal:
    """The final image has what a command wrote to a path, from its own stage or copied from another."""

    def check(attempt: Attempt) -> str:
        has_run: dict[SolvedStep, bool] = {}  # whether the command has run in the step's stage so far
        for step in attempt.steps:
            has_run[step] = _runs_it(step, command) or (step.builds_on is not None and has_run[step.builds_on])
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


COMES_WITH = {"build-essential": ("gcc", "g++", "build-base", "clang", "make", "cmake", "musl-dev", "libc6-dev")}
"""Packages that a goal means besides the one that it names."""


def _runs_it(step: SolvedStep, command: str) -> bool:
    """Whether a RUN runs a command: a program with words, by any of the names of the program, or a script's name."""
    if not step.is_run:
        return False
    program, *words = command.split()
    commands = step.commands
    return command in step.name or any(one.program == program and {*words} <= {*one.arguments} for one in commands)


def _runs(attempt: Attempt) -> list[SolvedStep]:
    return [step for step in attempt.chain if step.is_run]


CHECKS: dict[str, Callable[..., Goal]] = {
    "no_package_lists": no_package_lists,
    "not_installed": not_installed,
    "sees": sees,
    "keeps_cache": keeps_cache,
    "takes": takes,
}
