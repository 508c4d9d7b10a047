"""What a step leaves behind, as far as anyone knows: the files of an image, layer over layer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ...reading.base_image import BaseImage
from ...reading.file import FOLDER, File
from ...reading.paths import clean, parents, refuse_too_long
from ...reading.sizes import total_size
from ...reading.tree import Tree
from ..records import Store
from .overlay import Overlay, Writes

BLOCK = 4096  # bytes


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A file system after a step; without arguments, an empty one.

    Attributes:
        below: what the step worked on; None for a base image and for an empty file system.
        written: what the step wrote, path to file; None for a path that it deleted. Deleting a folder names every
            path in it.
        unknown_in: folders in which the step wrote files that nobody knows; "" is the root.
        execution: stands for the execution that wrote them.
        files: everything that is known to be there.
        unknown_writes: folder to what stands for the unknown files in it, of this step and those below.
        base_id: stands for what the base image holds, which nobody looked into; empty above `FROM scratch`.
        base_folders: folders that the base image is known to have.
        origin: the base image's reference; empty above `FROM scratch`.
        programs: the base image's programs that are what their names say, as `BaseImage.programs`.
        foreign: folders and files in which a step may have put programs or links of its own, to where such links may
            lead: a path, "" for anywhere, or None where it made no links.
    """

    below: Snapshot | None = None
    written: Writes = field(default_factory=dict)
    unknown_in: tuple[str, ...] = ()
    execution: str = ""
    files: Overlay = field(default_factory=Overlay)
    unknown_writes: Mapping[str, str] = field(default_factory=dict)
    base_id: str = ""
    base_folders: frozenset[str] = frozenset()
    origin: str = ""
    programs: frozenset[str] | None = None
    foreign: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def of_image(cls, image: BaseImage) -> Snapshot:
        """A base image: its folders may be known, its files are not."""
        folders = frozenset(map(clean, image.directories))
        return cls(
            files=Overlay().under(dict.fromkeys(folders - {""}, FOLDER)),
            base_id="|".join(image.diff_ids) or image.digest,
            base_folders=folders,
            origin=image.reference,
            programs=image.programs,
        )

    def after(
        self, written: Writes, unknown_in: Iterable[str] = (), execution: str = "",
        foreign: Mapping[str, str | None] | None = None,
    ) -> Snapshot:  # fmt: skip
        """The file system after a step on this one. The arguments are as the attributes."""
        new = {folder: _sha256(self.unknown_writes.get(folder, ""), execution) for folder in unknown_in}
        return replace(
            self,
            below=self,
            written=written,
            unknown_in=tuple(new),
            execution=execution,
            files=self.files.under(written),
            unknown_writes={**self.unknown_writes, **new} if new else self.unknown_writes,
            foreign={**self.foreign, **foreign} if foreign else self.foreign,
        )

    # Files.

    def get(self, path: str) -> File | None:
        """The file at a path, or None if it is not known to be there."""
        return self.files.get(path) if path else FOLDER

    @cached_property
    def tree(self) -> Tree:
        """All known files."""
        return Tree(self.files.all())

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
        folder = File(kind="folder", mode=0o755, uid=uid, gid=gid)
        return {part: folder for part in (*parents(path), path) if part and self.get(part) is None}

    # What nobody knows.

    def unknown_content(self, folder: str) -> str:
        """Stands for the files in a folder that nobody knows; empty if all are known."""
        base = [self.base_id] if folder == "" or folder in self.base_folders else []
        parts = [*base, *self._tokens(folder)]
        return _sha256(*parts) if any(parts) else ""

    def unknown_file(self, path: str) -> File | None:
        """Stands for a file that nobody knows, or None if every file is known and it is not there.

        It is the same file as long as what may have written it is the same.
        """
        above = [file.opaque_id for part in parents(path) if (file := self.get(part))]
        parts = [self.base_id, *self._tokens(path), *filter(None, above)]
        return File(opaque_id=_sha256(path, *parts)) if any(parts) else None

    def _tokens(self, path: str) -> list[str]:
        return [token for place, token in self.unknown_writes.items() if _holds(path, place) or _holds(place, path)]

    # Digest and size.

    @property
    def digest(self) -> str:
        """Equal for the same files on the same layers: a chain, from the base image up.

        Files that nobody knows are the same if the same execution wrote them.
        """
        steps: list[Snapshot] = []
        snapshot: Snapshot | None = self
        while snapshot is not None:
            steps.append(snapshot)
            snapshot = snapshot.below
        digest = ""
        for step in reversed(steps):
            digest = _sha256(digest, step._own_digest)
        return digest

    @cached_property
    def _own_digest(self) -> str:
        written = (f"{path}\0{file.digest if file else ''}" for path, file in sorted(self.written.items()))
        unknown = [self.execution, *sorted(self.unknown_in)] if self.unknown_in else []
        return _sha256("" if self.below else self.base_id, *written, "", *unknown)

    def size(self, written: Writes, store: Store) -> int | None:
        """What `docker history` shows for a layer that wrote these files on this, in bytes; None if unknown.

        On overlay2 that is the sum of the files. On the containerd store every file counts in blocks of 4096, as
        does every folder on the way, and a file that is the same as the one below is not written.
        Source: recorded (tests/traces).
        """
        if store != "containerd":
            return total_size([file.size for file in _own_inodes(written).values() if file is not None])
        touched, blocks = {""}, 0
        for path, file in _own_inodes(written).items():
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


def _holds(folder: str, path: str) -> bool:
    """Whether a path is a folder's, or the folder itself."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def _own_inodes(written: Writes) -> Writes:
    """What was written, with one of the files that are hard-linked to each other."""
    inodes: dict[str, str] = {}
    return {
        path: file
        for path, file in written.items()
        if not (file and file.inode) or inodes.setdefault(file.inode, path) == path
    }


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
