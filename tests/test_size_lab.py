"""The size lab: measures, base images, packages, and what is shared, as two stacks."""

from __future__ import annotations

import pytest
from lab_page import pressed, shown

from layerlib import Build, BuildKit, Project, labs
from layerlib.showing.stack import person_name, stack

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
    lab.act("measure", "pip install --no-cache-dir")
    assert size(BuildKit().build(lab.changed())) < before
    assert "16.2MB smaller" in " ".join(shown(lab).split())
    lab.act("undo")
    assert "smaller" not in shown(lab)
    lab.act("measure", "delete the downloads in a later layer")
    assert size(BuildKit().build(lab.changed())) == before


def test_what_a_later_layer_deletes_is_hatched_and_still_counted() -> None:
    lab = labs.size(APP)
    assert "still stored" not in shown(lab)
    lab.act("measure", "delete the downloads in a later layer")
    assert "16.2MB of it deleted above, still stored" in shown(lab)
    assert lab.html.count("own gone") == 1


def test_size_lab_changes_the_base_and_says_what_is_shared() -> None:
    lab = labs.size(APP)
    assert "stored once: both are built on it" in shown(lab)
    lab.act("base", "python:slim")
    assert "FROM python:slim" in lab.changed().dockerfile
    assert "× smaller" in " ".join(shown(lab).split())
    assert "stored once: both" not in shown(lab)
    lab.act("other", "debian:trixie-slim")
    assert "It shares 1 layer, 78.8MB, with debian:trixie-slim" in shown(lab)
    lab.act("other", "alpine")
    assert "no layer in common" in shown(lab)
    lab.act("reset")
    assert lab.changed().dockerfile == APP.dockerfile


def test_size_lab_takes_any_packages() -> None:
    lab = labs.size(APP)
    lab.act("packages", value="numpy pandas")
    assert "RUN pip install numpy pandas" in shown(lab)
    assert {"numpy", "pandas"} <= set(pressed(lab))
    lab.act("package", "numpy")
    assert "RUN pip install pandas" in shown(lab)
    lab.act("package", "pandas")
    assert "RUN pip install pandas" in shown(lab)
    lab.act("packages", value="")
    assert lab.changed().dockerfile == APP.dockerfile


def test_the_base_is_one_slab_that_opens() -> None:
    lab = labs.size(APP)
    assert "Debian · tools · compilers · libraries · Python" in shown(lab)
    assert "656MB" not in shown(lab)
    lab.act("open")
    assert "656MB" in shown(lab)


def test_a_stack_holds_every_byte_once() -> None:
    for name in Project.shipped():
        build = BuildKit().build(Project.load(name))
        slabs = stack(build)
        known = sum(layer.size or 0 for layer in build.image.layers)
        if all(layer.size is not None for layer in build.image.layers):
            assert sum(slab.size or 0 for slab in slabs) == known
            assert sum(part.size or 0 for part in slabs[0].parts) in (slabs[0].size, 0)


NAMES = [
    # what the history says, what a person calls it
    ("# debian.sh --arch 'amd64' out/ 'trixie' '@1789689600'", "Debian"),
    ("ADD alpine-minirootfs-3.24.2-x86_64.tar.gz / # buildkit", "Alpine"),
    ("RUN /bin/sh -c apt-get install -y autoconf gcc # buildkit", "compilers"),
    ("RUN /bin/sh -c apt-get install -y gcc; wget -O python.tar.xz # buildkit", "Python"),
    ("RUN something", "more"),
]


@pytest.mark.parametrize(("created_by", "name"), NAMES)
def test_people_have_names_for_layers(created_by: str, name: str) -> None:
    assert person_name(created_by) == name
