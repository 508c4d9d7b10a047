"""Following a command line: a table from a program to the rule of what it does.

If a part of a line is not known here, the whole line is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..files.snapshot import Snapshot
from .apt_get import apt_get
from .file_commands import chmod, chown, mkdir, rm
from .followed import FollowedCommand, Unknown
from .pip_install import pip
from .shell import PATH_LIMIT, SimpleCommand, commands_of

Rule = Callable[[FollowedCommand, SimpleCommand], None]


def follow(args: Sequence[str], below: Snapshot, directory: str, user: str = "") -> FollowedCommand | None:
    """What a command line writes and how long it takes, or None if nobody knows.

    Args:
        args: the program and its arguments; in shell form, the shell first.
        below: the files that it finds.
        directory: the absolute folder that it starts in.
        user: as USER wrote it; empty for root.
    """
    followed = FollowedCommand(below, user)
    try:
        for command in commands_of(args, directory):
            _rule(command)(followed, command)
    except Unknown:
        return None
    if not followed.sources:
        followed.sources.append("recorded: a command that writes nothing")
    return followed


def _rule(command: SimpleCommand) -> Rule:
    """The rule for a command. Raises Unknown for a program without one, and for what no rule looks at."""
    unsupported = (
        command.program_folder, command.wrapped, command.variables, command.redirections, command.inside,
        command.background, command.expands, command.joined in ("|", "||"),
    )  # fmt: skip
    if any(unsupported) or command.program not in RULES:
        raise Unknown
    return RULES[command.program]


def _nothing(followed: FollowedCommand, command: SimpleCommand) -> None:
    """A command that writes no file."""


def _cd(followed: FollowedCommand, command: SimpleCommand) -> None:
    """cd: `SimpleCommand.folder` of the commands after it."""
    words = command.arguments
    if len(words) != 1 or words[0].startswith("-") or len(command.resolve(words[0])) > PATH_LIMIT:
        raise Unknown


RULES: dict[str, Rule] = {
    **dict.fromkeys(("true", ":", "echo", "set", "pwd", "ls", "date", "cat", "test"), _nothing),
    "cd": _cd,
    "pip": pip,
    "apt-get": apt_get,
    "rm": rm,
    "chmod": chmod,
    "chown": chown,
    "mkdir": mkdir,
}
