"""The audit distinguishes packages that are known to be vulnerable from packages that could not be looked up."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "audit.py"
GOOD = {"name": "good", "version": "1", "vulns": []}
BAD = {"name": "bad", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
WORSE = {"name": "worse", "version": "1", "vulns": [{"id": "CVE-2", "fix_versions": []}]}
UNKNOWN = {"name": "good", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answers", "code", "printed"),
    [
        ({"pypi": [GOOD]}, 0, "a.lock: no known vulnerability (pypi)"),
        ({"pypi": [GOOD, BAD]}, 1, "bad 1: CVE-1, fixed in 2"),
        ({"pypi": [WORSE]}, 1, "worse 1: CVE-2, not fixed yet"),
        ({"pypi": [UNKNOWN], "osv": [GOOD]}, 0, "a.lock: no known vulnerability (osv)"),
        ({"pypi": [UNKNOWN], "osv": [BAD]}, 1, "CVE-1"),
        ({"pypi": [UNKNOWN], "osv": None}, 2, "NOT CHECKED"),
    ],
    ids=["nothing known", "vulnerable", "not fixed", "the second database", "vulnerable in the second", "no database"],
)
def test_audit(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: dict[str, Any],
    code: int,
    printed: str,
) -> None:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def answer(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        packages = answers[command[command.index("-s") + 1]]
        output = "" if packages is None else json.dumps({"dependencies": packages})
        return subprocess.CompletedProcess(command, 0, output, "ConnectionError: no answer")

    monkeypatch.setattr(subprocess, "run", answer)
    monkeypatch.setattr(sys, "argv", ["audit", "a.lock"])
    assert script.main() == code
    assert printed in capsys.readouterr().out
