"""Following a command line: what it writes and how long it takes, or at least where it can write.

A command of which everything is known has a rule in `RULES` that computes its files. For any other, the table of
programs says where it writes, whatever it is (`programs.py`); and one that is in no table, or runs code that nobody has
read, may write anywhere. The line's places are the union of its commands', whether or not they run.

A command is taken to succeed where the line goes on after it. A word that nobody knows may be any path, but where it is
quoted it is taken for no option, and in a text (a script of sed, a message) it is taken for text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .apt_get import apt_get
from .file_commands import chmod, chown, cp, ln, mkdir, rm, touch
from .followed import FollowedCommand, Unknown
from .pip_install import pip
from .places import SEARCHED
from .run import Run
from .shell import PATH_LIMIT, SimpleCommand
from .shell_values import TEXT
from .shell_walk import Rule, Walk

_OWN_PATH = re.compile(r"\$(?:PATH\b|\{PATH\})")
NOTHING = "recorded: a command that writes nothing"


def follow(run: Run) -> FollowedCommand:
    """What a command line writes and how long it takes, as far as anyone knows."""
    image = run.below.image
    told: Mapping[str, str | None] = run.variables
    if image is not None and not image.known:  # a value may hold a variable of the image, as it is written
        if told.get("PATH") is not None:
            told = {**told, "PATH": _OWN_PATH.sub(SEARCHED, told["PATH"] or "")}
        told = {name: None if value is not None and "$" in value else value for name, value in told.items()}
    followed = FollowedCommand(run.below, run.user, run.mounted, told)
    Walk(followed, RULES, told).run(run.args, TEXT if run.directory is None else run.directory)
    if not followed.sources:
        followed.sources.append(NOTHING)
    return followed


def _nothing(followed: FollowedCommand, command: SimpleCommand) -> None:
    """A command that writes no file."""


def _cd(followed: FollowedCommand, command: SimpleCommand) -> None:
    """cd: `SimpleCommand.folder` of the commands after it."""
    words = command.arguments
    if len(words) != 1 or words[0].startswith("-") or len(command.resolve(words[0])) > PATH_LIMIT:
        raise Unknown


RULES: dict[str, Rule] = {
    **dict.fromkeys(("true", ":", "echo", "set", "pwd", "ls", "date", "cat", "test", "export", "exit"), _nothing),
    "cd": _cd,
    "pip": pip,
    "apt-get": apt_get,
    "rm": rm,
    "chmod": chmod,
    "chown": chown,
    "mkdir": mkdir,
    "ln": ln,
    "cp": cp,
    "touch": touch,
}
