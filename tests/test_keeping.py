"""Nothing is lost: what a learner does in a lab is in a file beside the notebook, and one click away in a new lab."""

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


def write(lab: GoalLab, text: str = MINE) -> None:
    lab.editor.set_state({"value": text})


def tick(lab: PredictLab) -> None:
    lab.builder.set_state({"index": 1})
    lab.toggles[0].set_state({"value": True})
    lab.toggles[2].set_state({"value": True})


def move(lab: OrderLab) -> None:
    next(iter(lab.downs.values())).click()
    next(iter(lab.counts.values())).set_state({"value": 7})


def work(lab: Any) -> Any:
    """What of a lab's state is the learner's."""
    if hasattr(lab, "texts"):
        return lab.texts
    if hasattr(lab, "now"):
        return lab.now.dockerfile, lab.edits()
    return lab.builder.value, [toggle.value for toggle in lab.toggles]


LABS: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
    "goal": (goal, write),
    "predict": (predict, tick),
    "order": (order, move),
}


def kept() -> list[str]:
    """The names of the files in the folder, those that a file browser hides too."""
    return sorted(path.name for path in Path(FOLDER).iterdir()) if Path(FOLDER).exists() else []


def offered(lab: Any) -> bool:
    return bool(lab.bring_back.layout.display != "none")


@pytest.mark.parametrize("name", LABS)
def test_a_lab_that_is_only_shown_writes_nothing(name: str, folder: Path) -> None:
    make, _ = LABS[name]
    lab = make()
    for press in ("check", "hint", "goal", "copy", "again", "reset", "undo"):
        if hasattr(lab, press):
            getattr(lab, press).click()
    assert list(folder.iterdir()) == []
    assert not offered(lab)
    assert lab.note.layout.display == "none"


@pytest.mark.parametrize("name", LABS)
def test_work_is_kept_and_comes_back_with_one_click(name: str) -> None:
    make, act = LABS[name]
    lab = make()
    begin = work(make())
    act(lab)
    assert len(kept()) == 1
    assert f"kept in {FOLDER}/{kept()[0]}" in lab.note.value
    data = (Path(FOLDER) / kept()[0]).read_bytes()
    again = make()
    assert work(again) == begin
    assert offered(again)
    assert kept()[0] in again.note.value
    again.bring_back.click()
    assert work(again) == work(lab) != begin
    assert not offered(again)
    assert (Path(FOLDER) / kept()[0]).read_bytes() == data
    assert len(kept()) == 1


@pytest.mark.parametrize("name", LABS)
def test_starting_again_leaves_the_old_work(name: str) -> None:
    make, act = LABS[name]
    act(make())
    old = (Path(FOLDER) / kept()[0]).read_bytes()
    again = make()
    control = again.editor if name == "goal" else again.toggles[0] if name == "predict" else None
    if control:
        control.set_state({"value": OTHER if name == "goal" else True})
    else:
        next(iter(again.counts.values())).set_state({"value": 9})
    assert len(kept()) == 2
    assert old in [(Path(FOLDER) / one).read_bytes() for one in kept()]
    assert offered(again)
    again.bring_back.click()
    assert work(again) == work_of(old, make)


def work_of(data: bytes, make: Callable[[], Any]) -> Any:
    """The state that a lab has with this in its only file."""
    for path in Path(FOLDER).iterdir():
        path.unlink()
    (Path(FOLDER) / "elsewhere").mkdir()
    lab = make()
    lab.bring(read(lab.keeper.key, data))
    return work(lab)


def test_a_file_is_read_by_people() -> None:
    lab = goal()
    write(lab)
    lab.file.value = ".dockerignore"
    write(lab, "*.log\n")
    text = (Path(FOLDER) / GOAL_FILE).read_text()
    assert text == f"# Kept by layerlib: {KEY}\n#= Dockerfile\n{MINE}\n#= .dockerignore\n*.log\n\n"
    lab = predict()
    tick(lab)
    text = (Path(FOLDER) / "predict-python-numpy-app-edit-app.py.txt").read_text()
    first, second = lab.toggles[0].description, lab.toggles[2].description
    head = "# Kept by layerlib: predict lab, python-numpy-app, edit app.py"
    assert text == f"{head}\n#= builder\nclassic builder\n#= rebuilt\n{first}\n{second}\n"


def test_a_kept_dockerfile_can_be_checked_as_it_is() -> None:
    lab = goal()
    write(lab, LEVEL.solution.dockerfile)
    assert LEVEL.check((Path(FOLDER) / GOAL_FILE).read_text()).passed


def test_every_character_is_kept() -> None:
    lab = goal()
    begin = lab.editor.value
    for number in range(1, 6):
        write(lab, begin + "# you"[:number])
        assert begin + "# you"[:number] in (Path(FOLDER) / GOAL_FILE).read_text()
    assert kept() == [GOAL_FILE]
    lab.undo.click()
    assert lab.editor.value == begin


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
    assert not offered(lab)
    assert "bug in layerlib" not in lab.view.value + lab.note.value
    act(lab)
    assert file.read_bytes() == FOREIGN[what]
    assert len(kept()) == 2


