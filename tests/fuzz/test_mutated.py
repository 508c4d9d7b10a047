"""The model accepts and refuses changed Dockerfiles as Engine 28.5.2 did, and names the line that it named."""

from __future__ import annotations

import gzip
import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from layerlib import BuildKit, DockerfileError, LayerlibError, Project

HERE = Path(__file__).parent
MUTATED = runpy.run_path(str(HERE / "mutated.py"))
ANSWERS: list[dict[str, Any]] = json.loads(gzip.decompress(MUTATED["ANSWERS"].read_bytes()))

# Where the model differs, by a part of the engine's error, and why (docs/fidelity.md).
ELSEWHERE: dict[str, str] = {}
# Where it may name another line.
OTHER_LINE = {
    "failed to calculate checksum": "it looks for all files at once: of twelve recorded pairs of missing ones, "
    "it named the later line ten times and the earlier one twice",
}


def answer(text: str) -> tuple[bool, int | None, str]:
    """Whether the model accepts a Dockerfile, the line that it names, and what it says."""
    files = {**MUTATED["FILES"], "Dockerfile": text.encode("utf-8", "surrogateescape")}
    try:
        BuildKit().build(Project.from_files(files))
    except LayerlibError as error:
        return False, error.line if isinstance(error, DockerfileError) else None, str(error)
    return True, None, ""


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_the_model_answers_as_the_engine(number: int) -> None:
    engine = ANSWERS[number]
    accepted, line, said = answer(engine["dockerfile"])
    if any(part in engine["error"] for part in ELSEWHERE):
        return
    assert accepted == engine["accepted"], engine["error"] or said
    if engine["line"] is not None and not any(part in engine["error"] for part in OTHER_LINE):
        assert line == engine["line"], (engine["error"], said)


def test_most_of_them_tell_something() -> None:
    assert len(ANSWERS) > 400
    assert 100 < sum(one["accepted"] for one in ANSWERS) < len(ANSWERS) - 100
