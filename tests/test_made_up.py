"""Files that are made up for a Dockerfile that came without any, and the edits that are then offered."""

from __future__ import annotations

import pytest

from layerlib import BuildKit, Project, changes
from layerlib.editing.made_up import CONTENT, with_made_up_files

DJANGO = """\
FROM python:3.13-slim
WORKDIR /app
COPY requirements/base.txt requirements/prod.txt requirements/
RUN pip install -r requirements/prod.txt
COPY . .
RUN python manage.py collectstatic --noinput
CMD ["gunicorn", "shop.wsgi"]
"""

MADE = {
    "one file": ("FROM python\nCOPY app.py .\n", ["app.py"]),
    "several, and a folder": ("FROM python\nCOPY a.py b.py lib/ x/\n", ["a.py", "b.py", "lib/main.py"]),
    "a name without an extension is a folder": ("FROM golang\nCOPY cmd /src/cmd\n", ["cmd/main.go"]),
    "a known file without an extension": ("FROM ruby\nCOPY Gemfile Rakefile ./\n", ["Gemfile", "Rakefile"]),
    "a wildcard with usual names": ("FROM node\nCOPY package*.json ./\n", ["package.json", "package-lock.json"]),
    "another wildcard": ("FROM eclipse-temurin:21\nCOPY build/*.jar /app/\n", ["build/main.jar"]),
    "a wildcard over folders": ("FROM python\nCOPY src/*/ /x/\n", ["src/main/main.py"]),
    "a class of characters": ("FROM python\nCOPY [ab]?.txt /x/\n", ["aa.txt"]),
    "everything, and what the commands name": (
        "FROM python\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\", \"app.py\"]\n",
        ["requirements.txt", "app.py"],
    ),
    "everything, and what the programs read": (
        "FROM rust AS build\nCOPY . .\nRUN cargo build --release\n", ["Cargo.toml", "Cargo.lock"],
    ),
    "everything, and no command says of what": ("FROM golang\nCOPY . .\n", ["main.go"]),
    "a list apart, and everything": (
        "FROM node\nCOPY package.json .\nRUN npm install\nCOPY . .\n", ["package.json", "package-lock.json", "main.js"],
    ),
    "a variable with a value": ("FROM python\nARG APP=shop\nCOPY ${APP}/x.py .\n", ["shop/x.py"]),
    "a bind mount": ("FROM python\nRUN --mount=type=bind,source=reqs.txt,target=/r pip install -r /r\n", ["reqs.txt"]),
    "nothing of a stage, a URL or a heredoc": (
        "FROM python AS a\nADD https://example.com/x /x\nCOPY <<E /y\nhi\nE\nFROM a\nCOPY --from=a /x /z\n", [],
    ),
    "Django": (DJANGO, ["requirements/base.txt", "requirements/prod.txt", "manage.py"]),
}  # fmt: skip


@pytest.mark.parametrize("case", MADE)
def test_files_are_made_up(case: str) -> None:
    text, wanted = MADE[case]
    project, paths = with_made_up_files(Project.from_files({}, text))
    assert list(paths)[: len(wanted)] == wanted
    assert all(project.files[path].read() == CONTENT.encode() for path in paths)


@pytest.mark.parametrize("case", MADE)
def test_with_them_it_builds(case: str) -> None:
    BuildKit().build(with_made_up_files(Project.from_files({}, MADE[case][0]))[0])


def test_files_that_are_there_are_left_alone() -> None:
    project = Project.from_files({"app.py": "mine\n"}, "FROM python\nCOPY app.py lib/ /x/\n")
    made, paths = with_made_up_files(project)
    assert paths == ("lib/main.py",)
    assert made.files["app.py"].read() == b"mine\n"
    assert with_made_up_files(made) == (made, ())


def test_nothing_made_up_has_a_known_size() -> None:
    text = "FROM python\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    build = BuildKit().build(with_made_up_files(Project.from_files({}, text))[0])
    assert build.steps[-1].layer is not None
    assert build.steps[-1].layer.size is None


def edits(files: list[str], dockerfile: str) -> list[str]:
    project = Project.from_files(dict.fromkeys(files, "x\n"), dockerfile)
    return [one.name.removeprefix("edit ") for one in changes.of(project) if one.name.removeprefix("edit ") in files]


OFFERED = {
    "Rust: the program, not only its manifest": (
        ["Cargo.lock", "Cargo.toml", "README.md", "src/lib.rs", "src/main.rs"],
        "FROM rust\nCOPY Cargo.toml Cargo.lock ./\nCOPY src src\nCOPY . .\n",
        {"Cargo.toml", "src/main.rs"},
    ),
    "Java": (
        ["pom.xml", "src/main/java/A.java"],
        "FROM maven\nCOPY pom.xml .\nCOPY src src\n",
        {"pom.xml", "src/main/java/A.java"},
    ),
    "a style sheet that a COPY of its own takes": (
        ["a.js", "b.js", "c.js", "d.js", "e.js", "web/site.css"],
        "FROM node\nCOPY web /web\nCOPY . .\n",
        {"web/site.css"},
    ),
    "a list of packages whatever it is called": (
        ["a.py", "b.py", "c.py", "d.py", "deps/prod.in"],
        "FROM python\nCOPY deps/prod.in .\nCOPY . .\n",
        {"deps/prod.in"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OFFERED)
def test_one_file_of_each_set_of_instructions_is_offered(case: str) -> None:
    files, dockerfile, wanted = OFFERED[case]
    assert wanted <= set(edits(files, dockerfile))


def test_a_file_that_no_instruction_takes_is_not_offered_among_many() -> None:
    files = ["a.py", "b.py", "c.py", "d.py", "old/z.py"]
    assert "old/z.py" not in edits(files, "FROM python\nCOPY a.py b.py c.py d.py /x/\n")
