"""What every lesson keeps to: short cells, minutes that were counted, words that the glossary has."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import lesson_minutes
import pytest

from layerlib.outside import lessons

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LESSONS = lesson_minutes.lessons()
TEACHING = lesson_minutes.TEACHING.read_text(encoding="utf-8")
GLOSSARY = (NOTEBOOKS / lessons.GLOSSARY).read_text(encoding="utf-8")
TERMS = re.findall(r"^## (.+)$", GLOSSARY, re.MULTILINE)
# What the way in may have in sight, and with what is folded.
WORDS, WITH_FOLDED = 900, 1300
LINES, CHARACTERS = 6, 100


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def sources(path: Path, kind: str) -> dict[str, str]:
    """The sources of a lesson's cells of a kind, by their id."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == kind}


def test_a_cell_is_short_and_its_lines_are(lesson: Path) -> None:
    for name, source in sources(lesson, "code").items():
        lines = source.splitlines()
        assert len(lines) <= LINES, (name, len(lines))
        assert [line for line in lines if len(line) > CHARACTERS] == [], name


def test_a_line_has_one_statement(lesson: Path) -> None:
    for name, source in sources(lesson, "code").items():
        starts = [statement.lineno for statement in ast.walk(ast.parse(source)) if isinstance(statement, ast.stmt)]
        assert len(starts) == len(set(starts)), name


def test_the_way_in_is_short() -> None:
    first = lesson_minutes.count(NOTEBOOKS / lessons.FIRST)
    assert first.words <= WORDS
    assert first.words + first.folded <= WITH_FOLDED


def test_the_minutes_at_the_top_are_counted(lesson: Path) -> None:
    one = lesson_minutes.count(lesson)
    # python tests/lesson_minutes.py --write
    assert lesson_minutes.claimed(lesson) == (one.reading, one.doing)


def test_the_minutes_in_teaching_are_those_of_the_lessons(lesson: Path) -> None:
    one = lesson_minutes.count(lesson)
    found = re.search(rf"^\| \[[^\]]+\]\({lesson.name}\) \| (\d+) \| (\d+) \|", TEACHING, re.MULTILINE)
    assert found, "no row"
    assert (int(found[1]), int(found[2])) == (one.reading, one.doing)


def test_the_minutes_in_the_readme_are_those_of_the_lessons() -> None:
    readme = (NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(r"from 00 to 10 take (\d+) to (\d+) minutes each", readme)
    assert found
    totals = [lesson_minutes.count(path).minutes for path in LESSONS[:11]]
    assert (int(found[1]), int(found[2])) == (min(totals), max(totals))


def test_a_plan_leaves_time_for_the_lessons_that_it_takes_whole() -> None:
    slots = re.findall(r"^\| (\d+)–(\d+) \| (\d\d)(?:, with its goals?)? \|$", TEACHING, re.MULTILINE)
    minutes = {path.stem[:2]: lesson_minutes.count(path).minutes for path in LESSONS}
    assert slots
    assert [number for start, end, number in slots if int(end) - int(start) < minutes[number]] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one two", 2),
        ("a [link of four](../there/is/much.ipynb) words", 5),
        ("- `code` **bold**\n\n| a | b |\n|---|---|\n| 1 | 2 |", 6),
        ("<details><summary>A title</summary>\n\ntext\n</details>", 3),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert lesson_minutes.number_of_words(text) == words


# ---- The glossary


def test_the_glossary_is_in_order_and_each_term_has_a_text() -> None:
    in_order = sorted(set(TERMS), key=lambda term: term.replace("-", " "))
    assert in_order == TERMS
    texts = re.split(r"^## .+$", GLOSSARY, flags=re.MULTILINE)[1:]
    assert [term for term, text in zip(TERMS, texts, strict=True) if len(text.split()) < 8] == []


def test_a_heading_is_its_anchor_in_jupyterlab_and_in_the_book() -> None:
    # JupyterLab puts hyphens for spaces and keeps capitals, the book makes them small.
    assert [term for term in TERMS if not re.fullmatch(r"[a-z0-9 -]+", term)] == []


@pytest.mark.parametrize("path", [*LESSONS, NOTEBOOKS / lessons.GLOSSARY], ids=lambda path: path.stem)
def test_links_to_the_glossary_lead_to_a_term(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    linked = re.findall(r"\(glossary\.md#([^)]*)\)", text)
    linked += re.findall(r"\]\(#([^)]*)\)", text) if path.suffix == ".md" else []
    assert [anchor for anchor in linked if anchor not in {term.replace(" ", "-") for term in TERMS}] == []


def test_a_lesson_links_a_term_once(lesson: Path) -> None:
    linked = re.findall(r"\(glossary\.md#([^)]*)\)", lesson.read_text(encoding="utf-8"))
    assert len(linked) == len(set(linked))


def test_the_glossary_is_in_the_learners_copies() -> None:
    assert lessons.lessons()["glossary.md"].decode() == GLOSSARY


def test_jupyterlab_shows_texts_as_they_are_meant() -> None:
    settings = json.loads((NOTEBOOKS.parent / ".jupyter" / "overrides.json").read_text(encoding="utf-8"))
    assert settings["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"] == {"markdown": "Markdown Preview"}
