"""Goals about the commands of a build: what they see, and what they leave behind.

Each function gives a goal's text and its check.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from ...building.frontend import mounts
from ...building.frontend.llb import Vertex
from ...linting.attempt import Attempt, quoted
from ...linting.shell import Command, commands

Made = tuple[str, Callable[[Attempt], str]]


def no_package_lists() -> Made:
    """No layer of the image keeps the lists that `apt-get update` fetched."""

    def check(attempt: Attempt) -> str:
        for vertex in _runs(attempt):
            kept = False
            for one in _commands(vertex):
                if one.program in ("apt-get", "apt") and "update" in one.arguments:
                    kept = not any(target.startswith("/var/lib/apt") for _, target in _mounts(vertex))
                if one.program == "rm" and any(word.startswith("/var/lib/apt/lists") for word in one.arguments):
                    kept = False
            if kept:
                kept_by = f"The layer of {quoted(vertex.name)} keeps /var/lib/apt/lists, some 20 MB."
                return f"{kept_by} A later step cannot take them out."
        return ""

    return "No layer keeps apt's package lists.", check


def not_installed(package: str) -> Made:
    """No layer of the final image has a package of the system."""

    def check(attempt: Attempt) -> str:
        for vertex in _runs(attempt):
            for one in _commands(vertex):
                installs = one.program in ("apt-get", "apt", "apk") and {"install", "add"} & set(one.arguments)
                if installs and package in one.arguments:
                    return f"The layer of {quoted(vertex.name)} holds it, whatever later steps remove."
        return ""

    return f"No layer of the final image holds {package}.", check


def sees(path: str, command: str) -> Made:
    """A command finds a file while it runs, as a mount or in the image."""

    def check(attempt: Attempt) -> str:
        stops = [stop for stop in attempt.stops if stop.vertex.kind == "run" and command in stop.vertex.name]
        if not stops:
            return f"No step runs {command!r} any more."
        for stop in stops:
            mounted = any(target == path for _, target in _mounts(stop.vertex))
            if not mounted and path.strip("/") not in stop.below.tree:
                return f"{quoted(stop.vertex.name)} does not find {path}."
        return ""

    return f"{command!r} finds {path} while it runs.", check


def keeps_cache(command: str, folder: str) -> Made:
    """What a command downloads is kept outside the image, for the next time that it runs."""

    def check(attempt: Attempt) -> str:
        steps = [stop.vertex for stop in attempt.stops if stop.vertex.kind == "run" and command in stop.vertex.name]
        if not steps:
            return f"No step runs {command!r} any more."
        for vertex in steps:
            if ("cache", folder) in _mounts(vertex):
                off = [word for one in _commands(vertex) for word in one.arguments if word == "--no-cache-dir"]
                return f"{quoted(vertex.name)} has {off[0]}, so pip neither reads nor fills that folder." if off else ""
        others = [target for vertex in steps for kind, target in _mounts(vertex) if kind == "cache"]
        found = f"The cache that is mounted is {others[0]}." if others else "It has no folder that outlives it."
        return f"Look at {quoted(steps[0].name)}. {found}"

    return f"The downloads of {command!r}, in {folder}, are kept from build to build, and are in no layer.", check


def takes(path: str, command: str) -> Made:
    """The final image has what a command wrote to a path, from its own stage or copied from another."""

    def check(attempt: Attempt) -> str:
        chains = {stop.vertex.identity: command in stop.vertex.name for stop in attempt.stops}
        for stop in attempt.stops:
            below = stop.vertex.inputs[0].vertex if stop.vertex.inputs else None
            chains[stop.vertex.identity] |= below is not None and chains[below.identity]
        if attempt.chain and chains[attempt.chain[-1].vertex.identity]:
            return ""
        found = ""
        for stop in attempt.chain:
            for copy in stop.vertex.copies:
                source = stop.vertex.inputs[copy.input].vertex
                taken = "/" + copy.source.path.strip("/")
                if source is not None and chains[source.identity]:
                    if f"{path}/".startswith(f"{taken.rstrip('/')}/"):
                        return ""
                    found = f" {quoted(stop.vertex.name)} takes {taken}."
        return f"What {command!r} wrote to {path} is not in the final image.{found}"

    return f"The final image holds what {command!r} wrote to {path}.", check


def _runs(attempt: Attempt) -> Iterator[Vertex]:
    return (stop.vertex for stop in attempt.chain if stop.vertex.kind == "run")


def _commands(vertex: Vertex) -> list[Command]:
    return list(commands(list(vertex.definition["command"]), str(vertex.definition["working directory"])))


def _mounts(vertex: Vertex) -> list[tuple[str, str]]:
    """The type and the absolute target of every mount of a RUN."""
    texts = vertex.instruction.flags.get("mount", ()) if vertex.instruction else ()
    found = []
    for text in texts:
        mount = mounts.parse(text, str)
        target = mount.target or f"/run/secrets/{mount.source}"
        folder = str(vertex.definition["working directory"])
        found.append((mount.type, posixpath.normpath(posixpath.join(folder, target))))
    return found


CHECKS: dict[str, Callable[..., Made]] = {
    "no_package_lists": no_package_lists,
    "not_installed": not_installed,
    "sees": sees,
    "keeps_cache": keeps_cache,
    "takes": takes,
}
