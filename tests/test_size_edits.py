"""Measures against the size of an image, as edits of a Dockerfile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from layerlib import Project
from layerlib.showing import size_edits

NEAT = "pip install --no-cache-dir"
STAGES = "RUN pip install --prefix=/install x\n\nFROM python\nCOPY --from=build /install /usr/local"
CACHE = "--mount=type=cache,target=/c"


def project_of(text: str) -> Project:
    return Project.from_files({}, f"FROM python\n{text}\n")


EDITED = [
    # measure, the lines below FROM, the lines afterwards
    (size_edits.split_runs, "RUN a && b", "RUN a\nRUN b"),
    (size_edits.split_runs, f"RUN {CACHE} a && b", f"RUN {CACHE} a\nRUN {CACHE} b"),
    (size_edits.split_runs, "run a && \\\n    b | c", "run a\nrun b | c"),
    (size_edits.split_runs, "RUN echo 'a' && cd /x", "RUN echo 'a'\nRUN cd /x"),
    (size_edits.join_runs, "RUN a\nRUN b\nRUN c", "RUN a && b && c"),
    (size_edits.join_runs, "run a\nrun b", "run a && b"),
    (size_edits.join_runs, "RUN\ta\nRUN\tb && c", "RUN\ta && b && c"),
    (size_edits.join_runs, "RUN a || b\nRUN c | d", "RUN a || b && c | d"),
    (size_edits.no_cache_dir, "RUN pip install x && pip install y", f"RUN {NEAT} x && {NEAT} y"),
    (size_edits.no_cache_dir, "RUN pip3 install x || true\nRUN python -m pip install y",
     "RUN pip3 install --no-cache-dir x || true\nRUN python -m pip install --no-cache-dir y"),
    (size_edits.no_cache_dir, "RUN echo 'pip install' ; pip install x", f"RUN echo 'pip install' ; {NEAT} x"),
    (size_edits.remove_later, "RUN apt-get install x", "RUN apt-get install x\nRUN rm -rf /var/lib/apt/lists/*"),
    (size_edits.remove_later, "RUN apt-get install python3-pip",
     "RUN apt-get install python3-pip\nRUN rm -rf /var/lib/apt/lists/*"),
    (size_edits.remove_later, "RUN pip install x\nCMD y", "RUN pip install x\nRUN rm -rf /root/.cache/pip\nCMD y"),
    (size_edits.remove_later, "RUN apt-get install -y git && pip install x",
     "RUN apt-get install -y git && pip install x\nRUN rm -rf /root/.cache/pip /var/lib/apt/lists/*"),
    (size_edits.remove_later, 'RUN ["pip", "install", "x"]',
     'RUN ["pip", "install", "x"]\nRUN rm -rf /root/.cache/pip'),
    (size_edits.two_stages, "RUN pip install x\nCMD y", f"{STAGES}\nCMD y"),
    (size_edits.two_stages, f"WORKDIR /a\n# why\nRUN {CACHE} pip install x",
     f"WORKDIR /a\nRUN {CACHE} pip install --prefix=/install x\n\nFROM python\nWORKDIR /a\n# why\n"
     "COPY --from=build /install /usr/local"),
]  # fmt: skip

UNCHANGED = [
    # measure, lines that it leaves as they are
    (size_edits.split_runs, "RUN sh -c 'a && b'"),
    (size_edits.split_runs, 'RUN echo "a && b" && c'),
    (size_edits.split_runs, "RUN a && b || c"),
    (size_edits.split_runs, "RUN a; b"),
    (size_edits.split_runs, "RUN cd /x && a"),
    (size_edits.split_runs, "RUN export A=1 && a"),
    (size_edits.split_runs, "RUN A=1 && a"),
    (size_edits.split_runs, "RUN if a && b; then c; fi"),
    (size_edits.split_runs, "RUN (a && b)"),
    (size_edits.split_runs, "RUN a # && b"),
    (size_edits.split_runs, 'RUN ["a", "&&", "b"]'),
    (size_edits.split_runs, "RUN <<E\na && b\nE"),
    (size_edits.join_runs, "RUN cd /x\nRUN a"),
    (size_edits.join_runs, "RUN a\nRUN b || c"),
    (size_edits.join_runs, "RUN a\nRUN b; c"),
    (size_edits.join_runs, "RUN a # why\nRUN b"),
    (size_edits.join_runs, "RUN a &\nRUN b"),
    (size_edits.join_runs, f"RUN {CACHE} a\nRUN {CACHE} b"),
    (size_edits.join_runs, "RUN a\nUSER 1\nRUN b"),
    (size_edits.no_cache_dir, f"RUN {NEAT} x"),
    (size_edits.no_cache_dir, "RUN pip install x --no-cache-dir"),
    (size_edits.no_cache_dir, "RUN echo 'pip install x'"),
    (size_edits.no_cache_dir, "RUN pip download x"),
    (size_edits.remove_later, "RUN echo pip install"),
    (size_edits.remove_later, "RUN pip download x"),
    (size_edits.two_stages, "RUN apt-get install -y git && pip install x"),
    (size_edits.two_stages, "RUN pip install --target /x numpy"),
    (size_edits.two_stages, "RUN pip install --user x"),
    (size_edits.two_stages, "RUN /venv/bin/pip install x"),
    (size_edits.two_stages, "RUN pip install x\nFROM python"),
]


@pytest.mark.parametrize(("measure", "before", "after"), EDITED)
def test_measures_edit_the_dockerfile(measure: Callable[[Project], Project], before: str, after: str) -> None:
    assert measure(project_of(before)).dockerfile.partition("\n")[2] == f"{after}\n"


@pytest.mark.parametrize(("measure", "text"), UNCHANGED)
def test_what_would_not_do_the_same_stays_as_it_is(measure: Callable[[Project], Project], text: str) -> None:
    project = project_of(text)
    assert measure(project) == project
    assert measure not in size_edits.measures(project).values()


def test_two_stages_begin_as_the_one_did() -> None:
    first = "FROM --platform=linux/amd64 python:$TAG"
    project = Project.from_files({}, f"# syntax=x\nARG TAG=slim\n{first}\nRUN pip install x\n")
    edited = size_edits.two_stages(project).dockerfile
    assert edited == (
        f"# syntax=x\nARG TAG=slim\n{first} AS build\nRUN pip install --prefix=/install x\n\n"
        f"{first}\nCOPY --from=build /install /usr/local\n"
    )


PACKAGES = [
    # a RUN, the packages that it names, the RUN with "a b" in their place; empty if they cannot be edited
    ("pip install numpy", "numpy", "pip install a b"),
    ("pip install -U numpy pandas==2 --quiet && c", "numpy pandas==2", "pip install -U --quiet a b && c"),
    ("apt-get install -y git && pip install numpy", "numpy", "apt-get install -y git && pip install a b"),
    ("pip install --target /x numpy", "numpy", "pip install --target /x a b"),
    ("pip install numpy || true", "numpy", "pip install a b || true"),
    ("pip install 'numpy>2'; c", "'numpy>2'", "pip install a b; c"),
    ("cd /x && python3 -m pip install numpy", "numpy", "cd /x && python3 -m pip install a b"),
    ("pip install --requirement r.txt numpy", "", ""),
    ("pip install -rr.txt numpy", "", ""),
    ("pip install -e . numpy", "", ""),
    ("pip install .[dev]", "", ""),
    ("pip install /wheels/*", "", ""),
    ("pip install 'numpy > 2'", "", ""),
    ("pip install numpy > /log", "", ""),
    ("pip install numpy # why", "", ""),
    ("sh -c 'pip install numpy && x'", "", ""),
    ("echo pip install numpy", "", ""),
    ("pip install", "", ""),
]


@pytest.mark.parametrize(("run", "names", "edited"), PACKAGES)
def test_the_packages_of_an_install(run: str, names: str, edited: str) -> None:
    project = project_of(f"RUN {run}")
    assert size_edits.packages(project) == names
    assert size_edits.with_packages(project, "a b") == (project_of(f"RUN {edited}") if edited else project)
    assert size_edits.with_packages(project, " ") == project


@pytest.mark.parametrize("name", Project.shipped())
def test_every_measure_of_a_project_can_be_read(name: str) -> None:
    for measure in size_edits.measures(Project.load(name)).values():
        assert measure(Project.load(name)).parsed.stages
