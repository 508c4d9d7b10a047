"""What a step leaves behind, as far as anyone knows: the files of an image, layer over layer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from ...reading.base_image import BaseImage
from ...reading.file import FOLDER, File
from ...reading.paths import parents, refuse_too_long
from ...reading.sizes import total_size
from ...reading.tree import Tree
from ..records import Store
from .overlay import Overlay, Writes

BLOCK = 4096  # bytes


class Gap(NamedTuple):
    """Files in a folder that nobody knows.

    Attributes:
        stands_for: the same for the same files.
        doubt: what decides what they are: the number of an execution, or an image's reference.
        number: how many steps of the stage had written such files when these were; 0 for those of the base image.
    """

    stands_for: str
    doubt: str
    number: int = 0


Gaps = Mapping[str, Gap]  # by folder; "" is the root


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A file system after a step; without arguments, an empty one.

    A step that may have written anything in a folder may have changed or deleted what was known there. So every file is
    known as it was written last, and `seen` says whether that still holds.

    Attributes:
        below: what the step worked on; None for a base image and for an empty file system.
        written: what the step wrote, path to file; None for a path that it deleted. Deleting a folder names every
            path in it.
        unknown_in: folders in which the step wrote files that nobody knows.
        files: everything that is known to be there, as it was written last.
        gaps: where files are that nobody knows, of this step and those below.
        numbers: for a path that was written after unknown files were, how many steps had written such files.
        image: the base image; None above `FROM scratch`.
        foreign: folders and files in which a step may have put programs or links of its own, to where such links may
            lead: a path, "" for anywhere, or None where it made no links.
    """

    below: Snapshot | None = None
    written: Writes = field(default_factory=dict)
    unknown_in: Gaps = field(default_factory=dict)
    files: Overlay[File] = field(default_factory=Overlay)
    gaps: Gaps = field(default_factory=dict)
    numbers: Overlay[int] = field(default_factory=Overlay)
    image: BaseImage | None = None
    foreign: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def of_image(cls, image: BaseImage) -> Snapshot:
        """A base image: its folders may be known, its files are not."""
        return cls(files=_only(image.folders), image=image)

    def after(
        self, written: Writes, unknown_in: Gaps | None = None, foreign: Mapping[str, str | None] | None = None
    ) -> Snapshot:
        """The file system after a step on this one.

        Args:
            written: as the attribute.
            unknown_in: where it wrote files that nobody knows; they count as written before those in `written`.
            foreign: as the attribute, of this step.
        """
        number, gaps = self.number, self.gaps
        if unknown_in:
            number += 1
            gaps = {**gaps, **{folder: self._over(folder, gap, number) for folder, gap in unknown_in.items()}}
        return replace(
            self,
            below=self,
            written=written,
            unknown_in=unknown_in or {},
            files=self.files.under(written),
            foreign={**self.foreign, **foreign} if foreign else self.foreign,
            gaps=gaps,
            numbers=self.numbers.under(dict.fromkeys(written, number)) if number else self.numbers,
        )

    def _over(self, folder: str, gap: Gap, number: int) -> Gap:
        """A gap on the one that is there already."""
        there = self.gaps.get(folder)
        return gap._replace(stands_for=_sha256(there.stands_for if there else "", gap.stands_for), number=number)

    @cached_property
    def number(self) -> int:
        """How many steps of the stage wrote files that nobody knows."""
        return max((gap.number for gap in self.gaps.values()), default=0)

    @property
    def origin(self) -> str:
        """The base image's reference; empty above `FROM scratch`."""
        return self.image.reference if self.image is not None else ""

    @property
    def base_folders(self) -> frozenset[str]:
        """Folders that the base image is known to have."""
        return self.image.folders if self.image is not None else frozenset()

    @property
    def base(self) -> Gap | None:
        """What stands for the base image's files, which nobody knows; None above `FROM scratch`."""
        if self.image is None:
            return None
        return Gap("|".join(self.image.diff_ids) or self.image.digest, self.image.reference)

    @property
    def undescribed(self) -> str:
        """The base image's reference if nobody described it, else an empty string."""
        return self.origin if self.image is not None and not self.image.known else ""

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

    def seen(self, path: str) -> File | None:
        """The file at a path, with a doubt if a later step may have changed or deleted it."""
        file = self.get(path)
        return self.doubted(path, file) if file is not None and path else file

    def doubted(self, path: str, file: File) -> File:
        """A known file, with a doubt if a step after the one that wrote it may have changed or deleted it."""
        if not self.gaps:
            return file
        number = self.numbers.get(path) or 0
        later = [gap for folder, gap in self.gaps.items() if gap.number > number and _holds(folder, path)]
        if not later:
            return file
        return file.doubted(_sha256(path, *(gap.stands_for for gap in later)), max(later, key=_number).doubt)

    def unknown_content(self, folder: str) -> dict[str, File]:
        """What stands for the files in a folder, at any depth, that nobody knows: by the folders that they are in."""
        around = [gap for place, gap in self.gaps.items() if _holds(place, folder)]
        if (base := self.base) is not None and (not folder or not self.base_folders or folder in self.base_folders):
            around.append(base)
        found = {folder: _unknown(*around)} if around else {}
        inside = {place: gap for place, gap in self.gaps.items() if place != folder and _holds(folder, place)}
        return found | {place: _unknown(gap) for place, gap in inside.items()}

    def unknown_file(self, path: str) -> File | None:
        """Stands for a file that nobody knows, or None if every file is known and it is not there.

        It is the same file as long as what may have written it is the same.
        """
        gaps = self._gaps_of_steps(path)
        if (base := self.base) is not None:
            gaps.append(base)
        if not gaps:
            return None
        unknown = _unknown(*gaps)
        return replace(unknown, opaque_id=_sha256(path, unknown.opaque_id))

    def unknown_file_of_steps(self, path: str) -> bool:
        """Whether a step may have written a file at a path, the base image aside."""
        return bool(self._gaps_of_steps(path))

    def _gaps_of_steps(self, path: str) -> list[Gap]:
        above = [file for part in parents(path) if (file := self.get(part)) and file.opaque_id]
        gaps = [gap for place, gap in self.gaps.items() if _holds(path, place) or _holds(place, path)]
        return gaps + [Gap(file.opaque_id, file.doubt) for file in above]

    # Digest and size.

    @property
    def steps(self) -> Iterator[Snapshot]:
        """The file systems after this step and after each below it, newest first; the base image's is the last."""
        snapshot: Snapshot | None = self
        while snapshot is not None:
            yield snapshot
            snapshot = snapshot.below

    @property
    def digest(self) -> str:
        """Equal for the same files on the same layers: a chain, from the base image up.

        Files that nobody knows are the same if the same execution wrote them.
        """
        digest = ""
        for step in reversed(tuple(self.steps)):
            digest = _sha256(digest, step._own_digest)
        return digest

    @cached_property
    def _own_digest(self) -> str:
        written = (f"{path}\0{file.digest if file else ''}" for path, file in sorted(self.written.items()))
        unknown = (f"{folder}\0{gap.stands_for}" for folder, gap in sorted(self.unknown_in.items()))
        base = None if self.below else self.base
        return _sha256(base.stands_for if base else "", *written, "", *unknown)

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


@lru_cache(maxsize=256)
def _only(folders: frozenset[str]) -> Overlay[File]:
    """Folders with nothing in them."""
    return Overlay[File]().under(dict.fromkeys(folders - {""}, FOLDER))


def _unknown(*gaps: Gap) -> File:
    """What stands for files that nobody knows: the newest decides."""
    newest = max(gaps, key=_number)
    return File(opaque_id=_sha256(*(gap.stands_for for gap in gaps)), doubt=newest.doubt)


def _number(gap: Gap) -> int:
    return gap.number


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
