"""How long a lesson takes, counted from its words, its cells, its labs and its questions.

    python tests/lesson_minutes.py           words, lines and minutes of each lesson
    python tests/lesson_minutes.py --write   puts the minutes into the lessons and into TEACHING.md

Nobody was timed. The rates are for somebody who meets the matter for the first time; they are the same for all lessons,
so that lessons can be compared. Both numbers are rounded up to five minutes.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
TEACHING = NOTEBOOKS / "TEACHING.md"

WORDS_A_MINUTE = 180
SHOWN_WORDS_A_MINUTE = 250  # of tables, logs and lists: looked through more than read
SECONDS_A_LINE = 6  # of code
SECONDS_A_CELL = 9  # to run it and look
# Minutes for each lab and each recorded session, by its function's name, and for each question with a folded answer.
LABS = {
    "opening": 1.0, "cache": 5.0, "size": 5.0, "order": 5.0, "goal": 6.0, "own": 15.0, "levels": 60.0,
    "predict": 2.0, "predict_layers": 2.0, "predict_sizes": 2.0, "predict_changes": 2.0, "predict_builds": 2.0,
    "predict_starts": 2.0, "session": 1.0,
}  # fmt: skip
QUESTION = 1.0

FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
CLAIM = re.compile(r"\*(\d+) minutes of reading, (\d+) minutes of doing")
LAB = re.compile(r"\b(?:labs\.|course\.(?=session\())(\w+)\(")


@dataclass(frozen=True)
class Counted:
    """What there is in a lesson: words that are in sight and words that are folded, lines of code, minutes."""

    words: int
    folded: int
    lines: int
    labs: int
    goals: int
    questions: int
    reading: int
    doing: int

    @property
    def minutes(self) -> int:
        """All of it."""
        return self.reading + self.doing


def lessons() -> list[Path]:
    """The lessons, in their order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def number_of_words(markdown: str) -> int:
    """The words of a Markdown text: without the targets of its links, its tags and the rules of its tables."""
    text = re.sub(r"\]\([^)]*\)", "]", markdown)
    text = re.sub(r"</?\w+>", " ", text)
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def count(lesson: Path) -> Counted:
    """What is in a lesson. Its outputs are those that were saved."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    folds = FOLDED.findall(text)
    words = number_of_words(FOLDED.sub(" ", text))
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in code]
    lines = sum(bool(line.strip()) for source in sources for line in source.splitlines())
    used = [name for source in sources for name in _labs(source)]
    questions = sum("<summary>Answer</summary>" in fold for fold in folds)
    # A lab's saved picture is looked at while one works with it.
    shown = sum(_words_shown(cell) for cell, source in zip(code, sources, strict=True) if not _labs(source))
    reading = words / WORDS_A_MINUTE + shown / SHOWN_WORDS_A_MINUTE + lines * SECONDS_A_LINE / 60
    doing = len(code) * SECONDS_A_CELL / 60 + sum(LABS[name] for name in used) + questions * QUESTION
    folded = sum(number_of_words(fold) for fold in folds)
    goals = sum(name == "goal" for name in used)
    labs = sum(name not in ("goal", "session") for name in used)
    return Counted(words, folded, lines, labs, goals, questions, _fives(reading), _fives(doing))


def claimed(lesson: Path) -> tuple[int, int] | None:
    """The minutes of reading and of doing that a lesson claims at its top; None if it claims none."""
    first = "".join(json.loads(lesson.read_text(encoding="utf-8"))["cells"][0]["source"])
    found = CLAIM.search(first)
    return (int(found[1]), int(found[2])) if found else None


def _labs(source: str) -> list[str]:
    return [name for name in LAB.findall(source) if name in LABS]


def _fives(minutes: float) -> int:
    return 5 * ceil(minutes / 5)


def _words_shown(cell: dict[str, Any]) -> int:
    total = 0
    for output in cell["outputs"]:
        data = output.get("data", {})
        text = "".join(output.get("text", "")) or "".join(data.get("text/plain", ""))
        total += 0 if "image/png" in data else len(text.split())
    return total


def write() -> None:
    """Put the minutes into the top of each lesson and into TEACHING's table."""
    teaching = TEACHING.read_text(encoding="utf-8")
    for lesson in lessons():
        one = count(lesson)
        notebook = json.loads(lesson.read_text(encoding="utf-8"))
        line = f"*{one.reading} minutes of reading, {one.doing} minutes of doing"
        notebook["cells"][0]["source"] = [CLAIM.sub(line, part) for part in notebook["cells"][0]["source"]]
        lesson.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        row = rf"(\| \[[^\]]+\]\({lesson.name}\)) \| [^|]+ \| [^|]+ \|"
        teaching = re.sub(row, rf"\1 | {one.reading} | {one.doing} |", teaching)
    TEACHING.write_text(teaching, encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    print("lesson              words  folded  lines  labs  goals  questions  reading  doing")
    for path in lessons():
        one = count(path)
        print(
            f"{path.stem:<19} {one.words:>5}  {one.folded:>6}  {one.lines:>5}  {one.labs:>4}  {one.goals:>5}  "
            f"{one.questions:>9}  {one.reading:>7}  {one.doing:>5}"
        )
