"""Every level is played: its start misses the goal, its solution reaches it, and tempting wrong answers miss it."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import pytest

from layerlib import LayerlibError, Project, course, labs
from layerlib.teaching.attempt import Attempt
from layerlib.teaching.goals import table as goals
from layerlib.teaching.levels import Level

LEVELS = course.levels()
WRONG = [(level, number) for level in LEVELS for number in range(len(level.wrong))]


def new_lines(level: Level) -> list[str]:
    """The instructions of the solution that the start does not have: what no message may give away."""
    old = set(level.project.dockerfile.splitlines())
    return [line for line in level.solution.dockerfile.splitlines() if line not in old and len(line.split()) > 1]


@pytest.fixture(params=LEVELS, ids=lambda level: level.name)
def level(request: pytest.FixtureRequest) -> Level:
    chosen: Level = request.param
    return chosen


def test_there_is_a_level_for_every_lesson_and_twelve_challenges() -> None:
    assert {level.lesson for level in LEVELS} >= {f"{number:02}" for number in range(1, 10)}
    assert len(course.levels("11")) >= 12


def test_the_start_misses_the_goal(level: Level) -> None:
    result = level.check(level.project)
    assert not result.passed
    assert not result.error
    assert any(line.problem for line in result.lines)


def test_the_solution_reaches_the_goal(level: Level) -> None:
    result = level.check(level.solution)
    assert result.passed, result.text


def test_there_are_three_wrong_answers(level: Level) -> None:
    assert len(level.wrong) >= 3
    texts = {(one.project.dockerfile, str(one.project.files.get(".dockerignore"))) for one in level.wrong}
    assert len(texts) == len(level.wrong)


@pytest.mark.parametrize(("level", "number"), WRONG, ids=[f"{level.name} {number}" for level, number in WRONG])
def test_a_wrong_answer_misses_and_the_message_helps(level: Level, number: int) -> None:
    wrong = level.wrong[number]
    assert wrong.why
    result = level.check(wrong.project)
    assert not result.passed, "reaches the goal"
    assert not result.error, result.text
    problems = [line.problem for line in result.lines if line.problem]
    for problem in problems:
        assert len(problem) > 20
        # It names something to look at: a step, a file, a path, a size or an instruction.
        assert re.search(r"\[.*\d+/\d+\]|/\w|\d|[A-Z]{3}|label|'", problem), problem
    for line in new_lines(level):
        assert line in wrong.project.dockerfile or line not in "\n".join(problems)


def test_the_words_are_there_and_give_nothing_away(level: Level) -> None:
    for text in (level.title, level.task, level.hint, level.goal_text):
        assert len(text) > 10
    for line in new_lines(level):
        assert line not in level.task + level.hint + level.goal_text
    assert level.name.startswith(level.lesson)


def test_only_the_files_that_may_be_edited_differ(level: Level) -> None:
    for answer in (level.solution, *(one.project for one in level.wrong)):
        before, after = level.project.files, answer.files
        changed = {path for path in {*before, *after} if path not in before or path not in after}
        changed |= {path for path in {*before} & {*after} if before[path].digest != after[path].digest}
        assert changed <= set(level.editable)


def test_an_answer_may_be_text_a_project_files_or_nothing(level: Level) -> None:
    changed = {path: file for path, file in level.solution.files.items() if level.project.files.get(path) != file}
    assert level.check(changed).passed
    assert course.check(level.name, level.solution).passed
    if changed.keys() <= {"Dockerfile"}:
        assert course.check(level.name, level.solution.dockerfile).passed
    for nothing in (None, "", "  \n", {}, {"Dockerfile": "", ".dockerignore": "\n"}):
        result = course.check(level.name, nothing)
        assert not result.passed
        assert "Not answered yet" in result.text


def test_a_broken_dockerfile_gives_its_error(level: Level) -> None:
    result = course.check(level.name, "FROM python\nRUM pip install numpy\n")
    assert not result.passed
    assert "line 2" in result.text
    assert "RUN" in result.text
    assert "Traceback" not in result.text
    assert "<pre>" in result._repr_html_()


def test_checking_twice_says_the_same(level: Level) -> None:
    wrong = level.wrong[0].project
    assert str(level.check(wrong)) == str(level.check(wrong))


def test_every_solution_is_in_a_notebook_and_reaches_its_goal() -> None:
    shown = {}
    for path in sorted((Path(__file__).parent.parent / "notebooks" / "solutions").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            for name in re.findall(r'course\.check\("([^"]+)"', source) if cell["cell_type"] == "code" else ():
                shown[name] = "".join(cell["outputs"][0]["data"]["text/plain"])
    assert set(shown) == {level.name for level in LEVELS}
    assert [name for name, text in shown.items() if not text.splitlines()[0].endswith("reached.")] == []


@pytest.mark.usefixtures("own_folder")
def test_the_map_of_lesson_11_opens_every_challenge() -> None:
    path = Path(__file__).parent.parent / "notebooks" / "11_challenges.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells if "".join(cell["source"]) == 'labs.levels(course.levels("11"))'] == [
        "cell-20"
    ]
    assert not any("course.check(" in "".join(cell["source"]) for cell in cells)
    one = labs.levels(course.levels("11"))
    for level in course.levels("11"):
        one.act("level", level.name)
        assert one.lab is not None
        assert one.lab.name == level.name
        assert level.hint not in one.html
        one.act("show", "hint")
        assert escape(level.hint).split("`")[0] in one.html


def test_texts_are_escaped() -> None:
    level = course.level("05-cmd")
    html = level.check(level.project.dockerfile.replace("10", "'<img src=x onerror=alert(1)>'"))._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html


ODD = (
    "FROM scratch",
    "FROM python\nCMD []",
    'FROM python\nENTRYPOINT []\nCMD [""]',
    "FROM python\nRUN\nCMD",
    "FROM python\nRUN cd\nCMD cd",
    "FROM python\nCMD 'unclosed",
    "FROM python\nRUN echo 'unclosed\nCMD app.py",
    "FROM $NOTHING",
    "ARG X=python\nFROM $X\nRUN --mount=type=cache,target=/x pip install -r",
    "FROM python\nRUN pip install\nCMD pip -r",
    "FROM python\nCOPY --from=nginx / /",
    "FROM python\nRUN go build -o\nRUN rm\n",
    'FROM python AS a\nFROM a\nFROM a\nCOPY --from=a / /\nCMD ["/"]',
    "FROM python\nRUN --mount=target=/w,from=python,source=/a ls",
    "FROM python\nRUN <<EOF\npip install -r requirements.txt\nEOF\n",
    "FROM python\nRUN cat <<EOF > /x && pip install -r y\nhello 'it\nEOF\n",
    'FROM python\nCMD ["/bin/sh", "-c"]',
    "\0",
)


@pytest.mark.parametrize("text", ODD)
def test_no_dockerfile_ends_a_check(level: Level, text: str) -> None:
    answers: list[Any] = [
        text,
        {"Dockerfile": text, ".dockerignore": "["},
        {"../x": text},
        {1: text},
        {"Dockerfile/x": text},
    ]
    for answer in answers:
        result = level.check(answer)
        assert not result.passed
        assert result.text
        assert result._repr_html_()


def test_an_unknown_level_is_a_sentence() -> None:
    with pytest.raises(LayerlibError, match="08-order"):
        course.level("8-order")
    assert "08-order" in course.check("8-order", "FROM python").text
    assert not course.check("8-order", "FROM python").passed


@pytest.mark.parametrize("name", [8, None, ["08-order"]])
def test_what_is_no_name_of_a_level_is_a_sentence(name: Any) -> None:
    with pytest.raises(LayerlibError, match="The name of a level is a text"):
        course.level(name)
    assert "The name of a level is a text" in course.check(name, "FROM python").text


def test_a_file_with_other_content_is_called_that() -> None:
    goal = goals.goal({"goal": "holds", "path": "/app.py"})
    project = Project.from_files({"app.py": "1", "other.py": "2"}, "FROM python\nCOPY other.py /app.py\n")
    said = "There is a /app.py in the image, but its content is not that of app.py."
    assert goal.check(Attempt(project)) == said


def test_levels_of_a_lesson() -> None:
    assert course.levels("08")[0].name == "08-order"
    assert course.levels(8) == course.levels("08") == course.levels("08_order")
    assert course.levels("12") == ()


@pytest.mark.parametrize("answer", [42, ["FROM python"], object()])
def test_what_is_no_answer_is_a_sentence(answer: Any) -> None:
    assert "An answer is" in course.check("08-order", answer).text


def test_an_answer_that_lost_the_edited_file_is_a_sentence() -> None:
    level = course.level("08-order")
    project = level.project.with_dockerfile("FROM python\nRUN pip install numpy\n").with_files({"app.py": None})
    assert not level.check(project).passed
    assert "app.py" in level.check(project).text


def test_unknown_goals_are_refused() -> None:
    with pytest.raises(LayerlibError, match="no goal"):
        goals.goal({"goal": "magic"})


@pytest.mark.parametrize("arguments", [{}, {"rebuilt": 1}, {"rebuilt": 1, "after": "nothing", "most": 2}])
def test_a_goal_with_other_arguments_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(LayerlibError, match="the goal 'at_most' does not take"):
        goals.goal({"goal": "at_most", **arguments})
