"""Whether two builds look at the same content: yes, no, or unknown, where a RUN wrote what nobody knows.

The result of one execution is the same as itself; what two executions wrote may be the same or not; files that are
known are compared. BuildKit runs the command and takes the digest (cache/contenthash); a model that runs nothing says
"no" only if what is known differs already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...reading.file import File
from ...reading.paths import base_name, parents
from .selecting import UNKNOWN_FILES, Form, Selection


class Content(NamedTuple):
    """What a step looks at in one of its inputs.

    Attributes:
        key: equal for equal content.
        selections: what each source names.
    """

    key: str
    selections: tuple[Selection, ...]

    @classmethod
    def of(cls, selections: Iterable[Selection]) -> Content:
        """What sources name, compared by their digests, as BuildKit does."""
        selections = tuple(selections)
        return cls(" ".join(selection.digest for selection in selections), selections)

    @property
    def is_known(self) -> bool:
        """Whether all of it is known."""
        return all(selection.is_known for selection in self.selections)


def may_be_same(one: Content, other: Content) -> bool:
    """Whether two contents may be the same: True where they are, or nobody knows."""
    if one.key == other.key:
        return True
    if len(one.selections) != len(other.selections) or (one.is_known and other.is_known):
        return False
    return all(map(_may_be_same, one.selections, other.selections))


def _may_be_same(one: Selection, other: Selection) -> bool:
    if one.is_known and other.is_known:
        return one.digest == other.digest
    if one.form == other.form == Form.FOLDER:
        here, there = _inside(one), _inside(other)
        return _may_hold(here, there) and _may_hold(there, here)
    if one.form == other.form == Form.NAMES:
        return _may_name(one, other) and _may_name(other, one)
    return True


def _inside(selection: Selection) -> dict[str, File]:
    """The files of a folder by their paths in it."""
    start = len(selection.roots[0]) + 1 if selection.roots[0] else 0
    return {path[start:]: file for path, file in selection.files.items()}


def _may_hold(folder: dict[str, File], other: dict[str, File]) -> bool:
    """Whether each file that certainly is in the other folder may be in this one too."""
    for path, file in other.items():
        if file.doubt:
            continue
        here = folder.get(path)
        if here is None:
            if not may_hold_unknown(folder, path):
                return False
        elif not here.doubt and here.digest != file.digest:
            return False
    return True


def may_hold_unknown(files: Mapping[str, File], path: str) -> bool:
    """Whether a path that is not among some files may be there: in a folder above it are files that nobody knows, or
    what is above it was never looked at, and may be a folder."""
    above = tuple(parents(path))
    return UNKNOWN_FILES in files or any(
        f"{folder}/{UNKNOWN_FILES}" in files or ((file := files.get(folder)) is not None and file.doubt != "")
        for folder in above
    )


def _may_name(selection: Selection, other: Selection) -> bool:
    """Whether each file that the other certainly names may be named here too. Only base names are compared."""
    if any(base_name(path) == UNKNOWN_FILES for path in selection.files):
        return True
    known, doubted = _names(selection, False), _names(selection, True)
    missing = Counter(name for (name, _), count in (_names(other, False) - known).items() for _ in range(count))
    return not missing - Counter(name for name, _ in doubted.elements())


def _names(selection: Selection, doubted: bool) -> Counter[tuple[str, str]]:
    """The base names and digests of the files that are known, or of those with a doubt."""
    return Counter(
        (base_name(path), file.digest) for path, file in selection.files.items() if bool(file.doubt) == doubted
    )
