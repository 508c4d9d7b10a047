"""A builder's cache: results, and the keys by which a later build finds them.

A result is found if each input of a step matches it, by one key or another: the key of the step below, or the
content of the paths that are looked at. It stays until it is pruned. Source: BuildKit, solver/cachemanager.go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...reading.tree import Tree
from .results import Result, ResultId


class Selector(NamedTuple):
    """A path that is looked at in an input, and what --exclude leaves out of it."""

    path: str
    exclude: tuple[str, ...] = ()


class CacheKey(NamedTuple):
    """How an input of a step is known.

    Attributes:
        of: the result that it is; or the digest of the content that is looked at.
        selectors: where the step looks in it; empty for the file system that a step builds on.
    """

    of: ResultId
    selectors: tuple[Selector, ...] = ()


NOTHING = CacheKey("nothing")  # what FROM scratch begins with


class Cache:
    """What earlier builds left behind.

    Attributes:
        results: by the number of the execution that made them.
        links: by what a result is found: a step's definition, the number of one of its inputs, and a key of that.
        images: base images that were seen, by what they are known by.
        folders: permissions of the folders of each context, as they were first sent.
        unpacked: the results whose layers were unpacked.
        used: the results that the images use which were built so far, as far as `docker builder prune` keeps them.
        gone: results that were pruned. Their keys stay: what stands on one is found, and only when something needs the
            result itself is it executed again. Source: recorded (tests/traces/options-buildkit); BuildKit,
            solver/cachestorage.go.
    """

    def __init__(self) -> None:
        self.results: dict[int, Result] = {}
        self.links: dict[tuple[str, int, CacheKey], set[int]] = {}
        self.images: set[str] = set()
        self.folders: dict[str, dict[str, int]] = {}
        self.unpacked: set[int] = set()
        self.used: set[int] = set()
        self.gone: set[int] = set()

    def find(self, definition: str, inputs: Sequence[Collection[CacheKey]]) -> list[int]:
        """The results that match a step in each of its inputs, by one key or another; oldest first.

        Args:
            definition: the digest of what the step does.
            inputs: for each of its inputs, the keys that it goes by.
        """
        matches = [
            set[int]().union(*(self.links.get((definition, index, key), ()) for key in keys))
            for index, keys in enumerate(inputs)
        ]
        return sorted(set.intersection(*matches) & self.results.keys()) if matches else []

    def keep(self, definition: str, inputs: Sequence[Collection[CacheKey]], result: Result) -> None:
        """Keep what an execution left behind."""
        self.results[result.execution] = result
        self.link(definition, inputs, result)

    def link(self, definition: str, inputs: Sequence[Collection[CacheKey]], result: Result) -> None:
        """Let a result be found by these keys from now on."""
        for index, keys in enumerate(inputs):
            for key in keys:
                self.links.setdefault((definition, index, key), set()).add(result.execution)

    def saw_image(self, ids: Collection[str]) -> bool:
        """Whether a base image was seen before, by any of the ids that it is known by. From now on it was."""
        seen = not self.images.isdisjoint(ids)
        self.images.update(ids)
        return seen

    def uploaded(self, name: str, files: Tree) -> Tree:
        """A context as the builder sees it: a folder keeps the permissions that it had when it was first sent.

        Source: recorded; the upload (tonistiigi/fsutil) compares files, and of folders only whether they are there.
        """
        sent = files.folders
        known = self.folders.get(name, {})
        self.folders[name] = {path: known.get(path, file.mode) for path, file in sent.items()}
        kept = {p: replace(f, mode=known[p]) for p, f in sent.items() if known.get(p, f.mode) != f.mode}
        return Tree({**files, **kept}) if kept else files

    def there(self, found: Iterable[int]) -> list[int]:
        """Those of some results that were not pruned."""
        return [execution for execution in found if execution not in self.gone]

    def prune(self) -> None:
        """Forget every result."""
        for forgotten in (self.results, self.links, self.images, self.folders, self.unpacked, self.used, self.gone):
            forgotten.clear()

    def prune_unused(self) -> None:
        """Let go of every result that no image uses, and of what is known of the contexts."""
        self.gone |= self.results.keys() - self.used
        self.folders.clear()
