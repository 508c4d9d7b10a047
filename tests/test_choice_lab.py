"""The labs of questions: nothing is given away before it is answered, and each answer is judged."""

from __future__ import annotations

import pytest
from lab_page import Reader, buttons, pressed, shown

from layerlib import Project, changes, course, labs
from layerlib.showing.labs.choice_lab import ChoiceLab

pytestmark = pytest.mark.usefixtures("own_folder")

KINDS = course.example("one-of-every-kind")
LARGE = course.example("a-large-file")
GUIDE = Project.load("python-numpy-app")


def lab() -> ChoiceLab:
    return labs.predict_changes(KINDS.project, KINDS.changes)


RIGHT = {
    "layers": (labs.predict_layers(GUIDE), ["a layer", "a layer", "a layer", "no layer"]),
    "layers, all kinds": (
        labs.predict_layers(course.example("one-of-nearly-everything").project),
        [f"{word} layer" for word in ["no", "no", "no", "no", "a", "a", "a", "a", "no", "no", "no"]],
    ),
    "sizes": (labs.predict_sizes(LARGE.ways), ["10MB more", "20MB more", "20MB more", "10MB more"]),
    "sizes, unknown": (
        labs.predict_sizes({"one": GUIDE, "two": GUIDE.with_dockerfile("FROM nobody/knows\n")}),
        ["unknown"],
    ),
    "builds": (
        labs.predict_builds({"one": GUIDE, "two": changes.edit_file(GUIDE, "app.py"), "three": GUIDE}),
        ["2", "0"],
    ),
    "builds with options": (
        labs.predict_builds({"one": GUIDE, "two": GUIDE, "three": GUIDE}, {"two": {"no_cache": True}}),
        ["2", "0"],
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right(name: str) -> None:
    one, right = RIGHT[name]
    assert [question.right for question in one.questions] == right
    assert all(question.right in question.choices for question in one.questions)


def test_what_is_right_of_twenty_changes() -> None:
    right = [question.right for question in lab().questions]
    assert right == ["0", "2", "2", "0", "2", "2", "2", "3", "4", "0", "4", "3", "2", "2", "0", "1", "0", "0", "0", "4"]


def test_nothing_is_given_away_before_it_is_answered() -> None:
    one = lab()
    assert "Every RUN after it sees it" not in shown(one)
    one.act("check")
    assert "Nothing is answered yet." in shown(one)
    one.act("answer", "0 4")
    one.act("check")
    words = " ".join(shown(one).split())
    assert "✗ wrong: 0. Every step is taken from the cache." in words
    assert "0 of 1 right, 19 not answered" in words
    assert "Every RUN after it sees it" not in words


def test_a_right_answer_is_right_and_another_one_is_open_again() -> None:
    one = lab()
    one.act("answer", "1 2")
    one.act("check")
    assert one.score() == (1, 1)
    assert "✓ right: RUN, COPY. The variable MODE changed" in " ".join(shown(one).split())
    assert one.html.count("is-right") == 1
    one.act("answer", "1 3")
    assert "The variable MODE" not in shown(one)
    one.act("undo")
    assert pressed(one) == ["2"]
    one.act("reset")
    assert one.answers == {}


def test_answers_are_kept() -> None:
    lab().act("answer", "2 2")
    assert lab().answers == {2: "2"}
    assert "Your last answer is here again" in shown(lab())


@pytest.mark.parametrize("arg", ["", "x 1", "99 1", "0 5", "0", None, "-1 1"])
def test_what_is_no_answer_changes_nothing(arg: object) -> None:
    one = lab()
    one.act("answer", arg)
    assert one.answers == {}


def test_every_control_has_a_name_and_the_table_a_caption() -> None:
    one = lab()
    tags = Reader(one.html).tags
    assert tags.count("caption") == tags.count("table") == 1
    for control in buttons(one):
        assert control["words"].strip()
        assert hasattr(one, f"do_{control['data-do']}")
    assert repr(one) == "Choice lab: one-of-every-kind, change"


def test_a_size_is_asked_with_the_edit_below_it() -> None:
    one = labs.predict_sizes(LARGE.ways)
    assert ">RUN rm data.csv</ins>" in one.html
    assert "Its own layers" not in shown(one)
    one.act("answer", "0 10MB more")
    one.act("check")
    assert "Its own layers, from the bottom: 0B, 10MB, 0B." in shown(one)


STARTS = [
    ("forms", "", 0, "python app.py", "It is the last CMD."),
    ("forms", "", 1, '/bin/sh -c "python app.py"', "It is not the exec form: a shell is started, and reads the text."),
    ("which-cmd", "", 2, "python3", "There is no CMD, so the base image's counts."),
    ("two-settings", "", 1, "python app.py", "The entrypoint. There is no CMD."),
    ("two-settings", "", 2, "python app.py", "The entrypoint, then CMD."),
    ("two-settings", "3", 0, "3", "The words take the place of CMD."),
    ("two-settings", "3", 1, "python app.py 3", "The words come after the entrypoint."),
    ("two-settings", "3", 3, '/bin/sh -c "python app.py" 3',
     "The words come after the entrypoint, a shell, which does not hand them on."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "at", "right", "why"), STARTS)
def test_what_a_container_starts_is_asked(name: str, words: str, at: int, right: str, why: str) -> None:
    one = labs.predict_starts(course.example(name).ways, words)
    assert f"“docker run IMAGE{' ' if words else ''}{words}” start?" in shown(one)
    assert why not in shown(one)
    one.act("answer", f"{at} {right}")
    one.act("check")
    assert f"✓ right: {why}" in " ".join(shown(one).split())


def test_long_answers_stand_below_each_other() -> None:
    assert "flex-direction: column" in labs.predict_starts(course.example("forms").ways).html
    assert "flex-direction: column" not in lab().html


def test_a_cmd_without_effect_is_an_answer_too() -> None:
    words = [button["words"] for button in buttons(labs.predict_starts(course.example("which-cmd").ways))]
    assert {"python app.py", "python --version", "pip install numpy", "python3"} <= set(words)


def test_labs_about_starts_keep_their_answers_apart() -> None:
    two = course.example("two-settings").ways
    labs.predict_starts(two, "--version").act("answer", "0 --version")
    assert labs.predict_starts(two).answers == {}
    assert labs.predict_starts(two, "--version").answers == {0: "--version"}
