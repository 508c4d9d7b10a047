"""What COPY and ADD write, once it is known what they select.

Source: BuildKit, solver/llbsolver/file/backend.go; destinations and sizes were recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...reading.errors import ContextError
from ...reading.file import FOLDER, File
from ...reading.paths import base_name, clean, parents
from .archives import unpacked
from .selecting import Selection
from .snapshot import Snapshot

Written = dict[str, File | None]


class CopyOptions(NamedTuple):
    """How to copy.

    Attributes:
        destination: absolute; a folder if it ends with a slash.
        owner: the owner of what is written, or None to keep the owner.
        mode: permission bits, or None to keep them.
        unpack: whether archives are unpacked.
    """

    destination: str
    owner: tuple[str, str] | None = None
    mode: int | None = None
    unpack: bool = False


def copied(below: Snapshot, selections: Sequence[tuple[str, Selection]], options: CopyOptions) -> Written:
    """What a COPY writes over a snapshot. Each selection comes with its source as written.

    Raises ContextError where a file stands in the place of a folder.
    """
    target = clean(options.destination)
    several = sum(len(selection.roots) for _, selection in selections) > 1
    into_folder = options.destination.endswith("/") or several or below.is_folder(target)
    files: dict[str, File] = {}
    folders: dict[str, File] = {}  # the destination and what is above it, where a copied folder may be empty
    for source, selection in selections:
        for root in selection.roots:
            file = selection.files.get(root) if root else None
            if file is None or file.kind == "folder":
                files |= _content(root, selection.files, target, options)
                folders |= {path: _changed(FOLDER, options) for path in below.with_folder(target)}
            elif options.unpack and (members := unpacked(file)) is not None:
                files |= {_join(target, member): content for member, content in members.items()}
            else:
                name = base_name(root if len(selection.roots) > 1 else _named(source, root))
                files[_join(target, name) if into_folder else target] = _changed(file, options)
    return _over(below, files, folders)


def _content(root: str, files: Mapping[str, File], target: str, options: CopyOptions) -> dict[str, File]:
    """What is copied out of a folder, by where it goes."""
    to = f"{target}/" if target else ""
    if root:
        start = f"{root}/"
        inside = {to + path[len(start) :]: file for path, file in files.items() if path.startswith(start)}
    else:
        inside = {to + path: file for path, file in files.items()}
    if options.owner is None and options.mode is None:
        return inside
    return {path: _changed(file, options) for path, file in inside.items()}


def _over(below: Snapshot, files: Mapping[str, File], folders: Mapping[str, File]) -> Written:
    """What has to be written so that the files are there: they, and the folders above them that are missing."""
    missing: Written = {**folders}
    copied_folders = {path for path, file in files.items() if file.kind == "folder"}
    for folder in copied_folders | {path.rpartition("/")[0] for path in files}:
        for part in (*parents(folder), folder):
            there = below.get(part) if part not in files else None
            if there is not None and there.kind == "file":
                path = next(path for path in files if path.startswith(f"{folder}/"))
                raise ContextError(f"cannot copy to /{path}: /{part} is a file, not a folder")
        missing |= below.with_folder(folder)
    written = {**missing, **files}
    for path in copied_folders:
        if (there := below.get(path)) and there.kind == "folder":
            del written[path]
    return written


def _named(source: str, root: str) -> str:
    """A link that is named as the source keeps its own name."""
    return root if any(character in source for character in "*?[") else clean(source)


def _changed(file: File, options: CopyOptions) -> File:
    """A file as --chown and --chmod ask for it."""
    if options.owner is not None:
        file = file.owned_by(*options.owner)
    return file if options.mode is None else replace(file, mode=options.mode)


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path
