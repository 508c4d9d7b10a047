"""What a step leaves behind, as far as anyone knows: the files of an image, layer over layer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property

from ...reading.base_image import BaseImage
from ...reading.file import FOLDER, File
from ...reading.paths import clean, parents, refuse_too_long
from ...reading.sizes import total_size
from ...reading.tree import Tree

BLOCK = 4096

Level = tuple[int, Mapping[str, File | None]]


class Snapshot:
    """A file system after a step: what the step wrote, over what lies below.

    Attributes:
        written: path to file; None for a path that was deleted. Deleting a folder names every path in it.
        levels: what this step and those below wrote, newest first, each as (number of steps, files). Neighbours of
            one length are merged, so that a stage of any length has few of them to look through.
        origin: the base image's reference; empty above `FROM scratch`.
        identity: stands for what the base image holds, which nobody looked into.
        folders: folders that the base image is known to have.
        doubts: folder to what stands for the files there that nobody knows, because a RUN may have written them.
    """

    __slots__ = ("__dict__", "doubts", "folders", "identity", "levels", "origin", "written")

    def __init__(
        self,
        below: Snapshot | None = None,
        written: Mapping[str, File | None] | None = None,
        doubts: Iterable[str] = (),
        run: str = "",
    ) -> None:
        self.written = written or {}
        self.levels: tuple[Level, ...] = below.levels if below else ()
        if self.written:
            count, files = 1, self.written
            while self.levels and self.levels[0][0] <= count:
                (older, under), *rest = self.levels
                count, files, self.levels = count + older, {**under, **files}, tuple(rest)
            self.levels = ((count, files), *self.levels)
        self.origin: str = below.origin if below else ""
        self.identity: str = below.identity if below else ""
        self.folders: frozenset[str] = below.folders if below else frozenset()
        self.doubts: Mapping[str, str] = below.doubts if below else {}
        if new := {folder: _digest(self.doubts.get(folder, ""), run) for folder in doubts}:
            self.doubts = {**self.doubts, **new}

    @classmethod
    def of_image(cls, image: BaseImage) -> Snapshot:
        """A base image: its folders may be known, its files are not."""
        made = cls()
        made.origin = image.reference
        made.identity = "|".join(image.diff_ids) or image.digest
        made.folders = frozenset(map(clean, image.directories))
        return made

    def get(self, path: str) -> File | None:
        """The file at a path, or None if it is not known to be there."""
        for _, files in self.levels:
            if path in files:
                return files[path]
        return FOLDER if path == "" or path in self.folders else None

    @cached_property
    def tree(self) -> Tree:
        """All known files."""
        files: dict[str, File | None] = dict.fromkeys(self.folders - {""}, FOLDER)
        for _, level in reversed(self.levels):
            files.update(level)
        return Tree({path: file for path, file in files.items() if file is not None})

    def doubt(self, folder: str) -> str:
        """Stands for the files in a folder that nobody knows; empty if all are known."""
        parts = [self.identity] if folder == "" or folder in self.folders else []
        parts += [token for place, token in self.doubts.items() if _related(place, folder)]
        return _digest(*parts) if any(parts) else ""

    def unknown(self, path: str) -> File | None:
        """Stands for a file that nobody knows, or None if every file is known and it is not there.

        It is the same file as long as what may have written it is the same.
        """
        parts = [self.identity, *(token for place, token in self.doubts.items() if _related(place, path))]
        return File(opaque_id=_digest(path, *parts)) if any(parts) else None

    def is_folder(self, path: str) -> bool:
        """Whether a path is known to be a folder, links followed."""
        file = self.get(path)
        if file is not None and file.kind == "link":
            target = self.tree.resolve(path)
            return target is not None and self.tree[target].kind == "folder"
        return file is not None and file.kind == "folder"

    def with_folder(self, path: str, uid: str = "0", gid: str = "0") -> dict[str, File | None]:
        """What has to be written so that a folder and those above it exist."""
        refuse_too_long(path)
        made = File(kind="folder", mode=0o755, uid=uid, gid=gid)
        return {part: made for part in (*parents(path), path) if part and self.get(part) is None}

    def size(self, written: Mapping[str, File | None], store: str) -> int | None:
        """What `docker history` shows for a layer that wrote these files, in bytes; None if a size is unknown.

        On overlay2 that is the sum of the files. On the containerd store every file counts in blocks of 4096, as
        does every folder on the way, and a file that is the same as the one below is not written.
        Source: recorded (tests/traces).
        """
        if store != "containerd":
            return total_size([file.size for file in written.values() if file is not None])
        touched, blocks = {""}, 0
        for path, file in written.items():
            below = self.get(path)
            if file is not None and below is not None and file.digest == below.digest:
                continue
            touched.update(parents(path))
            if file is not None and file.kind == "folder":
                touched.add(path)
            if file is not None and file.kind == "file":
                if file.size is None:
                    return None
                blocks += -(-file.size // BLOCK)
        return BLOCK * (blocks + len(touched))


def _related(place: str, path: str) -> bool:
    """Whether one of two paths holds the other."""
    return not place or not path or f"{place}/".startswith(f"{path}/") or f"{path}/".startswith(f"{place}/")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
