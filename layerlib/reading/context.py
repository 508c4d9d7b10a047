"""The build context: the files that a build is given, less what .dockerignore leaves out."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .errors import ContextError
from .file import File
from .paths import clean, missing_folders, refuse_too_long
from .tree import Tree


def from_directory(folder: str | os.PathLike[str], before: Mapping[str, File] | None = None) -> Tree:
    """The files below a folder. No file is opened; links are not followed.

    Args:
        folder: where to look.
        before: what an earlier call found there. A file whose size, times and inode are as they were, and that was
            not written just then, is taken from there, with what is known of its content.

    Raises ContextError if the folder is not there or cannot be read.
    """
    root = os.fspath(folder)
    if not Path(root).is_dir():
        raise ContextError(f"there is no folder {root}; name one that holds a Dockerfile")
    files: dict[str, File] = {}
    known, now = before or {}, time.time_ns()
    unread = [("", root)]
    while unread:
        prefix, location = unread.pop()
        for entry, status in _entries(location):
            file = File.on_disk(entry.path, status, now)
            if file is None:
                continue
            path = prefix + entry.name
            old = known.get(path)
            files[path] = old if old is not None and _unchanged(old, file) else file
            if file.kind == "folder":
                unread.append((f"{path}/", entry.path))
    return Tree(files)


def _unchanged(old: File, new: File) -> bool:
    """Whether a file on disk certainly is as it was, so that its content need not be read again."""
    return old.disk is not None and old.disk.settled and old == new


def _entries(folder: str) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """The entries of a folder, with what the disk knows of each, less those that disappear while they are listed."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    # On Windows an entry of a folder may know less than the file itself.
                    yield entry, (os.lstat(entry.path) if os.name == "nt" else entry.stat(follow_symlinks=False))
                except FileNotFoundError:
                    continue
    except OSError as error:
        raise ContextError(f"cannot read the folder {folder}: {error.strerror or error}") from None


def from_mapping(files: Mapping[str, Any]) -> Tree:
    """The files of a mapping from path to text, bytes, a `File`, or a mapping as traces have it.

    A file in a trace is {"content": text, "mode": "644"}, {"link": target}, {"dir": True}, or {"same_as": path} for a
    hard link: another name of the file at that path.

    Raises ContextError for a path or a value of another form.
    """
    tree: dict[str, File] = {}
    for path, value in files.items():
        if not clean(path) or clean(path) != path.removesuffix("/").removeprefix("./"):
            raise ContextError(f"{path!r} is not a path inside the build context; write it like src/app.py")
        refuse_too_long(path)
        try:
            path.encode("utf-8", "surrogateescape")
            tree[clean(path)] = _file(path, value)
        except UnicodeEncodeError:
            raise ContextError(f"{path!r} or its text is not valid Unicode: it holds a lone surrogate") from None
    for path, value in files.items():
        if isinstance(value, Mapping) and "same_as" in value:
            first = clean(str(value["same_as"]))
            if first not in tree or tree[first].kind != "file":
                raise ContextError(f"{path}: there is no file {value['same_as']!r} that it could be another name of")
            tree[first] = tree[clean(path)] = replace(tree[first], inode=f"hard link {first}")
    for path in tree:
        above = path.rpartition("/")[0]
        if above in tree and tree[above].kind != "folder":
            raise ContextError(f"{above!r} cannot be a file and hold {path!r}")
    return Tree(tree)


def _file(path: str, value: Any) -> File:
    """A value of `from_mapping` as a file. Raises ContextError, or UnicodeEncodeError for a lone surrogate."""
    if isinstance(value, File):
        return value
    if isinstance(value, bytes):
        return File(value)
    if isinstance(value, str):
        return File(value.encode())
    if isinstance(value, Mapping):
        if isinstance(target := value.get("link"), str):
            target.encode("utf-8", "surrogateescape")
            return File(kind="link", mode=0o777, target=target)
        if value.get("dir"):
            return File(kind="folder", mode=_mode(path, value.get("mode", "755")))
        if isinstance(value.get("same_as"), str):
            return File()  # until the file that it is a name of is known
        if isinstance(content := value.get("content"), str):
            return File(content.encode(), _mode(path, value.get("mode", "644")))
    raise ContextError(f"{path}: expected text, bytes or a File, not {type(value).__name__}")


def _mode(path: str, text: Any) -> int:
    if not isinstance(text, str) or not re.fullmatch("[0-7]{1,4}", text):
        raise ContextError(f"{path}: expected permissions such as 644, not {text!r}")
    return int(text, 8)


def ignore(files: Tree, dockerfile_name: str = "Dockerfile", own: str | None = None) -> Tree:
    """The files that are sent to the builder.

    `<Dockerfile's name>.dockerignore`, if there is a name, takes precedence over `.dockerignore`. A folder that is left
    out comes back when something below it does; a folder that is kept stays, even if all its files go. `own` is the
    text of `<Dockerfile's name>.dockerignore` where that is not among the files.

    Raises ContextError for a pattern that cannot be read.
    """
    found = _patterns(files, dockerfile_name, own)
    if found is None:
        return files
    from .dockerignore import DockerIgnore  # takes a while to load, and few folders have one

    source, lines = found
    try:
        dockerignore = DockerIgnore(lines)
    except ValueError as error:
        raise ContextError(f"{source}: {error}. Patterns are written like *.log or build/.") from None
    kept = {path: file for path, file in files.items() if not dockerignore.leaves_out(path, file.kind == "folder")}
    return Tree(kept | _left_out(files, missing_folders(kept.keys())))


def with_ignored_folders(kept: Tree, files: Tree, folders: Iterable[str]) -> Tree:
    """What is kept of the files, and these of their folders, marked as left out by themselves."""
    back = _left_out(files, [folder for folder in folders if folder not in kept])
    return Tree({**kept, **back}) if back else kept


def _left_out(files: Tree, folders: Iterable[str]) -> dict[str, File]:
    return {folder: replace(files[folder], ignored=True) for folder in folders}


def names_left_out(files: Tree, dockerfile_name: str, words: Iterable[str], own: str | None = None) -> list[str]:
    """The words of a COPY that .dockerignore leaves out, as `docker build --check` sees it: no file is looked at."""
    found = _patterns(files, dockerfile_name, own)
    if found is None:
        return []
    from .dockerignore import names

    _, lines = found
    return [word for word in words if names(lines, word)]


def _patterns(files: Tree, dockerfile_name: str, own: str | None) -> tuple[str, list[str]] | None:
    """The path of the file that says what is left out, links followed, and its lines; None if there is none."""
    if own is not None:
        return f"{dockerfile_name}.dockerignore", own.splitlines()
    name = next((name for name in (f"{dockerfile_name}.dockerignore", ".dockerignore") if name in files), None)
    source = files.resolve(name) if name else None
    return (source, files[source].read().decode("utf-8-sig", "replace").splitlines()) if source else None
