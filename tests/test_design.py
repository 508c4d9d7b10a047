"""The architecture, held by tests: who imports whom, what is loaded when, and what the model never does."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "layerlib"
ROOMS = ["reading", "editing", "building", "linting", "showing", "teaching", "recorded", "outside"]
FILES = sorted(PACKAGE.glob("*/**/*.py"))

# The model must run in a browser too: nothing that starts processes, threads or connections.
NEVER = {"subprocess", "threading", "multiprocessing", "socket", "urllib", "http", "requests", "asyncio", "ctypes"}


def name_of(path: Path) -> str:
    """A file's name as a module, without the package's: "reading.tree", "showing.labs" for an `__init__.py`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


NAMES = {name_of(path) for path in FILES}


@cache
def imports(path: Path) -> frozenset[str]:
    """The modules that a file imports: at run time, for type checking, or inside a function.

    Those of this package are without the package's name.
    """
    found: set[str] = set()
    folder = path.relative_to(PACKAGE).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("layerlib.") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = folder[: len(folder) - node.level + 1] if node.level else ()
            base = ".".join([*above, node.module or ""]).strip(".").removeprefix("layerlib.")
            names = {f"{base}.{alias.name}".strip(".") for alias in node.names}
            found |= {name if name in NAMES else base for name in names}
    return frozenset(found)


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_no_file_imports_itself_through_others() -> None:
    """Not at run time, not for type checking, not inside a function."""
    try:
        TopologicalSorter({name_of(path): imports(path) & NAMES for path in FILES}).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def folder_of(name: str) -> str:
    """The folder that a module is in, or the module itself if it is in none of its room's."""
    return ".".join(name.split(".")[:2])


def test_no_folder_imports_itself_through_others() -> None:
    folders: dict[str, set[str]] = {}
    for path in FILES:
        here = folder_of(name_of(path))
        folders.setdefault(here, set()).update({folder_of(name) for name in imports(path) & NAMES} - {here})
    try:
        TopologicalSorter(folders).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


# Inside the room of the builders: what each folder may not know of.
APART = [
    ("classic", {"buildkit", "frontend"}),
    ("buildkit", {"classic"}),
    ("frontend", {"cache", "reasons", "effects", "buildkit", "classic"}),
    ("cache", {"reasons", "frontend"}),
    ("reasons", {"frontend", "effects", "buildkit", "classic"}),
    ("files", {"image", "effects", "frontend", "cache", "reasons"}),
]


@pytest.mark.parametrize(("folder", "others"), APART, ids=[folder for folder, _ in APART])
def test_the_parts_of_a_builder_stand_on_their_own(folder: str, others: set[str]) -> None:
    paths = [path for path in FILES if shown(path).startswith(f"building/{folder}/")]
    assert paths
    known = {folder_of(name).removeprefix("building.") for path in paths for name in imports(path)}
    assert known.isdisjoint(others)


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_room_imports_only_from_the_rooms_above(path: Path) -> None:
    room = ROOMS.index(path.relative_to(PACKAGE).parts[0])
    assert {name.partition(".")[0] for name in imports(path)}.isdisjoint(["", "layerlib", *ROOMS[room + 1 :]])


@pytest.mark.parametrize("path", [path for path in FILES if shown(path).partition("/")[0] in ROOMS[:-1]], ids=shown)
def test_only_the_outside_starts_processes_or_connections(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports(path)} & NEVER


def test_import_is_light() -> None:
    code = (
        "import sys, layerlib; layerlib.BuildKit().build(layerlib.Project.load('python-numpy-app'));"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'matplotlib', 'ipywidgets', 'numpy', 'IPython'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
