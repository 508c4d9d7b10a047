"""The records of what steps do: every field is compared, has a rule in the reasons, and is in the digest."""

from dataclasses import fields, replace
from types import ModuleType
from typing import Any

import pytest

from layerlib import BuildKit, ClassicBuilder, Project
from layerlib.building import operations
from layerlib.building.classic import operations as classic_operations
from layerlib.building.classic import rules
from layerlib.building.frontend.llb import Vertex
from layerlib.building.operations import Copy, Exec, ImageSource, MakeFolder, Merge, Mount, MountType, Operation
from layerlib.building.reasons import differences
from layerlib.building.reasons.differences import Rules
from layerlib.building.records import KINDS, StepName


def kinds(module: ModuleType) -> list[type[Any]]:
    """The kinds of operations that a module defines."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Operation) and value is not Operation
    ]


BUILDERS: list[tuple[Rules, list[type[Any]]]] = [
    (differences.RULES, kinds(operations)),
    (rules.RULES, [*kinds(classic_operations), ImageSource]),
]


@pytest.mark.parametrize(("rules", "kinds"), BUILDERS, ids=["buildkit", "classic"])
def test_every_field_has_a_rule_and_every_rule_a_field(rules: Rules, kinds: list[type[Any]]) -> None:
    assert len(kinds) > 4
    assert {kind: set(rules[kind]) for kind in rules} == {
        kind: {field.name for field in fields(kind)} for kind in kinds
    }


SCRIPT = Mount(MountType.INLINE, "/dev/pipes/EOF", id="#!/bin/sh\ntrue\n")
EXEC = Exec(("/bin/sh", "-c", "make"), ("A=1",), "app", "/src", "default", (Mount(MountType.CACHE, "/c"), SCRIPT))
COPY = Copy(("a", "b"), "/app/", "1:1", 0o644, False, ("*.md",), (False, True))
OPERATIONS: list[tuple[Operation, dict[str, list[Any]]]] = [
    (
        EXEC,
        {
            "args": [("/bin/sh", "-c", "make "), ("make",)],
            "env": [(), ("A=2",), ("A=1", "B=1")],
            "user": ["", "App"],
            "cwd": ["/src/", "/"],
            "network": ["none"],
            "hostname": ["h"],
            "platform": ["linux/arm64"],
            "hosts": [("db",), ("db", "b"), ("b", "db")],
            "ulimits": [("nofile=1:2",)],
            "shm_size": [1],
            "cgroup_parent": ["/x"],
            "mounts": [
                (),
                (SCRIPT,),
                (Mount(MountType.CACHE, "/d"), SCRIPT),
                (Mount(MountType.TMPFS, "/c"), SCRIPT),
                (Mount(MountType.CACHE, "/c", id="own"), SCRIPT),
                (Mount(MountType.CACHE, "/c", readonly=True), SCRIPT),
                (Mount(MountType.CACHE, "/c", shared=False), SCRIPT),
                (Mount(MountType.CACHE, "/c", mode="755"), SCRIPT),
                (Mount(MountType.CACHE, "/c", uid="1"), SCRIPT),
                (Mount(MountType.CACHE, "/c", gid="1"), SCRIPT),
                (Mount(MountType.CACHE, "/c", env="A"), SCRIPT),
                (Mount(MountType.CACHE, "/c", required="1"), SCRIPT),
                (Mount(MountType.CACHE, "/c", size="1"), SCRIPT),
            ],
        },
    ),
    (
        COPY,
        {
            "sources": [("b", "a"), ("a",)],
            "destination": ["/app"],
            "owner": [None, "1"],
            "mode": [None, 0o600, "u+x"],
            "unpack": [True],
            "exclude": [(), ("*.txt",)],
            "wildcards": [(False, False)],
        },
    ),
    (MakeFolder("/app", "0", "1"), {"path": ["/"], "owner": [None], "epoch": [None, "2"]}),
    (
        ImageSource("a", "b"),
        {"image": ["b"], "digest": ["a"], "platform": ["linux/arm64"], "from_context": [True]},
    ),
]


@pytest.mark.parametrize(("operation", "others"), OPERATIONS, ids=[type(row[0]).__name__ for row in OPERATIONS])
def test_every_field_is_in_the_digest(operation: Operation, others: dict[str, list[Any]]) -> None:
    changed = [replace(operation, **{name: value}) for name, values in others.items() for value in values]
    assert set(others) == {field.name for field in fields(operation)}
    digests = [Vertex(StepName("", ""), one).definition_digest for one in (operation, *changed)]
    assert len(set(digests)) == len(digests)
    assert Vertex(StepName("x", "y"), replace(operation)).definition_digest == digests[0]


def test_operations_of_two_kinds_have_two_digests() -> None:
    assert (
        Vertex(StepName("", ""), Merge()).definition_digest != Vertex(StepName("", ""), Operation()).definition_digest
    )


TEXT = """\
FROM python AS build
WORKDIR /src
COPY --chown=root:5 app.py *.txt ./
RUN --mount=type=cache,target=/k,id=x --mount=type=bind,rw,target=/m --network=none make
FROM scratch
COPY --from=build --chmod=755 /src /out/
"""


def test_what_a_step_holds_can_be_read() -> None:
    project = Project.from_files({"app.py": "", "a.txt": "", "b.txt": ""}, dockerfile=TEXT)
    steps = {step.name: step.operation for step in BuildKit().build(project).steps}
    build = iter(steps.values())
    assert next(build) == ImageSource("docker.io/library/python:latest", steps_digest(steps))
    assert next(build) == MakeFolder("/src")
    assert next(build) == Copy(("app.py", "*.txt"), "/src/", "0:5", None, False, (), (False, True))
    run = next(build)
    assert isinstance(run, Exec)
    assert (run.args, run.user, run.cwd, run.network) == (("/bin/sh", "-c", "make"), "", "/src", "none")
    assert run.mounts == (Mount(MountType.CACHE, "/k", id="own"), Mount(MountType.BIND, "/m"))
    assert next(build) == Copy(("src",), "/out/", None, 0o755, False, (), (False,))


def steps_digest(steps: dict[str, Operation | None]) -> str:
    image = next(iter(steps.values()))
    assert isinstance(image, ImageSource)
    return image.digest


NUMBERED = [
    # builder, step's name, stage as shown, number, text
    (BuildKit, "[build 1/4] FROM docker.io/library/python:latest", "build", 1, "FROM docker.io/library/python:latest"),
    (BuildKit, "[build 3/4] COPY --chown=root:5 app.py *.txt ./", "build", 3, "COPY --chown=root:5 app.py *.txt ./"),
    (BuildKit, "[stage-1 1/1] COPY --from=build --chmod=755 /src /out/", "stage-1", 1,
     "COPY --from=build --chmod=755 /src /out/"),
    (ClassicBuilder, "Step 2/3 : WORKDIR /src", "", 2, "WORKDIR /src"),
    (ClassicBuilder, "Step 3/3 : COPY app.py .", "", 3, "COPY app.py ."),
]  # fmt: skip


@pytest.mark.parametrize(("builder", "name", "stage", "number", "text"), NUMBERED, ids=[row[1] for row in NUMBERED])
def test_the_parts_of_a_name(
    builder: type[BuildKit] | type[ClassicBuilder], name: str, stage: str, number: int, text: str
) -> None:
    dockerfile = TEXT if builder is BuildKit else "FROM python\nWORKDIR /src\nCOPY app.py .\n"
    project = Project.from_files({"app.py": "", "a.txt": "", "b.txt": ""}, dockerfile=dockerfile)
    step = next(step for step in builder().build(project).steps if step.name == name)
    assert (step.stage_name, step.number, step.text) == (stage, number, text)


def test_the_link_step_has_its_copys_number() -> None:
    project = Project.from_files({"a": ""}, dockerfile="FROM python\nCOPY --link a /a\n")
    steps = BuildKit(store="containerd").build(project).steps
    assert [(step.number, step.text) for step in steps[1:]] == [(2, "LINK COPY --link a /a"), (2, "COPY --link a /a")]


def test_the_kinds_of_reasons_are_those_of_the_contract() -> None:
    assert KINDS == (
        "first-build", "new-step", "command", "environment", "build-argument", "user", "working-directory", "shell",
        "mount", "flags", "destination", "source", "file-content", "file-mode", "file-added", "file-removed",
        "file-renamed", "stage-output", "base-image", "order", "parent", "option", "pruned", "no-cache",
    )  # fmt: skip
