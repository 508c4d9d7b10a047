"""The audit tells packages that are known as vulnerable from packages that nobody could look up."""

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
UNKNOWN = {"name": "good", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ({"pypi": [GOOD]}, 0, "nothing is known against it (pypi)"),
        ({"pypi": [GOOD, BAD]}, 1, "bad 1: CVE-1, mended in 2"),
        ({"pypi": [UNKNOWN], "osv": [GOOD]}, 0, "nothing is known against it (osv)"),
        ({"pypi": [UNKNOWN], "osv": [BAD]}, 1, "CVE-1"),
        ({"pypi": [UNKNOWN], "osv": None}, 2, "NOT CHECKED"),
    ],
    ids=["nothing known", "vulnerable", "the second database", "vulnerable in the second", "no database"],
)
def test_audit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: dict[str, Any], code: int, said: str
) -> None:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def answer(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        packages = answers[command[command.index("-s") + 1]]
        printed = "" if packages is None else json.dumps({"dependencies": packages})
        return subprocess.CompletedProcess(command, 0, printed, "ConnectionError: no answer")

    monkeypatch.setattr(subprocess, "run", answer)
    monkeypatch.setattr(sys, "argv", ["audit", "a.lock"])
    assert script.main() == code
    assert said in capsys.readouterr().out
