"""For all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no reason to fail: timings belong in benchmarks.
settings.register_profile("layerlib", deadline=None)
settings.load_profile("layerlib")


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labs keep a learner's work in the working directory."""
    monkeypatch.chdir(tmp_path)
