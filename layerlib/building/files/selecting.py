"""What COPY, ADD and bind mounts compare: the content of the paths that they name, and never a time.

Sources: BuildKit, cache/contenthash (checksum.go, filehash.go) and solver/llbsolver/ops/opsutils; what matters was
recorded (tests/traces/rules-*.json).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from ...reading.errors import ContextError, MissingFile
from ...reading.file import File
from ...reading.parser_adapter import PatternMatcher, pattern_matcher
from ...reading.paths import base_name, clean
from ...reading.patterns import ONE, STAR, Match, Token, character_class, matcher
from ...reading.tree import Tree
from .snapshot import Snapshot


class Selection(NamedTuple):
    """What one source names.

    Attributes:
        digest: equal for equal content.
        files: path in the source to file, in order: what a reason compares.
        roots: the paths that the source stands for: itself, or each match of a wildcard.
    """

    digest: str
    files: Mapping[str, File]
    roots: tuple[str, ...]


def has_wildcard(path: str) -> bool:
    """Whether Docker reads a source as a pattern."""
    return re.search(r"(?<!\\)[*?\[]", path) is not None


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> Match:
    """Go's filepath.Match: a wildcard never crosses a slash."""
    tokens: list[Token] = []
    index = 0
    while index < len(pattern):
        character = pattern[index]
        index += 1
        if character == "[":
            end = pattern.find("]", index + 1)
            if end < 0:
                raise ContextError(f"{pattern!r} is not a pattern: a [ needs its ]")
            try:
                tokens.append(character_class(pattern[index:end]))
            except re.error:
                raise ContextError(f"{pattern!r} is not a pattern; a [ needs its ]") from None
            index = end + 1
        elif character == "\\" and index < len(pattern):
            tokens.append(pattern[index])
            index += 1
        else:
            tokens.append({"*": STAR, "?": ONE}.get(character, character))
    return matcher(tokens)


def matches(tree: Tree, pattern: str) -> list[str]:
    """The paths of a tree that a wildcard names, in order."""
    match = _pattern(clean(pattern))
    return [path for path in tree if match(path)]


def excluder(patterns: Iterable[str]) -> PatternMatcher | None:
    """The matcher for --exclude. Raises ContextError for a pattern that cannot be read."""
    patterns = list(patterns)
    try:
        return pattern_matcher(patterns) if patterns else None
    except ValueError as error:
        raise ContextError(f"--exclude: {error}") from None


def select(source: Tree | Snapshot, path: str, exclude: tuple[str, ...] = (), wildcards: bool = True) -> Selection:
    """What a source of COPY, ADD or a bind mount names in a context or in another stage.

    Raises ContextError, as Docker does, for a path that is not there; a wildcard may match nothing.
    """
    if isinstance(source, Tree):
        return source.derived(_select, path, exclude, wildcards)
    return _select(source, path, exclude, wildcards)


def _select(source: Tree | Snapshot, path: str, exclude: tuple[str, ...], wildcards: bool) -> Selection:
    tree = source if isinstance(source, Tree) else source.tree
    skip = excluder(exclude)
    if wildcards and has_wildcard(path):
        return _filtered(tree, path, matches(tree, path), skip)
    target = tree.resolve(clean(path))
    if target is None:
        return _unknown(source, clean(path))
    if skip is not None:
        return _filtered(tree, path, [target], skip)
    file = tree[target]
    if file.kind != "folder":
        return Selection(file.digest, {target: file}, (target,))
    unknown = source.unknown_content(target) if isinstance(source, Snapshot) else ""
    return _folder(tree, target, unknown)


def _unknown(source: Tree | Snapshot, path: str) -> Selection:
    """A path that is not known to be there: a file that a RUN may have written, or a missing one."""
    file = source.unknown_file(path) if isinstance(source, Snapshot) else None
    if file is None:
        raise MissingFile(path)
    return Selection(file.digest, {path: file}, (path,))


def _folder(tree: Tree, folder: str, unknown: str) -> Selection:
    """All of a folder: paths in it and digests, its own too, and what stands for files in it that nobody knows."""
    files = tree.inside(folder)
    start = len(folder) + 1 if folder else 0
    parts = [path[start:] for path in files]
    parts += [file.digest for file in files.values()]
    parts.append(tree[folder].digest if folder else "")
    if unknown:
        parts.append(unknown)
        files[f"{folder}/(files that nobody knows)"] = File(opaque_id=unknown)
    return Selection(_hash(parts), files, (folder,))


def _filtered(tree: Tree, pattern: str, roots: list[str], skip: PatternMatcher | None) -> Selection:
    """The content of a wildcard's matches, or of a folder less what --exclude names: base names and digests."""
    files: dict[str, File] = {}
    for root in roots:
        target = tree.resolve(root)
        if target is None:
            continue
        file, wildcard = tree[target], has_wildcard(pattern)
        if (file.kind != "folder" or wildcard) and not (skip and skip.matches(base_name(root))):
            files[root] = file
        for below in tree.below(target) if file.kind == "folder" else ():
            inside = below[len(target) :].lstrip("/")
            if not (skip and skip.matches(inside)):
                files[f"{root}/{inside}" if root else inside] = tree[below]
    paths = sorted(files)
    if len(paths) == 1 and base_name(paths[0]) == base_name(clean(pattern)):
        digest = files[paths[0]].digest
    else:
        digest = _hash([f"{base_name(path)}\0{files[path].digest}" for path in paths]) if roots else "nothing"
    return Selection(digest, {path: files[path] for path in paths}, tuple(roots))


def _hash(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=32).hexdigest()
