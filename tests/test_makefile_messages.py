"""`make` without a good Python says what is missing and what to install."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAKE = shutil.which("make") or ""

pytestmark = pytest.mark.skipif(os.name == "nt" or not MAKE, reason="needs make and sh")


@pytest.mark.parametrize(
    ("version", "refused", "found"),
    [
        ("3.9", "version_info <", "is 3.9\n"),
        ("3.12", "import ensurepip", "is 3.12 without its venv module\n"),
        ("", "print", "Found: none\n"),
    ],
    ids=["too old", "without venv", "no Python"],
)
def test_make_says_which_python_it_needs(tmp_path: Path, version: str, refused: str, found: str) -> None:
    python = tmp_path / "python of another time"
    python.write_text(f'#!/bin/sh\ncase "$2" in *"{refused}"*) exit 1;; *print*) echo {version};; esac\n')
    python.chmod(0o755)
    # Not the variables that a make around this test hands on.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = [MAKE, "lab", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}"]
    run = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True)
    assert run.returncode != 0
    assert found in run.stderr
    assert "Python 3.11 or later" in run.stderr
    assert "sudo apt install python3 python3-venv" in run.stderr
    assert not (tmp_path / "venv").exists()
