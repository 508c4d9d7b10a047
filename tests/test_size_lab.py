"""The size lab: measures, base images, packages, and what is shared."""

from __future__ import annotations

import pytest
from lab_page import click, shown

from layerlib import Build, BuildKit, Project, labs

pytestmark = pytest.mark.usefixtures("own_folder")


APP = Project.load("python-numpy-app")


def size(build: Build) -> int:
    """The size of an image that is known."""
    assert build.image.size is not None
    return build.image.size


def test_size_lab_measures() -> None:
    lab = labs.size(APP)
    assert "88.9MB" in shown(lab)
    before = size(lab.before)
    click(lab, "pip install --no-cache-dir")
    assert size(BuildKit().build(lab.changed())) < before
    assert "it had" in shown(lab)
    lab.undo.click()
    assert "it had" not in shown(lab)
    click(lab, "delete the downloads in a later layer")
    assert size(BuildKit().build(lab.changed())) == before


def test_size_lab_changes_the_base_and_says_what_is_shared() -> None:
    lab = labs.size(APP)
    lab.base.value = "python:slim"
    assert "FROM python:slim" in lab.changed().dockerfile
    lab.other.value = "debian:trixie-slim"
    assert "It shares 1 layer, 78.8MB, with debian:trixie-slim" in shown(lab)
    lab.other.value = "alpine"
    assert "no layer in common" in shown(lab)
    lab.reset.click()
    assert lab.changed().dockerfile == APP.dockerfile


def test_size_lab_takes_any_packages() -> None:
    lab = labs.size(APP)
    lab.packages.set_state({"value": "numpy pandas"})
    assert "RUN pip install numpy pandas" in shown(lab)
    lab.packages.set_state({"value": ""})
    assert lab.changed().dockerfile == APP.dockerfile
