"""The GitHub workflow: what it must run, and that its actions are pinned."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).parents[1] / ".github" / "workflows" / "test.yml"
TEXT = FILE.read_text(encoding="utf-8")
JOBS: dict[str, Any] = yaml.safe_load(TEXT)["jobs"]


def commands(job: str) -> str:
    """All that a job runs."""
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


@pytest.mark.parametrize(
    ("job", "command"),
    [
        ("test", "make test PYTHON=python"),
        ("test", "coverage html"),
        ("browser", "make test-browser"),
        ("package", "pip install .\n"),
        ("package", "layerlib verify"),
        ("package", "layerlib course --no-open"),
        ("book", "make book"),
        ("audit", "make audit"),
    ],
)
def test_a_job_runs(job: str, command: str) -> None:
    assert command in commands(job)


def test_coverage_is_published() -> None:
    assert [step["with"]["name"] for step in JOBS["test"]["steps"] if "upload-artifact" in step.get("uses", "")] == [
        "coverage"
    ]


def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it() -> None:
    actions = re.findall(r"uses: (.*)", TEXT)
    assert len(actions) > 10
    assert [action for action in actions if not re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)] == []
    assert len(set(actions)) == len({action.partition("@")[0] for action in actions})


def test_no_job_may_write() -> None:
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert not [name for name, job in JOBS.items() if "permissions" in job]
