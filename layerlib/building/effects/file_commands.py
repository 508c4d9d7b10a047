"""Commands that change files: rm, chmod, chown, mkdir. What they do to files that are known can be computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ...reading.file import File
from ...reading.paths import clean, parents
from .followed import FollowedCommand, Unknown
from .shell import SimpleCommand

RECURSIVE = {"-R", "--recursive"}
MODE = re.compile(r"[0-7]{3,4}|[ugoa]*\+x")
OWNER = re.compile(r"[\w.-]+(:[\w.-]*)?|:[\w.-]+")


def rm(followed: FollowedCommand, command: SimpleCommand) -> None:
    """rm: the files are gone from here on. What lies in a layer below stays there, and goes on weighing."""
    named = [word.removesuffix("/*") for word in command.operands()]
    if any(set("*?[") & set(word) for word in named):
        raise Unknown
    targets = {clean(command.resolve(word)) for word in named} - {""}
    paths = {*targets, *(path for target in targets for path in followed.below.tree.below(target))}
    paths |= {path for path in followed.written if not targets.isdisjoint(parents(path))}
    for path in sorted(paths):
        if followed.below.get(path) is not None:
            followed.written[path] = None
        else:
            followed.written.pop(path, None)
    followed.sources.append("computed: a deletion writes no bytes")


def chmod(followed: FollowedCommand, command: SimpleCommand) -> None:
    """chmod: a file whose mode changes is stored again, whole."""
    _change_each(followed, command, MODE, _with_mode)


def chown(followed: FollowedCommand, command: SimpleCommand) -> None:
    """chown: a file whose owner changes is stored again, whole."""
    _change_each(followed, command, OWNER, _with_owner)


def _change_each(
    followed: FollowedCommand, command: SimpleCommand, form: re.Pattern[str], changed: Callable[[File, str], File]
) -> None:
    """Change the files that a command names, and with -R those below them."""
    change, *targets = command.operands() or [""]
    options = {word for word in command.arguments if word.startswith("-")}
    if not targets or options - RECURSIVE or not form.fullmatch(change):
        raise Unknown
    for target in targets:
        path = clean(command.resolve(target))
        if followed.get(path) is None or (options and followed.below.unknown_content(path)):
            raise Unknown
        for inside in [path, *(followed.below.tree.below(path) if options else ())]:
            file = followed.get(inside)
            if file is not None and file.kind != "link":
                followed.written[inside] = changed(file, change)
    followed.sources.append("computed: a file whose mode or owner changes is stored again")


def _with_mode(file: File, change: str) -> File:
    return replace(file, mode=file.mode | 0o111 if change.endswith("+x") else int(change, 8))


def _with_owner(file: File, change: str) -> File:
    user, colon, group = change.partition(":")
    return file.owned_by(user, group if colon else file.gid)


def mkdir(followed: FollowedCommand, command: SimpleCommand) -> None:
    """mkdir: the folder, and with -p those above it. A folder weighs nothing on overlay2."""
    if not {word for word in command.arguments if word.startswith("-")} <= {"-p", "--parents", "-v"}:
        raise Unknown
    for word in command.operands():
        followed.written.update(followed.below.with_folder(clean(command.resolve(word))))
