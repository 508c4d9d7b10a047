"""Tables for lessons, as text and as HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab_page import Reader

from layerlib import BuildKit, Change, Effect, LayerlibError, Project, changes, course, labs, tables

GUIDE = Project.load("python-numpy-app")
BUILD = BuildKit().build(GUIDE)
SLIM = BuildKit().build(changes.set_base(GUIDE, "python:slim"))
AGAIN = {"one": GUIDE, "two": GUIDE}
EDIT = changes.named("edit app.py")
LEAK = Project.from_files(
    {"app.py": "1", "password.txt": "opensesame"},
    "FROM python:slim\nWORKDIR /home/app\nCOPY app.py password.txt ./\nRUN rm password.txt\n",
    "leak",
)
MADE_UP = Project.from_files({"app.py": ""}, "FROM nobody/knows\nCOPY app.py /\nRUN make\n", "made up")


def test_a_table_as_text_and_as_html() -> None:
    table = tables.Table("Title", ["change", "result"], [["edit <app>", "rebuilt"], ["touch", ""]])
    assert str(table) == "Title\nchange      result\nedit <app>  rebuilt\ntouch"
    assert ">edit &lt;app&gt;</code>" in table._repr_html_()
    assert ">Title</caption>" in table._repr_html_()
    assert "<b>" not in table._repr_html_()


def test_a_table_can_be_folded_and_its_names_be_no_code() -> None:
    table = tables.Table("Title", ["a", "b"], [["one", "2"]], code=False, numbers=[1], fold="For the <curious>")
    html = table._repr_html_()
    assert html.startswith("<details><summary>For the &lt;curious&gt;</summary><table>")
    assert "<code" not in html
    assert "text-align: right" in html


ROWS: list[tuple[str, Callable[[], Any], list[str]]] = [
    ("history", lambda: tables.history(BUILD), ["COPY ./app.py . # buildkit", "one", "130B"]),
    ("history", lambda: tables.history(BUILD), ['CMD ["python" "app.py"]', "none", "0B"]),
    ("stores", lambda: tables.stores(GUIDE), ["WORKDIR /home/app", "0B", "12.3kB"]),
    ("three sizes", lambda: tables.three_sizes("python:3.12-slim"), ["together", "43.2MB", "119MB", "134MB"]),
    ("sizes", lambda: tables.sizes({"as it is": BUILD}), ["as it is", "1.21GB", "", "0B, 130B, 88.9MB", "1.9s"]),
    ("sizes", lambda: tables.sizes({"as it is": BUILD, "slim": SLIM}),
     ["slim", "209MB", "997MB less", "0B, 130B, 88.9MB", "1.9s"]),
    ("sizes", lambda: tables.sizes({"one": BuildKit().build(MADE_UP)}),
     ["one", "unknown", "", "0B, unknown", "1 step of unknown time"]),
    ("many", lambda: tables.many({"as it is": BUILD}, 20), ["as it is", "1.21GB", "2.89GB"]),
    ("many", lambda: tables.many({"one": BuildKit().build(MADE_UP)}, 20), ["one", "unknown", "unknown"]),
    ("bases", lambda: tables.bases(GUIDE, ["python:alpine"]),
     ["python:alpine", "47.8MB", "17.8MB", "137MB", "88.9MB", "estimated"]),
    ("installs", lambda: tables.installs("pandas scikit-learn"),
     ["pandas scikit-learn", "417MB", "342MB", "13.1s", "13.7s", "4 min 22 s"]),
    ("installs", lambda: tables.installs("nobody-knows"),
     ["nobody-knows", "unknown", "unknown", "time unknown", "time unknown", "time unknown"]),
    ("days", lambda: tables.days({"found": labs.day(GUIDE, {"app.py": 20})}), ["found", "20", "40", "20", "37.6s"]),
    ("days", lambda: tables.days({"found": labs.day(MADE_UP, {"app.py": 2})}),
     ["found", "2", "4", "2", "2 steps of unknown time"]),
    ("changes", lambda: tables.changes(GUIDE, [EDIT]),
     ["edit app.py", "cached", "rebuilt", "rebuilt", "The content of app.py changed."]),
    ("changes, another number of steps", lambda: tables.changes(GUIDE, [labs_change("RUN true")]),
     ["RUN true above", "RUN WORKDIR COPY RUN", "", "", "The line RUN true is new."]),
    ("builders", lambda: tables.builders(GUIDE, [EDIT]), ["edit app.py", "COPY RUN", "COPY RUN CMD"]),
    ("sequence", lambda: tables.sequence(AGAIN), ["two", "nothing"]),
    ("sequence", lambda: tables.sequence(AGAIN, {"two": {"no_cache": True}}), ["two", "COPY RUN"]),
    ("ways", lambda: tables.ways({"a": GUIDE, "b": LEAK}, [EDIT]), ["edit app.py", "COPY RUN", "COPY RUN"]),
    ("context", lambda: tables.context({"all": GUIDE}), ["all", "2 files", "223B"]),
    ("files", lambda: tables.files(GUIDE), ["app.py", "130B"]),
    ("contents", lambda: tables.contents(LEAK),
     ["/home/app/password.txt", "[3/4] COPY app.py password.txt ./", "no, but it is in the image"]),
    ("contents", lambda: tables.contents(LEAK),
     ["/home/app/.wh.password.txt", "[4/4] RUN rm password.txt", "no: it hides the file below"]),
    ("layers", lambda: tables.layers("python:slim"), ["together", "", "120MB"]),
    ("digests", lambda: tables.digests(["python:3.14"]), ["python:3.14", "sha256:0876e54cf728…"]),
    ("shared", lambda: tables.shared("python", ["node:26"]), ["node:26", "4 layers", "379MB", "444MB"]),
    ("shared", lambda: tables.shared("python", ["python:slim"]), ["python:slim", "0 layers", "0B", "43.5MB"]),
    ("places", lambda: tables.places(GUIDE), ["[2/4] WORKDIR /home/app", "makes /home/app"]),
    ("places", lambda: tables.places(GUIDE), ["[3/4] COPY ./app.py .", "writes to /home/app/"]),
    ("places", lambda: tables.places(GUIDE), ["[4/4] RUN pip install numpy", "starts in /home/app"]),
    ("places", lambda: tables.places(GUIDE), ["a container", "starts in /home/app"]),
    ("places, no WORKDIR", lambda: tables.places(MADE_UP), ["a container", "starts in /"]),
    ("spellings", lambda: tables.spellings(GUIDE, 3, ["COPY ./app.py src"]),
     ["COPY ./app.py src", "writes to /home/app/src", "rebuilt",
      "The destination changed from /home/app/ to /home/app/src."]),
    ("spellings", lambda: tables.spellings(GUIDE, 3, ["COPY app.py /home/app/"]),
     ["COPY app.py /home/app/", "writes to /home/app/", "cached", ""]),
    ("patterns", lambda: tables.patterns(LEAK, ["*.txt", "*\n!app.py"]), ["*.txt", "Dockerfile app.py"]),
    ("patterns", lambda: tables.patterns(LEAK, ["*.txt", "*\n!app.py"]), ["* ⏎ !app.py", "app.py"]),
    ("refusals", lambda: tables.refusals(GUIDE, [labs_change("COPY a .")]),
     ["COPY a . above", 'Dockerfile, line 2: "/a": not found']),
    ("refusals", lambda: tables.refusals(GUIDE, [EDIT]), ["edit app.py", "It is built."]),
    ("starts", lambda: tables.starts({"a": GUIDE}, ["--version"]), ["a", "python app.py", "--version"]),
    ("starts", lambda: tables.starts({"a": last("CMD python app.py")}), ["a", '/bin/sh -c "python app.py"']),
    ("starts", lambda: tables.starts({"a": last('ENTRYPOINT ["python"]\nCMD ["app.py"]')}, ["x y"]),
     ["a", "python app.py", "python x y"]),
    ("starts", lambda: tables.starts({"a": Project.from_files({"x": ""}, "FROM scratch\nCOPY x /\n")}),
     ["a", "nothing: it needs a command"]),
]  # fmt: skip


def last(text: str) -> Project:
    return changes.set_instruction(GUIDE, 5, text)


def labs_change(text: str) -> Any:
    return Change(f"{text} above", lambda project: changes.insert(project, 2, text))


@pytest.mark.parametrize(("make", "row"), [case[1:] for case in ROWS], ids=[f"{c[0]}: {c[2][0]}" for c in ROWS])
def test_what_a_table_says(make: Callable[[], Any], row: list[str]) -> None:
    table = make()
    found = [list(cells) for cells in table.rows if cells[0] == row[0]]
    assert row in found
    reader = Reader(table._repr_html_())
    assert reader.tags.count("caption") == 1
    assert {len(cells) for cells in reader.rows} == {len(table.heads)}


def test_a_history_can_be_cut() -> None:
    assert len(tables.history(BUILD, newest=3).rows) == 3
    assert "15 rows, 10 layers" in tables.history(BUILD, newest=3).caption


@pytest.mark.parametrize("example", course.examples(), ids=lambda one: one.name)
def test_every_example_is_built(example: course.Example) -> None:
    for project in [*example.ways.values(), *([] if example.ways else [example.project])]:
        assert BuildKit(effects=example.effects).build(project).steps
    for change in example.changes:
        assert change(example.project) != example.project or change.options or change.moves or "touch" in change.name
    assert set(example.builds()) == set(example.ways)


def test_an_unknown_example_is_a_sentence() -> None:
    with pytest.raises(LayerlibError, match="one-of-every-kind"):
        course.example("one-of-each-kind")


def test_effects_reach_the_tables() -> None:
    slow = {"make": Effect(size=7, seconds=2.0)}
    table = tables.changes(MADE_UP, [EDIT], effects=slow)
    assert table.rows[0][1:3] == ["rebuilt", "rebuilt"]
