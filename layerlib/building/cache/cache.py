"""BuildKit's cache: results, and the keys by which a later build finds them.

A result is found if each input of a step matches it, by one key or another: the key of the step below, or the
content of the paths that are looked at. It stays until it is pruned. Source: BuildKit, solver/cachemanager.go.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from ...reading.tree import Tree
from ..files.snapshot import Snapshot
from ..reasons.reasons import Facts


@dataclass(frozen=True)
class Result:
    """What a step left behind.

    Attributes:
        key: tells it from every other result.
        snapshot: the files after the step.
        size: bytes of its layer, or None for unknown; size_source: where that comes from.
        seconds: how long it took, or None for unknown.
    """

    key: str
    snapshot: Snapshot = field(repr=False)
    size: int | None = 0
    size_source: str = ""
    seconds: float | None = 0.0


def size_source(size: int | None) -> str:
    """Where the size of files that are copied or made comes from."""
    return "computed from the files" if size is not None else "unknown: it depends on files that nobody knows"


class Cache:
    """Results by key, oldest first. The only thing in the model that remembers.

    Attributes:
        results: key to result; links: by what a result is found; images: base images that were seen.
        folders: permissions of the folders of each context, as they were first sent.
        past, standing: what the last builds compared, and what was built on each result: only reasons ask for it.
        emptied: whether nothing was built since the cache was pruned.
    """

    def __init__(self) -> None:
        self.results: dict[str, Result] = {}
        self.links: dict[tuple[str, int, str], dict[str, None]] = {}
        self.images: set[str] = set()
        self.folders: dict[str, dict[str, int]] = {}
        self.past: list[dict[str, list[Facts]]] = []
        self.standing: dict[str, list[Facts]] = {}
        self.emptied = False
        self.count = 0

    def new_key(self, kind: str) -> str:
        """A key that no result has."""
        self.count += 1
        return f"{kind} {self.count}"

    def find(self, digest: str, inputs: Sequence[Collection[str]]) -> list[str]:
        """The keys of the results that match a step: its definition's digest and, per input, the keys it goes by."""
        sides = [
            [links for key in keys if (links := self.links.get((digest, index, key)))]
            for index, keys in enumerate(inputs)
        ]
        if not sides or not all(sides):
            return []
        # Equal content may have many results, and what a step stands on has few.
        few, *rest = sorted(sides, key=lambda side: sum(map(len, side)))
        every = (result for links in few for result in links if result in self.results)
        found = {one for one in every if all(any(one in links for links in side) for side in rest)}
        return sorted(found, key=lambda key: int(key.rpartition(" ")[2]))

    def link(self, digest: str, inputs: Sequence[Collection[str]], result: str) -> None:
        """Let a result be found by these keys from now on."""
        for index, keys in enumerate(inputs):
            for key in keys:
                self.links.setdefault((digest, index, key), {})[result] = None

    def uploaded(self, name: str, files: Tree) -> Tree:
        """A context as the builder sees it: a folder keeps the permissions that it had when it was first sent.

        Source: recorded; the upload (tonistiigi/fsutil) compares files, and of folders only whether they are there.
        """
        sent = files.folders
        known = self.folders.get(name, {})
        self.folders[name] = {path: known.get(path, file.mode) for path, file in sent.items()}
        kept = {p: replace(f, mode=known[p]) for p, f in sent.items() if known.get(p, f.mode) != f.mode}
        return Tree({**files, **kept}) if kept else files

    def prune(self) -> None:
        """Forget every result. What was built stays known, so that a reason can say what changed."""
        self.results.clear()
        self.links.clear()
        self.images.clear()
        self.folders.clear()
        self.standing.clear()
        self.emptied = True
