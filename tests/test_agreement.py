"""The model against the engine: every comparable answer of every recorded build."""

from pathlib import Path

import pytest

from layerlib.outside.agreement import ASPECTS, compare
from layerlib.outside.traces import read

TRACES = Path(__file__).parent / "traces"

# How many answers of each kind are compared. A comparison that silently falls away would show here.
COMPARED = {
    "curated-buildkit": {"steps": 157, "cached": 460, "history": 157, "sizes": 586, "config": 157, "refusals": 157},
    "curated-containerd": {"steps": 157, "cached": 462, "history": 157, "sizes": 586, "config": 157, "refusals": 157},
    "curated-classic": {"steps": 146, "cached": 606, "history": 146, "sizes": 573, "config": 146, "refusals": 157},
    "rules-buildkit": {"steps": 289, "cached": 1323, "history": 289, "sizes": 1253, "config": 289, "refusals": 290},
    "rules-containerd": {"steps": 289, "cached": 1330, "history": 289, "sizes": 1253, "config": 289, "refusals": 290},
    "rules-classic": {"steps": 224, "cached": 1216, "history": 224, "sizes": 1108, "config": 224, "refusals": 288},
    "random-buildkit": {"steps": 558, "cached": 2454, "history": 558, "sizes": 2127, "config": 558, "refusals": 574},
    "random-classic": {"steps": 266, "cached": 2238, "history": 266, "sizes": 1078, "config": 266, "refusals": 294},
    "made-buildkit": {"steps": 277, "cached": 918, "history": 277, "sizes": 722, "config": 277, "refusals": 287},
    "made-containerd": {"steps": 187, "cached": 575, "history": 187, "sizes": 495, "config": 187, "refusals": 189},
    "made-classic": {"steps": 168, "cached": 662, "history": 168, "sizes": 501, "config": 168, "refusals": 168},
    "malformed-buildkit": {"steps": 22, "cached": 16, "history": 22, "sizes": 35, "config": 22, "refusals": 73},
}
LINES = {"made-buildkit": 10, "made-containerd": 2, "random-buildkit": 16, "malformed-buildkit": 49}


@pytest.mark.parametrize("name", COMPARED)
def test_every_comparable_answer_agrees(name: str) -> None:
    agreement = compare(read(TRACES / f"{name}.json.gz"))
    assert not agreement.disagreements, "\n".join(map(str, agreement.disagreements[:5]))
    assert {aspect: agreement.compared[aspect] for aspect in ASPECTS if aspect != "lines"} == COMPARED[name]
    assert agreement.compared["lines"] == LINES.get(name, 0)


def test_no_file_of_recorded_builds_is_left_out() -> None:
    assert {path.name.removesuffix(".json.gz") for path in TRACES.glob("*.json.gz")} >= set(COMPARED)


def test_a_wrong_answer_of_the_engine_is_seen() -> None:
    """The comparison can fail: turn one recorded answer round, of each kind."""
    trace = read(TRACES / "curated-buildkit.json.gz")[1]
    build = trace["builds"][1]
    for change, aspect in (
        (lambda: build["steps"][2].update(cached=not build["steps"][2]["cached"]), "cached"),
        (lambda: build["steps"][2].update(name="[3/4] COPY other.py ."), "steps"),
        (lambda: build["history"][0].update(created_by="CMD []"), "history"),
        (lambda: build["history"][2].update(size=1), "sizes"),
        (lambda: build["config"].update(User="x"), "config"),
        (lambda: build.update(error="no"), "refusals"),
    ):
        change()
        assert aspect in {one.aspect for one in compare([trace]).disagreements}
