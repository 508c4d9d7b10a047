"""Commands that change files: rm, chmod, chown, mkdir. What they do to files that are known can be computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ...reading.file import File
from ..files.owners import number_of_root
from .followed import FollowedCommand, Unknown
from .modes import changed_mode
from .shell import SimpleCommand

RECURSIVE = {"-R", "--recursive"}
OWNER = re.compile(r"[\w.-]+(:[\w.-]+)?|:[\w.-]+")


def rm(followed: FollowedCommand, command: SimpleCommand) -> None:
    """rm: the files are gone from here on. What is in a layer below stays there, and still takes space."""
    targets = [target for word in command.operands() for target in _targets(followed, command, word)]
    for path in (*followed.inside(*targets), *targets):
        followed.delete(path)
    followed.sources.append("computed: a deletion writes no bytes")


def _targets(followed: FollowedCommand, command: SimpleCommand, word: str) -> list[str]:
    """The paths that a word of rm means. `folder/*` is what is in the folder, without names that begin with a dot."""
    if word not in command.patterns:
        path = followed.path(command, word)
        return [path] if path else []
    folder, _, last = word.rpartition("/")
    if last != "*" or set("*?[") & set(folder):
        raise Unknown
    path = followed.path(command, word).rpartition("/")[0]
    file = followed.get(path)
    if file is not None and file.kind == "link":
        raise Unknown
    names = {inside.removeprefix(f"{path}/").partition("/")[0] for inside in followed.inside(path)}
    return [f"{path}/{name}".strip("/") for name in sorted(names) if not name.startswith(".")]


def chmod(followed: FollowedCommand, command: SimpleCommand) -> None:
    """chmod: a file whose mode changes is stored again, whole."""
    _change_each(followed, command, _with_mode)


def chown(followed: FollowedCommand, command: SimpleCommand) -> None:
    """chown: a file whose owner changes is stored again, whole."""
    _change_each(followed, command, _with_owner)


def _change_each(followed: FollowedCommand, command: SimpleCommand, changed: Callable[[File, str], File]) -> None:
    """Change the files that a command names, and with -R those below them."""
    change, *targets = command.operands() or [""]
    options = {word for word in command.arguments if word.startswith("-")}
    if not targets or options - RECURSIVE or command.patterns:
        raise Unknown
    for target in targets:
        path = followed.path(command, target)
        if followed.get(path) is None or (options and _has_unknown_files(followed, path)):
            raise Unknown
        for inside in [path, *(followed.inside(path) if options else ())]:
            file = followed.get(inside)
            if file is not None and file.kind != "link":
                followed.written[inside] = changed(file, change)
    followed.sources.append("computed: a file whose mode or owner changes is stored again")


def _has_unknown_files(followed: FollowedCommand, folder: str) -> bool:
    written = any(f"{path}/".startswith(f"{folder}/") for path in followed.unknown_writes)
    above = any(f"{folder}/".startswith(f"{path}/") for path in followed.unknown_writes)
    return written or above or bool(followed.below.unknown_content(folder))


def _with_mode(file: File, change: str) -> File:
    mode = changed_mode(file.mode, change)
    if mode is None:
        raise Unknown
    return replace(file, mode=mode)


def _with_owner(file: File, change: str) -> File:
    if not OWNER.fullmatch(change):
        raise Unknown
    user, colon, group = change.partition(":")
    return file.owned_by(number_of_root(user) or file.uid, number_of_root(group) if colon else file.gid)


def mkdir(followed: FollowedCommand, command: SimpleCommand) -> None:
    """mkdir: the folder, and with -p those above it. A folder takes no space on overlay2."""
    if not {word for word in command.arguments if word.startswith("-")} <= {"-p", "--parents", "-v"}:
        raise Unknown
    if command.patterns:
        raise Unknown
    for word in command.operands():
        followed.make_folder(followed.path(command, word))
