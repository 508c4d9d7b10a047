"""Commands that change files: rm, chmod, chown, mkdir. What they do to files that are known can be computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import replace

from ...reading.file import File
from ...reading.paths import parents
from ..files.owners import number_of_root
from .followed import FollowedCommand, Unknown
from .modes import changed_mode
from .shell import SimpleCommand

RECURSIVE = {"-R", "--recursive"}
OWNER = re.compile(r"[\w.-]+(:[\w.-]+)?|:[\w.-]+")


def rm(followed: FollowedCommand, command: SimpleCommand) -> None:
    """rm: the files are gone from here on. What is in a layer below stays there, and still takes space."""
    targets: set[str] = set()
    emptied: set[str] = set()
    for word in command.operands():
        if word in command.patterns:
            emptied.add(_emptied_folder(followed, command, word))
        else:
            targets.add(followed.path(command, word))
    targets.discard("")
    visible = {path for path in followed.inside(emptied) if not _is_hidden(path, emptied)}
    for path in sorted({*targets, *followed.inside(targets), *visible}):
        followed.delete(path)
    followed.sources.append("computed: a deletion writes no bytes")


def _emptied_folder(followed: FollowedCommand, command: SimpleCommand, word: str) -> str:
    """The folder of `folder/*`. Raises Unknown for any other pattern."""
    folder, _, last = word.rpartition("/")
    if last != "*" or set("*?[") & set(folder):
        raise Unknown
    path = followed.path(command, word).rpartition("/")[0]
    file = followed.get(path)
    if file is not None and file.kind == "link":
        raise Unknown
    return path


def _is_hidden(path: str, folders: Set[str]) -> bool:
    """Whether `*` in each of some folders means neither this path nor one that it is in: its name begins with a dot."""
    parts = (part.rpartition("/") for part in (*parents(path), path))
    return not any(folder in folders and not name.startswith(".") for folder, _, name in parts)


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
    paths = {followed.path(command, target) for target in targets}
    if any(followed.get(path) is None or (options and _has_unknown_files(followed, path)) for path in paths):
        raise Unknown
    for path in sorted({*paths, *(followed.inside(paths) if options else ())}):
        file = followed.get(path)
        if file is not None and file.kind != "link":
            followed.written[path] = changed(file, change)
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
