"""pyproject.toml, environment.yml, requirements.lock and postBuild ask for the same things."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

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


def pins() -> dict[str, str]:
    """{name: version} of the lock."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", LOCK, flags=re.MULTILINE))


def asked_for() -> dict[str, str]:
    """All that pyproject.toml asks for: to run, to test and to build."""
    project = PYPROJECT["project"]
    tools = project["optional-dependencies"]["test"] + PYPROJECT["dependency-groups"]["build"]
    return bounds(project["dependencies"] + tools)


def test_environment_and_pyproject_ask_for_the_same():
    assert bounds(environment()) == bounds(PYPROJECT["project"]["dependencies"])


def test_environment_names_its_python_as_repo2docker_reads_it():
    assert "  - python=3.13\n" in (ROOT / "environment.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", asked_for())
def test_lock_pins_what_pyproject_asks_for(name):
    assert Requirement(f"{name}{asked_for()[name]}").specifier.contains(pins()[name])


def test_build_backend_is_locked():
    assert set(bounds(PYPROJECT["build-system"]["requires"])) <= set(pins())


def test_every_pin_of_the_lock_has_hashes_and_no_address():
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"\w+://\S+|^-.*", LOCK, flags=re.MULTILINE) == []


def test_postbuild_installs_the_package_without_dependencies():
    installs = re.findall(r"^.*\binstall\b.*$", (ROOT / "postBuild").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [line for line in installs if not line.startswith("#")] == ["pip install --no-deps -e ."]
