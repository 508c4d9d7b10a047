"""The hash that the classic builder takes of what COPY and ADD name, and shows in the history.

Source: moby, builder/dockerfile/copy.go and pkg/tarsum (version 1); recorded (tests/traces/*-classic.json).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ...reading.file import FOLDER, File
from ...reading.paths import base_name, clean
from ...reading.tree import Tree
from ..files.selecting import UNKNOWN_FILES, Selection
from ..files.snapshot import Snapshot

UNKNOWN = "unknown"
HARD_LINK = "1"
TYPES = {"file": "0", "folder": "5", "link": "2"}


def entry_hash(path: str, file: File, first: str = "") -> str:
    """The sha256 of one entry: its header, with the path inside the context, and its bytes. Times do not count.

    A hard-linked file is sent once; the others are entries that name the first.
    """
    kind = TYPES[file.kind]
    if first not in ("", path):
        kind, file = HARD_LINK, File(mode=file.mode, uid=file.uid, gid=file.gid, target=first)
    name = path + "/" if file.kind == "folder" else path
    header = (
        f"name{name}mode{file.mode}uid{file.uid}gid{file.gid}size{file.size or 0}typeflag{kind}"
        f"linkname{file.target}unamegnamedevmajor0devminor0"
    )
    digest = hashlib.sha256(header.encode("utf-8", "surrogateescape"))
    if file.kind == "file":
        digest.update(file.read())
    return digest.hexdigest()


def _followed(tree: Tree, path: str, file: File) -> str:
    """The hash of an entry; a link counts as what it points at, or as its path if that is nowhere."""
    if file.kind != "link":
        return entry_hash(path, file, tree.derived(_first_names).get(file.inode, ""))
    target = tree.resolve(path)
    if target is None:
        return path
    return _followed(tree, target, tree[target])


def _first_names(tree: Tree) -> dict[str, str]:
    """The first path of every hard-linked file."""
    return {file.inode: path for path, file in reversed(list(tree.items())) if file.inode}


def copy_hash(source: Tree | Snapshot, selections: Sequence[Selection]) -> tuple[str, str]:
    """What the history shows for the sources of a COPY, such as `file:ff0cad...`, and what the cache compares.

    The first says `unknown` where a RUN wrote a file, without `file:`, `dir:` or `multi:` where nobody knows which;
    only the second tells two such files apart.
    """
    tree = source if isinstance(source, Tree) else source.tree
    shown, compared = [], []
    for selection in selections:
        if any(file.opaque_id for file in selection.files.values()):
            shown += _unknown_hashes(selection)
            compared.append(selection.digest)
            continue
        for root in selection.roots:
            hashed = tree.derived(_root_hash, root)
            shown.append(hashed)
            compared.append(hashed)
    certain = [part for part in shown if part != UNKNOWN]  # one that is not may be nothing, one or several
    both = [hashlib.sha256(",".join(parts).encode()).hexdigest() for parts in (shown, compared)]
    if len(compared) == 1 and len(shown) == 1:
        return shown[0], compared[0]
    if len(certain) < 2:
        return UNKNOWN, f"multi:{both[1]}"
    return f"multi:{UNKNOWN if any(UNKNOWN in part for part in shown) else both[0]}", f"multi:{both[1]}"


def _unknown_hashes(selection: Selection) -> list[str]:
    """What the history shows for each root of a selection that holds what nobody knows, as far as that is known."""
    files = [(root, selection.files.get(root, FOLDER)) for root in selection.roots]
    return [
        UNKNOWN if file.doubt or base_name(root) == UNKNOWN_FILES
        else f"{'dir' if file.kind == 'folder' else 'file'}:{UNKNOWN}"
        for root, file in files
    ]  # fmt: skip


def _root_hash(tree: Tree, root: str) -> str:
    target = tree.resolve(root)
    path = clean(root) if target is None else target
    file = tree[path]
    if file.kind != "folder":
        return "file:" + _followed(tree, path, file)
    # A folder that .dockerignore leaves out, while it keeps something below, is not in the archive: its path counts.
    members = [below if tree[below].ignored else _followed(tree, below, tree[below]) for below in tree.below(path)]
    members += [path if file.ignored else entry_hash(path, file)] if path else []
    return "dir:" + hashlib.sha256(",".join(sorted(members)).encode()).hexdigest()
