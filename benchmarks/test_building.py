"""How long the model takes to build: beside a real Docker, beside itself, and how that grows."""

from __future__ import annotations

import shutil
import subprocess
import tracemalloc

import pytest
from examples import FILES, project, stages

from layerlib import BuildKit, ClassicBuilder, Project

BUILDERS = {"buildkit": BuildKit, "classic": ClassicBuilder}


@pytest.mark.benchmark(group="the worked example, all cached")
def test_worked_example(timed):
    worked, builder = Project.load("python-numpy-app"), BuildKit()
    builder.build(worked)
    timed("cached", lambda: builder.build(worked), rounds=200)


@pytest.mark.benchmark(group="the worked example, all cached")
def test_worked_example_in_docker(timed, tmp_path):
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True).returncode:
        pytest.skip("no Docker answers: `docker build` was not timed")
    for path, file in Project.load("python-numpy-app").files.items():
        (tmp_path / path).write_bytes(file.read())
    command = [docker, "build", "--quiet", "--network=host", str(tmp_path)]
    first = subprocess.run(command, capture_output=True, text=True)
    if first.returncode:
        pytest.skip(f"Docker could not build the worked example: {first.stderr.strip().splitlines()[-1]}")
    timed("docker", lambda: subprocess.run(command, check=True, capture_output=True), rounds=10)


@pytest.mark.parametrize("count", [10, 100, 1000, 10_000])
@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.benchmark(group="instructions, cold")
def test_cold(timed, builder, count):
    def fresh():
        return (BUILDERS[builder](), project(count)), {}

    timed(f"{builder} cold {count}", lambda made, one: made.build(one), 20 if count < 1000 else 5, fresh)


@pytest.mark.parametrize("count", [10, 100, 1000, 10_000])
@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.benchmark(group="instructions, edited in the middle")
def test_edited(timed, builder, count):
    before, after = project(count), project(count, edited=True)

    def built():
        made = BUILDERS[builder]()
        made.build(before)
        return (made, after), {}

    timed(f"{builder} edited {count}", lambda made, one: made.build(one), 20 if count < 1000 else 5, built)


@pytest.mark.parametrize("count", [1000, 10_000])
def test_memory(measured, count):
    made = project(count)
    tracemalloc.start()
    BuildKit().build(made)
    measured[f"peak {count}"] = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.mark.parametrize("count", [10, 100])
@pytest.mark.benchmark(group="stages")
def test_stages(timed, count):
    def fresh():
        return (BuildKit(), stages(count)), {}

    timed(f"stages {count}", lambda made, one: made.build(one), 20, fresh)


@pytest.mark.parametrize("count", [100, 1000, 10_000])
@pytest.mark.benchmark(group="variables, all different")
def test_variables(timed, count):
    """Beside the rows: every RUN's key holds all variables above it, so this grows with the square, as in BuildKit."""
    text = "FROM python\n" + "".join(f"ENV A{n}=x\nRUN echo {n}\n" for n in range(count // 2))
    one = Project.from_files(FILES, text)
    timed(f"variables {count}", lambda: BuildKit().build(one), 3)


def test_the_edit_is_one():
    """What is timed is what it says: half of the steps come from the cache."""
    before, after = project(1000), project(1000, edited=True)
    builder = BuildKit()
    builder.build(before)
    missed = builder.build(after).missed
    assert 300 < len(missed) < 400
