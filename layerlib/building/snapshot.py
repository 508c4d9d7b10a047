"""What a step leaves behind, as far as anyone knows: the files of an image, layer over layer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

from ..reading.images import BaseImage
from ..reading.tree import FOLDER, File, Tree, clean, parents

EMPTY_IDENTITY = ""
BLOCK = 4096


class Snapshot:
    """A file system after a step: what lies below, and what the step wrote.

    Attributes:
        below: the snapshot that it stands on, or None.
        written: path to file; None for a path that was deleted.
        identity: stands for everything that nobody knows, such as what a base image holds. It is empty when all
            files are known, as above `FROM scratch`.
        folders: folders that a base image is known to have.
    """

    __slots__ = ("__dict__", "below", "folders", "identity", "written")

    def __init__(
        self,
        below: Snapshot | None = None,
        written: Mapping[str, File | None] | None = None,
        identity: str | None = None,
        folders: frozenset[str] = frozenset(),
    ) -> None:
        self.below = below
        self.written = written or {}
        self.identity: str = identity if identity is not None else below.identity if below else EMPTY_IDENTITY
        self.folders: frozenset[str] = folders or (below.folders if below else frozenset())

    @classmethod
    def of_image(cls, image: BaseImage) -> Snapshot:
        """A base image: its folders may be known, its files are not."""
        return cls(identity="|".join(image.diff_ids) or image.digest, folders=frozenset(map(clean, image.directories)))

    def get(self, path: str) -> File | None:
        """The file at a path, or None if it is not known to be there."""
        here: Snapshot | None = self
        while here is not None:
            if path in here.written:
                return here.written[path]
            here = here.below
        return FOLDER if path == "" or path in self.folders else None

    @cached_property
    def tree(self) -> Tree:
        """All known files."""
        chain = [self]
        while chain[-1].below is not None:
            chain.append(chain[-1].below)
        files: dict[str, File] = dict.fromkeys(self.folders - {""}, FOLDER)
        for one in reversed(chain):
            for path, file in one.written.items():
                if file is None:
                    files.pop(path, None)
                    for lost in [other for other in files if other.startswith(path + "/")]:
                        del files[lost]
                else:
                    files[path] = file
        return Tree(files)

    def unknown(self, path: str) -> File:
        """Stands for a file that nobody knows: the same as long as what may have written it is the same."""
        return File(identity=hashlib.sha256(f"{self.identity}\0{path}".encode()).hexdigest())

    def is_folder(self, path: str) -> bool:
        """Whether a path is known to be a folder, links followed."""
        file = self.get(path)
        if file is not None and file.kind == "link":
            target = self.tree.resolve(path)
            return target is not None and self.tree[target].kind == "folder"
        return file is not None and file.kind == "folder"

    def with_folder(self, path: str, uid: str = "0", gid: str = "0") -> dict[str, File | None]:
        """What has to be written so that a folder and those above it exist."""
        made = File(kind="folder", mode=0o755, uid=uid, gid=gid)
        return {part: made for part in (*parents(path), path) if part and self.get(part) is None}

    def size(self, written: Mapping[str, File | None], store: str, folder: str = "") -> int | None:
        """What `docker history` shows for a layer that wrote these files, in bytes; None if a size is unknown.

        On overlay2 that is the sum of the files. On the containerd store every file counts in blocks of 4096, as
        does every folder on the way, and a file that is the same as the one below is not written. `folder` is a
        path that the step asked for, whether or not it had to be made. Source: recorded (tests/traces).
        """
        files = {path: file for path, file in written.items() if file is not None and file.kind == "file"}
        if store != "containerd":
            sizes = [file.size for file in files.values()]
            return None if None in sizes else sum(size or 0 for size in sizes)
        touched, total = {""}, 0
        for path, file in written.items():
            below = self.get(path)
            if file is not None and below is not None and file.digest == below.digest:
                continue
            touched.update(parents(path))
            if file is not None and file.kind == "folder":
                touched.add(path)
            if path in files:
                size = files[path].size
                if size is None:
                    return None
                total += -(-size // BLOCK) * BLOCK
        return total + BLOCK * len(touched)
