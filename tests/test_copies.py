"""Learners' own copies of the lessons: what they hold, and that nothing that a learner wrote is ever lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layerlib.outside import copies, lessons
from layerlib.outside.cli import main
from layerlib.outside.commands import course as command
from layerlib.outside.copies import Outcome, Part, update
from layerlib.reading.errors import LayerlibError

ROOT = Path(__file__).parents[1]
COURSE = copies.parts()
FILES = {f"{part.name}/{name}".rstrip("/"): data for part in COURSE for name, data in part.files.items()}
NOTEBOOKS = sorted(name for name in FILES if name.endswith(".ipynb"))


def notebook(*sources: str, outputs: tuple[str, ...] = (), **metadata: Any) -> bytes:
    """A notebook of code cells with these texts, each with these printed outputs."""
    shown = [{"output_type": "stream", "name": "stdout", "text": [text]} for text in outputs]
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": [text], "outputs": shown, "execution_count": i}
        for i, text in enumerate(sources)
    ]
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, indent=1) + "\n").encode()


# ---- What they hold


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_copy_has_the_lessons_cells_and_shows_nothing(name: str) -> None:
    lesson = json.loads((ROOT / "notebooks" / name).read_bytes())
    copy = json.loads(FILES[name])
    assert [cell["id"] for cell in copy["cells"]] == [cell["id"] for cell in lesson["cells"]]
    code = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in code] == [
        cell["source"] for cell in lesson["cells"] if cell["cell_type"] == "code"
    ]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)
    assert copy["metadata"] == lesson["metadata"]


def test_every_lesson_solution_and_project_is_there() -> None:
    folder = ROOT / "notebooks"
    wanted = [*folder.glob("*.ipynb"), *(folder / "solutions").glob("*.ipynb")]
    assert sorted(path.relative_to(folder).as_posix() for path in wanted) == NOTEBOOKS
    projects = {path.name for path in (folder / "projects").iterdir()}
    assert {part.name for part in COURSE if part.name.startswith("projects/")} == {f"projects/{p}" for p in projects}
    assert "projects/python-numpy-app/Dockerfile" in FILES
    assert lessons.FIRST in FILES


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(("ipynb", ".md")) and "projects" not in name])
def test_links_lead_to_copies(name: str) -> None:
    text = FILES[name].decode()
    if name.endswith(".ipynb"):
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert os.path.normpath(Path(name).parent / target).replace(os.sep, "/") in FILES, target


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_paths_of_projects_are_those_of_the_copies(name: str) -> None:
    assert b"notebooks/projects" not in FILES[name]


def test_a_notebook_whose_cells_have_one_text_each_is_stripped_too() -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": "one\n[two](../docs/fidelity.md)"}
    copy = json.loads(lessons.stripped(json.dumps({"cells": [cell]})))
    assert copy["cells"][0]["source"] == ["one\n", "[two](about/fidelity.md)"]


# ---- Nothing is lost

ONE, TWO, THREE = notebook("print(1)"), notebook("print(2)"), notebook("print(3)")
MINE = notebook("print('mine')")
RUN = notebook("print(1)", outputs=("1\n",))
# As JupyterLab saves it on its own, when a kernel has started.
SAVED = notebook("print(1)", language_info={"name": "python", "version": "3.13.1"})


def course(data: bytes) -> list[Part]:
    return [Part("03_copy.ipynb", {"": data})]


# What the course had, one version after the other; what the learner did after the first; the files at the end, and
# what became of the lesson the last time.
SITUATIONS: dict[str, tuple[list[bytes], bytes | None, dict[str, bytes], Outcome]] = {
    "fresh": ([ONE], None, {"": ONE}, Outcome.NEW),
    "again": ([ONE, ONE], ONE, {"": ONE}, Outcome.KEPT),
    "again, and the learner changed it": ([ONE, ONE], MINE, {"": MINE}, Outcome.KEPT),
    "again, and the learner ran it": ([ONE, ONE], RUN, {"": RUN}, Outcome.KEPT),
    "again, and the learner made no notebook of it": ([ONE, ONE], b"{", {"": b"{"}, Outcome.KEPT),
    "again, and the learner removed it": ([ONE, ONE], None, {"": ONE}, Outcome.NEW),
    "newer": ([ONE, TWO], ONE, {"": TWO}, Outcome.RENEWED),
    "newer, and it was only opened": ([ONE, TWO], SAVED, {"": TWO}, Outcome.RENEWED),
    "newer, and the learner changed it": ([ONE, TWO], MINE, {"": MINE, "-new": TWO}, Outcome.BESIDE),
    "newer, and the learner ran it": ([ONE, TWO], RUN, {"": RUN, "-new": TWO}, Outcome.BESIDE),
    "newer, and the learner made no notebook of it": ([ONE, TWO], b"{", {"": b"{", "-new": TWO}, Outcome.BESIDE),
    "newer, and the learner removed it": ([ONE, TWO], None, {"": TWO}, Outcome.NEW),
    "newer, changed, and again": ([ONE, TWO, TWO], MINE, {"": MINE, "-new": TWO}, Outcome.KEPT),
    "newer twice, and the learner changed the first": (
        [ONE, TWO, THREE],
        MINE,
        {"": MINE, "-new": THREE},
        Outcome.RENEWED,
    ),
    "the learner's is the newer one": ([ONE, TWO], TWO, {"": TWO}, Outcome.KEPT),
}


@pytest.mark.parametrize(("versions", "then", "wanted", "outcome"), SITUATIONS.values(), ids=SITUATIONS)
def test_nothing_that_a_learner_wrote_is_lost(
    tmp_path: Path, versions: list[bytes], then: bytes | None, wanted: dict[str, bytes], outcome: Outcome
) -> None:
    folder = tmp_path / "my-course"
    (made,) = update(folder, course(versions[0]))
    if len(versions) > 1:
        path = folder / "03_copy.ipynb"
        if then is None:
            path.unlink()
        else:
            path.write_bytes(then)
    for version in versions[1:]:
        (made,) = update(folder, course(version))
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != copies.RECORD}
    assert found == {f"03_copy{end}.ipynb": data for end, data in wanted.items()}
    assert made.outcome is outcome


def test_each_version_that_the_learner_wrote_in_stays(tmp_path: Path) -> None:
    for version in (ONE, TWO, THREE, notebook("print(4)")):
        (made,) = update(tmp_path, course(version))
        made.path.write_bytes(version.replace(b"print", b"mine"))
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == [
        "03_copy-new-2.ipynb", "03_copy-new-3.ipynb", "03_copy-new.ipynb", "03_copy.ipynb",
    ]  # fmt: skip
    assert b"mine(1)" in (tmp_path / "03_copy.ipynb").read_bytes()


@pytest.mark.parametrize("record", [None, b"", b"[]", b'{"03_copy.ipynb": 3}', b"\xff"], ids=repr)
@pytest.mark.parametrize(("then", "outcome"), [(ONE, Outcome.KEPT), (MINE, Outcome.BESIDE)])
def test_without_the_record_nothing_is_lost_either(
    tmp_path: Path, record: bytes | None, then: bytes, outcome: Outcome
) -> None:
    (tmp_path / "03_copy.ipynb").write_bytes(then)
    if record is not None:
        (tmp_path / copies.RECORD).write_bytes(record)
    (made,) = update(tmp_path, course(ONE))
    assert (made.outcome, (tmp_path / "03_copy.ipynb").read_bytes()) == (outcome, then)


def test_other_files_of_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "my-work").mkdir()
    (tmp_path / "my-work" / "cache-lab.txt").write_text("mine")
    update(tmp_path, course(ONE))
    assert (tmp_path / "my-work" / "cache-lab.txt").read_text() == "mine"


def app(*files: str) -> list[Part]:
    return [Part("projects/app", {name: name.encode() for name in files})]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda folder: None, {"app/b"}),
        (lambda folder: (folder / "a").write_text("mine"), {"app/a", "app/d/c", "app-new/b"}),
        (lambda folder: (folder / "d" / "mine").write_text(""), {"app/a", "app/d/c", "app/d/mine", "app-new/b"}),
        (lambda folder: shutil.rmtree(folder / "d"), {"app/a", "app-new/b"}),
        (shutil.rmtree, {"app/b"}),
        (
            lambda folder: folder.rename(folder.with_name("mine")).with_name("app").write_text("mine"),
            {"app", "app-new/b", "mine/a", "mine/d/c"},
        ),
    ],
    ids=["untouched", "changed", "added", "removed", "all removed", "a file"],
)
def test_a_project_is_kept_or_renewed_as_a_whole(
    tmp_path: Path, change: Callable[[Path], object], wanted: set[str]
) -> None:
    update(tmp_path, app("a", "d/c"))
    change(tmp_path / "projects" / "app")
    update(tmp_path, app("b"))
    top = tmp_path / "projects"
    assert {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()} == wanted


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
@pytest.mark.parametrize("target", ["elsewhere.ipynb", "nowhere"])
def test_a_link_is_not_written_through(tmp_path: Path, target: str) -> None:
    (tmp_path / "elsewhere.ipynb").write_bytes(ONE)
    folder = tmp_path / "my-course"
    update(folder, course(ONE))
    (folder / "03_copy.ipynb").unlink()
    (folder / "03_copy.ipynb").symlink_to(tmp_path / target)
    update(folder, course(TWO))
    assert (tmp_path / "elsewhere.ipynb").read_bytes() == ONE
    assert (folder / "03_copy.ipynb").is_symlink()
    assert (folder / "03_copy-new.ipynb").read_bytes() == TWO


@pytest.mark.parametrize("old", [course(ONE), app("a", "d/c")], ids=["notebook", "project"])
def test_what_cannot_be_written_leaves_the_old_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: list[Part]
) -> None:
    update(tmp_path, old)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        update(tmp_path, [Part(old[0].name, dict.fromkeys(old[0].files, b"new"))])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("inside", ["", "solutions", "not/there"])
def test_the_courses_own_lessons_are_left_alone(inside: str) -> None:
    with pytest.raises(LayerlibError, match="Name another folder"):
        update(ROOT / "notebooks" / inside, COURSE)


# ---- The command


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bytes], None]:
    """Makes the course one of one lesson; the current folder is an empty one, and nothing is trusted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "_trust", lambda notebooks: None)
    return lambda data: monkeypatch.setattr(copies, "parts", lambda: course(data))