@pytest.mark.parametrize("name", LABS)
def test_a_kept_file_with_nonsense_in_it_is_not_offered(name: str) -> None:
    make, act = LABS[name]
    lab = make()
    act(lab)
    file = Path(FOLDER) / kept()[0]
    begin, parts = work(make()), read(lab.keeper.key, file.read_bytes())
    assert parts
    for part in parts:
        for nonsense in ("", "\x00", "[9/9] BOO", "a: b", "1" * 6000 if name != "goal" else ""):
            file.write_bytes(written(lab.keeper.key, {**parts, part: nonsense}))
            again = make()
            again.bring_back.click()
            assert "bug in layerlib" not in again.view.value + again.note.value
            if part in ("builder", "rebuilt") and nonsense:
                assert work(again) == begin


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
    os.utime(file)
    again = goal()
    again.bring_back.click()
    assert "pandas" in again.editor.value
    write(again, again.editor.value + "# and more\n")
    assert file.read_bytes() == edited
    assert len(kept()) == 3


def test_reset_leaves_the_work_in_its_file() -> None:
    lab = goal()
    write(lab)
    lab.reset.click()
    write(lab, OTHER)
    assert [MINE in (Path(FOLDER) / one).read_text() for one in kept()] == [False, True]
    offer = goal().offer
    assert offer is not None
    assert offer.parts["Dockerfile"] == OTHER


def test_an_emptied_editor_does_not_empty_the_file() -> None:
    lab = goal()
    write(lab)
    write(lab, " \n")
    assert MINE in (Path(FOLDER) / GOAL_FILE).read_text()


def test_two_labs_that_are_open_at_once_do_not_write_over_each_other() -> None:
    write(goal())
    one, other = goal(), goal()
    one.bring_back.click()
    other.bring_back.click()
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
    assert f"Nothing can be written to the folder {FOLDER}" in lab.note.value
    assert ("Copy as text" in lab.note.value) == (name == "goal")
    assert "bug in layerlib" not in lab.view.value
    assert Path(FOLDER).read_text() == "the learner's own"
    Path(FOLDER).unlink()
    write(lab, OTHER) if name == "goal" else lab.undo.click() if name == "order" else lab.check.click()
    assert "is kept in" in lab.note.value


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="permissions of Unix")
def test_a_folder_without_permission_is_said(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    folder.chmod(0o500)
    try:
        lab = goal()
        write(lab)
        assert "Nothing can be written" in lab.note.value
        assert lab.editor.value == MINE
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
    assert "Nothing can be written" in lab.note.value
    assert kept() == [GOAL_FILE]
    assert (Path(FOLDER) / GOAL_FILE).read_bytes() == before


def test_a_bug_of_ours_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = goal()
    monkeypatch.setattr(type(lab), "_renew", lambda self: 1 / 0)
    write(lab)
    assert "ZeroDivisionError" in lab.view.value
    assert lab.editor.value == MINE
    assert MINE in (Path(FOLDER) / GOAL_FILE).read_text()


@pytest.mark.parametrize("method", ["result", "parts", "project"])
def test_a_bug_of_ours_in_any_place_is_a_sentence(monkeypatch: pytest.MonkeyPatch, folder: Path, method: str) -> None:
    lab = goal()
    with monkeypatch.context() as broken:
        broken.setattr(type(lab), method, lambda self: 1 / 0)
        write(lab)
        lab.check.click()
        assert "bug in layerlib" in lab.view.value + lab.note.value
    assert lab.editor.value == MINE
    write(lab, MINE + "# more\n")
    assert "# more" in (folder / FOLDER / GOAL_FILE).read_text()


def test_a_page_with_many_readers_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    write(goal())
    monkeypatch.setenv("VOILA_PREHEAT", "False")
    lab = goal()
    assert not offered(lab)
    write(lab, OTHER)
    assert "not kept" in lab.note.value
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


def test_a_check_that_a_late_character_follows_is_made_again() -> None:
    lab = goal()
    write(lab, LEVEL.solution.dockerfile.replace("FROM", "FRO"))
    lab.check.click()
    assert "Not yet." in lab.view.value
    write(lab, LEVEL.solution.dockerfile)
    assert "Reached." in lab.view.value
    lab.checked_at -= 10
    write(lab, LEVEL.solution.dockerfile + "# more\n")
    assert "The text has changed since this check." in lab.view.value


def test_a_character_that_comes_after_another_file_was_chosen_goes_where_it_belongs() -> None:
    lab = goal()
    late = lab.editor
    lab.file.value = ".dockerignore"
    late.set_state({"value": MINE})
    assert lab.texts == {**lab.begun(), "Dockerfile": MINE}
    assert lab.editor.value == lab.begun()[".dockerignore"]
