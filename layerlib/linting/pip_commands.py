"""What a pip command names, and where it installs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..building.effects.pip_command import pip_command
from ..building.effects.shell import SimpleCommand
from ..reading.requirements import requirement, requirements
from ..reading.tree import Tree

SYSTEM = "/usr/local"  # where the official images keep Python's packages and their programs


def packages(command: SimpleCommand, files: Tree) -> Iterator[str]:
    """The names of the packages that a pip command asks for, by itself or in a file of requirements that is known."""
    read = pip_command(command)
    for word in read.named:
        asked = requirement(word) or requirement(re.split(r"[<>=!~;@\[]", word)[0])  # "flask==$VERSION" is flask
        if asked is not None:
            yield asked.name
    for path in read.requirement_files:
        file = files.get(command.resolve(path).strip("/"))
        if file is not None and file.kind == "file" and not file.opaque_id:
            listed = requirements(file.read().decode("utf-8", "replace"))
            yield from (asked.name for asked in listed if asked is not None)


def wheel_folders(command: SimpleCommand) -> list[str]:
    """The folders whose wheels are installed: `/wheels` for `pip install /wheels/*`."""
    matches = (re.fullmatch(r"(.*)/\*(\.whl)?", word) for word in pip_command(command).named)
    return [command.resolve(match[1]) for match in matches if match]


def wheel_target(command: SimpleCommand) -> str:
    """The folder that a `pip wheel` writes to; empty for any other command."""
    read = pip_command(command)
    return command.resolve(read.options.get("--wheel-dir") or ".") if read.action == "wheel" else ""


def home_of(user: str) -> str:
    """The home of a user, as USER names it, on the usual base images."""
    name = user.partition(":")[0]
    return "/root" if name in ("", "0", "root") else f"/home/{name}"


def is_root(variables: Mapping[str, str]) -> bool:
    """Whether a command runs as root."""
    return variables.get("LOGNAME", "") in ("", "0", "root")


def install_prefix(command: SimpleCommand, variables: Mapping[str, str]) -> str:
    """The folder that a `pip install` installs under; without HOME among the variables, it runs as root."""
    options = pip_command(command).options
    if chosen := next(filter(None, map(options.get, ("--prefix", "--target", "--root"))), ""):
        return command.resolve(chosen)
    if "--user" in options:
        return variables.get("PYTHONUSERBASE") or f"{variables.get('HOME') or home_of('')}/.local"
    if command.program_folder.endswith("/bin"):
        return command.resolve(command.program_folder.removesuffix("/bin"))
    if not is_root(variables) and "VIRTUAL_ENV" not in variables:  # pip falls back to --user
        return f"{variables.get('HOME') or home_of('')}/.local"
    first = variables.get("PATH", "").partition(":")[0]
    standard = first in ("", "/usr/local/bin", "/usr/local/sbin", "/usr/bin") or not first.endswith("/bin")
    return SYSTEM if standard else first.removesuffix("/bin")
