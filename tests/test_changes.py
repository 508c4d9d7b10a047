"""Changes by their names, and the changes that are offered for a project."""

from __future__ import annotations

import pytest

from layerlib import LayerlibError, Project, changes

TEXT = 'FROM python\nWORKDIR /a\nCOPY . .\nRUN make\nUSER me\nEXPOSE 80\nCMD ["x"]\n'
PROJECT = Project.from_files({"app.py": "1\n", "notes.md": "n\n", "LICENSE": "l\n"}, TEXT)

NAMED = [
    # name, the project afterwards
    ("nothing", PROJECT),
    ("touch app.py", PROJECT),
    ("edit app.py", PROJECT.with_files({"app.py": "1\n\n# edited\n"})),
    ("edit LICENSE", PROJECT.with_files({"LICENSE": "l\n\n# edited\n"})),
    ("chmod app.py", changes.set_mode(PROJECT, "app.py", 0o755)),
    ("add new.txt", PROJECT.with_files({"new.txt": "new\n"})),
    ("remove notes.md", PROJECT.with_files({"notes.md": None})),
    ("edit WORKDIR", PROJECT.with_dockerfile(TEXT.replace("/a", "/a2"))),
    ("edit RUN", PROJECT.with_dockerfile(TEXT.replace("make", "make && true"))),
    ("edit USER", PROJECT.with_dockerfile(TEXT.replace("me\n", "1001\n"))),
    ("edit EXPOSE", PROJECT.with_dockerfile(TEXT.replace("80", "9000"))),
    ("edit CMD", PROJECT.with_dockerfile(TEXT.replace('["x"]', '["x", "-v"]'))),
    ("set A=b c", PROJECT.with_dockerfile(f"{TEXT}ENV A='b c'\n")),
]


@pytest.mark.parametrize(("name", "after"), NAMED, ids=[name for name, _ in NAMED])
def test_a_named_change(name: str, after: Project) -> None:
    change = changes.named(name)
    assert change.name == name
    assert change(PROJECT) == after
    assert (change.options, change.moves) == ({}, False)


def test_named_changes_of_the_build() -> None:
    assert changes.named("--no-cache").options == {"no_cache": True}
    assert changes.named("--build-arg A=b=c").options == {"args": {"A": "b=c"}}
    assert changes.named("the base image moves").moves
    for name in ("--no-cache", "--build-arg A=b", "the base image moves"):
        assert changes.named(name)(PROJECT) == PROJECT


@pytest.mark.parametrize("name", ["", "edit", "edit ", "paint app.py", "set A", "--build-arg A", "--pull", "Nothing"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(LayerlibError, match="no change is called"):
        changes.named(name)


@pytest.mark.parametrize("keyword", ["WORKDIR", "RUN", "CMD", "USER", "EXPOSE"])
def test_an_instruction_that_is_missing_cannot_be_edited(keyword: str) -> None:
    bare = Project.from_files({}, "FROM python\n")
    assert changes.named(f"edit {keyword}")(bare) == bare
    with pytest.raises(LayerlibError, match=f"no {keyword} to edit"):
        changes.edit_instruction(bare, keyword)


@pytest.mark.parametrize("run", ["RUN <<E\nmake\nE", 'RUN ["make"]'])
def test_a_run_that_no_text_can_follow_is_replaced(run: str) -> None:
    project = Project.from_files({}, f"FROM python\n{run}\nUSER me\n")
    assert changes.named("edit RUN")(project).dockerfile == "FROM python\nRUN true\nUSER me\n"


def test_what_is_offered_follows_from_the_project() -> None:
    assert [change.name for change in changes.of(PROJECT)] == [
        "edit app.py",
        "touch app.py",
        "chmod +x app.py",
        "add notes.txt",
        "add a comment",
        *(f"edit {keyword}" for keyword in ("WORKDIR", "RUN", "CMD", "USER", "EXPOSE")),
        "add ENV above",
        "add LABEL above",
        "add .dockerignore",
        "the base image moves",
        "--no-cache",
    ]


def test_no_file_that_is_there_is_offered_to_be_added() -> None:
    offered = changes.of(PROJECT.with_files({"notes.txt": "mine\n"}))
    assert "add notes.txt" not in {change.name for change in offered}


@pytest.mark.parametrize("name", Project.shipped())
def test_offered_changes_have_names_of_their_own_and_go_together(name: str) -> None:
    project = Project.load(name)
    offered = changes.of(project)
    assert len({change.name for change in offered}) == len(offered) >= 5
    assert all(change(project).parsed for change in offered)
    for change in offered:
        project = change(project)
    assert project.parsed.stages


OFFERED = [
    # Dockerfile, whether "the base image moves" is offered
    ("FROM python\n", True),
    ("ARG TAG=slim\nFROM python:$TAG\n", True),
    ("FROM python AS Base\nFROM base\n", True),
    ("FROM scratch\n", False),
    ("FROM scratch AS empty\nFROM EMPTY\n", False),
    ("FROM python AS build\nFROM scratch\n", False),
]


@pytest.mark.parametrize(("text", "moves"), OFFERED)
def test_a_base_that_can_move_is_offered_to_move(text: str, moves: bool) -> None:
    offered = changes.of(Project.from_files({}, text))
    assert any(change.moves for change in offered) == moves


def test_a_build_argument_is_offered_with_another_value() -> None:
    offered = changes.of(Project.from_files({}, "FROM python\nARG A=1\nARG B\n"))
    assert [change.options for change in offered if change.name.startswith("--build-arg")] == [{"args": {"A": "other"}}]


@pytest.mark.parametrize(
    "path", ["src/Main.java", "src/main.rs", "app/models/user.rb", "index.php", "App/Program.cs", "main.c"]
)
def test_a_source_file_of_any_common_language_is_offered(path: str) -> None:
    project = Project.from_files({path: "1"}, "FROM base\nCOPY . .\n")
    assert changes.of(project)[0].name == f"edit {path}"
