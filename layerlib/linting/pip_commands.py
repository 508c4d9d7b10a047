"""What a pip command names, and where it installs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..building.effects.shell import SimpleCommand
from ..reading.requirements import requirement, requirements
from ..reading.tree import Tree

SYSTEM = "/usr/local"  # where the official images keep Python's packages and their programs

# Options of pip that take a value. Source: pip 25, `pip install --help` and `pip wheel --help`.
VALUED = ("-r", "--requirement", "-c", "--constraint", "--prefix", "--target", "-t", "--root", "-w", "--wheel-dir",
          "-i", "--index-url", "--extra-index-url", "--find-links", "-f", "-e", "--editable", "-C", "--config-settings",
          "--no-binary", "--only-binary", "--platform", "--python-version", "--implementation", "--abi", "--src",
          "--upgrade-strategy", "--progress-bar", "--root-user-action", "--report", "--python", "--log", "--proxy",
          "--retries", "--timeout", "--exists-action", "--trusted-host", "--cert", "--client-cert", "--cache-dir",
          "--use-feature", "--use-deprecated", "--keyring-provider")  # fmt: skip


def requirement_files(command: SimpleCommand) -> list[str]:
    """The files of requirements that a pip command reads, as it names them."""
    files = []
    for word, following in zip(command.arguments, [*command.arguments[1:], ""], strict=True):
        if word in ("-r", "--requirement") and following:
            files.append(following)
        elif word.startswith("--requirement="):
            files.append(word.partition("=")[2])
        elif re.match(r"-r.", word):
            files.append(word[2:])
    return files


def packages(command: SimpleCommand, files: Tree) -> Iterator[str]:
    """The names of the packages that a pip command asks for, by itself or in a file of requirements that is known."""
    for word in command.operands(*VALUED)[1:]:
        asked = requirement(word) or requirement(re.split(r"[<>=!~;@\[]", word)[0])  # "flask==$VERSION" is flask
        if asked is not None:
            yield asked.name
    for path in requirement_files(command):
        file = files.get(command.resolve(path).strip("/"))
        if file is not None and file.kind == "file" and not file.opaque_id:
            listed = requirements(file.read().decode("utf-8", "replace"))
            yield from (asked.name for asked in listed if asked is not None)


def wheel_folders(command: SimpleCommand) -> list[str]:
    """The folders whose wheels are installed: `/wheels` for `pip install /wheels/*`."""
    matches = (re.fullmatch(r"(.*)/\*(\.whl)?", word) for word in command.operands(*VALUED))
    return [command.resolve(match[1]) for match in matches if match]


def wheel_target(command: SimpleCommand) -> str:
    """The folder that a `pip wheel` writes to; empty for any other command."""
    return command.resolve(command.option("--wheel-dir", "-w") or ".") if "wheel" in command.arguments else ""


def install_prefix(command: SimpleCommand, variables: Mapping[str, str]) -> str:
    """The folder that a `pip install` installs under."""
    if chosen := command.option("--prefix", "--target", "-t", "--root"):
        return command.resolve(chosen)
    if "--user" in command.arguments:
        return "/root/.local"
    if command.program_folder.endswith("/bin"):
        return command.resolve(command.program_folder.removesuffix("/bin"))
    first = variables.get("PATH", "").partition(":")[0]
    standard = first in ("", "/usr/local/bin", "/usr/local/sbin", "/usr/bin") or not first.endswith("/bin")
    return SYSTEM if standard else first.removesuffix("/bin")
