"""What learners get: the lessons without what they show when they are run, the projects, and the pages they link to.

`hatch_build.py` loads this file on its own to put the lessons into the wheel. So it imports nothing of the package.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# In an installed package, where they are as learners get them, and in a clone, where they are executed.
INSTALLED = Path(__file__).parents[1] / "lessons"
CLONE = Path(__file__).parents[2]
FIRST = "00_start_here.ipynb"
GLOSSARY = "glossary.md"

# Pages of a clone outside of `notebooks` that lessons link to, and where the copies have them.
PAGES = {"docs/fidelity.md": "about/fidelity.md", "layerlib/figures/README.md": "about/figures.md"}


def stripped(text: str) -> str:
    """A notebook without outputs and without the numbers of its runs; its links to PAGES lead to the copies of these.

    Args:
        text: the JSON of a notebook, format 4.
    """
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
        else:
            cell["source"] = [_linked(line) for line in _lines(cell["source"])]
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def of_clone(root: Path) -> dict[str, bytes]:
    """The lessons, their solutions and the pages that they link to, as learners get them, made from a clone.

    Returns:
        Each file's bytes by its path in a learner's folder, such as "solutions/01_from.ipynb".
    """
    notebooks = root / "notebooks"
    paths = [*sorted(notebooks.glob("*.ipynb")), *sorted((notebooks / "solutions").glob("*.ipynb"))]
    files = {
        path.relative_to(notebooks).as_posix(): stripped(path.read_text(encoding="utf-8")).encode() for path in paths
    }
    pages = {copy: (root / page).read_bytes() for page, copy in PAGES.items()}
    return files | {GLOSSARY: (notebooks / GLOSSARY).read_bytes()} | pages


def lessons() -> dict[str, bytes]:
    """The same as `of_clone`, from the installed package or from the clone that this file is in."""
    if not INSTALLED.is_dir():
        return of_clone(CLONE)
    return {
        path.relative_to(INSTALLED).as_posix(): path.read_bytes()
        for path in sorted(INSTALLED.rglob("*"))
        if path.is_file()
    }


def _linked(line: str) -> str:
    for page, copy in PAGES.items():
        line = line.replace(f"](../{page})", f"]({copy})")
    return line


def _lines(source: Any) -> list[str]:
    """A cell's source, which is one text or a list of lines."""
    return source.splitlines(keepends=True) if isinstance(source, str) else source