def test_the_command_says_what_it_did(
    few: Callable[[bytes], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for version in (ONE, ONE, TWO, THREE):
        few(version)
        assert main(["course", "--no-open"]) == 0
        said.append(capsys.readouterr().out)
        if version == TWO:
            (tmp_path / "my-course" / "03_copy.ipynb").write_bytes(MINE)
    end = "The lessons are in my-course.\n"
    beside = Path("my-course") / "03_copy-new.ipynb"
    assert said == [
        end,
        end,
        f"Renewed, since you had written nothing in them: 03_copy.ipynb.\n{end}",
        f"{beside} is newer than your 03_copy.ipynb, which stays as it is.\n{end}",
    ]


def test_a_lesson_that_the_course_has_more_is_named(
    few: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few(ONE)
    main(["course", "--no-open"])
    monkeypatch.setattr(copies, "parts", lambda: [*course(ONE), Part("12_real.ipynb", {"": TWO})])
    capsys.readouterr()
    main(["course", "--no-open"])
    assert capsys.readouterr().out == "New: 12_real.ipynb.\nThe lessons are in my-course.\n"


def test_a_file_is_no_folder(few: Callable[[bytes], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few(ONE)
    (tmp_path / "my-course").write_text("mine")
    assert main(["course", "--no-open"]) == 2
    assert "'my-course' is a file" in capsys.readouterr().err
    assert main(["course", str(Path("my-course") / "below"), "--no-open"]) == 2
    assert (tmp_path / "my-course").read_text() == "mine"


def read_only(few: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch, data: bytes) -> int:
    """Run the command again with such a lesson, where nothing may be written, whoever runs the tests."""
    few(data)

    def refused(self: Path, *words: object) -> int:
        raise PermissionError(13, "Permission denied", str(self))

    for name in ("write_bytes", "replace", "rename"):
        monkeypatch.setattr(Path, name, refused)
    return main(["course", "--no-open"])


def test_where_nothing_may_be_written_it_says_so(
    few: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_only(few, monkeypatch, ONE) == 2
    assert "Permission denied" in capsys.readouterr().err


def test_where_nothing_may_be_written_the_same_lessons_open(
    few: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    few(ONE)
    main(["course", "--no-open"])
    assert read_only(few, monkeypatch, ONE) == 0


def test_jupyterlab_opens_the_first_lesson(few: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch) -> None:
    few(ONE)
    started: list[list[str]] = []

    class Lab:
        main = staticmethod(started.append)

    monkeypatch.setattr(command, "find_spec", lambda name: True)
    monkeypatch.setattr(command, "import_module", lambda name: Lab)
    assert main(["course", "--port=9000", "--no-browser"]) == 0
    (words,) = started
    assert f"--ServerApp.root_dir={Path.cwd() / 'my-course'}" in words
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in words
    assert {"--port=9000", "--no-browser"} <= set(words)


def test_without_jupyterlab_it_says_what_to_install(
    few: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few(ONE)
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert main(["course"]) == 0
    assert capsys.readouterr().out.endswith("pip install 'layerlib[course]'\n")


def test_jupyter_trusts_the_copies_and_nothing_that_a_learner_brought(tmp_path: Path) -> None:
    pytest.importorskip("nbformat.sign")
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "01_from.ipynb").write_bytes(RUN)
    environment = os.environ | {"JUPYTER_DATA_DIR": str(tmp_path / "data")}
    words = [sys.executable, "-m", "layerlib", "course", str(folder), "--no-open"]
    subprocess.run(words, check=True, env=environment, cwd=ROOT, capture_output=True)
    code = (
        "import sys, nbformat\nfrom contextlib import ExitStack\nfrom nbformat.sign import NotebookNotary\n"
        "with ExitStack() as stack:\n"
        "    notary = NotebookNotary()\n"
        "    if hasattr(notary, '__enter__'):\n        stack.enter_context(notary)\n"
        "    print([notary.check_signature(nbformat.read(path, 4)) for path in sys.argv[1:]])\n"
    )
    paths = [str(folder / name) for name in ("00_start_here.ipynb", "01_from.ipynb", "01_from-new.ipynb")]
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], check=True, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "[True, False, True]\n"
