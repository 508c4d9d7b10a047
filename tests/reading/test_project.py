"""Projects: from files, from a folder, with other files."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from layerlib import ContextError, Project


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
