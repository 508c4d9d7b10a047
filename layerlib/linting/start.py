"""Whether a container of the image can start, and whether its program finds what it needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..building.effects.shell import SimpleCommand, commands_of
from ..building.image.config import variables
from ..reading.dockerfile import Instruction
from ..reading.project import Project
from .inspected import InspectedBuild
from .installed import DEFAULT_PATH, DISTRIBUTION, DISTROLESS, NOT_EXECUTABLE, Installed
from .needs import elsewhere, missing_files
from .pip_commands import SYSTEM, home_of
from .problem import Problem

ROOT = ("", "0", "root")
USERS = (*ROOT, "nobody", "www-data", "daemon", "bin", "sys", "games", "mail", "news")  # of every usual base image
USERS_OF = {"node": "node", "ubuntu": "ubuntu", **dict.fromkeys(DISTROLESS, "nonroot")}
SYSTEM_PROGRAMS = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
# Start commands that are a program waiting for input, and end at once without it.
INTERACTIVE = (["python3"], ["python"], ["node"], ["bash"], ["sh"], ["/bin/sh"], ["/bin/bash"])
COMPILED = {"numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "pillow"}  # packages with compiled parts


@dataclass(frozen=True)
class _Start:
    """What a container begins with.

    Attributes:
        argv: what it runs.
        first: its first command; None if it runs nothing.
        folder, user, environment: where, as whom, and with which variables it runs.
        installed: what is there in the image.
    """

    argv: list[str]
    first: SimpleCommand | None
    folder: str
    user: str
    environment: Mapping[str, str]
    installed: Installed

    @property
    def path(self) -> list[str]:
        """The folders of the PATH."""
        return (self.environment.get("PATH") or DEFAULT_PATH).split(":")

    @property
    def base(self) -> str:
        return self.installed.base or "scratch"


def start_problems(inspected: InspectedBuild, installed: Installed, packages: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with the start of a container.

    Args:
        inspected: whose image it is.
        installed: what is there in the image.
        packages: distributions that its program must find.
    """
    config = inspected.build.image.config
    argv, folder = inspected.argv(), str(config.get("WorkingDir") or "/")
    first = next(iter(commands_of(argv, folder)), None)
    user = str(config.get("User") or "").partition(":")[0]
    start = _Start(argv, first, folder, user, variables(config.get("Env") or ()), installed)
    if "etc/passwd" not in inspected.files:
        yield from _user(start)
    yield from _form(start, _start_instruction(inspected.project))
    if first is not None:
        yield from _ends_at_once(start, first)
        yield from _program(start, first, inspected)
        yield from _files(first, inspected, installed)
    for package in packages:
        yield from _package(start, package)
    if first is not None:
        yield from _on_path(start, first)


def _user(start: _Start) -> Iterator[Problem]:
    user, installed = start.user, start.installed
    is_made = user in installed.commands and user not in installed.gone_users
    known = user in USERS or user.isdigit() or is_made
    known = known or any(installed.base.startswith(base) and user == name for base, name in USERS_OF.items())
    if not known and installed.programs is not None:
        made = f"The container should run as {user}, but no step creates that user. Look at USER."
        yield Problem("user", user, made, certain=not installed.may_hold("/etc/passwd"))


def _form(start: _Start, instruction: Instruction | None) -> Iterator[Problem]:
    argv = start.argv
    inherited = argv in INTERACTIVE and instruction is None  # a Dockerfile that says so means it
    if inherited or (not argv and start.installed.programs is not None):
        shown = f"{argv[0]} and nothing else" if argv else "nothing"
        look = "Look for the instruction that says which program to start."
        yield Problem("start", shown, f"The container starts {shown}. {look}")
    if argv[:2] == ["/bin/sh", "-c"] and not start.installed.has("sh"):
        yield Problem(
            "program", "sh", f"The start command is in shell form, and {start.base} has no shell. Look at CMD."
        )


def _ends_at_once(start: _Start, first: SimpleCommand) -> Iterator[Problem]:
    """A server that goes on in the background: the container ends with the program that was started."""
    small = "alpine" in start.base or start.base.startswith("busybox")
    if first.program == "httpd" and small and not any(re.fullmatch(r"-\w*f\w*", word) for word in first.arguments):
        ends = "The container starts httpd, which goes on in the background: the container ends at once. Give it -f."
        yield Problem("start", "httpd", ends)


def _program(start: _Start, first: SimpleCommand, inspected: InspectedBuild) -> Iterator[Problem]:
    """What is wrong with the program that the container starts."""
    installed, program = start.installed, first.program
    if first.program_folder:
        yield from _program_at(start, first, inspected)
    elif any(posixpath.join(folder, program).strip("/") in inspected.files for folder in start.path):
        return
    elif program.endswith((".py", ".js")):
        look = "which is a file, not a program. Look at ENTRYPOINT and CMD."
        yield Problem("program", program, f"The container starts {program}, {look}")
    elif installed.base.startswith(("scratch",)) or not installed.base:
        lost = f"The container starts {program}, which is in no folder of the PATH. Look at ENTRYPOINT and CMD."
        yield Problem("program", program, lost, certain=not installed.unlisted)
    elif not installed.has(program):
        lacks = f"and {start.base} has none. Look at the last FROM."
        certain = not installed.has_unlisted_programs
        yield Problem("program", program, f"The container starts {program}, {lacks}", certain=certain)


