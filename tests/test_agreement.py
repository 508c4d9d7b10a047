"""The model against the engine: every comparable answer of every recorded build."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from layerlib.recorded import fidelity
from layerlib.recorded.agreement import ASPECTS, Agreement, Answer, Count, compare
from layerlib.recorded.traces import read, shipped

ROOT = Path(__file__).parents[1]
TRACES = ROOT / "tests" / "traces"

# How many answers of each kind are compared. A comparison that silently falls away would show here.
COMPARED = {
    "curated-buildkit": {"steps": 157, "cached": 460, "history": 157, "sizes": 586, "config": 157, "refusals": 157},
    "curated-containerd": {"steps": 157, "cached": 462, "history": 157, "sizes": 586, "config": 157, "refusals": 157},
    "curated-classic": {"steps": 146, "cached": 606, "history": 146, "sizes": 573, "config": 146, "refusals": 157},
    "rules-buildkit": {"steps": 289, "cached": 1323, "history": 289, "sizes": 1253, "config": 289, "refusals": 290},
    "rules-containerd": {"steps": 289, "cached": 1330, "history": 289, "sizes": 1253, "config": 289, "refusals": 290},
    "rules-classic": {"steps": 224, "cached": 1216, "history": 224, "sizes": 1108, "config": 224, "refusals": 288},
    "random-buildkit": {"steps": 835, "cached": 3372, "history": 835, "sizes": 2849, "config": 835, "refusals": 861},
    "random-containerd": {"steps": 187, "cached": 575, "history": 187, "sizes": 495, "config": 187, "refusals": 189},
    "random-classic": {"steps": 434, "cached": 2900, "history": 434, "sizes": 1579, "config": 434, "refusals": 462},
    "idioms-buildkit": {"steps": 275, "cached": 1637, "history": 275, "sizes": 1265, "config": 275, "refusals": 275},
    "idioms-containerd": {"steps": 80, "cached": 442, "history": 80, "sizes": 360, "config": 80, "refusals": 80},
    "made-buildkit": {"steps": 180, "cached": 672, "history": 180, "sizes": 602, "config": 180, "refusals": 229},
    "made-classic": {"steps": 56, "cached": 278, "history": 56, "sizes": 193, "config": 56, "refusals": 64},
    "made-containerd": {"steps": 98, "cached": 368, "history": 98, "sizes": 309, "config": 98, "refusals": 127},
    "again-buildkit": {"steps": 285, "cached": 1020, "history": 285, "sizes": 940, "config": 285, "refusals": 353},
    "again-containerd": {"steps": 278, "cached": 1123, "history": 278, "sizes": 906, "config": 278, "refusals": 339},
    "again-classic": {"steps": 94, "cached": 490, "history": 94, "sizes": 371, "config": 94, "refusals": 121},
    "made-wide-buildkit": {"steps": 53, "cached": 161, "history": 53, "sizes": 166, "config": 53, "refusals": 61},
    "made-wide-containerd": {"steps": 37, "cached": 183, "history": 37, "sizes": 130, "config": 37, "refusals": 51},
    "made-wide-classic": {"steps": 53, "cached": 280, "history": 53, "sizes": 192, "config": 53, "refusals": 59},
    "writes-buildkit": {"steps": 951, "cached": 6156, "history": 951, "sizes": 2915, "config": 951, "refusals": 951},
    "writes-classic": {"steps": 326, "cached": 2130, "history": 326, "sizes": 992, "config": 326, "refusals": 326},
    "writes-containerd": {"steps": 931, "cached": 6047, "history": 931, "sizes": 2855, "config": 931, "refusals": 931},
    "hard-buildkit": {"steps": 244, "cached": 612, "history": 244, "sizes": 483, "config": 244, "refusals": 358},
    "hard-containerd": {"steps": 5, "cached": 5, "history": 5, "sizes": 5, "config": 5, "refusals": 5},
    "hard-classic": {"steps": 53, "cached": 109, "history": 53, "sizes": 127, "config": 53, "refusals": 90},
    "malformed-buildkit": {"steps": 22, "cached": 16, "history": 22, "sizes": 35, "config": 22, "refusals": 73},
    "options-buildkit": {"steps": 236, "cached": 729, "history": 236, "sizes": 581, "config": 236, "refusals": 267},
    "options-containerd": {"steps": 217, "cached": 692, "history": 217, "sizes": 529, "config": 217, "refusals": 248},
    "options-classic": {"steps": 109, "cached": 424, "history": 109, "sizes": 321, "config": 109, "refusals": 136},
}
LINES = {
    "made-buildkit": 46,
    "made-containerd": 26,
    "again-buildkit": 62,
    "again-containerd": 59,
    "made-wide-buildkit": 8,
    "made-wide-containerd": 14,
    "random-buildkit": 26,
    "random-containerd": 2,
    "malformed-buildkit": 49,
    "hard-buildkit": 97,
    "options-buildkit": 8,
    "options-containerd": 5,
}
WARNINGS = {
    "idioms-containerd": 80,
    "writes-containerd": 16,
    "options-buildkit": 236,
    "options-containerd": 217,
    "again-buildkit": 283,
    "again-containerd": 278,
    "made-wide-buildkit": 53,
    "made-wide-containerd": 37,
}

# The builds of all files are compared once, for the table above and for the page.
row = cache(fidelity.row)


@pytest.mark.parametrize("name", COMPARED)
def test_every_comparable_answer_agrees(name: str) -> None:
    agreement = row(TRACES / f"{name}.json.gz").agreement
    assert not agreement.disagreements, "\n".join(map(str, agreement.disagreements[:5]))
    counts = {aspect: agreement.count(aspect) for aspect in ASPECTS}
    expected = {**COMPARED[name], "lines": LINES.get(name, 0), "warnings": WARNINGS.get(name, 0)}
    assert counts == {aspect: Count(count, count) for aspect, count in expected.items()}


def test_no_file_of_recorded_builds_is_left_out() -> None:
    assert {path.name.removesuffix(".json.gz") for path in TRACES.glob("*.json.gz")} == set(COMPARED)


def test_the_page_is_the_one_that_the_command_makes() -> None:
    page = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
    assert page == fidelity.page([row(path) for path in shipped()]), "run: layerlib verify --page docs/fidelity.md"


@pytest.mark.parametrize(
    ("aspect", "change"),
    [
        ("cached", lambda build: build["steps"][2].update(cached=not build["steps"][2]["cached"])),
        ("steps", lambda build: build["steps"][2].update(name="[3/4] COPY other.py .")),
        ("steps", lambda build: build["steps"].pop()),
        ("history", lambda build: build["history"][0].update(created_by="CMD []")),
        ("history", lambda build: build["history"][0].update(comment="")),
        ("history", lambda build: build["history"].pop()),
        ("history", lambda build: build["history"].append({"created_by": "", "size": 0, "comment": ""})),
        ("sizes", lambda build: build["history"][2].update(size=1)),
        ("config", lambda build: build["config"].update(User="x")),
        ("refusals", lambda build: build.update(error="no")),
    ],
)
def test_a_wrong_answer_of_the_engine_is_seen(aspect: str, change: Callable[[dict[str, Any]], object]) -> None:
    trace = read(TRACES / "curated-buildkit.json.gz")[1]
    change(trace["builds"][1])
    assert aspect in {answer.aspect for answer in compare([trace]).disagreements}


def test_a_build_that_only_the_model_refuses_is_seen() -> None:
    trace = read(TRACES / "curated-buildkit.json.gz")[1]
    trace["builds"][0]["dockerfile"] = "FROM python\nNONSENSE\n"
    (answer,) = [answer for answer in compare([trace]).disagreements if answer.aspect == "refusals"]
    assert answer.engine is False
    assert "NONSENSE" in answer.model


def test_another_warning_than_the_engines_is_seen() -> None:
    trace = next(trace for trace in read(TRACES / "options-buildkit.json.gz") if trace["name"] == "warned")
    assert not compare([trace]).disagreements
    trace["builds"][0]["warnings"][0]["line"] += 1
    assert [answer.aspect for answer in compare([trace]).disagreements] == ["warnings"]


def test_another_line_than_the_engines_is_seen() -> None:
    trace = next(
        trace for trace in read(TRACES / "malformed-buildkit.json.gz") if trace["builds"][0].get("line") is not None
    )
    trace["builds"][0]["line"] += 1
    assert [answer.aspect for answer in compare([trace]).disagreements] == ["lines"]


@pytest.mark.parametrize(
    ("dockerfile", "error", "compared"),
    [
        ("FROM base\nRUN false\n", 'process "/bin/sh -c false" did not complete successfully: exit code: 1', False),
        ("FROM base\nRUN false\n", "The command '/bin/sh -c false' returned a non-zero code: 1", False),
        ("FROM base AS a\nFROM base\nCOPY --from=a /x /y\n", 'failed to calculate checksum of ref r: "/x": not found',
         False),
        ("FROM base AS a\nFROM base\nCOPY --from=a /x /y\n", "COPY failed: stat x: file does not exist", False),
        ("FROM base\nCOPY gone.py .\n", 'failed to calculate checksum of ref r: "/gone.py": not found', True),
        ("FROM base\nNONSENSE\n", "dockerfile parse error on line 2: unknown instruction: NONSENSE", True),
    ],
)  # fmt: skip
def test_what_a_command_left_behind_is_not_compared(dockerfile: str, error: str, compared: bool) -> None:
    image = {"id": "sha256:1", "config": {}, "layers": ["sha256:2"], "history_sizes": [1]}
    build = {"dockerfile": dockerfile, "files": {}, "steps": [], "history": [], "config": {}, "error": error}
    trace = {"name": "t", "builder": "buildkit", "store": "overlay2", "images": {"base": image}, "builds": [build] * 2}
    assert compare([trace]).builds == (2 if compared else 0)


def answers(aspect: str, agreed: int, differing: int) -> list[Answer]:
    return [Answer("t", 0, aspect, 1, 1)] * agreed + [Answer("t", 0, aspect, 1, 2)] * differing


@pytest.mark.parametrize(
    ("name", "aspect", "agreed", "differing", "good"),
    [
        ("curated-buildkit", "cached", 2000, 0, True),
        ("curated-buildkit", "cached", 1999, 1, False),
        ("rules-classic", "cached", 1999, 1, False),
        ("malformed-buildkit", "cached", 1999, 1, False),
        ("random-buildkit", "cached", 1998, 2, True),
        ("random-buildkit", "cached", 1997, 3, False),
        ("random-buildkit", "steps", 1999, 1, False),
        ("new", "lines", 0, 0, True),
    ],
)
def test_how_good_the_agreement_must_be(name: str, aspect: str, agreed: int, differing: int, good: bool) -> None:
    found = fidelity.Row(name, "28.5.2 buildkit, overlay2", Agreement(1, answers(aspect, agreed, differing)))
    assert found.good is good


def test_the_page_says_how_many_differ() -> None:
    agreement = Agreement(1200, answers("steps", 1999, 1) + answers("cached", 3, 0))
    page = fidelity.page([fidelity.Row("new", "29.0.0 buildkit, containerd", agreement)])
    assert "2,003 answers of 1,200 builds; 1 of them differ" in page
    assert "| new | 29.0.0 buildkit, containerd | 1,200 | 1,999 of 2,000 | 3 |  |  |  |  |  |" in page
