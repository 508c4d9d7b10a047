"""The build context: the files that a build is given, less what .dockerignore leaves out.

Patterns are matched by e2b-dockerfile-utils, a port of moby/patternmatcher.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from e2b_dockerfile_utils import PatternMatcher

from .errors import ContextError
from .tree import File, Tree, clean, parents


def from_directory(folder: str | os.PathLike[str]) -> Tree:
    """The files below a folder. No file is opened; links are not followed.

    Raises ContextError if the folder is not there or cannot be read.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ContextError(f"there is no folder {root}; name one that holds a Dockerfile")
    files: dict[str, File] = {}
    waiting = [("", root)]
    while waiting:
        prefix, here = waiting.pop()
        try:
            entries = list(here.iterdir())
        except OSError as error:
            raise ContextError(f"cannot read the folder {here}: {error.strerror or error}") from None
        for entry in entries:
            file = File.on_disk(entry)
            if file is None:
                continue
            files[prefix + entry.name] = file
            if file.kind == "folder":
                waiting.append((f"{prefix}{entry.name}/", entry))
    return Tree(files)


def from_mapping(files: Mapping[str, Any]) -> Tree:
    """The files of a mapping from path to text, bytes, `File`, or a mapping as traces have it.

    A trace's file is {"content": text, "mode": "644"}, {"link": target} or {"dir": True}.

    Raises ContextError for a path or a value of another form.
    """
    made: dict[str, File] = {}
    for path, value in files.items():
        if not clean(path) or clean(path) != path.removesuffix("/").removeprefix("./"):
            raise ContextError(f"{path!r} is not a path inside the build context; write it like src/app.py")
        made[clean(path)] = _file(path, value)
    for path in made:
        above = path.rpartition("/")[0]
        if above in made and made[above].kind != "folder":
            raise ContextError(f"{above!r} cannot be a file and hold {path!r}")
    return Tree(made)


def _file(path: str, value: Any) -> File:
    if isinstance(value, File):
        return value
    if isinstance(value, bytes):
        return File(value)
    if isinstance(value, str):
        return File(value.encode())
    if isinstance(value, Mapping):
        if "link" in value:
            return File(kind="link", mode=0o777, target=value["link"])
        if value.get("dir"):
            return File(kind="folder", mode=int(value.get("mode", "755"), 8))
        if "content" in value:
            return File(value["content"].encode(), int(value.get("mode", "644"), 8))
    raise ContextError(f"{path}: expected text, bytes or a File, not {type(value).__name__}")


def ignore(files: Tree, dockerfile_name: str = "Dockerfile") -> Tree:
    """The files that are sent to the builder.

    `<Dockerfile's name>.dockerignore` comes before `.dockerignore`. A folder that is left out comes back when
    something below it does; a folder that is kept stays, even if all its files go.

    Raises ContextError for a pattern that cannot be read.
    """
    source = next((n for n in (f"{dockerfile_name}.dockerignore", ".dockerignore") if n in files), None)
    if source is None:
        return files
    lines = files[source].read().decode("utf-8-sig", "replace").splitlines()
    try:
        matcher = PatternMatcher(lines)
    except ValueError as error:
        raise ContextError(f"{source}: {error}. Patterns are written like *.log or build/.") from None
    kept = {path: files[path] for path in files if not matcher.matches(path)}
    for path in list(kept):
        for folder in parents(path):
            kept.setdefault(folder, replace(files[folder], identity="left out itself"))
    return Tree(kept)
