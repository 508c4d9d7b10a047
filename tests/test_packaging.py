"""pyproject.toml, environment.yml, the locks and postBuild ask for the same; the wheel holds what is needed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from email import message_from_string
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import layerlib

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
# Each lock, and the extras of pyproject.toml that it is made of; a larger one pins the same as a smaller one.
LOCKS = {
    "requirements.lock": ("course",),
    "tests/requirements.lock": ("course", "test"),
    "benchmarks/requirements.lock": ("course", "test", "bench"),
}

# The same package under another name on conda-forge: matplotlib without Qt, which a notebook does not need.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "python-fastjsonschema": "fastjsonschema"}
# What every conda environment needs, and no package asks for.
CONDA_ONLY = {"python", "pip"}


def bounds(requirements: Iterable[str]) -> dict[str, str]:
    """{name: version bound} of requirements, names as PyPI has them; the package's own extras aside."""
    parsed = [Requirement(text) for text in requirements]
    names = {str(canonicalize_name(CONDA_NAMES.get(each.name, each.name))): str(each.specifier) for each in parsed}
    return {name: bound for name, bound in names.items() if name != "layerlib"}


def environment() -> list[str]:
    """The requirements of environment.yml, conda's and pip's."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = [line for line in lines if isinstance(line, str) and re.split("[<>=]", line)[0] not in CONDA_ONLY]
    pip: list[str] = next(line["pip"] for line in lines if isinstance(line, dict))
    return conda + pip


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, str]:
    """{name: version} of a lock."""
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,-]+\])?==([^\s;]+)", text(lock), flags=re.MULTILINE))


def asked_for(lock: str) -> dict[str, str]:
    """What a lock is made of: what the package needs to run, to be built, and for its extras."""
    extras = [requirement for extra in LOCKS[lock] for requirement in EXTRAS[extra]]
    return bounds(PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["build"] + extras)


def test_environment_and_pyproject_ask_for_the_same() -> None:
    assert bounds(environment()) == bounds(PYPROJECT["project"]["dependencies"] + EXTRAS["course"])


def test_environment_names_its_python_as_repo2docker_reads_it() -> None:
    assert "  - python=3.13\n" in (ROOT / "environment.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("lock", "name"), [(lock, name) for lock in LOCKS for name in asked_for(lock)])
def test_lock_pins_what_pyproject_asks_for(lock: str, name: str) -> None:
    assert Requirement(f"{name}{asked_for(lock)[name]}").specifier.contains(pins(lock)[name])


@pytest.mark.parametrize("lock", LOCKS)
def test_the_makefile_makes_a_lock_of_these_extras(lock: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = [line for line in makefile.splitlines() if f"--output-file={lock} " in line]
    assert tuple(re.findall(r"--extra=(\w+)", line)) == LOCKS[lock]
    assert "--group=build" in line


def test_a_larger_lock_pins_the_same() -> None:
    for small, large in pairwise(LOCKS):
        assert pins(small).items() <= pins(large).items()


def test_who_takes_the_course_downloads_no_tools() -> None:
    tools = {name for lock in LOCKS for name in asked_for(lock)} - set(asked_for("requirements.lock"))
    assert tools & set(pins("requirements.lock")) <= {"packaging", "pyyaml"}  # JupyterLab needs these two


def test_build_backend_is_locked() -> None:
    assert set(bounds(PYPROJECT["build-system"]["requires"])) <= set(pins("requirements.lock"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_hashes_and_no_address(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", text(lock), flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(lock))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"\w+://\S+|^-.*", text(lock), flags=re.MULTILINE) == []


def test_postbuild_installs_the_package_without_dependencies() -> None:
    installs = re.findall(r"^.*\binstall\b.*$", (ROOT / "postBuild").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [line for line in installs if not line.startswith("#")] == ["pip install --no-deps -e ."]


# ---- The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, as `pip install .` makes it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={folder}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def tracked(folder: str, *patterns: str) -> set[str]:
    """The files of a folder that match one of the patterns, as paths below it."""
    top = ROOT / folder
    return {path.relative_to(top).as_posix() for pattern in patterns for path in top.rglob(pattern) if path.is_file()}


@pytest.mark.parametrize(
    ("inside", "folder", "patterns"),
    [
        ("layerlib", "layerlib", ["*.py", "py.typed", "*.schema.json"]),
        ("layerlib/traces", "tests/traces", ["*.json.gz"]),
        ("layerlib/projects", "notebooks/projects", ["*", ".dockerignore"]),
        ("layerlib/teaching/tasks", "layerlib/teaching/tasks", ["*.toml"]),
        ("layerlib/figures", "layerlib/figures", ["*.json"]),
    ],
)
def test_the_wheel_holds(wheel: zipfile.ZipFile, inside: str, folder: str, patterns: list[str]) -> None:
    files = {name.removeprefix(f"{inside}/") for name in wheel.namelist() if name.startswith(f"{inside}/")}
    wanted = {name for name in tracked(folder, *patterns) if "__pycache__" not in name}
    assert wanted
    assert wanted <= files


def test_the_wheel_has_the_version_and_asks_for_nothing_of_jupyters(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = message_from_string(wheel.read(name).decode())
    assert metadata["Version"] == layerlib.__version__
    needed = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    assert bounds(str(each) for each in needed if each.marker is None) == bounds(PYPROJECT["project"]["dependencies"])


def test_the_version_is_in_one_place() -> None:
    assert "version" not in PYPROJECT["project"]
    assert PYPROJECT["tool"]["hatch"]["version"]["path"] == "layerlib/version.py"


# ---- Without Jupyter

# What `pip install layerlib` brings, as `pip list` shows it in an empty environment, by the names of imports.
BASE = {
    "click", "colorama", "dockerfile_parse", "e2b_dockerfile_utils", "fastjsonschema", "markdown_it", "mdurl",
    "packaging", "pygments", "rich",
}  # fmt: skip
WITHOUT_JUPYTER = f"""
import sys
from importlib.abc import MetaPathFinder
class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {BASE | {"layerlib"}} | sys.stdlib_module_names:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
"""


def without_jupyter(code: str) -> subprocess.CompletedProcess[str]:
    """Run a program where only what a base install brings can be imported."""
    command = [sys.executable, "-c", WITHOUT_JUPYTER + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_a_base_install_builds_verifies_and_checks() -> None:
    code = """
