"""Where the data that ships with the package lies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]

FIGURES = PACKAGE / "figures"
# In an installed package, and in a clone.
PROJECTS = (PACKAGE / "projects", PACKAGE.parent / "notebooks" / "projects")


def read_figures(name: str) -> Any:
    """The measured or published figures of a file in `layerlib/figures`, such as "installs.json"."""
    return json.loads((FIGURES / name).read_text(encoding="utf-8"))
