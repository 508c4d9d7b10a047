"""Which files a command opens: a table from a program to a rule."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from ..building.effects.shell import SimpleCommand
from ..reading.tree import Tree
from .pip_commands import requirement_files

UNREADABLE = frozenset("*?[$`~")  # signs of what the shell replaces


class Need(NamedTuple):
    """A file that a command opens: its absolute path, or a pattern such as `/src/*.go`, and what to call it."""

    path: str
    name: str


def needs(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    """The files without which a command certainly fails. `files` are those that it finds."""
    if command.program in NEEDS:
        yield from NEEDS[command.program](command, files)


def _of_pip(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    if not {"install", "wheel", "download"} & set(command.arguments):
        return
    for path in requirement_files(command):
        if not UNREADABLE & set(path):
            yield Need(command.resolve(path), path)
    if "." in command.arguments:
        old = command.resolve("setup.py").strip("/") in files
        yield _named(command, "setup.py" if old else "pyproject.toml")


def _of_npm(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    action, *packages = command.operands() or [""]
    if action in ("ci", "start", "run", "test") or (action in ("install", "i") and not packages):
        yield _named(command, "package.json")
    if action == "ci":
        yield _named(command, "package-lock.json")


def _of_go(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    action, *targets = command.operands("-o", "-ldflags", "-tags") or [""]
    if action in ("build", "test", "vet", "mod"):
        yield _named(command, "go.mod")
    if action == "build":
        folder = next((word.removesuffix("...") for word in targets if word.startswith(".")), ".")
        yield Need(posixpath.join(command.resolve(folder), "*.go"), "its source")


def _of_rm(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    if not any(word.startswith("-") and "f" in word for word in command.arguments):
        for path in command.operands():
            if not UNREADABLE & set(path):
                yield _named(command, path)


def _of_interpreter(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    script = next(iter(command.operands()), "")
    given = {"-m", "-c", "-e"} & set(command.arguments)
    if not given and script.endswith((".py", ".js", ".mjs", ".cjs")) and not UNREADABLE & set(script):
        yield _named(command, script)


def _named(command: SimpleCommand, path: str) -> Need:
    return Need(command.resolve(path), path)


NEEDS: dict[str, Callable[[SimpleCommand, Tree], Iterator[Need]]] = {
    "pip": _of_pip,
    "npm": _of_npm,
    "yarn": _of_npm,
    "go": _of_go,
    "rm": _of_rm,
    "python": _of_interpreter,
    "node": _of_interpreter,
}

# Files that a program reads although no word names them, unless an option says otherwise. The empty word stands for
# any arguments.
USUALLY_READS: dict[tuple[str, str], tuple[str, ...]] = {
    ("bundle", "install"): ("Gemfile",),
    ("cargo", "build"): ("Cargo.toml",),
    ("flask", "run"): ("app.py",),
    ("go", "build"): ("main.go",),
    ("make", ""): ("Makefile",),
    ("npm", "start"): ("server.js",),
    ("pip", "."): ("pyproject.toml", "setup.py"),
}


def mentions(command: SimpleCommand, context: Collection[str]) -> Iterator[Need]:
    """The files of a build context that a command names, as it names them, and those that it usually reads.

    It may do without them: `echo app.py` does not open app.py.
    """
    base_names = {posixpath.basename(path) for path in context}
    program = posixpath.join(command.program_folder, command.program) if command.program_folder else ""
    for argument in (program, *command.arguments):
        for word in re.split(r"[\s;&|()<>=\"'\[\],]+", argument):
            if posixpath.basename(word) in base_names:
                yield _named(command, word)
    for (name, action), usual in USUALLY_READS.items():
        if command.program == name and (not action or action in command.arguments):
            yield from (_named(command, path) for path in usual if path in context)


def missing_files(
    command: SimpleCommand, files: Tree, commands: str, context: Collection[str]
) -> Iterator[tuple[Need, bool]]:
    """The files that a command opens or names and that are not there, each with whether it certainly fails without.

    Args:
        command: the command.
        files: those that it finds.
        commands: the text of the commands before it, which may have written a file that they name.
        context: the paths in the build context.
    """
    for need in needs(command, files):
        if not _is_there(need, files, commands):
            yield need, True
    for need in mentions(command, context):
        if need.path.strip("/") not in files:
            yield need, False


def _is_there(need: Need, files: Tree, commands: str) -> bool:
    folder, name = posixpath.split(need.path)
    if name.startswith("*"):
        return any(path.endswith(name[1:]) for path in files.below(folder.strip("/"))) or name[1:] in commands
    return need.path.strip("/") in files or name in commands


def elsewhere(need: Need, files: Tree) -> str:
    """A sentence on where else to look for a file."""
    same_name = [path for path in files if posixpath.basename(path) == posixpath.basename(need.path)]
    return f"There is a /{same_name[0]}." if same_name else "Look at what the steps above it copy."
