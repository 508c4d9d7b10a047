"""The kept inputs once more, and half a minute of fuzzing with atheris: always the same inputs, by count and seed."""

from __future__ import annotations

import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TARGETS = runpy.run_path(str(HERE / "targets.py"))["TARGETS"]
KEPT = sorted((HERE / "corpus").glob("*/*"))
RUNS = {"dockerfile": 1500, "word": 3000, "ignore": 1500, "change": 600, "trace": 600}


def test_every_target_has_inputs() -> None:
    assert {path.parent.name for path in KEPT} == set(TARGETS) == set(RUNS)
    assert sum(path.stat().st_size for path in KEPT) < 300_000


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_kept_input_ends_in_a_value_or_a_refusal(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed; it is made for Linux and Python up to 3.13 alone",
)
@pytest.mark.parametrize("target", RUNS)
def test_new_inputs_end_in_a_value_or_a_refusal(target: str) -> None:
    command = [sys.executable, str(HERE / "run.py"), target, f"--runs={RUNS[target]}", "--seed=1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stderr[-3000:]
