"""pyproject.toml, environment.yml, the locks and postBuild ask for the same things."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Each lock, and the extras of pyproject.toml that it is made of; a larger one pins the same as a smaller one.
LOCKS = {
    "requirements.lock": (),
    "tests/requirements.lock": ("test",),
    "benchmarks/requirements.lock": ("test", "bench"),
}

# The same package under another name on conda-forge: without Qt, which a notebook does not need.
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
# What every conda environment needs, and no package asks for.
CONDA_ONLY = {"python", "pip"}


def bounds(requirements: list[str]) -> dict[str, str]:
    """{name: version bound} of requirements, names as PyPI has them."""
    parsed = [Requirement(text) for text in requirements]
    return {canonicalize_name(CONDA_NAMES.get(each.name, each.name)): str(each.specifier) for each in parsed}


def environment() -> list[str]:
    """The requirements of environment.yml, conda's and pip's."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = [line for line in lines if isinstance(line, str) and re.split("[<>=]", line)[0] not in CONDA_ONLY]
    return conda + next(line["pip"] for line in lines if isinstance(line, dict))


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, str]:
    """{name: version} of a lock."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", text(lock), flags=re.MULTILINE))


def asked_for(lock: str) -> dict[str, str]:
    """What a lock is made of: what the package needs to run, to be built, and for its extras."""
    project = PYPROJECT["project"]
    extras = [one for extra in LOCKS[lock] for one in project["optional-dependencies"][extra]]
    return bounds(project["dependencies"] + PYPROJECT["dependency-groups"]["build"] + extras)


def test_environment_and_pyproject_ask_for_the_same():
    assert bounds(environment()) == bounds(PYPROJECT["project"]["dependencies"])


def test_environment_names_its_python_as_repo2docker_reads_it():
    assert "  - python=3.13\n" in (ROOT / "environment.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("lock", "name"), [(lock, name) for lock in LOCKS for name in asked_for(lock)])
def test_lock_pins_what_pyproject_asks_for(lock, name):
    assert Requirement(f"{name}{asked_for(lock)[name]}").specifier.contains(pins(lock)[name])


def test_a_larger_lock_pins_the_same():
    for small, large in pairwise(LOCKS):
        assert pins(small).items() <= pins(large).items()


def test_who_takes_the_course_downloads_no_tools():
    tools = {name for lock in LOCKS for name in asked_for(lock)} - set(asked_for("requirements.lock"))
    assert tools & set(pins("requirements.lock")) <= {"packaging", "pyyaml"}  # JupyterLab needs these two


def test_build_backend_is_locked():
    assert set(bounds(PYPROJECT["build-system"]["requires"])) <= set(pins("requirements.lock"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_hashes_and_no_address(lock):
    entries = re.split(r"^(?=[a-z0-9])", text(lock), flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(lock))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"\w+://\S+|^-.*", text(lock), flags=re.MULTILINE) == []


def test_postbuild_installs_the_package_without_dependencies():
    installs = re.findall(r"^.*\binstall\b.*$", (ROOT / "postBuild").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [line for line in installs if not line.startswith("#")] == ["pip install --no-deps -e ."]
