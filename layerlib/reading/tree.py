"""Files by path: the build context, and what a stage holds as far as it is known."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

from .errors import ContextError
from .file import FOLDER, File
from .paths import clean, missing_folders

P = ParamSpec("P")
T = TypeVar("T")

MOST_LINKS = 40  # Linux follows no more in one path


class Tree(Mapping[str, File]):
    """Files by path, in the order of their paths. It never changes.

    The folders on the way to a file are among them. The root, "", is not, though it can be asked for.
    """

    def __init__(self, files: Mapping[str, File]) -> None:
        complete = dict(files)
        complete.update(dict.fromkeys(missing_folders(complete.keys()), FOLDER))
        self._paths = sorted(complete)
        in_order = list(complete) == self._paths  # as most are: they come from another tree
        self._files = complete if in_order else {path: complete[path] for path in self._paths}
        self._derived: dict[Hashable, Any] = {}

    def __getitem__(self, path: str) -> File:
        return FOLDER if path == "" else self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, path: object) -> bool:
        return path == "" or path in self._files

    # Mapping's own look up each file by its path; a context may have many.

    def keys(self) -> KeysView[str]:
        return self._files.keys()

    def values(self) -> ValuesView[File]:
        return self._files.values()

    def items(self) -> ItemsView[str, File]:
        return self._files.items()

    @cached_property
    def folders(self) -> Mapping[str, File]:
        """The folders among the files."""
        return {path: file for path, file in self._files.items() if file.kind == "folder"}

    def changed(self, added: Mapping[str, File], gone: Set[str] = frozenset()) -> Tree:
        """The tree with some files added or replaced, and others taken away. A folder on the way stays as it is."""
        kept = {path: file for path, file in self._files.items() if path not in gone} if gone else self._files
        new = {path: file for path, file in added.items() if file is not FOLDER or path not in self._files}
        return Tree(kept | new)

    def derived(self, compute: Callable[Concatenate[Tree, P], T], *args: P.args, **options: P.kwargs) -> T:
        """`compute(self, ...)`, worked out once for the same arguments, which must be hashable."""
        key = (compute, args, tuple(options.items()))
        if key not in self._derived:
            self._derived[key] = compute(self, *args, **options)
        result: T = self._derived[key]
        return result

    def below(self, folder: str) -> Iterator[str]:
        """The paths below a folder, at any depth, in order. The folder itself is not among them."""
        if not folder:
            yield from self._paths
            return
        start = folder + "/"
        for index in range(bisect_left(self._paths, start), len(self._paths)):
            if not self._paths[index].startswith(start):
                return
            yield self._paths[index]

    def inside(self, folder: str) -> dict[str, File]:
        """The files below a folder, by path. Of the root, all of them."""
        return {path: self._files[path] for path in self.below(folder)} if folder else dict(self._files)

    def resolve(self, path: str) -> str | None:
        """The path with links followed, or None if it leads nowhere or in a circle."""
        try:
            resolved = follow(path, self._files.get)
        except ContextError:
            return None
        return resolved if resolved in self else None


def follow(path: str, get: Callable[[str], File | None]) -> str:
    """Where a path leads, links followed. What is not there is taken as written. Raises ContextError for a circle.

    Source: containerd/continuity, fs/path.go (RootPath).
    """
    resolved, links = "", 0
    rest = path.split("/")[::-1]
    while rest:
        part = rest.pop()
        if not part:
            continue
        step = f"{resolved}/{part}" if resolved else part
        file = get(step)
        if file is None or file.kind != "link":
            resolved = step
            continue
        links += 1
        if links > MOST_LINKS:
            raise ContextError(f"/{path}: too many links; they lead in a circle")
        target = file.target if file.target.startswith("/") else f"{resolved}/{file.target}"
        resolved = ""
        rest += clean(target).split("/")[::-1]
    return resolved
