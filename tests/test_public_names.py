"""What `import layerlib` offers: each name exists, is listed, and is all that a lesson needs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import layerlib

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.mark.parametrize("name", layerlib.__all__)
def test_every_public_name_is_there_and_listed(name: str) -> None:
    assert getattr(layerlib, name) is not None
    assert name in dir(layerlib)


def test_nothing_else_is_listed() -> None:
    assert dir(layerlib) == sorted(layerlib.__all__)
    assert not [name for name in dir(layerlib) if name.startswith("_")]


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chart'"):
        _ = layerlib.chart


@pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS.rglob("*.ipynb")), ids=lambda path: path.relative_to(NOTEBOOKS).as_posix()
)
def test_no_lesson_imports_from_a_room(path: Path) -> None:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert not re.search(r"(from|import) layerlib\.", "".join(cell["source"]))
