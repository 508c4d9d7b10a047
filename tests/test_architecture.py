"""docs/architecture.md says what is so: every file and function that it names exists, and every arrow is an import."""

import ast
import re
from pathlib import Path

import pytest
from test_design import FILES, NAMES, PACKAGE, ROOMS, imports, name_of

PAGE = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
PLACES = [(row[-2].strip("`"), row[-1].strip("`"), row[0]) for row in ROWS if row[-2].endswith(".py`")]
FOLDERS = [path.name for path in sorted((PACKAGE / "building").iterdir()) if (path / "__init__.py").exists()]


def defined(path: Path) -> set[str]:
    """The functions and classes of a file; a method with its class."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
            names |= {f"{node.name}.{inner.name}" for inner in ast.walk(node) if isinstance(inner, ast.FunctionDef)}
    return names


@pytest.mark.parametrize(("path", "name", "rule"), PLACES, ids=[f"{path} {name}" for path, name, _ in PLACES])
def test_every_place_exists(path: str, name: str, rule: str) -> None:
    assert name in defined(PACKAGE / path)
    assert rule


def test_the_page_has_thirty_rules() -> None:
    rules = PAGE.partition("## Where a rule of Docker's stands")[2]
    assert len(re.findall(r"^\| .*\.py` \|", rules, re.MULTILINE)) >= 30


def arrows(names: list[str]) -> dict[str, set[str]]:
    """For each of some rooms or folders, what the page says that it imports from."""
    return {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[2])) for row in ROWS if row[0].strip("`") in names}


def test_the_arrows_between_the_rooms_are_imports() -> None:
    found: dict[str, set[str]] = {room: set() for room in ROOMS}
    for path in FILES:
        room = path.relative_to(PACKAGE).parts[0]
        found[room] |= {name.partition(".")[0] for name in imports(path) & NAMES} - {room}
    assert arrows(ROOMS) == found


def test_the_arrows_inside_building_are_imports() -> None:
    found: dict[str, set[str]] = {folder: set() for folder in FOLDERS}
    for path in FILES:
        parts = name_of(path).split(".")
        if parts[0] == "building" and len(parts) > 2:
            others = (name.split(".") for name in imports(path) & NAMES)
            found[parts[1]] |= {other[1] for other in others if other[0] == "building" and other[1] in FOLDERS}
    assert arrows(FOLDERS) == {folder: others - {folder} for folder, others in found.items()}


def test_every_room_and_folder_is_on_the_page() -> None:
    assert set(arrows(ROOMS)) == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(arrows(FOLDERS)) == set(FOLDERS)
