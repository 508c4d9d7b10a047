"""Build contexts as disks have them: what is left out, links, loops, and files that nobody can read or that change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layerlib import BuildKit, ClassicBuilder, ContextError, LayerlibError, Project
from layerlib.reading.dockerignore import DockerIgnore
from layerlib.reading.parser_adapter import pattern_matcher

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs links and permissions as POSIX has them")

parts = st.sampled_from(
    ["a", "b", "*", "**", "?", "a*", "!", "#x", " a", "[ab]", "[^a]", "\\a", "..", ".", "a.b", "*.b", "**a", "a**", "-"]
)
names = st.sampled_from(["a", "b", "aa", "ab", "a.b", "#x", "!", " a", "-", "a-b", "x.b"])
lines = st.tuples(st.sampled_from(["", "", "!"]), st.lists(parts, min_size=1, max_size=4)).map(
    lambda line: line[0] + "/".join(line[1])
)


@given(patterns=st.lists(lines, max_size=6), paths=st.lists(st.lists(names, min_size=1, max_size=5), max_size=20))
def test_the_short_cuts_of_dockerignore_change_nothing(patterns: list[str], paths: list[list[str]]) -> None:
    try:
        matcher, ignored = pattern_matcher(patterns), DockerIgnore(patterns)
    except ValueError:
        assume(False)
    every = {"/".join(path[:depth]) for path in paths for depth in range(1, len(path) + 1)}
    folders = {path.rpartition("/")[0] for path in every}
    for path in sorted(every):
        assert ignored.leaves_out(path, path in folders) == matcher.matches(path), path


def written(folder: Path, dockerfile: str = "FROM python\nCOPY . /src/\n") -> Path:
    (folder / "Dockerfile").write_text(dockerfile)
    (folder / "app.py").write_text("print(1)\n")
    return folder


@pytest.mark.parametrize(
    "content", ["print(2)\n", "", "print(1)\n" * 300_000], ids=["another text", "it shrank", "it grew"]
)
def test_a_file_that_changes_after_it_was_listed_is_refused(tmp_path: Path, content: str) -> None:
    project = Project.from_directory(written(tmp_path))
    os.utime(tmp_path / "app.py", (1, 1))
    project = Project.from_directory(tmp_path)
    (tmp_path / "app.py").write_text(content)
    for builder in (BuildKit(), ClassicBuilder()):
        with pytest.raises(LayerlibError, match=r"app\.py changed after the project was read"):
            builder.build(project)
    assert BuildKit().build(Project.from_directory(tmp_path)).steps


def test_a_file_that_shrinks_while_it_is_hashed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of half a file are nobody's content: what is read is compared with what was listed, afterwards."""
    import hashlib

    large = written(tmp_path) / "large.bin"
    large.write_bytes(b"x" * (2 << 20))
    project = Project.from_directory(tmp_path)
    whole = hashlib.file_digest

    def shrinking(stream, name):  # type: ignore[no-untyped-def]
        os.truncate(large, 1000)
        return whole(stream, name)

    monkeypatch.setattr(hashlib, "file_digest", shrinking)
    with pytest.raises(LayerlibError, match=r"large\.bin changed"):
        BuildKit().build(project)


def test_a_file_that_went_away_is_named(tmp_path: Path) -> None:
    project = Project.from_directory(written(tmp_path))
    (tmp_path / "app.py").unlink()
    with pytest.raises(LayerlibError, match=r"cannot read .*app\.py: No such file"):
        BuildKit().build(project)


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_nobody_may_read_is_named(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "app.py").chmod(0)
    with pytest.raises(LayerlibError, match=r"cannot read .*app\.py: Permission denied"):
        BuildKit().build(Project.from_directory(tmp_path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the test above, for root too."""
    project = Project.from_directory(written(tmp_path))
    opened = Path.open

    def refuse(path: Path, *args, **kwargs):  # type: ignore[no-untyped-def]
        if path.name == "app.py":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(LayerlibError, match=r"cannot read .*app\.py: Permission denied"):
        BuildKit().build(project)


@POSIX
@pytest.mark.parametrize(
    ("target", "copies"),
    [
        ("/etc/hostname", "not found"),
        ("../outside", "not found"),
        ("link", "not found"),
        ("gone", "not found"),
        ("app.py", ""),
        (".", ""),
    ],
    ids=["absolute", "out of the context", "a loop", "nowhere", "a file", "the context itself"],
)
def test_links_never_lead_out(tmp_path: Path, target: str, copies: str) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (tmp_path / "outside").write_text("secret")
    (written(context, "FROM python\nCOPY link /x\n") / "link").symlink_to(target)
    project = Project.from_directory(context)
    if not copies:
        assert BuildKit().build(project).steps
        return
    with pytest.raises(LayerlibError, match=copies):
        BuildKit().build(project)
    # As part of its folder, a link is copied as a link.
    whole = project.with_dockerfile("FROM python\nCOPY . /x/\n")
    assert BuildKit().build(whole).image.layers[-1].size == sum(
        file.size or 0 for file in whole.context.values() if file.kind == "file"
    )


@POSIX
def test_links_in_a_circle_of_folders_are_not_followed(tmp_path: Path) -> None:
    (written(tmp_path) / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to("..")
    assert list(Project.from_directory(tmp_path).files) == ["Dockerfile", "a", "a/up", "app.py"]


@POSIX
def test_pipes_are_not_sent(tmp_path: Path) -> None:
    os.mkfifo(written(tmp_path) / "pipe")
    assert "pipe" not in BuildKit().build(Project.from_directory(tmp_path)).project.files


def test_reading_a_folder_again_opens_only_what_changed(tmp_path: Path) -> None:
    for name in ("old.txt", "edited.txt", "just.txt"):
        (written(tmp_path) / name).write_text("1")
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "just.txt").write_text("2")
    before = Project.from_directory(tmp_path)
    builder = BuildKit()
    builder.build(before)
    (tmp_path / "edited.txt").write_text("2")
    after = Project.from_directory(tmp_path, before=before)
    same = {path for path, file in after.files.items() if file is before.files.get(path)}
    assert "old.txt" in same
    # A file written just before it was listed may have been written again without another time.
    assert not {"edited.txt", "just.txt"} & same
    assert [step.reason.subject for step in builder.build(after).missed if step.reason] == ["edited.txt"]


@POSIX
def test_a_file_that_hides_its_change_is_refused(tmp_path: Path) -> None:
    """Whoever sets the time of the last write back cannot set the time of the last change back."""
    os.utime(written(tmp_path) / "app.py", (1, 1))
    project = Project.from_directory(tmp_path)
    (tmp_path / "app.py").write_text("print(2)\n")
    os.utime(tmp_path / "app.py", (1, 1))
    with pytest.raises(LayerlibError, match=r"app\.py changed"):
        project.files["app.py"].read()


def test_a_hard_link_of_a_recorded_build_is_a_file_with_two_names() -> None:
    tree = Project.from_files(
        {"two": {"same_as": "d/one"}, "d/one": {"content": "1", "mode": "600"}}, dockerfile="FROM scratch"
    ).files
    assert tree["two"] == tree["d/one"]
    assert (tree["two"].read(), tree["two"].mode) == (b"1", 0o600)
    assert tree["two"].inode == tree["d/one"].inode != ""


@pytest.mark.parametrize("other", ["gone", "d"])
def test_a_hard_link_to_no_file_is_refused(other: str) -> None:
    with pytest.raises(ContextError, match=f"two: there is no file '{other}'"):
        Project.from_files({"two": {"same_as": other}, "d": {"dir": True}}, dockerfile="FROM scratch")
