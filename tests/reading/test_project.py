"""Projects: from files, from a folder, with other files."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from layerlib import ContextError, File, Project
from layerlib.reading.tree import Tree


def test_a_folder_is_read_without_opening_files(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.txt").write_bytes(b"abc")
    os.chmod(tmp_path / "src" / "a.txt", 0o600)  # noqa: PTH101 - the mode matters, not how it is set
    project = Project.from_directory(tmp_path)
    assert list(project.files) == ["Dockerfile", "src", "src/a.txt"]
    file = project.files["src/a.txt"]
    assert file.disk is not None
    assert (file.size, file.disk.path) == (3, str(tmp_path / "src" / "a.txt"))
    (tmp_path / "src" / "a.txt").write_bytes(b"abd")
    with pytest.raises(ContextError, match=r"a\.txt changed after the project was read; read the project again"):
        file.read()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in folders here")
def test_sockets_are_not_sent(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert list(Project.from_directory(tmp_path).files) == ["Dockerfile"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContextError, match="no Dockerfile"):
        Project.from_directory(tmp_path)
    with pytest.raises(ContextError, match="no folder"):
        Project.from_directory(tmp_path / "nowhere")
    with pytest.raises(ContextError, match="python-numpy-app"):
        Project.load("python-nmupy-app")
    with pytest.raises(ContextError, match="not a path inside"):
        Project.from_files({"../a": ""}, "FROM scratch")


def test_a_file_takes_the_place_of_a_folder() -> None:
    project = Project.from_files({"src/a": "1", "src/b/c": "1", "src-too": "1"}, "FROM python")
    assert list(project.with_files({"src": "2"}).files) == ["Dockerfile", "src", "src-too"]
    assert list(project.with_files({"src": None}).files) == ["Dockerfile", "src-too"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a/b", "'a' cannot be a file and hold 'a/b'"),
        ("a/b/c", "'a' cannot be a file and hold 'a/b/c'"),
        ("Dockerfile/b", "'Dockerfile' cannot be a file"),
        ("../b", "not a path inside"),
        (1, "1 is not a path inside"),
    ],
)
def test_a_file_is_added_only_where_there_can_be_one(path: Any, message: str) -> None:
    project = Project.from_files({"a": "1"}, "FROM python")
    with pytest.raises(ContextError, match=message):
        project.with_files({path: "2"})


def test_a_folder_takes_the_place_of_a_file_that_is_removed() -> None:
    project = Project.from_files({"a": "1"}, "FROM python")
    assert list(project.with_files({"a": None, "a/b": "2"}).files) == ["Dockerfile", "a", "a/b"]


def test_the_dockerfile_keeps_its_mode_and_cannot_go() -> None:
    project = Project.from_files({"Dockerfile": File(b"FROM a\n", 0o600), "a": "1"})
    changed = project.with_dockerfile("FROM b\n")
    assert (changed.dockerfile, changed.files["Dockerfile"].mode) == ("FROM b\n", 0o600)
    with pytest.raises(ContextError, match="without its Dockerfile"):
        project.with_files({"Dockerfile": None})
    with pytest.raises(ContextError, match="there is no file b to remove"):
        project.with_files({"b": None})
    below = Project("FROM a\n", Tree({"docker/Dockerfile": File(b"FROM a\n")}), dockerfile_name="docker/Dockerfile")
    for files in ({"docker": None}, {"docker": "1"}):
        with pytest.raises(ContextError, match="without its docker/Dockerfile"):
            below.with_files(files)


@pytest.mark.parametrize(
    ("form", "file"),
    [
        ({"content": "1", "mode": "755"}, File(b"1", 0o755)),
        ({"content": "1"}, File(b"1", 0o644)),
        ({"link": "b"}, File(kind="link", mode=0o777, target="b")),
        ({"dir": True, "mode": "700"}, File(kind="folder", mode=0o700)),
        ({"dir": True}, File(kind="folder", mode=0o755)),
        (b"2", File(b"2")),
        ("3", File(b"3")),
    ],
)
def test_the_forms_of_a_file(form: object, file: File) -> None:
    assert Project.from_files({"a": form}, "FROM a").files["a"] == file


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"a": "1", "a/b": "2"}, "'a' cannot be a file and hold 'a/b'"),
        ({"/a": "1"}, "not a path inside"),
        ({"": "1"}, "not a path inside"),
        ({"a": {"content": "1", "mode": "9"}}, "expected permissions such as 644, not '9'"),
        ({"a": {"content": "1", "mode": 644}}, "expected permissions such as 644, not 644"),
        ({"a": 1}, "expected text, bytes or a File, not int"),
        ({"a": "\ud800"}, "not valid Unicode"),
        ({"\ud800": "a"}, "not valid Unicode"),
    ],
)
def test_files_that_no_context_can_have(files: dict[str, object], problem: str) -> None:
    with pytest.raises(ContextError, match=problem):
        Project.from_files(files, "FROM a")


FILE = File(b"1")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (File(b"2"), False),
        (File(b"1", 0o755), False),
        (File(b"1", uid="1"), False),
        (File(b"1", gid="1"), False),
        (File(b"1", target="unused"), True),
        (File(b"1", ignored=True), True),
        (File(opaque_id="1"), False),
    ],
)
def test_what_the_cache_compares_of_a_file(other: File, same: bool) -> None:
    assert (FILE.digest == other.digest) == same


def test_what_the_cache_compares_of_links_and_folders() -> None:
    link = File(kind="link", target="a")
    assert link.digest == File(kind="link", target="a", mode=0o600).digest != File(kind="link", target="b").digest
    assert File(kind="folder").digest != File(kind="folder", mode=0o700).digest


def test_a_file_that_nobody_knows() -> None:
    unknown = File(opaque_id="x")
    assert (unknown.size, File(opaque_id="x", known_size=5).size) == (None, 5)
    assert unknown.digest == File(opaque_id="x").digest != File(opaque_id="y").digest
    with pytest.raises(ContextError, match="nobody knows what this file holds"):
        unknown.read()


def test_the_dockerfile_that_is_given_is_the_one_in_the_context() -> None:
    project = Project.from_files({"Dockerfile": "FROM a\n"}, "FROM b\n")
    assert (project.dockerfile, project.files["Dockerfile"].read()) == ("FROM b\n", b"FROM b\n")
    with pytest.raises(ContextError, match="without its Dockerfile"):
        project.with_files({"Dockerfile": None})
