"""The cache lab shows what the builders say, line by line, goes back, and loses no error."""

from __future__ import annotations

import pytest
from lab_page import BUG, ORDERED, SLOW, buttons, pressed, rows, shown

from layerlib import Change, Effect, Project, changes, labs
from layerlib.building.report import why

pytestmark = pytest.mark.usefixtures("own_folder")


def table(text: list[list[str]]) -> dict[str, list[str]]:
    """The rows of a listing by their number: text, result, why, cost."""
    return {row[0]: row[1:] for row in text if len(row) == 5}


def test_every_line_says_what_the_builder_says() -> None:
    for change in changes.of(ORDERED):
        lab = labs.cache(ORDERED)
        lab.act("toggle", change.name)
        build = labs.rebuilt(ORDERED, [change]).now
        lines = table(rows(lab))
        for step in build.steps:
            if step.keyword != "FROM":
                _, result, reason, _ = lines[str(step.line)]
                assert result[2:] == ("cached" if step.cached else "rebuilt"), change.name
                if step.reason is not None and step.reason.kind != "parent":
                    assert reason == why(step), change.name
        if build.missed:
            assert f"{len(build.missed)} of 3 steps rebuilt" in shown(lab)
        else:
            assert "Nothing is rebuilt: all 3 steps are cached." in shown(lab)


def test_a_step_that_only_builds_on_another_says_on_which_line() -> None:
    lab = labs.cache(ORDERED)
    lab.act("toggle", "edit app.py")
    assert table(rows(lab))["4"][1:3] == ["↓ rebuilt", "It builds on line 3."]


CAUSES = [
    # the change, the line that is to blame, what it says
    ("edit app.py", "COPY . .", "The content of app.py changed."),
    ("edit RUN", "RUN pip install -r requirements.txt && true", "The instruction changed"),
    ("add ENV above", "ENV DEBUG=1", "The variable DEBUG is new."),
    ("edit WORKDIR", "WORKDIR /app2", "The folder changed"),
    ("the base image moves", "FROM python", "its tag has moved"),
]


@pytest.mark.parametrize(("change", "line", "words"), CAUSES)
def test_the_line_that_caused_a_miss_says_so(change: str, line: str, words: str) -> None:
    lab = labs.cache(ORDERED)
    lab.act("toggle", change)
    marked = {row[1].removesuffix(" (changed line)"): row[2:4] for row in rows(lab) if len(row) == 5 and row[3]}
    assert words in marked[line][1]
    assert 'class="cause' in lab.html


def test_another_user_is_the_cause_on_the_line_of_user() -> None:
    project = ORDERED.with_dockerfile("FROM python\nCOPY . .\nUSER joe\nRUN make\n")
    lab = labs.cache(project, offered=["edit USER"])
    lab.act("toggle", "edit USER")
    lines = table(rows(lab))
    assert lines["3"][1] == "● the cause"
    assert "The user who runs it changed" in lines["3"][2]
    assert lines["4"][1] == "↓ rebuilt"


def test_from_is_never_counted() -> None:
    lab = labs.cache(ORDERED)
    lab.act("toggle", "the base image moves")
    assert "3 of 3 steps rebuilt" in shown(lab)
    lab.act("builder", "classic builder")
    assert "of 4 steps rebuilt" in shown(lab)


def test_both_builders_have_a_column_each_beside_one_dockerfile() -> None:
    lab = labs.cache(ORDERED)
    lab.act("toggle", "edit CMD")
    lab.act("builder", "both")
    lines = {row[0]: row[1:] for row in rows(lab) if len(row) == 4}
    assert lines["line"] == ["Dockerfile", "BuildKit", "classic builder"]
    assert lines["5"][1].startswith("no step")
    assert lines["5"][2].startswith("● rebuilt")
    lab.act("builder", "classic builder")
    assert table(rows(lab))["5"][1] == "● rebuilt"


def test_a_builder_that_refuses_says_so_beside_the_other() -> None:
    lab = labs.cache(Project.from_files({}, "FROM python\nRUN --mount=type=cache,target=/x true\n"))
    lab.act("builder", "both")
    assert "This cannot be built" in shown(lab)
    assert "all 1 steps" not in shown(lab)
    assert "BuildKit: Nothing is rebuilt: the one step is cached." in shown(lab)


def test_undo_and_reset() -> None:
    lab = labs.cache(ORDERED)
    lab.act("toggle", "edit app.py")
    lab.act("toggle", "edit RUN")
    assert [change.name for change in lab.chosen()] == ["edit app.py", "edit RUN"]
    lab.act("undo")
    assert pressed(lab) == ["edit app.py", "BuildKit", "play each build"]
    lab.act("reset")
    assert not lab.chosen()
    lab.act("undo")
    assert [change.name for change in lab.chosen()] == ["edit app.py"]
    for _ in range(3):
        lab.act("undo")
    assert not lab.chosen()


def test_a_click_on_a_row_shows_what_the_builder_compared() -> None:
    lab = labs.cache(ORDERED)
    lab.act("toggle", "edit RUN")
    assert "What the builder compares" not in shown(lab)
    lab.act("open", "3")
    words = shown(lab)
    assert "What the builder compares" in words
    assert "/bin/sh -c pip install -r requirements.txt && true" in words
    assert "it was" in words
    lab.act("open", "3")
    assert "What the builder compares" not in shown(lab)


