"""How long reading takes: a folder, its patterns, a Dockerfile, the package itself."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from examples import lines

from layerlib import BuildKit, Project, changes
from layerlib.reading.dockerfile import parse

PATTERNS = [
    "*.log", "*.tmp", "**/*.pyc", "**/__pycache__", "**/node_modules", ".git", "!keep.log", "docs/**", "!docs/index.md",
    *(f"build{n}/**/*.o" for n in range(11)), *(f"pkg{n:02}/mod0?/file09*" for n in range(10)),
    *(f"**/cache{n}" for n in range(10)), *(f"pkg{n:02}/gone" for n in range(10)),
]  # fmt: skip


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A hundred thousand files of ten kilobytes each, in a thousand folders."""
    root, chance = tmp_path_factory.mktemp("context"), random.Random(1)
    for number in range(1000):
        here = root / f"pkg{number // 50:02}" / f"mod{number % 50:02}"
        here.mkdir(parents=True)
        for file in range(100):
            (here / f"file{file:03}.py").write_bytes(chance.randbytes(10_737))
    (root / "Dockerfile").write_text("FROM python\nCOPY . /src/\n")
    yield root
    shutil.rmtree(root)


def walked(root: Path, look: bool) -> int:
    """Read a folder and those below it; `look` asks the disk about every file too."""
    count, waiting = 0, [str(root)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                count += 1
                if look:
                    entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return count


def first_build(root: Path) -> tuple[BuildKit, Project]:
    builder, project = BuildKit(), Project.from_directory(root)
    builder.build(project)
    return builder, project


@pytest.mark.benchmark(group="100,000 files, 1 GB")
def test_sha256sum(timed, folder):
    if not shutil.which("sha256sum"):
        pytest.skip("there is no sha256sum on this machine")
    command = "find . -type f -print0 | xargs -0 sha256sum"

    def run() -> None:
        subprocess.run(command, shell=True, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run()  # so that both sides find the files in the system's cache
    timed("sha256sum", run, 3)


@pytest.mark.benchmark(group="100,000 files, 1 GB")
def test_first_build(timed, folder):
    timed("first build", lambda: first_build(folder), 3)


@pytest.mark.benchmark(group="100,000 files, 1 GB")
def test_second_build(timed, folder):
    builder, project = first_build(folder)
    texts = iter(range(100))

    def again():
        build = builder.build(changes.edit_file(project, "pkg00/mod00/file000.py", str(next(texts))))
        assert [step.reason.subject for step in build.missed] == ["pkg00/mod00/file000.py"]

    timed("second build", again, 5)


@pytest.mark.benchmark(group="100,000 files, 1 GB")
def test_second_build_from_the_disk(timed, folder):
    builder, project = first_build(folder)
    texts = iter(range(100))

    def again():
        (folder / "pkg00" / "mod00" / "file000.py").write_text(str(next(texts)))
        build = builder.build(Project.from_directory(folder, before=project))
        assert [step.reason.subject for step in build.missed] == ["pkg00/mod00/file000.py"]

    timed("folder again", again, 3)


@pytest.mark.benchmark(group="100,000 paths")
def test_ignore(timed, folder):
    assert len(PATTERNS) == 50
    listed = Project.from_directory(folder).with_files({".dockerignore": "\n".join(PATTERNS)})

    def fresh():
        return (listed.with_files({"new": "1"}),), {}

    timed("ignore", lambda project: project.context, 5, fresh)


@pytest.mark.parametrize(("name", "look"), [("scandir", False), ("lstat", True)])
@pytest.mark.benchmark(group="100,000 paths")
def test_reading_the_folder_alone(timed, folder, name, look):
    timed(name, lambda: walked(folder, look), 5)


@pytest.mark.benchmark(group="100,000 paths")
def test_list(timed, folder):
    timed("list", lambda: Project.from_directory(folder), 5)


@pytest.mark.benchmark(group="parse 10,000 instructions")
def test_parse(timed):
    text = "\n".join(lines(10_000)) + "\n"
    assert len(parse(text).instructions) == 10_000
    timed("parse", lambda: parse.__wrapped__(text), 15)


@pytest.mark.benchmark(group="parse 10,000 instructions")
def test_parse_in_go(timed):
    dockerfile = pytest.importorskip("dockerfile", reason="the package dockerfile is not installed")
    text = "\n".join(lines(10_000)) + "\n"
    assert len(dockerfile.parse_string(text)) == 10_000
    timed("go parser", lambda: dockerfile.parse_string(text), 15)


@pytest.mark.parametrize(("name", "code"), [("python", "pass"), ("import", "import layerlib")])
@pytest.mark.benchmark(group="import")
def test_import(timed, name, code):
    # Compiled once, as wherever a package is installed.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def run() -> None:
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)

    run()
    timed(name, run, 20)
