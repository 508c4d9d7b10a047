"""The architecture, held by tests: who imports whom, what is loaded when, and what the model never does."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "layerlib"
ROOMS = ["reading", "editing", "building", "linting", "showing", "teaching", "recorded", "outside"]
FILES = sorted(PACKAGE.glob("*/**/*.py"))

# A Build shows itself: its methods hand on to the report. The one way back.
BACK = {("building/records.py", "showing")}
# The model must run in a browser too: nothing that starts processes, threads or connections.
NEVER = {"subprocess", "threading", "multiprocessing", "socket", "urllib", "http", "requests", "asyncio", "ctypes"}


def imports(path: Path) -> set[str]:
    """The names of the modules that a file imports, those of this package from its root."""
    found: set[str] = set()
    here = path.relative_to(PACKAGE).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            base = ".".join([*above, node.module or ""]).strip(".")
            found |= {base, *(f"{base}.{alias.name}".strip(".") for alias in node.names)} if node.level else {base}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_the_rooms_above(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    room = ROOMS.index(name.partition("/")[0])
    below = {one.partition(".")[0] for one in imports(path)} & set(ROOMS[room + 1 :])
    assert {(name, other) for other in below} <= BACK


@pytest.mark.parametrize("path", [path for path in FILES if path.relative_to(PACKAGE).parts[0] in ROOMS[:-1]],
                         ids=lambda path: str(path.relative_to(PACKAGE)))  # fmt: skip
def test_only_the_outside_starts_processes_or_connections(path: Path) -> None:
    assert not {one.partition(".")[0] for one in imports(path)} & NEVER


def test_import_is_light() -> None:
    code = (
        "import sys, layerlib; layerlib.BuildKit().build(layerlib.Project.load('python-numpy-app'));"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'matplotlib', 'ipywidgets', 'numpy', 'IPython'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