import pkgutil, importlib, layerlib
from layerlib import course
from layerlib.outside.cli import main
for module in pkgutil.walk_packages(layerlib.__path__, "layerlib."):
    if not module.name.startswith("layerlib.showing.") and module.name != "layerlib.__main__":
        importlib.import_module(module.name)
project = layerlib.Project.load("python-numpy-app")
assert layerlib.BuildKit().build(project)._repr_html_()
assert str(course.check("02-workdir", project))
sys.exit(main(["verify", "tests/traces/curated-classic.json.gz"]))
"""
    done = without_jupyter(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("The model agrees.\n")


def test_what_a_base_install_lacks_is_said_in_one_sentence() -> None:
    done = without_jupyter("from layerlib import labs")
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: layerlib.labs needs anywidget: pip install 'layerlib[course]'"
    )
    assert "During handling" not in done.stderr


def test_labs_run_without_matplotlib() -> None:
    code = (
        "import sys\nsys.modules['matplotlib'] = sys.modules['numpy'] = None\n"
        "import layerlib\nfrom layerlib import labs\n"
        "print(labs.cache(layerlib.Project.load('python-numpy-app')).html[:4])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.startswith("<div"), done.stderr


@pytest.mark.parametrize("name", ["anywidget", "ipywidgets", "matplotlib", "numpy", "IPython"])
def test_the_rest_is_absent_there(name: str) -> None:
    assert f"No module named '{name}'" in without_jupyter(f"import {name}").stderr
