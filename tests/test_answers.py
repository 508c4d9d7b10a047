"""Answers to levels, as learners wrote them or would: none that is right is refused, and none that is wrong is reached.

tests/answers/tried.json has answers that were tried, tests/answers/more.json others. Each says whether it is right:
whether a real Docker would make of it what the task asks for.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from layerlib import course

FOLDER = Path(__file__).parent / "answers"
ANSWERS: dict[str, list[dict[str, Any]]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
ALL = [
    pytest.param(answer, id=f"{answer['level']}: {answer['name']}") for every in ANSWERS.values() for answer in every
]


def judged(answer: dict[str, Any]) -> course.Result:
    return course.check(answer["level"], {"Dockerfile": answer["dockerfile"], **answer.get("files", {})})


@pytest.mark.parametrize("answer", ALL)
def test_no_right_answer_is_refused_and_no_wrong_one_is_reached(answer: dict[str, Any]) -> None:
    result = judged(answer)
    assert result.verdict != ("not yet" if answer["right"] else "reached"), result.text


@pytest.mark.parametrize("name", ANSWERS)
def test_at_most_one_in_five_is_unknown(name: str) -> None:
    counts = Counter((answer["right"], judged(answer).verdict) for answer in ANSWERS[name])
    for right in (True, False):
        number = sum(count for (kind, _), count in counts.items() if kind is right)
        assert counts[right, "unknown"] * 5 <= number, counts
