"""RUNs that are known to fail: `false`, `exit 1`, a program that is not there, a question that nobody answers.

Only what is certain counts. A command that the line may succeed without, and a program that an earlier command may have
brought, are not.

Sources: POSIX, XCU 2.8 (exit status, `set -e`) and 2.9 (lists, pipelines); what Docker prints was recorded.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ...reading.paths import base_name, clean, parents
from ...reading.references import familiar_name
from ..files.snapshot import Snapshot
from .apt_get import LISTS
from .official_image import official_image
from .pip_command import pip_command
from .run import Run
from .shell import SHELLS, SimpleCommand, commands_of

# Commands after which no program is there that was not there before, if they write to no file.
HARMLESS = {
    "", "true", ":", "echo", "printf", "set", "cd", "pwd", "ls", "date", "test", "[", "export", "umask", "mkdir",
    "rm", "rmdir", "touch", "sleep", "id", "whoami", "uname", "cat",
}  # fmt: skip
# Commands after which the shell may have ended, or may read its text otherwise.
MEDDLING = {"exit", "exec", "return", "eval", ".", "source", "trap", "alias", "kill"}
NOT_FOUND = 127
ASSUMES_YES = re.compile(r"-[a-zA-Z]*y[a-zA-Z]*|--yes|--assume-yes|-qq+|--quiet=.*|-q=.*")
ASKING_OPTIONS = {"-q", "--quiet", "--no-install-recommends", "--no-install-suggests"}
# A package of Debian, and a program of it: where that is not there, neither is a package that it depends on.
# Source: the field Depends of Debian trixie and bookworm (curl: libcurl4; git: git-man; gcc: cpp; build-essential:
# dpkg-dev; wget: libpsl5; vim: vim-runtime; python3: python3-minimal; ffmpeg: libavcodec).
BRINGS_OTHERS = {
    "curl": "curl", "git": "git", "gcc": "gcc", "build-essential": "make", "wget": "wget", "vim": "vim",
    "python3": "python3", "python3-pip": "pip", "ffmpeg": "ffmpeg",
}  # fmt: skip
SYSTEM = ("bin", "lib", "sbin", ".")  # what packages of the system may add to the root begins with one of these
ARCHIVES = re.compile(r"\.(tar(\.\w+)?|t[gbx]z2?|tzst)$")


class Failure(NamedTuple):
    """How a RUN fails.

    Attributes:
        code: the exit code that Docker prints.
        cure: what to do about it.
        start: what the container's start says, if not even that succeeds; empty otherwise.
    """

    code: int
    cure: str
    start: str = ""


def certain_failure(run: Run) -> Failure | None:
    """How a RUN certainly fails; None if it may succeed."""
    args, below = run.args, run.below
    if not args or run.mounted:  # a mount may bring whatever it needs
        return None
    if failure := _not_started(args, below):
        return failure
    shell = posixpath.basename(args[0]) in SHELLS and len(args) > 1
    commands = commands_of(args, run.directory or "/")
    return _Line(args if shell else (), below, run.directory is not None).failure(commands)


# The container cannot start.


def _not_started(args: Sequence[str], below: Snapshot) -> Failure | None:
    program = args[0]
    if "/" in program:
        path = clean(program)
        brought = below.image is None and any(below.get(part) is not None for part in (path, *parents(path)))
        if brought or not program.startswith("/") or not _is_absent(below, base_name(path)):
            return None
        start = f'exec: "{program}": stat {program}: no such file or directory'
    elif _is_absent(below, program):
        start = f'exec: "{program}": executable file not found in $PATH'
    else:
        return None
    return Failure(1, _without(below, posixpath.basename(program)), start)


def _is_all_known(below: Snapshot) -> bool:
    """Whether every file that was added to the base image is known."""
    files = below.tree
    return not below.gaps and not any(
        file.opaque_id or (file.kind == "file" and ARCHIVES.search(path)) for path, file in files.items()
    )


def _is_absent(below: Snapshot, program: str) -> bool:
    """Whether a program is certainly in no folder."""
    missing = below.image is None or program in below.image.absent
    return missing and _is_all_known(below) and all(base_name(path) != program for path in below.tree)


def _without(below: Snapshot, program: str) -> str:
    """What to do without a program."""
    if below.image is None:
        cure = f"begin from an image that has {program}, or COPY what the image needs."
        if below.below is None:
            return f"FROM scratch has no files, so no shell and no program: {cure}"
        return f"This stage has only the files that a named context, COPY or ADD brought, and no {program}: {cure}"
    name = familiar_name(below.image.reference)
    if below.image.absent >= {"apt-get", "apk"}:
        cure = "COPY what the image needs from another stage, or begin from an image that has it"
        return f"{name} has no {program}, and no package manager: {cure}."
    alpine = official_image(below.image.reference).is_alpine
    if program == "sudo":
        return f"{name} has no sudo, and a RUN is root unless USER says otherwise: remove sudo."
    if alpine and program in ("useradd", "groupadd"):
        return f"{name} has no {program}. Use adduser -D NAME, or addgroup NAME."
    if not alpine and program in ("adduser", "addgroup"):
        return f"{name} has no {program}. Use useradd NAME, or groupadd NAME."
    if program in ("apt-get", "apt"):
        return f"{name} has no {program}. Its packages come with apk add --no-cache NAME."
    if program == "apk":
        return f"{name} has no apk. Its packages come with apt-get update && apt-get install -y NAME."
    how = "apk add --no-cache NAME" if alpine else "apt-get update && apt-get install -y NAME"
    return f"{name} has no {program}. Install its package first, with {how}, or begin from an image that has it."


# A line of commands.


class _Line:
    """The commands of a RUN, read from left to right."""

    def __init__(self, args: Sequence[str], below: Snapshot, placed: bool) -> None:
        self.below, self.placed = below, placed
        self.shell = bool(args)
        self.exits, self.pipefail = _options(args[1:-1])
        self.pure = True  # no command so far can have brought a program
        self.updated = below.get(LISTS) is not None
        self.defines = False

    def failure(self, commands: Sequence[SimpleCommand]) -> Failure | None:
        """How the line certainly fails."""
        self.defines = any(command.inside == "function" for command in commands)
        lists = _lists(commands)
        for number, members in enumerate(lists):
            for place, command in enumerate(members):
                rest = members[place + 1 :]
                if self._counts(command, rest) and (found := self._fails(command)):
                    ends = all(other.joined == "|" for other in rest)
                    leaves = command.program == "exit" and place == 0 and not rest
                    if number == len(lists) - 1 or leaves or (self.exits and ends):
                        return found
                if command.program in MEDDLING:
                    return None
                self._follow(command)
        return None

    def _counts(self, command: SimpleCommand, rest: Sequence[SimpleCommand]) -> bool:
        """Whether the list that a command is in fails with it."""
        doubtful = command.optional or command.inside or command.background
        piped = bool(rest) and rest[0].joined == "|"
        return not doubtful and (not piped or self.pipefail) and set(command.wrapped) <= {"sudo"}

    def _follow(self, command: SimpleCommand) -> None:
        """What a command changes for those after it."""
        writes = any(redirection.target != "/dev/null" for redirection in command.redirections)
        if command.program == "set" and not command.inside:
            exits, pipefail = _options(command.arguments)
            self.exits = (self.exits or exits) and "+e" not in command.arguments
            self.pipefail = self.pipefail or pipefail
        if command.program == "apt-get" and command.arguments == ("update",):
            self.updated = True
        elif command.program not in HARMLESS or writes:
            self.pure = False

    def _fails(self, command: SimpleCommand) -> Failure | None:
        program, words = command.program, command.arguments
        if "sudo" in command.wrapped:
            absent = self.pure and not self.defines and _is_absent(self.below, "sudo")
            return Failure(NOT_FOUND, _without(self.below, "sudo")) if absent else None
        if program == "false" and command.program_folder in ("", "/bin", "/usr/bin"):
            return Failure(1, "The command false does nothing but fail.")
        if program == "exit" and self.shell and command.joined != "|":
            code = int(words[0]) % 256 if len(words) == 1 and re.fullmatch("[0-9]{1,9}", words[0]) else 0
            return Failure(code, "exit ends the RUN with this code, and any code but 0 is a failure.") if code else None
        if not self.pure or self.defines or command.program_folder:
            return None
        if self.shell and program and self.below.image is not None and _is_absent(self.below, program):
            return Failure(NOT_FOUND, _without(self.below, program))
        if program in ("apt-get", "apt") and self._asks(command):
            return Failure(1, "apt-get asks whether to continue, and nobody can answer here: apt-get install -y.")
        if program == "pip":
            return self._no_requirements(command)
        return None

    def _asks(self, command: SimpleCommand) -> bool:
        """Whether apt-get asks before it installs: it does if other packages come along.

        Source: apt, apt-private/private-install.cc (DoInstall) and private-output.cc (YnPrompt).
        """
        image = self.below.image
        action, *packages = command.operands() or [""]
        options = [word for word in command.arguments if word.startswith("-")]
        unclear = command.expands or command.patterns or command.redirections or command.joined == "|"
        if image is None or action != "install" or not packages or unclear or not self.updated:
            return False
        if any(map(ASSUMES_YES.fullmatch, options)) or set(options) - ASKING_OPTIONS or not _has_only_lists(self.below):
            return False
        settings = any(path.startswith("etc/apt/") and path not in image_folders(image) for path in self.below.tree)
        known = all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", name) for name in packages)
        return known and not settings and any(BRINGS_OTHERS.get(name) in image.absent for name in packages)

    def _no_requirements(self, command: SimpleCommand) -> Failure | None:
        """pip of a requirements file that is certainly not there."""
        if command.expands or command.patterns or not self.placed or self.below.image is None:
            return None
        if self.below.image.programs is not None or "pip" in self.below.image.absent:
            return None
        read = pip_command(command)
        for path in read.requirement_files if read.action else ():
            if "://" not in path and path != "-" and is_missing(self.below, command.resolve(path)):
                where = command.resolve(path)
                return Failure(1, f"There is no {where}: COPY {base_name(path)} above this RUN, and look at WORKDIR.")
        return None


def image_folders(image: object) -> frozenset[str]:
    """The folders of an image, as paths in it are written here."""
    return frozenset(map(clean, getattr(image, "directories", ())))


def _lists(commands: Sequence[SimpleCommand]) -> list[list[SimpleCommand]]:
    """The commands in lists that `;`, a line's end or `&` separate."""
    lists: list[list[SimpleCommand]] = []
    for command in commands:
        if not lists or command.joined not in ("&&", "||", "|"):
            lists.append([])
        lists[-1].append(command)
    return lists


