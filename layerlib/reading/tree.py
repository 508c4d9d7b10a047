"""Files by path: the build context, and what a stage holds as far as it is known."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .file import FOLDER, File
from .paths import clean, missing_folders


class Tree(Mapping[str, File]):
    """Files by path, in the order of their paths. The folders on the way to a file are there too."""

    def __init__(self, files: Mapping[str, File]) -> None:
        complete = dict(files)
        complete.update(dict.fromkeys(missing_folders(files.keys()), FOLDER))
        self._paths = sorted(complete)
        in_order = list(complete) == self._paths
        self._files = complete if in_order else {path: complete[path] for path in self._paths}
        self.memo: dict[object, Any] = {}  # what was worked out of this tree, which never changes

    def __getitem__(self, path: str) -> File:
        return FOLDER if path == "" else self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    # Those of Mapping ask for one file after the other; a context may have many.

    def keys(self) -> KeysView[str]:
        return self._files.keys()

    def values(self) -> ValuesView[File]:
        return self._files.values()

    def items(self) -> ItemsView[str, File]:
        return self._files.items()

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: object) -> bool:
        return path == "" or path in self._files

    @property
    def all(self) -> Mapping[str, File]:
        """The files as a mapping that does not know the root: quicker, and nobody can change it."""
        return MappingProxyType(self._files)

    def changed(self, added: Mapping[str, File], gone: Set[str] = frozenset()) -> Tree:
        """The tree with some files added or replaced, and others taken away. A folder on the way stays as it is."""
        new = {path: file for path, file in added.items() if file is not FOLDER or path not in self._files}
        files = {**self._files, **new}
        if gone or len(files) > len(self._files):
            return Tree({path: file for path, file in files.items() if path not in gone or path in new})
        made = Tree({})
        made._files, made._paths = files, self._paths
        if not any(file.kind == "folder" or path in self.folders for path, file in new.items()):
            made.folders = self.folders
        return made

    @cached_property
    def folders(self) -> Mapping[str, File]:
        """The folders among the files."""
        return {path: file for path, file in self._files.items() if file.kind == "folder"}

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

    def resolve(self, path: str, follow_last: bool = True) -> str | None:
        """The path with links followed, or None if it leads nowhere or in a circle."""
        found, rest, hops = "", [part for part in path.split("/") if part], 0
        while rest:
            here = f"{found}/{rest[0]}" if found else rest[0]
            file = self._files.get(here)
            if file is None:
                return None
            if file.kind == "link" and (follow_last or len(rest) > 1):
                hops += 1
                if hops > 40:
                    return None
                target = file.target if file.target.startswith("/") else f"{found}/{file.target}"
                rest = [part for part in clean(target).split("/") if part] + rest[1:]
                found = ""
                continue
            found, rest = here, rest[1:]
        return found
