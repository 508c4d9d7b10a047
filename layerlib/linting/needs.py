"""Which files a command opens: a table from a program to a rule."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from ..building.effects.pip_command import pip_command
from ..building.effects.shell import SimpleCommand
from ..reading.paths import parents
from ..reading.tree import Tree
from .installed import Installed

UNREADABLE = frozenset("*?[$`~")  # signs of what the shell replaces
NPM_FOLDERS = ("--prefix", "-C", "--cwd")  # of npm and of yarn
GO_VALUED = (
    "-o", "-ldflags", "-tags", "-C", "-gcflags", "-asmflags", "-mod", "-modfile", "-buildmode", "-p", "-run",
    "-overlay", "-pkgdir", "-toolexec", "-installsuffix", "-coverprofile", "-timeout",
)  # fmt: skip


class Need(NamedTuple):
    """A file that a command opens.

    Attributes:
        path: where it is, from the root, or a pattern such as `/src/*.go`.
        name: what to call it.
        others: paths of files that would do as well.
    """

    path: str
    name: str
    others: tuple[str, ...] = ()


def needs(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    """The files without which a command certainly fails. `files` are those that it finds."""
    if command.program in NEEDS:
        yield from NEEDS[command.program](command, files)


def _of_pip(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    read = pip_command(command)
    if not read.action:
        return
    for path in read.requirement_files:
        if not UNREADABLE & set(path) and "://" not in path and path != "-":
            yield Need(command.resolve(path), path)
    for folder in read.folders():
        if folder == ".":
            yield Need(command.resolve("pyproject.toml"), "pyproject.toml", (command.resolve("setup.py"),))


def _of_npm(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    action, *packages = command.operands(*NPM_FOLDERS, "--workspace", "-w") or [""]
    folder = command.option(*NPM_FOLDERS)
    if UNREADABLE & set(folder) or {"-g", "--global"} & set(command.arguments):
        return
    if action in ("ci", "start", "run", "test") or (action in ("install", "i") and not packages):
        yield _upwards(command, folder, "package.json")
    if action == "ci":
        yield _upwards(command, folder, "package-lock.json", "npm-shrinkwrap.json")


def _of_go(command: SimpleCommand, files: Tree) -> Iterator[Need]:
    action, *targets = command.operands(*GO_VALUED) or [""]
    folder = command.option("-C")
    sources = [word for word in targets if word.endswith(".go")]
    if UNREADABLE & set("".join((folder, *targets))) or dict(command.variables).get("GO111MODULE") == "off":
        return
    if action in ("build", "test", "vet", "mod") and not sources and targets[:1] != ["init"]:
        yield _upwards(command, folder, "go.mod", "go.work")
    if action == "build":
        yield from (Need(command.resolve(posixpath.join(folder, source)), source) for source in sources)
        local = [word for word in targets if word.startswith(".")] if targets else ["."]
        if local and not sources:
            place = command.resolve(posixpath.join(folder, local[0].removesuffix("...")))
            yield Need(posixpath.join(place, "*.go"), "its source")


def _upwards(command: SimpleCommand, folder: str, *names: str) -> Need:
    """A file that is looked for in a folder and in those above it; the other names are of files that would do too."""
    place = command.resolve(folder)
    places = [place]
    while place != "/":
        place = posixpath.dirname(place)
        places.append(place)
    first, *others = [posixpath.join(above, name) for name in names for above in places]
    return Need(first, posixpath.join(folder, names[0]), tuple(others))


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
    command: SimpleCommand, files: Tree, installed: Installed, context: Collection[str]
) -> Iterator[tuple[Need, bool]]:
    """The files that a command opens or names and that are not there, each with whether it certainly fails without.

    Args:
        command: the command.
        files: those that it finds.
        installed: what is there besides; a command before it may have written a file that they name.
        context: the paths in the build context.
    """
    for need in needs(command, files):
        if not any(_is_there(path, files, installed.commands) for path in (need.path, *need.others)):
            yield need, not installed.may_hold(posixpath.dirname(need.path))
    for need in mentions(command, context):
        if need.path.strip("/") not in files:
            yield need, False


def _is_there(path: str, files: Tree, commands: str) -> bool:
    """Whether a file may be there: it is known, a command names it, or it is in a folder whose files nobody knows."""
    folder, name = posixpath.split(path)
    if any((file := files.get(above)) is not None and file.opaque_id for above in parents(path.strip("/"))):
        return True
    if name.startswith("*"):
        return any(path.endswith(name[1:]) for path in files.below(folder.strip("/"))) or name[1:] in commands
    return path.strip("/") in files or name in commands


def elsewhere(need: Need, files: Tree) -> str:
    """A sentence on where else to look for a file."""
    same_name = [path for path in files if posixpath.basename(path) == posixpath.basename(need.path)]
    return f"There is a /{same_name[0]}." if same_name else "Look at what the steps above it copy."