def _options(words: Sequence[str]) -> tuple[bool, bool]:
    """Whether options of a shell ask it to end at the first failure, and to let a pipe fail with any of its parts."""
    named = [after for word, after in pairwise(words) if re.fullmatch("-[a-zA-Z]*o", word)]
    letters = "".join(word[1:] for word in words if re.fullmatch("-[a-zA-Z]+", word))
    return "e" in letters or "errexit" in named, "pipefail" in named


def _has_only_lists(below: Snapshot) -> bool:
    """Whether no step but `apt-get update` has written files that nobody knows."""
    if any(step.unknown_in and set(step.written) != {LISTS} for step in below.steps):
        return False
    return not any(file.opaque_id and path != LISTS for path, file in below.tree.items())


def is_missing(below: Snapshot, path: str) -> bool:
    """Whether a file is certainly not there: no step can have written it, and the base image does not have it."""
    path = clean(path)
    ways = [*parents(path), path]
    if any((file := below.get(part)) is not None and (part == path or file.kind != "folder") for part in ways):
        return False
    if below.unknown_file_of_steps(path) or any(
        file.opaque_id and f"{path}/".startswith(f"{other.rpartition('/')[0]}/".lstrip("/"))
        for other, file in below.tree.items()
    ):
        return False
    if below.image is None:
        return True
    folders = below.base_folders | {""}
    deepest = max((part for part in ("", *ways) if part in folders), key=len)
    first_unknown = path.removeprefix(deepest).lstrip("/").partition("/")[0]
    return deepest in set(map(clean, below.image.listed)) and not first_unknown.startswith(SYSTEM)
