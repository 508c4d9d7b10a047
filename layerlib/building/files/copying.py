"""What COPY and ADD write, once it is known what they select.

Source: BuildKit, solver/llbsolver/file/backend.go; destinations and sizes were recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...reading.errors import ContextError
from ...reading.file import FOLDER, File
from ...reading.paths import base_name, clean, parents
from .selecting import Selection
from .snapshot import Snapshot

Written = dict[str, File | None]


@dataclass(frozen=True)
class CopyOptions:
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


def copied(below: Snapshot, selections: Sequence[tuple[str, Selection]], options: CopyOptions) -> Written:
    """The files that a COPY writes over a snapshot. Each selection comes with its source as written."""
    target = clean(options.destination)
    several = sum(len(selection.roots) for _, selection in selections) > 1
    into = options.destination.endswith("/") or several or below.is_folder(target)
    made: dict[str, File] = {}
    folders: set[str] = set()  # those among them
    above: set[str] = set()  # those that hold them
    bare: dict[str, File] = {}  # the destination and what is above it, where a copied folder may be empty
    for source, selection in selections:
        for root in selection.roots:
            file = selection.files.get(root) if root else None
            whole = None
            if file is None or file.kind == "folder":
                found = _inside(root, selection.files, target, options)
                whole = selection.folders
            elif options.unpack and (members := unpacked(file)) is not None:
                found = {_join(target, member): content for member, content in members.items()}
            else:
                called = base_name(root if len(selection.roots) > 1 else _named(source, root))
                found = {_join(target, called) if into else target: _ordered(file, options)}
            if whole is None:
                above |= {path.rpartition("/")[0] for path in found}
                folders |= {path for path, one in found.items() if one.kind == "folder"}
            else:
                above.add(target)
                folders |= _inside(root, whole, target, options).keys()
            if made:
                made.update(found)
            else:
                made = found
        if any(not root or root not in selection.files for root in selection.roots):
            bare.update({path: _ordered(FOLDER, options) for path in below.with_folder(target)})
    return _over(below, made, folders, above - {""}, bare)


def _inside(root: str, files: Mapping[str, File], target: str, options: CopyOptions) -> dict[str, File]:
    """What is copied out of a folder, by where it goes."""
    start, to = (f"{folder}/" if folder else "" for folder in (root, target))
    if root:
        found = {to + path[len(start) :]: file for path, file in files.items() if path.startswith(start)}
    else:
        found = {to + path: file for path, file in files.items()}
    if options.owner is None and options.mode is None:
        return found
    return {path: _ordered(file, options) for path, file in found.items()}


def _over(
    below: Snapshot, made: Mapping[str, File], folders: Iterable[str], above: Iterable[str], bare: Mapping[str, File]
) -> Written:
    """What is written so that these files are there: they, and the folders above them that are missing."""
    missing: Written = {**bare}
    for folder in {*folders, *above}:
        for part in (*parents(folder), folder):
            if part not in made and (there := below.get(part)) is not None and there.kind == "file":
                path = next(path for path in made if path.startswith(f"{folder}/"))
                raise ContextError(f"cannot copy to /{path}: /{part} is a file, not a folder")
        missing.update(below.with_folder(folder))
    written: Written = {**made, **{path: file for path, file in missing.items() if path not in made}}
    for path in folders:
        there = below.get(path)
        if there is not None and there.kind == made[path].kind == "folder":
            del written[path]
    return written


def _named(source: str, root: str) -> str:
    """A link that is named as the source keeps its own name."""
    return root if any(letter in source for letter in "*?[") else clean(source)


def _ordered(file: File, options: CopyOptions) -> File:
    if options.owner is not None:
        file = file.owned_by(*options.owner)
    if options.mode is not None and file.kind != "link":
        file = replace(file, mode=options.mode)
    return file


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def unpacked(file: File) -> Mapping[str, File] | None:
    """What ADD makes of a tar archive, plain or compressed; None if the file is not one."""
    if file.kind != "file" or file.opaque_id or not file.size:
        return None
    import io  # these take a while to load, and few Dockerfiles need them
    import tarfile

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
