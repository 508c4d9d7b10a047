"""Measures against the size of an image, as edits of a Dockerfile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layerlib import Project
from layerlib.editing import size_edits

NEAT = "pip install --no-cache-dir"


@pytest.mark.parametrize(
    ("measure", "before", "after"),
    [
        (size_edits.split_runs, "RUN a && b", "RUN a\nRUN b"),
        (size_edits.join_runs, "RUN a\nRUN b\nRUN c", "RUN a && b && c"),
        (size_edits.no_cache_dir, "RUN pip install x && pip install y", f"RUN {NEAT} x && {NEAT} y"),
        (size_edits.no_cache_dir, f"RUN {NEAT} x", f"RUN {NEAT} x"),
        (size_edits.remove_later, "RUN apt-get install x", "RUN apt-get install x\nRUN rm -rf /var/lib/apt/lists/*"),
        (
            size_edits.two_stages,
            "RUN pip install x\nCMD y",
            "RUN pip install --prefix=/install x\n\nFROM python\nCOPY --from=build /install /usr/local\nCMD y",
        ),
    ],
)
def test_measures_edit_the_dockerfile(measure: Callable[[Project], Project], before: str, after: str) -> None:
    made = measure(Project.from_files({}, f"FROM python\n{before}\n")).dockerfile
    assert made.partition("\n")[2].strip() == after
