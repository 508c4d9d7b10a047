"""Builds of a folder on a disk whose files are touched, linked to each other, or links, as the engine builds them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from layerlib import BuildKit, ClassicBuilder, LayerlibError, Project

Builder = type[BuildKit] | type[ClassicBuilder]
BOTH = pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and hard links as Linux has them")


def read(folder: Path, text: str) -> Project:
    (folder / "Dockerfile").write_text(text)
    return Project.from_directory(folder)


@BOTH
@pytest.mark.parametrize("flags", ["", "--chown=1 "])
@pytest.mark.parametrize("again", [lambda path: os.utime(path, (1, 1)), lambda path: path.write_text("1")])
def test_a_file_that_was_touched_or_saved_unchanged_makes_no_build_fail(
    builder: Builder, flags: str, again: object, tmp_path: Path
) -> None:
    """What a stage copied is still known when another stage is added that looks into it."""
    (tmp_path / "a").write_text("1")
    stage = f"FROM python AS build\nCOPY {flags}a /a\n"
    built = builder()
    built.build(read(tmp_path, stage))
    again(tmp_path / "a")  # type: ignore[operator]
    build = built.build(read(tmp_path, f"{stage}FROM busybox\nCOPY --from=build /a /b\n"))
    assert [step.cached for step in build.steps if step.keyword == "COPY"] == [True, False]


def test_a_file_that_changed_after_it_was_read_is_still_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    project = read(tmp_path, "FROM python\nCOPY a /a\n")
    (tmp_path / "a").write_text("2")
    with pytest.raises(LayerlibError, match="changed after the project was read"):
        BuildKit().build(project)


HASHES = [  # what the engine's classic builder shows
    ("COPY d /o/", 5, "dir:328af94bfdcc1ee19fdd126c00ee756283db75aa0ee148ec5b1ffd0a72cae7c2"),
    ("COPY z d /o/", 10, "multi:dba6448d09a83f51c6c05f8cf836c7d3b7801a09f840adafd5c85b026041c5d9"),
    ("COPY d/a d/b /o/", 10, "multi:b6829dc5c907f5402c613e2e4493938ac624dd1e754be85aa155424706f75245"),
    ("COPY d/b /o/", 5, "file:3ec3c75aa97616e45469c8fdf22fab5699ffa5ce00c62e448de5ce048847646b"),
    ("COPY z /o/", 5, "file:2ded28281fc80158f54377e2bc3ca7d8328bdfda965faa29a5f99a671e31eace"),
]


def linked(folder: Path) -> None:
    (folder / "d").mkdir(mode=0o755)
    (folder / "d" / "a").write_text("12345")
    (folder / "d" / "a").chmod(0o644)
    (folder / "d" / "b").hardlink_to(folder / "d" / "a")
    (folder / "z").hardlink_to(folder / "d" / "a")


@pytest.mark.parametrize(("copy", "size", "digest"), HASHES)
def test_hard_links_are_counted_once_for_each_source(copy: str, size: int, digest: str, tmp_path: Path) -> None:
    linked(tmp_path)
    project = read(tmp_path, f"FROM python\n{copy}\n")
    classic = ClassicBuilder().build(project).history()[0]
    assert (classic.size, digest in classic.created_by) == (size, True)
    assert BuildKit().build(project).history()[0].size == size


def test_copies_in_the_place_of_hard_links_are_the_same_to_buildkit_only(tmp_path: Path) -> None:
    linked(tmp_path)
    builders = BuildKit(), ClassicBuilder()
    for builder in builders:
        builder.build(read(tmp_path, "FROM python\nCOPY d /o/\n"))
    (tmp_path / "d" / "b").unlink()
    (tmp_path / "d" / "b").write_text("12345")
    (tmp_path / "d" / "b").chmod(0o644)
    after = [builder.build(read(tmp_path, "FROM python\nCOPY d /o/\n")).steps[-1].cached for builder in builders]
    assert after == [True, False]


@pytest.mark.parametrize("text", ["a", "./a", "a/", ".//a"])
def test_a_link_keeps_its_text(text: str, tmp_path: Path) -> None:
    os.symlink(text, tmp_path / "l")  # noqa: PTH211 - a Path would shorten the text
    assert read(tmp_path, "FROM scratch\n").files["l"].target == text
