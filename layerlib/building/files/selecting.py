"""What COPY, ADD and bind mounts compare: the content of the paths that they name, and never a time.

Sources: BuildKit, cache/contenthash (checksum.go, filehash.go) and solver/llbsolver/ops/opsutils; what matters was
recorded (tests/traces/rules-*.json).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ...reading.errors import ContextError, MissingFile, MissingFolder
from ...reading.file import File
from ...reading.parser_adapter import PatternMatcher, pattern_matcher
from ...reading.paths import base_name, clean, parents
from ...reading.patterns import ONE, STAR, Match, Token, character_class, matcher
from ...reading.tree import Tree
from .snapshot import Snapshot


class Form(StrEnum):
    """What is compared of the files that a source names, besides the files: nothing, paths in a folder, base names."""

    FILE = "file"
    FOLDER = "folder"
    NAMES = "names"


class Selection(NamedTuple):
    """What one source names.

    Attributes:
        digest: equal for equal content.
        files: path in the source to file, in order: what a reason compares. What stands for files that nobody knows
            is one of them, called UNKNOWN_FILES.
        roots: the paths that the source stands for: itself, or each match of a wildcard.
        form: how the files are compared.
    """

    digest: str
    files: Mapping[str, File]
    roots: tuple[str, ...]
    form: Form = Form.FILE

    @property
    def known_roots(self) -> tuple[str, ...]:
        """The roots less what stands for files that nobody knows."""
        return tuple(root for root in self.roots if base_name(root) != UNKNOWN_FILES)


UNKNOWN_FILES = "(files that nobody knows)"
NOTHING = Selection("nothing", {}, (), Form.NAMES)  # of a wildcard that matches nothing


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


def literal_folder(pattern: str) -> str:
    """The folder that a wildcard looks into: what is before the first part that holds one."""
    parts = clean(pattern).split("/")
    return "/".join(parts[: next(index for index, part in enumerate(parts) if has_wildcard(part))])


def matches(tree: Tree, folder: str, pattern: str) -> list[str]:
    """The paths below a folder that a wildcard names, in order; the pattern begins at the folder.

    What is in a folder that matches is not looked at, nor what a link leads to.
    """
    match = _pattern(pattern)
    start = len(folder) + 1 if folder else 0
    return [path for path in tree.below(folder) if match(path[start:])]


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
    if wildcards and has_wildcard(clean(path)):
        return _wildcard(source, tree, clean(path), skip)
    target = tree.resolve(clean(path))
    if target is None or _may_lead_elsewhere(source, clean(path)):
        return _unknown(source, clean(path))
    file = _seen(source, tree, target)
    if file.kind != "folder" and not (file.opaque_id and any(tree.below(target))):
        return Selection(file.digest, {target: file}, (target,))
    unknown = _unknown_in(source, target)
    if file.kind != "folder":  # an unknown path that is a folder, since something was written into it
        unknown[_unknown_files(target)] = file
    if skip is not None:
        return _combined(path, _below(source, tree, target, target, skip) | unknown, (target,))
    return _folder(source, tree, target, unknown)


def _seen(source: Tree | Snapshot, tree: Tree, path: str) -> File:
    """A file that is known to be there, with a doubt if a RUN may have changed it since."""
    return source.doubted(path, tree[path]) if isinstance(source, Snapshot) and path else tree[path]


def _may_lead_elsewhere(source: Tree | Snapshot, path: str) -> bool:
    """Whether a link on the way, or at the end, may have changed since it was written."""
    if not isinstance(source, Snapshot) or not source.gaps:
        return False
    seen = map(source.seen, (*parents(path), path))
    return any(file is not None and file.kind == "link" and file.doubt for file in seen)


def _unknown(source: Tree | Snapshot, path: str) -> Selection:
    """A path that is not known to be there: what a RUN may have written, or a missing one."""
    file = source.unknown_file(path) if isinstance(source, Snapshot) else None
    if file is None:
        raise MissingFile(path)
    return Selection(file.digest, {path: file}, (path,))


def _unknown_in(source: Tree | Snapshot, folder: str) -> dict[str, File]:
    """What stands for the files in a folder that nobody knows."""
    unknown = source.unknown_content(folder) if isinstance(source, Snapshot) else {}
    return {_unknown_files(place): file for place, file in unknown.items()}


def _unknown_files(folder: str) -> str:
    return f"{folder}/{UNKNOWN_FILES}" if folder else UNKNOWN_FILES


def _folder(source: Tree | Snapshot, tree: Tree, folder: str, unknown: Mapping[str, File]) -> Selection:
    """All of a folder: paths in it and digests, its own too, and what stands for files in it that nobody knows."""
    files = tree.inside(folder)
    if isinstance(source, Snapshot) and source.gaps:
        files = {path: source.doubted(path, file) for path, file in files.items()}
    start = len(folder) + 1 if folder else 0
    parts = [path[start:] for path in files]
    parts += [file.digest for file in files.values()]
    parts.append(_seen(source, tree, folder).digest if folder else "")
    parts += [file.opaque_id for file in unknown.values()]
    return Selection(_hash(parts), {**files, **unknown}, (folder,), Form.FOLDER)


def _wildcard(source: Tree | Snapshot, tree: Tree, pattern: str, skip: PatternMatcher | None) -> Selection:
    """What a wildcard names. --exclude does not apply to what it matches itself, only to what is in such folders."""
    written = literal_folder(pattern)
    folder = tree.resolve(written)
    if folder is None or _may_lead_elsewhere(source, written):
        unknown = source.unknown_file(written) if isinstance(source, Snapshot) else None
        if unknown is None:
            raise MissingFolder(written)
        there = f"{written}/{UNKNOWN_FILES}"
        return _combined(pattern, {there: unknown}, (there,))
    rest = pattern[len(written) :].lstrip("/")
    files = {path: file for path, file in _unknown_in(source, folder).items() if _may_match(path, folder, rest)}
    around = tuple(files)
    roots = matches(tree, folder, rest)
    for root in roots:
        target = tree.resolve(root)
        if target is None or _may_lead_elsewhere(source, root):
            files |= _unknown(source, root).files
            continue
        files[root] = _seen(source, tree, target)
        if files[root].kind == "folder":
            files |= _below(source, tree, target, root, skip)
    return _combined(pattern, files, (*roots, *around))


def _may_match(unknown: str, folder: str, pattern: str) -> bool:
    """Whether files that nobody knows may be among those that a wildcard in a folder names, or in one of them."""
    place = unknown[len(folder) :].lstrip("/").split("/")[:-1]
    parts = pattern.split("/")
    return all(_pattern(part)(name) for part, name in zip(parts, place, strict=False))


def _below(
    source: Tree | Snapshot, tree: Tree, folder: str, shown: str, skip: PatternMatcher | None
) -> dict[str, File]:
    """What is in a folder, less what --exclude names, by the path under which the folder is asked for."""
    start = len(folder) + 1 if folder else 0
    to = f"{shown}/" if shown else ""
    inside = {path[start:]: _seen(source, tree, path) for path in tree.below(folder)}
    return {to + path: file for path, file in inside.items() if not (skip and skip.matches(path))}


def _combined(pattern: str, files: Mapping[str, File], roots: tuple[str, ...]) -> Selection:
    """The content of a wildcard's matches, or of a folder less what --exclude names: base names and digests."""
    paths = sorted(files)
    if len(paths) == 1 and base_name(paths[0]) == base_name(pattern):
        digest = files[paths[0]].digest
    else:
        digest = _hash([f"{base_name(path)}\0{files[path].digest}" for path in paths]) if roots else NOTHING.digest
    return Selection(digest, {path: files[path] for path in paths}, roots, Form.NAMES)


def _hash(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=32).hexdigest()
