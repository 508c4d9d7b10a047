"""What COPY and ADD write, once it is known what they select.

Source: BuildKit, solver/llbsolver/file/backend.go; destinations and sizes were recorded.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..reading.errors import ContextError
from ..reading.tree import FOLDER, File, clean, name, parents
from .contents import Selection
from .snapshot import Snapshot

Written = dict[str, File | None]


@dataclass(frozen=True)
class Orders:
    """How to copy.

    Attributes:
        destination: absolute; a folder if it ends with a slash.
        owner: who shall own what is written, or None to keep the owner.
        mode: permission bits, or None to keep them.
        unpack: whether archives are unpacked.
    """

    destination: str
    owner: tuple[str, str] | None = None
    mode: int | None = None
    unpack: bool = False


def copied(below: Snapshot, selections: Sequence[tuple[str, Selection]], orders: Orders) -> Written:
    """The files that a COPY writes over a snapshot. Each selection comes with its source as written."""
    target = clean(orders.destination)
    several = sum(len(selection.roots) for _, selection in selections) > 1
    into = orders.destination.endswith("/") or several or below.is_folder(target)
    written: Written = {}

    def put(path: str, file: File) -> None:
        above = path.rpartition("/")[0]
        if above and above not in written:
            for folder in (*parents(above), above):
                if (there := below.get(folder)) is not None and there.kind == "file":
                    raise ContextError(f"cannot copy to /{path}: /{folder} is a file, not a folder")
            written.update(below.with_folder(above))
        if file.kind == "folder" and (known := below.get(path)) is not None and known.kind == "folder":
            return
        written[path] = file

    for source, selection in selections:
        for path, inside, file in _members(source, selection):
            if inside is None and orders.unpack and (members := unpacked(file)) is not None:
                for member, content in members.items():
                    put(_join(target, member), content)
                continue
            file = _ordered(file, orders)
            if inside is not None:
                put(_join(target, inside), file)
            else:
                put(_join(target, name(path)) if into else target, file)
        if any(not root or root not in selection.files for root in selection.roots):
            written.update(
                {path: _ordered(FOLDER, orders) for path in below.with_folder(target) if path not in written}
            )
    return written


def _members(source: str, selection: Selection) -> Iterator[tuple[str, str | None, File]]:
    """Each file as (path, path inside the copied folder or None, file)."""
    for root in selection.roots:
        if root in selection.files and selection.files[root].kind != "folder":
            yield (root if len(selection.roots) > 1 else _named(source, root)), None, selection.files[root]
            continue
        start = len(root) + 1 if root else 0
        for path, file in selection.files.items():
            if path != root and (not root or path.startswith(root + "/")):
                yield path, path[start:], file


def _named(source: str, root: str) -> str:
    """A link that is named as the source keeps its own name."""
    return root if any(letter in source for letter in "*?[") else clean(source)


def _ordered(file: File, orders: Orders) -> File:
    if orders.owner is not None:
        file = file.owned_by(*orders.owner)
    if orders.mode is not None and file.kind != "link":
        file = replace(file, mode=orders.mode)
    return file


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def unpacked(file: File) -> Mapping[str, File] | None:
    """What ADD makes of a tar archive, plain or compressed; None if the file is not one."""
    if file.kind != "file" or file.identity or not file.size:
        return None
    try:
        with tarfile.open(fileobj=io.BytesIO(file.read())) as archive:
            found: dict[str, File] = {}
            for member in archive.getmembers():
                if not (path := clean(member.name)):
                    continue
                uid, gid = str(member.uid), str(member.gid)
                if member.isdir():
                    found[path] = File(kind="folder", mode=member.mode, uid=uid, gid=gid)
                elif member.issym():
                    found[path] = File(kind="link", mode=0o777, target=member.linkname, uid=uid, gid=gid)
                elif member.isreg() and (stream := archive.extractfile(member)):
                    found[path] = File(stream.read(), member.mode, uid=uid, gid=gid)
            return found
    except (tarfile.TarError, EOFError, OSError):
        return None
