"""The lab for one's own project, and lesson 10 with projects of six kinds."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_page import BUG, Reader, shown
from nbclient import NotebookClient

from layerlib import ContextError, Project, labs
from layerlib.reading.uploaded import project_of
from layerlib.showing.what_if import alike, questions, what_if

OWN = Path(__file__).parent / "own-projects"
LESSON = Path(__file__).parent.parent / "notebooks" / "10_your_dockerfile.ipynb"

pytestmark = pytest.mark.usefixtures("own_folder")

# For each project: an everyday edit, the number of steps that it rebuilds and that depend, and the step that is the
# cause. What was recorded of such builds stands in tests/traces (hard-*, idioms-*); these are worked out by hand.
EDITS = {
    "django": ("edit site/settings.py", 2, 0, "[stage-1 4/5] COPY . ."),
    "node-ts": ("edit src/index.ts", 2, 3, "[build 2/3] COPY src ./src"),
    "rust-chef": ("edit src/main.rs", 4, 3, "[builder 3/4] COPY . ."),
    "go": ("edit cmd/relay/main.go", 2, 1, "[build 5/6] COPY . ."),
    "java": ("edit src/main/java/shop/Shop.java", 2, 1, "[build 5/6] COPY src src"),
    "data-science": ("edit train.py", 3, 0, "[3/5] COPY . ."),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_an_everyday_edit_rebuilds(name: str) -> None:
    edit, rebuilt, depending, cause = EDITS[name]
    answers = {answer.change.name: answer for answer in what_if(Project.from_directory(OWN / name))}
    answer = answers[edit]
    assert (len(answer.rebuilt), len(answer.depending)) == (rebuilt, depending)
    assert answer.cause is not None
    assert answer.cause.name == cause


@pytest.mark.parametrize("name", EDITS)
def test_the_lesson_reaches_the_bottom_with_each_kind_of_project(name: str, tmp_path: Path) -> None:
    lesson = nbformat.read(LESSON, as_version=4)  # type: ignore[no-untyped-call]
    for cell in lesson.cells:
        if cell.cell_type == "code" and "labs.own()" in cell.source:
            cell.source = cell.source.replace("labs.own()", f"labs.own({str(OWN / name)!r})")
    NotebookClient(
        lesson, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    said = "".join(str(cell.get("outputs", "")) for cell in lesson.cells)
    assert name in said
    assert BUG not in said


LIKELY_DEAR = {
    "django": ["[build 5/5]"],
    "node-ts": ["[build 3/3]", "[deps 4/4]"],
    "go": ["[build 4/6]", "[build 6/6]"],
    "data-science": [],  # pandas and scikit-learn were measured
}


@pytest.mark.parametrize("name", LIKELY_DEAR)
def test_installs_that_nobody_measured_are_likely_dear(name: str) -> None:
    first = what_if(Project.from_directory(OWN / name))[0]
    assert [step.name.partition("]")[0] + "]" for step in first.dear] == LIKELY_DEAR[name]


def test_what_was_measured_is_summed() -> None:
    answer = what_if(Project.from_directory(OWN / "data-science"))[0]
    assert str(answer.time).endswith("s and 1 step of unknown time")
    assert answer.time.known > 10


def test_edits_of_files_come_first_and_alike_ones_together() -> None:
    groups = alike(what_if(Project.from_directory(OWN / "data-science")))
    assert {"edit prepare.py", "edit requirements.txt", "edit train.py"} <= {one.change.name for one in groups[0]}
    assert len(groups) < 6


# A note as the lab offers it decides: a file that it does not name leaves what looks at it cached.
DECIDED = {
    "rust-chef": ('reads = ["./"]', 'reads = ["Cargo.toml", "Cargo.lock"]', "edit src/main.rs", "builder 2/4"),
    "go": ('reads = ["go.mod", "go.sum", "./"]', 'reads = ["go.mod", "go.sum", "cmd/", "internal/"]', "add notes.txt",
           "stage-1 2/2"),
}  # fmt: skip


@pytest.mark.parametrize("name", DECIDED)
def test_a_note_decides_what_depends(name: str) -> None:
    offered, corrected, edit, place = DECIDED[name]
    project = Project.from_directory(OWN / name)
    note = questions(project, what_if(project))[0].note
    assert offered in note
    noted = project.with_files({"layerlib.toml": note.replace(offered, corrected)})
    before, after = (
        next(one for one in what_if(some) if one.change.name == edit).depending for some in (project, noted)
    )
    assert any(place in step.name for step in before)
    assert not any(place in step.name for step in after)


@pytest.mark.parametrize("name", EDITS)
def test_every_note_that_is_offered_can_be_read(name: str) -> None:
    lab = labs.own(str(OWN / name))
    lab.act("ask")
    for at in range(len(questions(lab.project, what_if(lab.project)))):
        lab.act("note", str(at))
    assert BUG not in shown(lab)
    assert "This cannot be built" not in shown(lab)
    assert lab.texts["layerlib.toml"].count("[[run]]") == len(lab.project.notes.runs)


# The lab.


def test_nothing_is_given_away_before_it_is_asked_for() -> None:
    lab = labs.own()
    assert "Guess first" in shown(lab)
    assert "edit shop.py" not in shown(lab)
    lab.act("ask")
    assert "edit shop.py" in shown(lab)


def test_a_pasted_dockerfile_gets_its_files() -> None:
    lab = labs.own()
    lab.act("type", "Dockerfile", value="FROM node\nCOPY package*.json ./\nRUN npm ci\nCOPY src src\n")
    assert {"package.json", "src/main.js"} <= lab.project.files.keys()
    assert "Made up" in shown(lab)


def test_backslashes_reach_the_builder_as_they_are_typed() -> None:
    lab = labs.own()
    lab.act("type", "Dockerfile", value='FROM debian\nRUN apt-get update && \\\n    # a comment\n    printf "a\\nb"\n')
    assert "can be built" in shown(lab)
    assert lab.project.parsed.instructions[-1].line == 2


def test_a_folder_is_opened_and_its_files_are_used() -> None:
    lab = labs.own()
    lab.act("folder", value=str(OWN / "java"))
    lab.act("folder", key="Enter")
    assert "mvn" in lab.texts["Dockerfile"]
    assert "pom.xml" in lab.project.files
    assert "Made up" not in shown(lab)


def test_a_folder_that_is_not_there_leaves_the_work_alone() -> None:
    lab = labs.own()
    before = lab.texts
    lab.act("folder", value="/no/such/folder")
    lab.act("read")
    assert "there is no folder /no/such/folder" in shown(lab)
    assert lab.texts == before


def test_work_is_there_again_in_the_next_lab() -> None:
    labs.own().act("type", "Dockerfile", value="FROM alpine\nRUN echo mine\n")
    assert "echo mine" in labs.own().texts["Dockerfile"]


def test_the_dockerfile_now_is_compared_with_the_one_that_was_brought() -> None:
    lab = labs.own()
    lab.act(
        "type",
        "Dockerfile",
        value="FROM python:slim\nWORKDIR /srv/shop\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
        "COPY make_catalogue.py .\nRUN python make_catalogue.py --output catalogue.db\nCOPY . .\n"
        'CMD ["python", "shop.py"]\n',
    )
    row = next(line for line in repr(lab.compared()).splitlines() if line.startswith("edit shop.py"))
    assert row.split("  ") == [
        "edit shop.py",
        "",
        "",
        "",
        "",
        "",
        "↓ 3 steps; 2 steps of unknown time",
        "↓ 1 step; 0.0s",
    ]


ASKS: dict[str, Callable[[Any], Any]] = {
    "predict": lambda lab: lab.predict(),
    "cache": lambda lab: lab.cache(),
    "unknown": lambda lab: lab.unknown(),
    "compared": lambda lab: lab.compared(),
    "upload": lambda lab: lab.upload(),
}
BAD = {
    "nothing": "",
    "a typo": "FROM python\nCOPPY . .\n",
    "no file is copied": "FROM python\nRUN pip install numpy\n",
    "an argument without a value": "ARG X\nFROM $X\n",
    "nonsense": "\x00\ud800",
    "a wildcard without an end": "FROM python\nCOPY [a x/\n",
    "out of the context": "FROM python\nCOPY ../a ../../b /x/\n",
    "a file that is a folder, too": "FROM python\nCOPY a.txt /x\nCOPY a.txt/b.txt /y\n",
    "from nothing": "FROM scratch\n",
    "a heredoc": "FROM python\nCOPY <<EOF /x\nhi\nEOF\nRUN <<EOF\nhi\nEOF\n",
}


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("case", BAD)
def test_no_cell_raises_whatever_is_pasted(case: str, ask: str) -> None:
    lab = labs.own()
    lab.act("type", "Dockerfile", value=BAD[case])
    lab.act("ask")
    assert ASKS[ask](lab) is not None
    assert BUG not in shown(lab)


LINES = st.sampled_from(
    ["FROM python", "FROM a AS b", "COPY . .", "COPY a b c/", "COPY --from=0 /x /y", "RUN make", "ARG A=.",
     "COPY $A /z", "COPY *.py src/ ./", "RUN --mount=type=bind,source=r,target=/r pip install -r /r", "CMD x",
     "ADD https://x.y/z /z", "ENV A=${B:-c}", "WORKDIR /w",
     "COPY \"a b\" /q", "COPY [\"a\", \"b\"]", "ONBUILD COPY a b", "USER $A", "\\"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=8))
def test_any_dockerfile_leaves_the_lab_whole(lines: list[str]) -> None:
    lab = labs.own()
    lab.act("type", "Dockerfile", value="\n".join(lines))
    lab.act("ask")
    for ask in ASKS.values():
        ask(lab)
    assert BUG not in shown(lab)


def test_every_control_of_the_lab_asks_for_something_that_is_there() -> None:
    lab = labs.own(str(OWN / "node-ts"))
    lab.act("ask")
    for control in Reader(lab.html).controls:
        if "data-do" in control:
            assert hasattr(lab, f"do_{control['data-do']}"), control


# Uploads.

FILES = {"Dockerfile": b"FROM python\nCOPY . .\n", "app.py": b"print()\n", "src/a.py": b"1\n"}


def zipped(top: str = "") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, content in FILES.items():
            archive.writestr(top + path, content)
    return data.getvalue()


def tarred(top: str = "") -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for path, content in FILES.items():
            entry = tarfile.TarInfo(top + path)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return data.getvalue()


UPLOADS = {
    "loose files": {"Dockerfile": FILES["Dockerfile"], "app.py": FILES["app.py"]},
    "a zip": {"shop.zip": zipped()},
    "a zip of a folder": {"shop.zip": zipped("shop/")},
    "a tar": {"shop.tar.gz": tarred()},
    "a tar of a folder": {"shop.tgz": tarred("./shop/")},
}


@pytest.mark.parametrize("case", UPLOADS)
def test_uploads_become_a_project(case: str) -> None:
    project = project_of(UPLOADS[case])
    assert project.dockerfile == "FROM python\nCOPY . .\n"
    assert project.files["app.py"].read() == b"print()\n"
    assert "src/a.py" in project.files or case == "loose files"


@pytest.mark.parametrize("name", ["broken.zip", "broken.tar.gz"])
def test_a_broken_archive_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(ContextError, match=f"{name} cannot be unpacked"):
        project_of({name: b"no archive"})


@pytest.mark.parametrize(("name", "data"), [("shop.zip", zipped()), ("shop.tar.gz", tarred())])
def test_too_large_an_archive_is_refused_once(name: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layerlib.reading.uploaded.LARGEST", 10)
    with pytest.raises(ContextError) as refused:
        project_of({name: data})
    assert str(refused.value).startswith(f"{name} holds more than")
    assert "cannot be unpacked" not in str(refused.value)


def test_an_upload_reaches_the_lab() -> None:
    lab = labs.own()
    lab.act("upload", [{"name": "shop.zip", "content": memoryview(zipped("shop/"))}])
    assert lab.project.files["src/a.py"].read() == b"1\n"
    lab.act("upload", [{"name": "x.zip", "content": memoryview(b"no")}])
    assert "cannot be unpacked" in shown(lab)