def _program_at(start: _Start, first: SimpleCommand, inspected: InspectedBuild) -> Iterator[Problem]:
    """What is wrong with a program that is started by its path."""
    installed = start.installed
    path = first.resolve(posixpath.join(first.program_folder, first.program))
    libc = installed.binaries.get(path)
    if libc == NOT_EXECUTABLE:
        yield Problem(
            "program", path, f"The container starts {path}, which nobody may execute. Look at its permissions."
        )
        return
    if libc is not None and "/" in libc:
        yield Problem("program", path, f"{path} was built for {libc}, and the container runs on linux/amd64.")
        return
    if libc not in (None, "none", installed.libc):
        other = f"and {start.base} has another C library or none."
        yield Problem("program", path, f"{path} was built for {libc}, {other}")
    if libc is not None or path.strip("/") in inspected.files or first.program in installed.commands:
        return
    of_package = any(
        f"{folder}/bin" == first.program_folder for folders in installed.packages.values() for folder in folders
    )
    if first.program_folder not in SYSTEM_PROGRAMS and not of_package:
        alike = [binary for binary in installed.binaries if posixpath.basename(binary) == first.program]
        there = f" There is {alike[0]}." if alike else ""
        missing = f"The container starts {path}, which is not in the image.{there}"
        yield Problem("program", path, missing, certain=not installed.may_hold(posixpath.dirname(path)))


def _files(first: SimpleCommand, inspected: InspectedBuild, installed: Installed) -> Iterator[Problem]:
    """The files that the start command opens or names, and does not find."""
    instruction = _start_instruction(inspected.project)
    subject = str(instruction) if instruction else "The start command of the base image"
    stage = len(inspected.project.parsed.stages) - 1
    for need, certain in missing_files(first, inspected.files, installed, inspected.project.context):
        missing = f"needs {need.name}, and at its start there is no {need.path}. {elsewhere(need, inspected.files)}"
        yield Problem("file", need.name, missing, subject, instruction, stage, certain)


def _start_instruction(project: Project) -> Instruction | None:
    """The instruction that names the files to start: the last CMD or ENTRYPOINT of the last stage."""
    own = project.parsed.stages[-1].instructions
    return next((each for each in reversed(own) if each.keyword in ("CMD", "ENTRYPOINT")), None)


def _package(start: _Start, package: str) -> Iterator[Problem]:
    """Whether the program finds a package, and one that runs here."""
    installed = start.installed
    folders = installed.packages.get(package, frozenset())
    if not folders:
        lacks = f"{package} is not in the final image: no step of its stage installs it, or copies it from another."
        yield Problem("package", package, lacks)
    elif package in installed.perhaps:
        yield Problem(
            "package", package, f"{package} is installed only if another command fails, or in an if.", certain=False
        )
    elif not any(_is_searched(start, folder) for folder in folders):
        elsewhere_installed = f"{package} is installed in {min(folders)}, where the program does not look for it."
        yield Problem("package", package, elsewhere_installed)
    elif package in installed.foreign and package in COMPILED:
        made = f"{package} has compiled parts that were made for another C library"
        has = f"{installed.base} has {'musl' if installed.libc == 'musl' else 'glibc'}. Look at the last FROM."
        yield Problem("package", package, f"{made}; {has}")


def _is_searched(start: _Start, folder: str) -> bool:
    """Whether the program finds a package that was installed under a folder."""
    if folder.endswith("node_modules"):
        above = posixpath.dirname(folder).rstrip("/")
        return start.folder == above or start.folder.startswith(above + "/")
    if folder == DISTRIBUTION:
        own = start.first.program_folder if start.first is not None else ""
        return own == "/usr/bin" or (not own and not start.base.startswith("python"))
    home = start.environment.get("HOME") or home_of(start.user)
    if folder in (SYSTEM, f"{home}/.local", start.environment.get("PYTHONUSERBASE")):
        return True
    searched = start.environment.get("PYTHONPATH", "").split(":")
    if any(entry == folder or entry.startswith(f"{folder}/lib/python") for entry in searched):
        return True
    return f"{folder}/bin" in start.path or (start.first is not None and start.first.program_folder == f"{folder}/bin")


def _on_path(start: _Start, first: SimpleCommand) -> Iterator[Problem]:
    """Whether the program of a package is found by its name."""
    if first.program_folder or first.program not in start.installed.packages:
        return
    folders = start.installed.packages[first.program] & start.installed.script_folders
    if not any(f"{folder}/bin" in start.path for folder in folders):
        lost = f"The program {first.program} is not on the PATH of the final image. Look at what COPY takes."
        yield Problem("program", first.program, lost)
