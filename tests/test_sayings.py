"""The sentences about the cache: what is said to be so is what the engine did, and what the model does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from layerlib import LayerlibError, course
from layerlib.recorded.agreement import compare
from layerlib.recorded.schema import check
from layerlib.teaching.said import Saying, page, steps, verdict

ROOT = Path(__file__).parents[1]
SAYINGS = course.sayings()
LESSON = json.loads((ROOT / "notebooks" / "13_said_about_the_cache.ipynb").read_text(encoding="utf-8"))["cells"]
SOURCES = {one["id"]: "".join(one["source"]) for one in LESSON}

# What the engine said of each step but FROM, a word a build: c cached, r rebuilt, f failed. Steps by stage and number.
CLAIMS = {
    "mtime": "rrrrr ccccc",
    "mode": "rrrrr cccrr",
    "layer": "rrr",
    "label": "rrrrr ccccc",
    "env": "rrrrr ccrrr",
    "below": "rrrrrr ccrrrr",
    "no-cache": "rrrrr crrrr",
    "context": "rrrrr ccccc",
    "git": "rrr crr",
    "git-ignored": "rrr ccc",
    "news": "r c r",
    "delete": "r cr r",
    "chmod": "r cr r",
    "three-runs": "rrr ccr",
    "one-run": "r r",
    "skipped": "ccf rrr",
    "arg": "rrrrr ccrrr",
    "arg-above": "rrrrr ccccc",
    "same-output": "rrrr rrcc",
    "again": "rrrrr cccrr ccccc",
    "star": "rrr crr",
    "star-star": "rrr ccc",
    "cache-mount": "r r c",
    "link": "rr rr",
    "link-containerd": "rrr rrc",
    "prune": "rrrrr ccccc rrrrr",
    "add-url": "rrr crc rrr",
    "moved-tag": "rrrrr rrrrr",
    "same-size": "rrrrr ccccc",
}
# Bytes of the layers above the base, bottom first, a list a build.
SIZES = {
    "layer": [[0, 15, 6]],
    "news": [[100], [100], [200]],
    "delete": [[5_000_000], [5_000_000, 0], [0]],
    "chmod": [[5_000_000], [5_000_000, 5_000_000], [5_000_000]],
}
STEPS = ("RUN", "COPY", "WORKDIR")


def ids(one: Saying) -> str:
    return one.name


def test_each_sentence_has_a_claim() -> None:
    assert [one.name for one in SAYINGS] == list(CLAIMS)
    assert {one.name for one in SAYINGS if one.sizes} == set(SIZES)


@pytest.mark.parametrize("saying", SAYINGS, ids=ids)
def test_the_recording_says_what_is_claimed(saying: Saying) -> None:
    builds = saying.recorded["builds"]
    assert len(builds) == len(saying.builds)
    assert " ".join("".join(verdict(one, build)[0] for one in steps(build)) for build in builds) == CLAIMS[saying.name]


@pytest.mark.parametrize("name", SIZES)
def test_the_recorded_layers_are_as_large_as_is_claimed(name: str) -> None:
    for build, sizes in zip(course.said(name).recorded["builds"], SIZES[name], strict=True):
        rows = [row for row in reversed(build["history"][:-1]) if row["created_by"].startswith(STEPS)]
        assert [row["size"] for row in rows] == sizes


def test_each_recording_has_the_format_of_recorded_builds() -> None:
    check([dict(one.recorded) for one in SAYINGS], "sayings")


@pytest.mark.parametrize("saying", [one for one in SAYINGS if not one.unmodelled], ids=ids)
def test_the_model_answers_as_the_engine_did(saying: Saying) -> None:
    assert compare([saying.recorded]).disagreements == []


def test_what_the_model_cannot_know_is_named() -> None:
    missed = {one.name for one in SAYINGS if compare([one.recorded]).disagreements}
    assert missed == {one.name for one in SAYINGS if one.unmodelled} == {"skipped", "add-url", "same-size"}


def test_only_times_differ_between_the_builds_of_mtime() -> None:
    first, second = course.said("mtime").recorded["builds"]
    assert first["dockerfile"] == second["dockerfile"]
    assert {**first["files"]["app.py"], "mtime": 1} == {**second["files"]["app.py"], "mtime": 1}
    assert first["files"]["app.py"] != second["files"]["app.py"]


@pytest.mark.parametrize("saying", [one for one in SAYINGS if not one.fold], ids=ids)
def test_the_lesson_asks_first_and_tells_in_the_next_section(saying: Saying) -> None:
    names = list(SOURCES)
    at = names.index(saying.name)
    assert SOURCES[saying.name].startswith(f"## Said: {saying.said.rstrip('.')}\n")
    assert saying.where in SOURCES[saying.name]
    assert saying.ask in SOURCES[saying.name]
    assert bool(saying.ask) != (f"{saying.name}-predict" in names)
    assert SOURCES[f"{saying.name}-true"] == f"## {saying.true}\n\n{saying.instead}"
    assert names.index(f"{saying.name}-true") in (at + 1, at + 2)
    assert SOURCES[f"{saying.name}-recorded"] == f'course.said("{saying.name}")'


def test_what_the_lesson_folds_is_what_the_sentences_say() -> None:
    for part in SOURCES["more"].split("**Said:** ")[1:]:
        saying = next(one for one in SAYINGS if part.startswith(f"{one.said}\n\n{one.ask}\n"))
        assert f"**{saying.true}.** {saying.answer} {saying.instead}\n</details>" in part


def test_the_lesson_is_short() -> None:
    text = " ".join("".join(one["source"]) for one in LESSON if one["cell_type"] == "markdown")
    assert len(text.split()) <= 2500


def test_the_page_is_made_from_the_sentences() -> None:
    made = (ROOT / "docs" / "said-about-the-cache.md").read_text(encoding="utf-8")
    assert made == page(), "write layerlib.teaching.said.page() to docs/said-about-the-cache.md"


def test_an_unknown_name_gets_close_ones() -> None:
    with pytest.raises(LayerlibError, match=r"no saying 'mtimes'\. Did you mean 'mtime'"):
        course.said("mtimes")


def test_a_saying_shows_its_table_with_every_text_escaped() -> None:
    html = course.said("same-output")._repr_html_()
    assert "&lt; app.py" in html
    assert "< app.py" not in html
    assert str(course.said("mtime")).splitlines()[2].split() == ["WORKDIR", "/app", "rebuilt", "cached"]
