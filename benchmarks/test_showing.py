"""How long it takes until somebody sees something: charts, lessons, labs."""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LESSONS = [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks" / "solutions").glob("*.ipynb")]


@pytest.mark.parametrize("form", ["svg", "png"])
@pytest.mark.parametrize("chart", ["rebuild", "layers", "empty"])
@pytest.mark.benchmark(group="charts")
def test_chart(timed: Callable[..., None], chart: str, form: str) -> None:
    from matplotlib.figure import Figure

    from layerlib import BuildKit, Project, changes, charts
    from layerlib.showing import drawing

    project, builder = Project.load("python-numpy-app"), BuildKit()
    before, after = builder.build(project), builder.build(changes.edit_file(project, "app.py"))
    width, height = charts.layers(before).figure.get_size_inches()

    def empty() -> object:
        """A figure with axes and nothing in them, as `plt.subplots()` makes it."""
        figure = Figure(figsize=(width, height))
        figure.add_subplot()
        if form == "svg":
            return drawing.svg(figure, "")
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=drawing.DPI)
        return file

    makers = {
        "rebuild": lambda: getattr(charts.rebuild({"before": before, "after": after}), form)(),
        "layers": lambda: getattr(charts.layers(before), form)(),
        "empty": empty,
    }
    makers[chart]()
    timed(f"{chart} {form}", makers[chart], 20)


@pytest.mark.parametrize("name", ["course", "empty notebooks"])
@pytest.mark.benchmark(group="nbval")
def test_nbval(timed: Callable[..., None], tmp_path: Path, name: str) -> None:
    notebooks = LESSONS if name == "course" else [tmp_path / f"{number}.ipynb" for number in range(len(LESSONS))]
    if name != "course":
        cell: dict[str, Any] = {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "source": "",
            "outputs": [],
            "execution_count": None,
        }
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        for path in notebooks:
            path.write_text(json.dumps(book))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]

    def run() -> None:
        done = subprocess.run([*command, *map(str, notebooks)], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:]

    timed(name, run, 2)


def test_click_to_paint(measured: dict[str, float]) -> None:
    """`click_to_paint.py` measures both alternately; its numbers are quoted here."""
    try:
        import click_to_paint

        trips, labs = click_to_paint.measure()
    except (ImportError, SystemExit) as error:
        pytest.skip(f"clicks were not timed: {error}")
    measured["round trip"], measured["click"] = statistics.median(trips), statistics.median(labs)
    measured["click 95%"] = statistics.quantiles(labs, n=100)[94]
