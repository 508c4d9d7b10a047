"""Archives that ADD unpacks, refuses, or copies as they are."""

from __future__ import annotations

import io
import tarfile

import pytest

from layerlib import File, LayerlibError
from layerlib.building.files.archives import unpacked
from layerlib.building.files.copying import CopyOptions, copied
from layerlib.building.files.selecting import select
from layerlib.building.files.snapshot import Snapshot
from layerlib.reading.tree import Tree


def archive(*names: str, link: tuple[str, str] | None = None, mode: str = "w") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as tar:  # type: ignore[call-overload]
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 600
            tar.addfile(member, io.BytesIO(b"x" * 600))
        if link:
            member = tarfile.TarInfo(link[0])
            member.type, member.linkname = tarfile.LNKTYPE, link[1]
            tar.addfile(member)
    return stream.getvalue()


def added(content: bytes) -> Snapshot:
    selection = select(Tree({"t.tar": File(content)}), "t.tar")
    return Snapshot().after(copied(Snapshot(), [("t.tar", selection)], CopyOptions("/o/", unpack=True)).written)


@pytest.mark.parametrize("content", [b"", b"\0" * 10240, b"text", archive()])
def test_what_holds_no_entry_is_no_archive(content: bytes) -> None:
    assert unpacked(File(content)) is None


@pytest.mark.parametrize(("content", "problem"), [
    (archive("../x"), "invalid entry name"), (archive("a/../../x"), "invalid entry name"),
    (archive("x", "y")[:2300], "ends too early"), (archive("x", "y", mode="w:gz")[:-30], "ends too early"),
    (archive("x", "x/y"), "not a directory"),
])  # fmt: skip
def test_what_cannot_be_unpacked_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(LayerlibError, match=problem):
        added(content)


def test_hard_links_of_an_archive_are_counted_once() -> None:
    snapshot = added(archive("a", link=("b", "a")))
    assert (snapshot.tree["o/b"].size, Snapshot().size(snapshot.written, "overlay2")) == (600, 600)
