"""Every lesson opens in JupyterLab, runs to its end, and shows no error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from browser.laboratory import PROBLEMS, Laboratory

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
LESSONS = [path.relative_to(ROOT / "notebooks") for path in LESSONS if ".ipynb_checkpoints" not in path.parts]

DONE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const full = cell => cell.model.type === "code" && cell.model.sharedModel.source.trim();
  const cells = panel.content.widgets.filter(full);
  return cells.every(cell => cell.model.executionCount) && panel.context.sessionContext.session.kernel.status === "idle"
    && window.layerlibStarted;
}"""
CLEAR = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await window.jupyterapp.commands.execute("notebook:clear-all-cell-outputs");
  for (const cell of panel.content.widgets) if (cell.model.type === "code") cell.model.executionCount = null;
  window.jupyterapp.commands.execute("notebook:run-all-cells");
  window.layerlibStarted = true;
}"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type === "code"
  && !(cell.model.metadata.tags || []).includes("raises-exception"))
  .flatMap(cell => cell.model.outputs.toJSON().filter(output => output.output_type === "error")
  .map(output => cell.model.sharedModel.source.slice(0, 80) + ": " + output.evalue))"""


@pytest.fixture(scope="module")
def lessons(laboratory: Laboratory) -> Laboratory:
    """The lessons, copied to where the server has its notebooks."""
    shutil.copytree(ROOT / "notebooks", laboratory.folder / "notebooks" / "course")
    return laboratory


@pytest.mark.parametrize("lesson", LESSONS, ids=str)
def test_lesson_runs_to_its_end(lessons: Laboratory, lesson: Path) -> None:
    page = lessons.page()
    lessons.open(page, f"course/{lesson.as_posix()}", run=False)
    page.evaluate(CLEAR)
    page.wait_for_function(DONE, timeout=120_000)
    assert page.evaluate(ERRORS) == []
    assert PROBLEMS[page] == []
    for lab in page.locator(".layerlib-lab").all():
        assert "This is a bug in layerlib" not in lab.inner_text()
    page.context.close()


def test_a_word_leads_to_its_place_in_the_glossary(lessons: Laboratory) -> None:
    """JupyterLab shows it as a page, and scrolls to the heading that the link names."""
    page = lessons.page(size={"width": 1366, "height": 500})
    lessons.open(page, "course/00_start_here.ipynb", run=False)
    page.locator("a[href*='glossary.md']:text-is('layers')").first.click()
    heading = page.locator(".jp-MarkdownViewer h2:visible", has_text="layer").first
    heading.wait_for()
    page.wait_for_function(
        "h => h.getBoundingClientRect().top > 0 && h.getBoundingClientRect().top < 300", arg=heading.element_handle()
    )
    page.context.close()
