"""What COPY, ADD and WORKDIR write, once it is known what they select.

Sources are copied one after the other, each onto what the one before it left: the first may make the folder, or the
file, that the second finds.

Sources: BuildKit, solver/llbsolver/file/backend.go, and tonistiigi/fsutil, copy/copy.go; destinations and sizes were
recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...reading.errors import ContextError
from ...reading.file import FOLDER, File
from ...reading.paths import absolute, base_name, clean, parents, refuse_too_long
from ...reading.tree import follow
from .archives import unpacked
from .chmod import permissions
from .selecting import UNKNOWN_FILES, Selection, has_wildcard
from .snapshot import Gap, Gaps, Snapshot

Written = dict[str, File | None]


class Copied(NamedTuple):
    """What a COPY writes.

    Attributes:
        written: path to file; None for a path that it deletes.
        unknown_in: folders to which it copies files that nobody knows.
    """

    written: Written
    unknown_in: Gaps


class CopyOptions(NamedTuple):
    """How to copy.

    Attributes:
        destination: absolute; a folder if it ends with a slash.
        owner: the owner of what is written, or None to keep the owner.
        mode: --chmod, or None to keep the permissions.
        unpack: whether archives are unpacked.
        replace: whether a file takes the place of a folder, and a folder that of a file; the classic builder's way.
    """

    destination: str
    owner: tuple[str, str] | None = None
    mode: int | str | None = None
    unpack: bool = False
    replace: bool = False


def destination(directory: str, target: str) -> str:
    """Where COPY writes: absolute, with a slash at the end if it must be a folder.

    Args:
        directory: the working directory.
        target: the last word of the instruction, variables replaced.
    """
    path = absolute(target, directory)
    is_folder = target.endswith(("/", "/.")) or target in ("", ".")
    return f"{path}/" if is_folder and path != "/" else path


def copied(below: Snapshot, selections: Sequence[tuple[str, Selection]], options: CopyOptions) -> Copied:
    """What a COPY writes over a snapshot. Each selection comes with its source as written.

    Raises ContextError where a file stands in the place of a folder, or a folder in the place of a file.
    """
    if (unknown := _may_be_folder(below, selections, options)) is not None:
        return Copied({}, unknown)
    disk = _Disk(below, options.replace)
    for source, selection in selections:
        for root in selection.roots:
            _copy(disk, source, root, selection.files, options)
    return Copied(disk.written, disk.unknown_in)


def _may_be_folder(below: Snapshot, selections: Sequence[tuple[str, Selection]], options: CopyOptions) -> Gaps | None:
    """Several sources go into a folder if the destination is one; otherwise each takes the place of the one before it.

    Where a RUN may have made that folder, nobody knows which: then, the gap that the files are in.
    """
    target = follow(clean(options.destination), below.get)
    several = sum(len(selection.roots) for _, selection in selections) > 1
    if not several or options.destination.endswith("/") or below.get(target) is not None:
        return None
    if not below.unknown_file_of_steps(target):
        return None
    unknown = below.unknown_file(target)
    assert unknown is not None
    content = (selection.digest for _, selection in selections)
    return {target: Gap(" ".join((unknown.opaque_id, *content)), unknown.doubt)}


def folder_made(below: Snapshot, path: str, owner: tuple[str, str]) -> Written:
    """What has to be written so that a folder is there. Raises ContextError where a file stands in its place."""
    disk = _Disk(below)
    disk.make_folder(disk.follow(clean(path)), FOLDER.owned_by(*owner))
    return disk.written


class _Disk:
    """A file system while it is written to; paths are relative to its root."""

    def __init__(self, below: Snapshot, replaces: bool = False) -> None:
        self.below, self.replaces = below, replaces
        self.written: Written = {}
        self.unknown_in: dict[str, Gap] = {}

    def get(self, path: str) -> File | None:
        """The file at a path as it is now; None if it is not known to be there."""
        return self.written[path] if path in self.written else self.below.seen(path)

    def copy_unknown(self, folder: str, file: File) -> None:
        """Copy into a folder what stands for files that nobody knows."""
        there = self.unknown_in.get(folder)
        stands_for = f"{there.stands_for}, {file.opaque_id}" if there else file.opaque_id
        self.unknown_in[folder] = Gap(stands_for, file.doubt)

    def follow(self, path: str) -> str:
        """Where a path leads, links followed. What is not there is taken as written."""
        return follow(path, self.get)

    def make_folder(self, path: str, folder: File) -> None:
        """Make a folder and those above it, where they are missing."""
        refuse_too_long(path)
        for part in (*parents(path), path):
            there = self.get(part)
            if there is None:
                self.written[part] = folder
            elif _is_surely_no_folder(there) and not self._may_have_been_folder(part):
                raise ContextError(f"mkdir /{part}: not a directory: it is a {there.kind}, not a folder")

    def _may_have_been_folder(self, path: str) -> bool:
        """Whether a file may have been copied into a folder of that name that nobody knows."""
        image = self.below.image
        return self.below.unknown_file_of_steps(path) or (image is not None and not image.known)

    def add_folder(self, path: str, folder: File) -> None:
        """Copy a folder itself; one that is there stays as it is."""
        there = self.get(path)
        if there is None or (self.replaces and there.kind != "folder"):
            self.written[path] = folder
        elif _is_surely_no_folder(there) and not self._may_have_been_folder(path):
            raise ContextError(f"cannot copy to /{path}: it is a {there.kind}, not a folder")

    def add_file(self, path: str, file: File) -> None:
        """Copy a file or a link; it takes the place of another one."""
        there = self.get(path)
        if there is not None and there.kind == "folder" and not (self.replaces or there.doubt or file.doubt):
            raise ContextError(f"cannot copy a {file.kind} to /{path}: a folder is there")
        self.replace(path, file)

    def replace(self, path: str, file: File) -> None:
        """Write what takes the place of whatever is there, save a folder that of a folder."""
        there = self.get(path)
        if there is not None and there.kind == "folder":
            if file.kind == "folder":
                return
            inside = [*self.below.tree.below(path), *(other for other in self.written if other.startswith(f"{path}/"))]
            self.written.update(dict.fromkeys(inside))
        self.written[path] = file


def _copy(disk: _Disk, source: str, root: str, files: Mapping[str, File], options: CopyOptions) -> None:
    """Copy one of the paths that a source stands for."""
    to = options.destination
    file = files.get(root) if root else None
    made = _changed(FOLDER, options if isinstance(options.mode, int) else options._replace(mode=None))
    disk.make_folder(disk.follow(clean(to if to.endswith("/") else to.rpartition("/")[0])), made)
    target = disk.follow(clean(to))
    members = unpacked(file) if options.unpack and file is not None else None
    if members is not None:
        disk.make_folder(target, FOLDER)
        for path, member in members.items():
            disk.make_folder(_join(target, path.rpartition("/")[0]).rstrip("/"), FOLDER)
            disk.replace(_join(target, path), member)
    elif file is None or file.kind == "folder":
        disk.make_folder(target, made)
        _copy_content(disk, root, files, target, options)
    else:
        there = disk.get(target)
        if base_name(root) == UNKNOWN_FILES and (to.endswith("/") or (there is not None and there.kind == "folder")):
            disk.copy_unknown(target, file)
            return
        if there is not None and there.kind == "folder":
            if file.opaque_id and file.doubt:  # it may be a folder, whose files then come here
                disk.copy_unknown(target, file)
            target = _join(target, base_name(root if has_wildcard(source) else clean(source)))
        disk.add_file(target, replace(_changed(file, options), inode=""))


def _copy_content(disk: _Disk, root: str, files: Mapping[str, File], target: str, options: CopyOptions) -> None:
    """Copy what is in a folder."""
    start = f"{root}/" if root else ""
    made: set[str] = {target}
    for path, file in files.items():
        if not path.startswith(start):
            continue
        to = _join(target, path[len(start) :])
        if base_name(path) == UNKNOWN_FILES:
            disk.copy_unknown(to.rpartition("/")[0], file)
            continue
        file = _changed(file, options)
        if file.inode:  # files that were one are one again
            file = replace(file, inode=f"{file.inode} {root} {target}")
        if (folder := to.rpartition("/")[0]) not in made:  # --exclude may leave out a folder, and not what is in it
            disk.make_folder(folder, FOLDER)
            made.add(folder)
        if file.kind == "folder":
            disk.add_folder(to, file)
        else:
            disk.add_file(to, file)


def _is_surely_no_folder(file: File) -> bool:
    """What nobody looked into may be a folder."""
    return file.kind != "folder" and not file.opaque_id and not file.doubt


def _changed(file: File, options: CopyOptions) -> File:
    """A file as --chown and --chmod ask for it."""
    if options.owner is not None:
        file = file.owned_by(*options.owner)
    if options.mode is None or file.kind == "link":
        return file
    return replace(file, mode=permissions(options.mode, file.mode, file.kind == "folder"))


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path
