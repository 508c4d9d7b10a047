"""The one reader of pip's command line.

Source: pip 25.1, pip/_internal/cli/cmdoptions.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .shell import SimpleCommand

# Options that take a value, by the name that they have here.
_VALUED = {
    "-r": "--requirement", "-c": "--constraint", "-e": "--editable", "-t": "--target", "-w": "--wheel-dir",
    "-i": "--index-url", "-f": "--find-links", "-d": "--dest", "-b": "--build", "-C": "--config-settings",
    **{name: name for name in (
        "--requirement", "--constraint", "--editable", "--target", "--wheel-dir", "--index-url", "--find-links",
        "--dest", "--prefix", "--root", "--extra-index-url", "--platform", "--python-version", "--implementation",
        "--abi", "--src", "--upgrade-strategy", "--no-binary", "--only-binary", "--progress-bar", "--report", "--group",
        "--root-user-action", "--config-settings", "--global-option", "--build-option", "--hash", "--log", "--proxy",
        "--retries", "--timeout", "--default-timeout", "--exists-action", "--trusted-host", "--cert", "--client-cert",
        "--cache-dir", "--python", "--keyring-provider", "--use-feature", "--use-deprecated",
    )},
}  # fmt: skip
ACTIONS = {"install", "wheel", "download"}


@dataclass(frozen=True)
class PipCommand:
    """What stands on pip's command line.

    Attributes:
        action: "install", "wheel" or "download"; empty for all that installs nothing.
        named: requirements, folders and patterns, as written; also those after --editable.
        requirement_files: the files after --requirement, as written.
        options: every option by its long name, where it has one here, with its last value; empty for one without.
    """

    action: str
    named: tuple[str, ...]
    requirement_files: tuple[str, ...]
    options: Mapping[str, str]

    def folders(self) -> tuple[str, ...]:
        """The folders of projects that it names: `.` for `.`, `.[dev]` and `-e .`."""
        return tuple(word.partition("[")[0] for word in self.named if word.startswith("."))


def pip_command(command: SimpleCommand) -> PipCommand:
    """Read a command whose program is pip."""
    operands: list[str] = []
    files: list[str] = []
    options: dict[str, str] = {}
    words = iter(command.arguments)
    for word in words:
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        name, value = _option(word)
        if name in _VALUED.values() and value is None:
            value = next(words, None)
        options[name] = value or ""
        if name == "--requirement" and value:
            files.append(value)
        if name == "--editable" and value:
            operands.append(value)
    action, *named = operands or [""]
    if action not in ACTIONS:
        action = next((word for word in operands if word in ACTIONS), "")
        named = [word for word in operands if word != action]
    return PipCommand(action, tuple(named) if action else (), tuple(files), options)


def _option(word: str) -> tuple[str, str | None]:
    """An option's name, and its value if it is in the same word."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    name = _VALUED.get(word[:2], "")
    if name:
        return name, word[2:] or None
    return word, None
