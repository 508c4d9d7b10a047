"""Whether a Dockerfile makes sense: commands stand where what they need is there, and the container can start."""

from __future__ import annotations

import posixpath
from collections.abc import Generator, Iterator, Mapping

from ..building.cache.results import Solved
from ..building.frontend import mounts
from ..building.image.config import variables as variables_of
from ..building.operations import Copy, Exec, ImageSource, MountType
from ..reading.file import FOLDER, File
from ..reading.tree import Tree
from . import programs as worlds
from .attempt import Attempt, argv_of, quoted
from .needs import needs
from .programs import SYSTEM, World
from .shell import Command, commands

Walk = Generator[str, None, World]
BARE = (["python3"], ["python"], ["node"], ["bash"], ["sh"], ["/bin/sh"], ["/bin/bash"])
USERS = ("", "0", "root", "nobody", "www-data", "daemon")
COMPILED = {"numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "pillow"}


def problem(attempt: Attempt, packages: tuple[str, ...] = ()) -> str:
    """The first thing that certainly fails, with the step to look at; an empty text if nothing does."""
    return next(_problems(attempt, packages), "")


def _problems(attempt: Attempt, packages: tuple[str, ...]) -> Iterator[str]:
    known: dict[Solved, World] = {}
    for step in attempt.solved:
        before = known[step.below] if step.below else World()
        match step.operation:
            case ImageSource(reference):
                after = worlds.of_image(reference)
            case Exec() as operation:
                after = yield from _run(step, operation, before, known)
            case Copy() as operation:
                after = yield from _copy(step, operation, before, known)
            case _:
                after = before
        known[step] = after
    last = known[attempt.solved[-1]] if attempt.solved else World()
    yield from _start(attempt, last, packages)


def _run(solved: Solved, operation: Exec, world: World, known: Mapping[Solved, World]) -> Walk:
    variables = variables_of(operation.env)
    argv, step = list(operation.args), quoted(solved.name.full)
    files, world = _mounted(solved, operation, world, known)
    if argv[0] == "/bin/sh" and not world.has("sh"):
        yield f"{step} needs a shell, and {world.base or 'scratch'} has none."
    for one in commands(argv, operation.cwd):
        if not one.path and not world.has(one.program):
            where = f"{world.base or 'scratch'} brings no {one.program}"
            yield f"{step} runs {one.program}, and {where}. Look at FROM and at what is installed before."
        if one.program in ("apt-get", "apt", "apk") and operation.user not in USERS[:3]:
            yield f"{step} installs for everybody, and runs as {operation.user}. Look at USER."
        if one.program in ("apt-get", "apt") and "install" in one.arguments and not world.lists and not named_deb(one):
            yield f"{step} finds no package lists: the base image brings none. Look at what fetches them."
        for path, what in needs(one, files):
            if not _there(path, files, world, argv):
                yield f"{step} needs {what} as {path}, and it is not there yet. {_elsewhere(path, files)}"
        world = worlds.ran(world, one, variables, files)
    return world


def named_deb(one: Command) -> bool:
    """Whether an install names files of packages, which need no lists."""
    return any(word.endswith(".deb") for word in one.arguments)


def _there(path: str, files: Tree, world: World, argv: list[str]) -> bool:
    """Whether a path exists, or may have been made by a command."""
    name = posixpath.basename(path)
    if "*" in name:
        folder = posixpath.dirname(path).strip("/")
        return any(found.endswith(name[1:]) for found in files.below(folder)) or name[1:] in world.said
    return path.strip("/") in files or name in world.said or f"> {name}" in argv[-1]


def _elsewhere(path: str, files: Tree) -> str:
    found = [one for one in files if posixpath.basename(one) == posixpath.basename(path)]
    return f"There is a /{found[0]}." if found else "Look at what the steps above it copy."


def _mounted(solved: Solved, operation: Exec, world: World, known: Mapping[Solved, World]) -> tuple[Tree, World]:
    """What a RUN sees: the files below it, and those that are mounted for it."""
    extra: dict[str, File] = {}
    texts = solved.instruction.flags.get("mount", ()) if solved.instruction else ()
    written = [mount for mount in (mounts.parse(text, str) for text in texts) if mount.has_source]
    for mount, looked_into in zip(written, solved.inputs[1:], strict=True):
        if mount.compared.type != MountType.BIND:
            continue
        target = posixpath.normpath(posixpath.join(operation.cwd, mount.compared.target))
        source = mount.source.strip("/")
        if looked_into.step is not None:
            world = worlds.copied(world, known[looked_into.step], source, target)
        extra.setdefault(target.strip("/"), FOLDER)
        for selection in looked_into.selections.values() if looked_into.step is None else ():
            for path, file in selection.files.items():
                inside = posixpath.normpath(posixpath.join(target, posixpath.relpath(path, source or ".")))
                extra[inside.strip("/")] = file
    files = solved.files_below.tree
    return (Tree({**files, **extra}) if extra else files), world


def _copy(solved: Solved, operation: Copy, world: World, known: Mapping[Solved, World]) -> Walk:
    for looked_into in solved.inputs[1:]:
        if looked_into.step is None:
            continue
        for path in ("/" + path.strip("/") for path in looked_into.selections):
            before, origin = world, known[looked_into.step]
            world = worlds.copied(world, origin, path, operation.destination)
            like = [made for made in origin.made if posixpath.basename(made) == posixpath.basename(path)]
            if world == before and like and path not in origin.made:
                yield f"{quoted(solved.name.full)} takes {path}, but what was built there is {like[0]}."
    return world


def _start(attempt: Attempt, world: World, packages: tuple[str, ...]) -> Iterator[str]:
    config = attempt.build.image.config
    argv, folder = argv_of(attempt), str(config.get("WorkingDir") or "/")
    user = str(config.get("User") or "").partition(":")[0]
    known = user in USERS or user.isdigit() or user in world.said or (user == "node" and world.base.startswith("node"))
    if not known and world.programs is not None:
        yield f"The container is to run as {user}, and no step makes that user. Look at USER."
    if not argv or argv in BARE:
        shown = f"{argv[0]} and nothing else" if argv else "nothing"
        yield f"The container starts {shown}. Look for what says which program to start."
    if argv[:2] == ["/bin/sh", "-c"] and not world.has("sh"):
        yield f"The start command is in shell form, and {world.base or 'scratch'} has no shell. Look at CMD."
    path = variables_of(config.get("Env") or ())
    first = next(commands(argv, folder), None) if argv else None
    if first is not None:
        yield from _first(first, attempt, world)
    for package in packages:
        places = world.packages.get(package, frozenset())
        if not any(_found(place, path, first, folder, user) for place in places):
            yield _not_found(package, places)
        elif package in world.foreign and package in COMPILED:
            libc = "musl" if world.libc == "musl" else "glibc"
            made = f"{package} has compiled parts that were made for another C library"
            yield f"{made}; {world.base} has {libc}. Look at the last FROM."
    if first is not None and first.program in world.packages and not first.path:
        bins = (place for place in world.packages[first.program] if place in world.scripts)
        if not any(f"{place}/bin" in path.get("PATH", "") for place in bins):
            yield f"The program {first.program} is not on the PATH of the final image. Look at what COPY takes."


def _found(place: str, variables: Mapping[str, str], first: Command | None, folder: str, user: str) -> bool:
    """Whether the program finds a package that was installed under a place."""
    if place.endswith("node_modules"):
        above = posixpath.dirname(place).rstrip("/")
        return folder == above or folder.startswith(above + "/")
    if place == SYSTEM or (place == "/root/.local" and user in USERS[:3]):
        return True
    searched = variables.get("PYTHONPATH", "").split(":")
    if any(one == place or one.startswith(f"{place}/lib/python") for one in searched if one):
        return True
    on_path = f"{place}/bin" in variables.get("PATH", "").split(":")
    return on_path or (first is not None and first.path == f"{place}/bin")


def _not_found(package: str, places: frozenset[str]) -> str:
    if not places:
        return f"{package} is not in the final image: no step of its stage installs it, or copies it from another."
    return f"{package} lies in {sorted(places)[0]}, where the program does not look for it."


def _first(first: Command, attempt: Attempt, world: World) -> Iterator[str]:
    """What is wrong with the command that the container starts."""
    files = attempt.files
    if first.path:
        path = first.resolve(posixpath.join(first.path, first.program))
        made = world.made.get(path)
        if made not in (None, "none", world.libc):
            yield f"{path} was built for {made}, and {world.base or 'scratch'} has another C library or none."
        if made is None and path.strip("/") not in files and first.program not in world.said:
            where = [one for one in world.made if posixpath.basename(one) == first.program]
            if first.path not in ("/bin", "/usr/bin", "/usr/local/bin") and not _in_packages(first, world):
                there = f" There is {where[0]}." if where else ""
                yield f"The container starts {path}, which is not in the image.{there}"
    elif first.program.endswith((".py", ".js")):
        yield f"The container starts {first.program}, which is a file and no program. Look at ENTRYPOINT and CMD."
    elif not world.has(first.program):
        yield f"The container starts {first.program}, and {world.base or 'scratch'} brings none. Look at the last FROM."
    for path, what in needs(first, files):
        if not _there(path, files, world, [""]):
            yield f"The container starts {what} as {path}, and it is not in the image. {_elsewhere(path, files)}"


def _in_packages(first: Command, world: World) -> bool:
    return any(f"{place}/bin" == first.path for places in world.packages.values() for place in places)