def test_the_meters_compare_with_the_first_build() -> None:
    lab = labs.cache(ORDERED, effects=SLOW)
    assert "of 10.0s" in shown(lab)
    assert "width: 0.0%" in lab.html
    lab.act("toggle", "edit app.py")
    assert "time 10.0s, layers" in shown(lab)
    assert lab.html.count("width: 100.0%") == 2
    lab.act("reset")
    lab.act("toggle", "touch app.py")
    assert "width: 100.0%" not in lab.html


def test_an_unknown_time_is_hatched_and_said() -> None:
    lab = labs.cache(Project.from_files({"a.py": ""}, "FROM python\nCOPY . .\nRUN make\n"))
    lab.act("toggle", "edit a.py")
    assert 'class="unknown"' in lab.html
    assert "time unknown" in table(rows(lab))["3"][3]


def test_a_build_plays_unless_somebody_would_rather_not() -> None:
    lab = labs.cache(ORDERED)
    before = lab.html
    lab.act("toggle", "edit app.py")
    assert 'data-play="1"' in lab.html
    assert 'data-play="0"' in before
    lab.act("plays")
    lab.act("toggle", "edit app.py")
    assert 'data-play="off"' in lab.html


def test_chips_are_in_groups_and_say_what_they_do() -> None:
    lab = labs.cache(ORDERED)
    said = {one["data-arg"]: one.get("aria-description", "") for one in buttons(lab) if one.get("data-do") == "toggle"}
    assert set(said) == {change.name for change in changes.of(ORDERED)}
    assert said["edit app.py"].startswith("The content of app.py changes. Added: ")
    assert said["touch app.py"] == "Only the time of the file changes; no builder looks at it."
    assert said["chmod +x app.py"] == "The permissions of app.py change. Removed: 644 Added: 755"
    assert said["edit WORKDIR"].endswith("Removed: WORKDIR /app Added: WORKDIR /app2")
    assert said["--no-cache"] == "The next build runs with --no-cache."
    assert [lab.html.index(f'aria-label="{name}"') for name in ("files", "Dockerfile", "outside")] == sorted(
        lab.html.index(f'aria-label="{name}"') for name in ("files", "Dockerfile", "outside")
    )


def test_a_lesson_can_offer_few_changes() -> None:
    mine = Change("mine", lambda project: changes.edit_file(project, "app.py"))
    lab = labs.cache(ORDERED, offered=["edit app.py", "edit CMD", "remove requirements.txt", mine])
    assert [change.name for change in lab.changes] == ["edit app.py", "edit CMD", "remove requirements.txt", "mine"]
    lab.act("toggle", "mine")
    assert table(rows(lab))["3"][2] == "The content of app.py changed."


def test_stages_are_blocks_with_an_arrow_between_them() -> None:
    text = "FROM python AS build\nCOPY . .\nRUN make\nFROM python:slim\nCOPY --from=build /out /out\nCMD a\n"
    lab = labs.cache(ORDERED.with_dockerfile(text), effects={"make": Effect(size=5, writes=("/out",))})
    assert lab.html.count('class="stage"') == 2
    assert "⇠ /out from build" in shown(lab)
    assert 'class="arrow"' in lab.html
    assert lab.html.count('class="card') == 6


def test_an_error_is_shown_and_the_last_good_result_stays() -> None:
    refused = Change("refused", lambda project: project.with_dockerfile("FROM python\nBOO <b>\n"))
    lab = labs.cache(Project.from_files({"a": "b"}, "FROM python\nRUN true\n"), offered=[refused])
    lab.act("toggle", "refused")
    assert "line 2" in shown(lab)
    assert "BOO <b>" in shown(lab)
    assert "Below is the last result that worked" in shown(lab)
    assert "✓ cached" in shown(lab)
    assert "refused" in pressed(lab)
    lab.act("toggle", "refused")
    assert "line 2" not in shown(lab)


def test_a_project_that_cannot_be_built_is_said_and_not_raised() -> None:
    for make in (labs.cache, labs.order, labs.size):
        lab = make(Project.from_files({}, "FROM python\nBOO\n"))
        assert "unknown instruction" in shown(lab), make


def test_a_bug_of_ours_is_shown_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = labs.cache(ORDERED)
    monkeypatch.setattr(type(lab), "chosen", lambda self: 1 / 0)
    lab.act("toggle", "edit app.py")
    assert BUG in shown(lab)
    assert "ZeroDivisionError" in shown(lab)
    assert "edit app.py" in shown(lab)


def test_clicking_on_and_on_grows_nothing() -> None:
    """The page itself, after a thousand clicks: `browser/test_labs_in_browser.py`."""
    lab = labs.cache(ORDERED)
    lab.act("toggle", "edit app.py")
    size = len(lab.html)
    for _ in range(110):
        lab.act("toggle", "edit app.py")
    assert abs(len(lab.html) - size) < 200
    assert len(lab.past) == 100


def test_what_no_reader_sends_does_nothing() -> None:
    lab = labs.cache(ORDERED)
    before = lab.html
    for message in (
        {},
        {"do": "toggle"},
        {"do": "toggle", "arg": "?"},
        {"do": "__init__"},
        {"do": "builder", "arg": 3},
    ):
        lab.told(message)
    lab._heard(None, "text", None)
    assert lab.html == before
