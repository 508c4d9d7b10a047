"""A builder's cache: results, and the keys by which a later build finds them.

A result is found if each input of a step matches it, by one key or another: the key of the step below, or the
content of the paths that are looked at. It stays until it is pruned. Source: BuildKit, solver/cachemanager.go.

Where nobody knows whether the content is the same, a lookup is open: the engine would take an earlier result, or make a
new one. The model keeps a new one that may be the earlier one. What builds on it is found for certain only by what both
have in common, so that nothing certain is said before a later build decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from ...reading.tree import Tree
from ..files.comparing import Content, may_be_same
from ..records import Verdict
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


class InputKeys(NamedTuple):
    """All that an input of a step is known by.

    Attributes:
        ids: the keys of the results that it is, or may equally be.
        content: what is looked at in it, if equal content is enough.
    """

    ids: Sequence[CacheKey]
    content: Content | None = None

    @property
    def keys(self) -> Sequence[CacheKey]:
        """Every key."""
        return self.ids if self.content is None else [*self.ids, CacheKey(self.content.key)]


class Found(NamedTuple):
    """What the cache holds for a step.

    Attributes:
        results: those that match, oldest first.
        possible: those that match if content that nobody knows is what it was; looked for if there is no other.
    """

    results: list[int]
    possible: frozenset[int] = frozenset()

    @property
    def verdict(self) -> Verdict:
        """What becomes of the step."""
        return "cached" if self.results else "depends" if self.possible else "rebuilt"


NOTHING = CacheKey("nothing")  # what FROM scratch begins with


class Cache:
    """What earlier builds left behind.

    Attributes:
        results: by the number of the execution that made them.
        links: by what a result is found: a step's definition, the number of one of its inputs, and a key of that.
        contents: what was looked at in an input of a step, by the result and the content's key; None where all of it
            was known.
        doubtful: the steps and inputs that looked at something that nobody knows.
        may_be: results that may be one another.
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
        self.contents: dict[tuple[str, int], dict[int, dict[str, Content | None]]] = {}
        self.doubtful: set[tuple[str, int]] = set()
        self.may_be: dict[ResultId, frozenset[int]] = {}
        self.images: set[str] = set()
        self.folders: dict[str, dict[str, int]] = {}
        self.unpacked: set[int] = set()
        self.used: set[int] = set()
        self.gone: set[int] = set()

    def find(self, definition: str, inputs: Sequence[InputKeys]) -> Found:
        """The results that match a step in each of its inputs, by one key or another.

        Args:
            definition: the digest of what the step does.
            inputs: what each of its inputs is known by.
        """
        matches = [self._linked(definition, index, source.keys) for index, source in enumerate(inputs)]
        results = sorted(set.intersection(*matches) & self.results.keys()) if matches else []
        known = all(source.content is None or source.content.is_known for source in inputs)
        if results or (known and not (self.may_be or self.doubtful)):
            return Found(results)
        return Found([], frozenset(self._possible(definition, inputs)) & self.results.keys())

    def _linked(self, definition: str, index: int, keys: Iterable[CacheKey]) -> set[int]:
        return set[int]().union(*(self.links.get((definition, index, key), ()) for key in keys))

    def _possible(self, definition: str, inputs: Sequence[InputKeys]) -> set[int]:
        """The results that a step may have, if what nobody knows is what it was."""
        matches = []
        for index, source in enumerate(inputs):
            others = (key._replace(of=other) for key in source.ids for other in self.may_be.get(key.of, ()))
            matches.append(self._equals(self._linked(definition, index, [*source.keys, *others])))
        found = [match for match, source in zip(matches, inputs, strict=True) if source.content is None]
        candidates = set.intersection(*found) if found else set(self.results)
        for index, (match, source) in enumerate(zip(matches, inputs, strict=True)):
            if source.content is not None:
                content, place = source.content, (definition, index)
                candidates = {one for one in candidates if one in match or self._may_match(place, content, one)}
        return candidates

    def _may_match(self, place: tuple[str, int], content: Content, result: int) -> bool:
        """Whether what is looked at now may be what was looked at when a result, or one that it may be, was made."""
        if content.is_known and place not in self.doubtful:
            return False
        contents = self.contents.get(place, {})
        return any(
            may_be_same(content, earlier) if earlier is not None else not content.is_known
            for one in self._equals({result})
            for earlier in contents.get(one, {}).values()
        )

    def _equals(self, results: set[int]) -> set[int]:
        """Some results, and those that may be one of them."""
        return results.union(*(self.may_be.get(result, ()) for result in results))

    def keep(
        self, definition: str, inputs: Sequence[InputKeys], result: Result, may_be: Set[int] = frozenset()
    ) -> None:
        """Keep what an execution left behind. `may_be` are the earlier results that it may be."""
        self.results[result.execution] = result
        self.link(definition, inputs, result)
        if may_be:
            group = frozenset(self._equals({result.execution, *may_be}))
            self.may_be |= dict.fromkeys(group, group)

    def link(self, definition: str, inputs: Sequence[InputKeys], result: Result) -> None:
        """Let a result be found by these keys from now on."""
        for index, source in enumerate(inputs):
            for key in source.keys:
                self.links.setdefault((definition, index, key), set()).add(result.execution)
            if source.content is not None:
                known = source.content.is_known
                contents = self.contents.setdefault((definition, index), {}).setdefault(result.execution, {})
                contents[source.content.key] = None if known else source.content
                if not known:
                    self.doubtful.add((definition, index))

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
        for forgotten in (self.doubtful, self.unpacked, self.used, self.gone, self.images):
            forgotten.clear()
        for table in (self.results, self.links, self.contents, self.may_be, self.folders):
            table.clear()

    def prune_unused(self) -> None:
        """Let go of every result that no image uses, and of what is known of the contexts."""
        self.gone |= self.results.keys() - self.used
        self.folders.clear()
