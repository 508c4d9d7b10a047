"""Edits: each of a project's instructions and files, and what it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from layerlib import ContextError, File, Project, changes

PROJECT = Project.from_files({"app.py": "print(1)\n", "old.txt": ""}, "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a\n")


CHANGED = [
    (lambda p: changes.set_instruction(p, 4, "RUN y"), "FROM python\nENV A=1\nRUN y\nCMD a\n"),
    (lambda p: changes.set_instruction(p, 2, ""), "FROM python\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.insert(p, 2, "LABEL x=1"), "FROM python\nLABEL x=1\nENV A=1\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.append(p, "USER 1"), "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a\nUSER 1\n"),
    (lambda p: changes.move(p, 3, 2), "FROM python\nRUN <<E\nx\nE\nENV A=1\nCMD a\n"),
    (lambda p: changes.move(p, 2, 6), "FROM python\nRUN <<E\nx\nE\nENV A=1\nCMD a\n"),
    (lambda p: changes.set_base(p, "debian"), "FROM debian\nENV A=1\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.set_env(p, "A", "2"), "FROM python\nENV A=2\nRUN <<E\nx\nE\nCMD a\n"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "text"), CHANGED)
def test_instructions_are_changed(change, text: str) -> None:  # type: ignore[no-untyped-def]
    changed = change(PROJECT)
    assert changed.dockerfile == text
    assert changed.files["Dockerfile"].read().decode() == text
    assert PROJECT.dockerfile.startswith("FROM python\nENV A=1")


def test_an_edit_leaves_the_folders_above_as_they_are() -> None:
    project = Project.from_files({"src": File(kind="folder", mode=0o700), "src/a": "1"}, "FROM python")
    for changed in (changes.edit_file(project, "src/a"), changes.add_file(project, "src/b")):
        assert changed.files["src"].mode == 0o700


def test_files_are_changed() -> None:
    assert changes.edit_file(PROJECT, "app.py").files["app.py"].read() != b"print(1)\n"
    assert changes.touch(PROJECT, "app.py") == PROJECT
    assert changes.set_mode(PROJECT, "app.py", 0o755).files["app.py"].mode == 0o755
    assert "new.py" in changes.add_file(PROJECT, "new.py").files
    assert "old.txt" not in changes.remove_file(PROJECT, "old.txt").files
    assert changes.rename_file(PROJECT, "app.py", "main.py").files["main.py"].read() == b"print(1)\n"
    with pytest.raises(ContextError, match=r"there is no file no\.py; there are: Dockerfile, app\.py, old\.txt"):
        changes.edit_file(PROJECT, "no.py")


def test_every_offered_change_can_be_made() -> None:
    for name in Project.shipped():
        project = Project.load(name)
        offered = changes.of(project)
        assert len({change.name for change in offered}) == len(offered) >= 5
        for change in offered:
            assert change(project).parsed


def test_changing_never_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    changes.set_env(changes.set_base(PROJECT, "debian"), "B", "1")
    assert list(tmp_path.iterdir()) == []
    assert json.dumps(sorted(PROJECT.files)) == '["Dockerfile", "app.py", "old.txt"]'
