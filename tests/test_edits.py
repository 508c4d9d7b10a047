"""Edits: each of a project's instructions and files, and what it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from layerlib import ContextError, DockerfileError, File, Project, changes

PROJECT = Project.from_files({"app.py": "print(1)\n", "old.txt": ""}, "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a\n")


CHANGED = [
    (lambda p: changes.set_instruction(p, 4, "RUN y"), "FROM python\nENV A=1\nRUN y\nCMD a\n"),
    (lambda p: changes.set_instruction(p, 2, ""), "FROM python\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.insert(p, 2, "LABEL x=1"), "FROM python\nLABEL x=1\nENV A=1\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.append(p, "USER 1"), "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a\nUSER 1\n"),
    (lambda p: changes.move(p, 3, 2), "FROM python\nRUN <<E\nx\nE\nENV A=1\nCMD a\n"),
    (lambda p: changes.move(p, 2, 6), "FROM python\nRUN <<E\nx\nE\nENV A=1\nCMD a\n"),
    (lambda p: changes.set_base(p, "debian"), "FROM debian\nENV A=1\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.insert(p, 7, "USER 1"), "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a\nUSER 1\n"),
    (lambda p: changes.move(p, 2, 7), "FROM python\nRUN <<E\nx\nE\nCMD a\nENV A=1\n"),
    (lambda p: changes.edit_instruction(p, "cmd"), "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a -v\n"),
    (lambda p: changes.set_env(p, "A", "2"), "FROM python\nENV A=2\nRUN <<E\nx\nE\nCMD a\n"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "text"), CHANGED)
def test_instructions_are_changed(change, text: str) -> None:  # type: ignore[no-untyped-def]
    changed = change(PROJECT)
    assert changed.dockerfile == text
    assert changed.files["Dockerfile"].read().decode() == text
    assert PROJECT.dockerfile.startswith("FROM python\nENV A=1")


REFUSED = [
    (lambda p: changes.insert(p, 0, "USER 1"), "there is no line 0"),
    (lambda p: changes.insert(p, -1, "USER 1"), "there is no line -1"),
    (lambda p: changes.insert(p, 8, "USER 1"), "there is no line 8"),
    (lambda p: changes.move(p, 3, 0), "there is no line 0"),
    (lambda p: changes.move(p, 3, 8), "there is no line 8"),
    (lambda p: changes.edit_instruction(p, "COPY"), "there is no edit for COPY; there is one for WORKDIR, RUN, CMD"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_an_edit_that_cannot_be_made_is_refused(change, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DockerfileError, match=message):
        change(PROJECT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM --platform=linux/amd64 a", "FROM --platform=linux/amd64 new"),
        ("FROM --platform=linux/amd64 a AS  a", "FROM --platform=linux/amd64 new AS  a"),
        ("from as AS as", "from new AS as"),
        ("FROM $BASE", "FROM new"),
        ("FROM a \\\n AS b", "FROM new  AS b"),
    ],
)
def test_only_the_base_is_replaced(before: str, after: str) -> None:
    assert (
        changes.set_base(Project.from_files({}, f"ARG BASE=x\n{before}\n"), "new").dockerfile.splitlines()[1] == after
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('CMD ["a"]', 'CMD ["a", "-v"]'),
        ("CMD []", 'CMD ["-v"]'),
        ('CMD ["[a]"]', 'CMD ["[a]", "-v"]'),
        ("CMD a", "CMD a -v"),
        ("CMD [ -f x ] && y", "CMD [ -f x ] && y -v"),
    ],
)
def test_a_start_command_gets_one_more_word(before: str, after: str) -> None:
    edited = changes.edit_instruction(Project.from_files({}, f"FROM a\n{before}\n"), "CMD")
    assert edited.dockerfile == f"FROM a\n{after}\n"


def test_a_folder_is_renamed_with_all_that_is_in_it() -> None:
    project = Project.from_files({"d": File(kind="folder", mode=0o700), "d/a": "1", "d/b/c": "2", "dd": "3"}, "FROM a")
    renamed = changes.rename_file(project, "d", "e").files
    assert list(renamed) == ["Dockerfile", "dd", "e", "e/a", "e/b", "e/b/c"]
    assert (renamed["e"].mode, renamed["e/b/c"].read()) == (0o700, b"2")
    assert changes.rename_file(project, "d", "d") == project
    with pytest.raises(ContextError, match="d cannot be moved into itself"):
        changes.rename_file(project, "d", "d/e")


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


def test_changing_never_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    changes.set_env(changes.set_base(PROJECT, "debian"), "B", "1")
    assert list(tmp_path.iterdir()) == []
    assert json.dumps(sorted(PROJECT.files)) == '["Dockerfile", "app.py", "old.txt"]'


HEREDOC = Project.from_files({}, "FROM --platform=linux/amd64 python\nENV A=1\nCOPY <<E /x\nFROM zz\nENV A=3\nE\n")


def test_changes_leave_heredocs_alone() -> None:
    assert changes.set_env(HEREDOC, "A", "9").dockerfile == HEREDOC.dockerfile.replace("A=1", "A=9")
    assert changes.set_base(HEREDOC, "debian").dockerfile == HEREDOC.dockerfile.replace("python", "debian")
