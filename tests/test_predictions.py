"""Predictions: scored step by step, possible to leave open, and never an exception."""

from __future__ import annotations

import pytest

from layerlib import BuildKit, Change, ClassicBuilder, Project, changes, course
from layerlib.teaching.predictions import Answer

PROJECT = Project.load("python-numpy-app")
EDIT = next(change for change in changes.of(PROJECT) if change.name == "edit app.py")
AFTER = EDIT(PROJECT)
RIGHT = ["cached", "rebuilt", "rebuilt"]


@pytest.mark.parametrize(
    "answer",
    [
        {"WORKDIR": "cached", "COPY": "rebuilt", "RUN": "rebuilt"},
        {"workdir": "Cached", "copy": "REBUILT", "run": "miss"},
        {2: "cached", 3: "rebuilt", 4: "rebuilt"},
        {"/home/app": "hit", "app.py": "rebuilt", "numpy": "rebuild"},
        "cached rebuilt rebuilt",
        "cached, rebuilt, rebuilt",
        "c r r",
        ["cached", "rebuilt", "rebuilt"],
        ("cached", "rebuilt", "rebuilt"),
    ],
)
def test_every_way_to_answer(answer: Answer) -> None:
    result = course.predict(PROJECT, AFTER, answer)
    assert [row.said for row in result.rows] == RIGHT
    assert (result.score, result.of) == (3, 3)
    assert result.notes == ()
    assert "3 of 3 right." in str(result)


def test_a_change_is_as_good_as_a_project() -> None:
    assert str(course.predict(PROJECT, EDIT, "c r r")) == str(course.predict(PROJECT, AFTER, "c r r"))


def test_the_longest_name_counts() -> None:
    result = course.predict(
        PROJECT, AFTER, {"RUN": "cached", "RUN pip install": "rebuilt", "COPY": "r", "WORKDIR": "c"}
    )
    assert result.score == 3


def test_a_wrong_answer_gets_the_engines_reason() -> None:
    result = course.predict(PROJECT, AFTER, {"WORKDIR": "rebuilt", "COPY": "cached", "RUN": "cached"})
    assert result.score == 0
    text = str(result)
    assert "The content of app.py changed." in text
    assert "It builds on [3/4] COPY ./app.py ., which was rebuilt." in text
    assert "An earlier build has this step" in text


@pytest.mark.parametrize(
    "answer", [None, "", "  ", {}, [], {"WORKDIR": "", "COPY": None, "RUN": "?"}, [None, "", None]]
)
def test_no_answer_lists_the_steps_and_gives_nothing_away(answer: Answer) -> None:
    result = course.predict(PROJECT, AFTER, answer)
    assert not result.answered
    assert (result.score, result.of) == (0, 3)
    for text in (str(result), result._repr_html_()):
        assert "Not answered yet" in text
        assert "RUN pip install numpy" in text
        assert "FROM" not in text
        assert "changed" not in text
        assert "It is" not in text
    assert result.notes == ()


def test_half_an_answer_tells_nothing_of_the_other_half() -> None:
    result = course.predict(PROJECT, AFTER, {"RUN": "cached"})
    assert "0 of 3 right, 2 not answered" in str(result)
    for text in (str(result), result._repr_html_()):
        assert "which was rebuilt" not in text
        assert "app.py changed" not in text


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ("cached maybe rebuilt", "'maybe' is not an answer"),
        ({"RUN": "perhaps"}, "'perhaps' is not an answer"),
        ({"RUN": ["cached"]}, "is not an answer"),
        ({"SLEEP": "cached"}, "No step is called 'SLEEP'"),
        ({99: "cached"}, "No step is called '99'"),
        ("cached rebuilt", "The answer has 2 words, and there are 3 steps"),
        ("c r r r r", "The answer has 5 words"),
        (42, "not int"),
    ],
)
def test_what_cannot_be_understood_is_a_sentence(answer: Answer, note: str) -> None:
    result = course.predict(PROJECT, AFTER, answer)
    assert any(note in one for one in result.notes)
    assert note in str(result)
    assert result.of == 3


def test_a_dockerfile_that_docker_refuses_is_a_sentence() -> None:
    result = course.predict(PROJECT, PROJECT.with_dockerfile("FROM python\nRUM true\n"), "cached")
    assert result.of == 0
    assert "line 2" in str(result)
    assert "nothing to predict" in str(result)
    assert result._repr_html_()


def test_an_edit_that_cannot_be_made_is_a_sentence() -> None:
    gone = Change("edit lost.py", lambda project: changes.edit_file(project, "lost.py"))
    assert "lost.py" in str(course.predict(PROJECT, gone, "c r r"))


def test_the_classic_builder_is_asked_about_every_instruction() -> None:
    edit = next(change for change in changes.of(PROJECT) if change.name == "edit CMD")
    result = course.predict(PROJECT, edit, "cached cached cached rebuilt", ClassicBuilder())
    assert (result.score, result.of) == (4, 4)
    assert course.predict(PROJECT, edit, "cached cached cached").score == 3


@pytest.mark.parametrize("change", changes.of(PROJECT), ids=lambda change: change.name)
def test_every_change_can_be_predicted(change: Change) -> None:
    asked = course.predict(PROJECT, change)
    did = [row.did for row in asked.rows]
    assert set(did) <= {"cached", "rebuilt"}
    assert course.predict(PROJECT, change, did).score == asked.of


def test_a_base_that_moves_leaves_the_builder_as_it_was() -> None:
    builder = BuildKit()
    images = builder.images
    move = next(change for change in changes.of(PROJECT) if change.moves)
    assert course.predict(PROJECT, move, "r r r", builder).score == 3
    assert builder.images is images


def test_outputs_are_the_same_every_time() -> None:
    first, second = (course.predict(PROJECT, AFTER, "c c c") for _ in range(2))
    assert str(first) == str(second)
    assert first._repr_html_() == second._repr_html_()
