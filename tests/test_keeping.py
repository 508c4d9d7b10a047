"""Nothing is lost: what a learner does in a lab is in a file beside the notebook, and there again in a new lab."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layerlib import Project, changes, course, labs
from layerlib.showing.labs.goal_lab import GoalLab
from layerlib.showing.labs.keeping import FOLDER, Keeper, read, written
from layerlib.showing.labs.order_lab import OrderLab
from layerlib.showing.labs.predict_lab import PredictLab

APP = Project.load("python-numpy-app")
LEVEL = course.level("08-order")
GOAL_FILE = "goal-08-order.txt"
KEY = "goal lab, 08-order"
MINE = "FROM python\nRUN pip install numpy\n"
OTHER = "FROM python:slim\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the notebook, where the kernel works."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def goal() -> GoalLab:
    return labs.goal(LEVEL)


def predict() -> PredictLab:
    return labs.predict(APP, changes.of(APP)[0])


def order() -> OrderLab:
    return labs.order(Project.load("data-science-app"))


def write(lab: GoalLab, text: str = MINE, path: str = "Dockerfile") -> None:
    lab.act("type", path, value=text)


def tick(lab: PredictLab) -> None:
    lab.act("builder", "classic builder")
    names = list(lab.asked())
    lab.act("answer", f"rebuilt {names[0]}")
    lab.act("answer", f"cached {names[1]}")
    lab.act("answer", f"rebuilt {names[2]}")


def move(lab: OrderLab) -> None:
    lab.act("move", "1 1")
    lab.act("edits", next(iter(lab.edits())), value="7")


def work(lab: Any) -> Any:
    """What of a lab's state is the learner's: all of it but whether an answer was checked."""
    return lab.state


LABS: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
    "goal": (goal, write),
    "predict": (predict, tick),
    "order": (order, move),
}


def text_of(lab: GoalLab) -> str:
    return lab.texts["Dockerfile"]


def kept() -> list[str]:
    """The names of the files in the folder, those that a file browser hides too."""
    return sorted(path.name for path in Path(FOLDER).iterdir()) if Path(FOLDER).exists() else []


def is_back(lab: Any) -> bool:
    return "is here again" in lab.note


@pytest.mark.parametrize("name", LABS)
def test_a_lab_that_is_only_shown_writes_nothing(name: str, folder: Path) -> None:
    make, _ = LABS[name]
    lab = make()
    for press in ("check", "copy", "reset", "undo"):
        lab.act(press)
    lab.act("show", "hint")
    assert list(folder.iterdir()) == []
    assert not lab.note


@pytest.mark.parametrize("name", LABS)
def test_work_is_kept_and_is_there_again(name: str) -> None:
    make, act = LABS[name]
    lab = make()
    begin = work(make())
    act(lab)
    assert len(kept()) == 1
    assert f"kept in {FOLDER}/{kept()[0]}" in lab.note
    data = (Path(FOLDER) / kept()[0]).read_bytes()
    again = make()
    assert is_back(again)
    assert kept()[0] in again.note
    assert again.note in again.html
    assert work(again) == work(lab) != begin
    assert (Path(FOLDER) / kept()[0]).read_bytes() == data
    assert len(kept()) == 1


@pytest.mark.parametrize("name", LABS)
def test_starting_over_leaves_the_old_work(name: str) -> None:
    make, act = LABS[name]
    begin = work(make())
    act(make())
    old = (Path(FOLDER) / kept()[0]).read_bytes()
    again = make()
    was = work(again)
    again.act("reset")
    assert work(again) == begin
    if name == "goal":
        write(again, OTHER)
    elif name == "predict":
        again.act("answer", f"rebuilt {next(iter(again.asked()))}")
    else:
        again.act("edits", next(iter(again.edits())), value="9")
    assert len(kept()) == 2
    assert old in [(Path(FOLDER) / one).read_bytes() for one in kept()]
    again.act("undo")
    again.act("undo")
    assert work(again) == was


def test_a_file_is_read_by_people() -> None:
    lab = goal()
    write(lab)
    write(lab, "*.log\n", ".dockerignore")
    text = (Path(FOLDER) / GOAL_FILE).read_text()
    assert text == f"# Kept by layerlib: {KEY}\n#= Dockerfile\n{MINE}\n#= .dockerignore\n*.log\n\n"
    lab = predict()
    tick(lab)
    text = (Path(FOLDER) / "predict-python-numpy-app-edit-app.py.txt").read_text()
    first, second, third = list(lab.asked())[:3]
    head = "# Kept by layerlib: predict lab, python-numpy-app, edit app.py"
    assert text == f"{head}\n#= builder\nclassic builder\n#= rebuilt\n{first}\n{third}\n#= cached\n{second}\n"


def test_a_kept_dockerfile_can_be_checked_as_it_is() -> None:
    lab = goal()
    write(lab, LEVEL.solution.dockerfile)
    assert LEVEL.check((Path(FOLDER) / GOAL_FILE).read_text()).passed


def test_every_character_is_kept() -> None:
    lab = goal()
    begin = text_of(lab)
    for number in range(1, 6):
        write(lab, begin + "# you"[:number])
        assert begin + "# you"[:number] in (Path(FOLDER) / GOAL_FILE).read_text()
    assert kept() == [GOAL_FILE]
    lab.act("undo")
    assert text_of(lab) == begin


FOREIGN = {
    "the learner's own": b"my shopping list",
    "empty": b"",
    "not text": b"\xff\xfe\x00",
    "of another lab": written("goal lab, 09-smaller", {"Dockerfile": OTHER}),
    "a head and no more": f"# Kept by layerlib: {KEY}\n".encode(),
    "a head and no part": f"# Kept by layerlib: {KEY}\nFROM x\n".encode(),
    "parts of something else": written(KEY, {"rebuilt": "[1/2]"}),
    "cut in the middle": written(KEY, {"Dockerfile": "x"})[:30],
    "too large": written(KEY, {"Dockerfile": "x" * 2_000_000}),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("name", LABS)
def test_a_file_of_somebody_else_is_neither_offered_nor_touched(name: str, what: str) -> None:
    make, act = LABS[name]
    act(make())
    file = Path(FOLDER) / kept()[0]
    file.write_bytes(FOREIGN[what])
    lab = make()
    assert not is_back(lab)
    assert "bug in layerlib" not in lab.html
    act(lab)
    assert file.read_bytes() == FOREIGN[what]
    assert len(kept()) == 2


@pytest.mark.parametrize("name", LABS)
def test_a_kept_file_with_nonsense_in_it_breaks_nothing(name: str) -> None:
    make, act = LABS[name]
    lab = make()
    act(lab)
    file = Path(FOLDER) / kept()[0]
    parts = read(lab.keeper.key, file.read_bytes())
    assert parts
    for part in parts:
        for nonsense in ("", "\x00", "[9/9] BOO", "a: b", "1" * 6000 if name != "goal" else ""):
            file.write_bytes(written(lab.keeper.key, {**parts, part: nonsense}))
            again = make()
            assert "bug in layerlib" not in again.html
            if part == "builder" and nonsense:
                assert not is_back(again)


def test_a_kept_file_that_somebody_edits_is_left_alone_and_can_be_brought_back() -> None:
    lab = goal()
    write(lab)
    file = Path(FOLDER) / GOAL_FILE
    edited = b"my note\n".join(file.read_bytes().split(b"#= ", 1)).replace(b"numpy", b"pandas")
    edited = edited.replace(b"my note\n", b"my note\n#= ")
    file.write_bytes(edited)
    write(lab, MINE + "# more\n")
    again = goal()
    assert len(kept()) == 2
    newest = max(path.stat().st_mtime_ns for path in Path(FOLDER).iterdir())
    os.utime(file, ns=(newest + 1, newest + 1))
    again = goal()
    assert "pandas" in text_of(again)
    write(again, text_of(again) + "# and more\n")
    assert file.read_bytes() == edited
    assert len(kept()) == 3


def test_reset_leaves_the_work_in_its_file() -> None:
    lab = goal()
    write(lab)
    lab.act("reset")
    write(lab, OTHER)
    assert [MINE in (Path(FOLDER) / one).read_text() for one in kept()] == [False, True]
    assert text_of(goal()) == OTHER


def test_an_emptied_editor_does_not_empty_the_file() -> None:
    lab = goal()
    write(lab)
    write(lab, " \n")
    assert MINE in (Path(FOLDER) / GOAL_FILE).read_text()


def test_two_labs_that_are_open_at_once_do_not_write_over_each_other() -> None:
    write(goal())
    one, other = goal(), goal()
    write(one, MINE + "# one\n")
    write(other, MINE + "# other\n")
    write(one, MINE + "# one more\n")
    texts = [(Path(FOLDER) / name).read_text() for name in kept()]
    assert len(texts) == 2
    assert ["# one more" in text for text in texts] == ["# one more" not in text for text in texts][::-1]


def test_a_file_that_is_deleted_is_written_again() -> None:
    lab = goal()
    write(lab)
    (Path(FOLDER) / GOAL_FILE).unlink()
    write(lab, OTHER)
    assert OTHER in (Path(FOLDER) / GOAL_FILE).read_text()


@pytest.mark.parametrize("name", LABS)
def test_a_folder_that_cannot_be_written_to_is_said(name: str, folder: Path) -> None:
    make, act = LABS[name]
    Path(FOLDER).write_text("the learner's own")
    lab = make()
    act(lab)
    assert f"Nothing can be written to the folder {FOLDER}" in lab.note
    assert ("Copy my answer" in lab.note) == (name == "goal")
    assert "bug in layerlib" not in lab.html
    assert Path(FOLDER).read_text() == "the learner's own"
    Path(FOLDER).unlink()
    write(lab, OTHER) if name == "goal" else lab.act("undo") if name == "order" else lab.act("check")
    assert "is kept in" in lab.note


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="permissions of Unix")
def test_a_folder_without_permission_is_said(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    folder.chmod(0o500)
    try:
        lab = goal()
        write(lab)
        assert "Nothing can be written" in lab.note
        assert text_of(lab) == MINE
    finally:
        folder.chmod(0o700)


def test_a_full_disk_leaves_no_empty_files(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = goal()
    write(lab)
    before = (Path(FOLDER) / GOAL_FILE).read_bytes()

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "write_bytes", full)
        write(lab, OTHER)
        write(goal(), OTHER)
    assert "Nothing can be written" in lab.note
    assert kept() == [GOAL_FILE]
    assert (Path(FOLDER) / GOAL_FILE).read_bytes() == before


def test_a_bug_of_ours_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = goal()
    monkeypatch.setattr(type(lab), "change", lambda self: 1 / 0)
    write(lab)
    assert "ZeroDivisionError" in lab.html
    assert text_of(lab) == MINE
    assert MINE in (Path(FOLDER) / GOAL_FILE).read_text()


@pytest.mark.parametrize("method", ["result", "parts", "project"])
def test_a_bug_of_ours_in_any_place_is_a_sentence(monkeypatch: pytest.MonkeyPatch, folder: Path, method: str) -> None:
    lab = goal()
    with monkeypatch.context() as broken:
        broken.setattr(type(lab), method, lambda self: 1 / 0)
        write(lab)
        lab.act("check")
        assert "bug in layerlib" in lab.html
    assert text_of(lab) == MINE
    write(lab, MINE + "# more\n")
    assert "# more" in (folder / FOLDER / GOAL_FILE).read_text()


def test_a_page_with_many_readers_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    write(goal())
    monkeypatch.setenv("VOILA_PREHEAT", "False")
    lab = goal()
    assert not is_back(lab)
    write(lab, OTHER)
    assert "not kept" in lab.note
    assert kept() == [GOAL_FILE]


@pytest.mark.parametrize(
    "text",
    ["", "\n", "a", "a\n", "\n\na\n\n", "#= Dockerfile\n", "##= x\n#=x\n#= ", "a\r\nb\r", "é\ud800☃", "\x00\x85\u2028"],
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    parts = {"Dockerfile": text, "other": text}
    assert read("k", written("k", parts)) == parts
    keeper = Keeper("k")
    keeper.keep(parts)
    assert Keeper("k").versions()[0].parts == parts


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "a/b\\c:d*?<>|\n\x00", "." * 99, "x" * 500, "C\N{SNOWMAN}N"])
def test_any_name_makes_a_file_in_the_folder(key: str, folder: Path) -> None:
    Keeper(key).keep({"a": "b"})
    assert len(kept()) == 1
    assert Keeper(key).versions()[0].parts == {"a": "b"}
    assert [path.name for path in folder.iterdir()] == [FOLDER]


def test_a_character_that_comes_after_another_file_was_chosen_goes_where_it_belongs() -> None:
    lab = goal()
    lab.act("file", ".dockerignore")
    write(lab)
    assert lab.texts == {**dict(lab.begun.texts), "Dockerfile": MINE}


def test_what_the_first_edition_kept_of_a_prediction_still_opens() -> None:
    names = list(predict().asked())
    Keeper("predict lab, python-numpy-app, edit app.py").keep({"builder": "BuildKit", "rebuilt": names[1]})
    lab = predict()
    assert lab.answers == {names[0]: "cached", names[1]: "rebuilt", names[2]: "cached"}
