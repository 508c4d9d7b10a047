"""The lint: does each command of a build find what it needs, and does the container start?

No builder can say so without running the commands. This lint reads the solved steps of a build and says what is missing
where; see `Problem.certain` for how sure it is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from ..building.effects.shell import SimpleCommand
from ..reading.file import FOLDER
from ..reading.tree import Tree
from .inspected import InspectedBuild, quoted
from .installed import (
    NOT_EXECUTABLE,
    PACKAGE_MANAGERS,
    Installed,
    after_command,
    after_copy,
    asks_for_a_password,
    of_image,
)
from .needs import elsewhere, missing_files
from .pip_commands import home_of
from .problem import Kind, Problem
from .solved_step import SolvedStep
from .start import ROOT, start_problems


def problem(inspected: InspectedBuild, packages: tuple[str, ...] = ()) -> str:
    """The first thing that certainly fails, with the step to look at; an empty text if nothing does.

    `packages` are the distributions that the container's program must find.
    """
    return next((str(found) for found in problems(inspected, packages) if found.certain), "")


def problems(inspected: InspectedBuild, packages: tuple[str, ...] = ()) -> list[Problem]:
    """What fails or may fail, in the order of the steps. Raises what a build raises."""
    lint = _Lint(inspected)
    last = Installed()
    for step in inspected.steps:
        last = lint.after(step)
    return [*lint.problems, *start_problems(inspected, last, packages)]


PROGRAM = "the program"
"""What a step brings that compiles a program."""


def installed_after(inspected: InspectedBuild) -> Mapping[SolvedStep, Installed]:
    """What is there after each step. Raises what a build raises."""
    lint = _Lint(inspected)
    for step in inspected.steps:
        lint.after(step)
    return lint.installed


def brought(after: Installed, before: Installed) -> frozenset[str]:
    """What a step brings: packages, and a program that it compiles."""
    packages = {name for name, folders in after.packages.items() if folders - before.packages.get(name, frozenset())}
    wheels = after.wheels.keys() - before.wheels.keys()
    made = {PROGRAM} if after.binaries.keys() - before.binaries.keys() else set()
    return frozenset(packages | wheels | made)


class _Lint:
    """Walks the steps of a build and remembers what is installed after each."""

    def __init__(self, inspected: InspectedBuild) -> None:
        self.context = inspected.project.context
        self.problems: list[Problem] = []
        self.installed: dict[SolvedStep, Installed] = {}

    def after(self, step: SolvedStep) -> Installed:
        """What is installed after a step. Notes its problems."""
        before = self.installed[step.builds_on] if step.builds_on else Installed()
        if step.image:
            after = of_image(step.image)
        elif step.is_run:
            after = self._run(step, before)
        else:
            after = self._copy(step, before)
        self.installed[step] = after
        return after

    def _run(self, step: SolvedStep, installed: Installed) -> Installed:
        files = step.below.tree
        for mount in step.mounts:
            if mount.step:
                installed = after_copy(installed, self.installed[mount.step], mount.source, mount.target)
        mounted = {path: file for mount in step.mounts for path, file in mount.files.items()}
        if mounted:
            targets = {mount.target.strip("/"): FOLDER for mount in step.mounts if mount.type == "bind"}
            files = Tree({**files, **targets, **mounted})
        if step.argv[0] == "/bin/sh" and not installed.has("sh"):
            self._note(step, "program", "sh", f"needs a shell, and {installed.base or 'scratch'} has none.")
        for command in step.commands:
            if not command.optional:
                self._check(step, command, installed, files)
            # LOGNAME is what `id -un` would say; Docker sets no such variable.
            seen = {"HOME": home_of(step.user), **step.environment, "LOGNAME": step.user.partition(":")[0]}
            installed = after_command(installed, command, seen, files)
        return installed

    def _check(self, step: SolvedStep, command: SimpleCommand, installed: Installed, files: Tree) -> None:
        program = command.program
        if not command.program_folder and not installed.has(program):
            where = f"{installed.base or 'scratch'} has no {program}"
            look = "Look at FROM and at what is installed before."
            certain = not installed.has_unlisted_programs
            self._note(step, "program", program, f"runs {program}, and {where}. {look}", certain)
        user = step.user.partition(":")[0]
        if asks := asks_for_a_password(command, installed.base):
            self._note(step, "program", program, f"runs {program}, which asks for a password. Give it {asks}.")
        if program in PACKAGE_MANAGERS and user not in ROOT and "sudo" not in command.wrapped:
            self._note(step, "user", step.user, f"installs for everybody, and runs as {step.user}. Look at USER.")
        if _fetches_from_lists(command) and not installed.package_lists:
            missing = "finds no package lists: the base image has none. Look at what fetches them."
            self._note(step, "package lists", program, missing, not installed.may_hold("/var/lib/apt/lists"))
        for need, certain in missing_files(command, files, installed, self.context):
            missing = f"needs {need.name}, and when it runs there is no {need.path}. {elsewhere(need, files)}"
            self._note(step, "file", need.name, missing, certain)

    def _copy(self, step: SolvedStep, installed: Installed) -> Installed:
        before = installed
        for copy in step.copies:
            source = self.installed[copy.step]
            after = after_copy(installed, source, copy.path, step.destination)
            alike = [path for path in source.binaries if posixpath.basename(path) == posixpath.basename(copy.path)]
            if after == installed and alike and copy.path not in source.binaries:
                self._note(step, "file", copy.path, f"takes {copy.path}, but what was built there is {alike[0]}.")
            installed = after
        if step.takes_the_x and installed.binaries:
            copied = dict.fromkeys(installed.binaries.keys() - before.binaries.keys(), NOT_EXECUTABLE)
            installed = replace(installed, binaries={**installed.binaries, **copied})
        return installed

    def _note(self, step: SolvedStep, kind: Kind, about: str, predicate: str, certain: bool = True) -> None:
        self.problems.append(Problem(kind, about, predicate, quoted(step.name), step.instruction, step.stage, certain))


def _fetches_from_lists(command: SimpleCommand) -> bool:
    """Whether a command installs packages that apt has to find in its lists; files of packages need none."""
    installs = command.program in ("apt-get", "apt") and "install" in command.arguments
    return installs and not any(word.endswith(".deb") for word in command.arguments)
