"""Commands that change files: rm, chmod, chown, mkdir, ln, cp, touch. What they do to known files can be computed.

Each raises Unknown where it cannot; then the table of programs says where it may write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import replace

from ...reading.file import File
from ...reading.paths import base_name, parents
from ..files.owners import number_of_root, owner
from .followed import FollowedCommand, Unknown
from .modes import changed_mode
from .places import ANYWHERE, led, same_place
from .programs import table
from .shell import SimpleCommand
from .written_text import has_no_file, is_plain, new_file

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
    above = {path.rpartition("/")[0] for path in targets if "/" in path} | (emptied - {""})
    if any(ANYWHERE in led(followed, path) for path in above):
        raise Unknown  # somebody's link may be on the way
    visible = {path for path in followed.inside(emptied) if not _is_hidden(path, emptied)}
    followed.unknown_writes |= {path for path in (*targets, *emptied) if _may_hold_unknown_files(followed, path)}
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


def _may_hold_unknown_files(followed: FollowedCommand, path: str) -> bool:
    """Whether something may be deleted that nobody knows of."""
    if path in followed.written and path not in followed.unknown_writes:
        return False
    file = followed.get(path)
    if file is not None and file.kind == "file" and not file.opaque_id:
        return False
    unknown = followed.below.unknown_content(path) or (file is None and followed.below.unknown_file(path))
    return bool(unknown) or not followed.is_certain(path)


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
    if not all(map(followed.is_certain, (*paths, *(followed.inside(paths) if options else ())))):
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
    if not all(_can_be_made(followed, followed.path(command, word)) for word in command.operands()):
        raise Unknown
    for word in command.operands():
        followed.make_folder(followed.path(command, word))


def _can_be_made(followed: FollowedCommand, path: str) -> bool:
    """Whether a folder is at its path afterwards, and nowhere else."""
    file = followed.get(path)
    return led(followed, path) == set(same_place(path)) or (file is not None and file.kind == "folder")


def ln(followed: FollowedCommand, command: SimpleCommand) -> None:
    """ln -s: a link. What was at its place is replaced with -f; a folder there would hold the link instead."""
    options = "".join(word.lstrip("-") for word in command.arguments if word.startswith("-"))
    operands = command.operands()
    if "s" not in options or set(options) - set("sfnTv") or len(operands) != 2 or command.patterns:
        raise Unknown
    target, place = operands
    path = followed.path(command, place)
    if place.endswith("/") or not _is_plain(followed, path):
        raise Unknown
    uid, gid = owner(followed.user) if followed.user else ("0", "0")
    followed.written[path] = File(kind="link", mode=0o777, target=target, uid=uid, gid=gid)
    followed.sources.append("computed: a link has no size")


def cp(followed: FollowedCommand, command: SimpleCommand) -> None:
    """cp of one known file to a place that is known."""
    operands = command.operands()
    if len(operands) != 2 or set(command.arguments) - set(operands) - {"-f", "-v", "-L"} or command.patterns:
        raise Unknown
    source, place = (followed.path(command, word) for word in operands)
    file, there = followed.get(source), followed.get(place)
    if there is not None and there.kind == "folder" and followed.is_certain(place):
        place = f"{place}/{base_name(source)}".lstrip("/")
    elif operands[1].endswith("/") or not has_no_file(followed, place):
        raise Unknown
    if file is None or file.kind != "file" or file.opaque_id or not followed.is_certain(source):
        raise Unknown
    if source == place or not is_plain(followed, source) or not has_no_file(followed, place):
        raise Unknown
    made = new_file(followed, place, b"")
    followed.written[place] = replace(file, mode=file.mode & 0o755, uid=made.uid, gid=made.gid, inode="")
    followed.sources.append("computed: a copy has the size of its file")


def touch(followed: FollowedCommand, command: SimpleCommand) -> None:
    """touch: an empty file where there is none. One that is there is stored again, for its time has changed."""
    if any(word.startswith("-") for word in command.arguments) or command.patterns:
        raise Unknown
    paths = [followed.path(command, word) for word in command.operands()]
    for path in paths:
        file = followed.get(path)
        known = file is not None and file.kind == "file" and followed.is_certain(path)
        if not is_plain(followed, path) or not (known or has_no_file(followed, path)):
            raise Unknown
        followed.written[path] = file if file is not None else new_file(followed, path, b"")
    followed.sources.append("computed: touch makes empty files")


def _is_plain(followed: FollowedCommand, path: str) -> bool:
    """Whether a link can be made at a path. What nobody knows of is taken to be no folder."""
    file = followed.get(path)
    if not path or path in table().folders or (file is not None and file.kind == "folder"):
        return False
    above = path.rpartition("/")[0]
    return led(followed, above) == {above} and (file is not None or led(followed, path) == {path})
