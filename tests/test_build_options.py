"""What `docker build` is told besides the Dockerfile: which steps each option touches, and how."""

from pathlib import Path
from typing import Any

import pytest

from layerlib import BuildKit, ClassicBuilder, DockerfileError, LayerlibError, Project
from layerlib.building.options import names
from layerlib.reading.tree import Tree

TEXT = """\
ARG BASE=python
FROM $BASE AS Build
ARG VERSION
COPY a.txt /a
RUN make
FROM scratch AS test
COPY --from=0 /a /t
FROM scratch
COPY --from=build /a /b
RUN --mount=from=build,source=/a,target=/m true
"""
FILES = {"a.txt": "a\n"}
PROJECT = Project.from_files(FILES, dockerfile=TEXT)
COPY, RUN = "[build 2/3] COPY a.txt /a", "[build 3/3] RUN make"
LAST = "[stage-2 1/2] COPY --from=build /a /b"
MOUNTED = "[stage-2 2/2] RUN --mount=from=build,source=/a,target=/m true"


def rebuilt(**options: Any) -> dict[str, str]:
    """The steps that run again in a second build with these options, with the kind of their reasons."""
    builder = BuildKit()
    builder.build(PROJECT)
    missed = builder.build(PROJECT, **options).missed
    return {step.name: step.reason.kind for step in missed if step.reason}


ALL = {COPY: "no-cache", RUN: "no-cache", LAST: "no-cache", MOUNTED: "no-cache"}
OPTIONS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"args": {}}, {}),
    ({"args": {"NOBODY": "1"}}, {}),
    ({"args": {"VERSION": "1"}}, {RUN: "build-argument"}),
    ({"args": {"VERSION": 1}}, {RUN: "build-argument"}),
    ({"args": {"BASE": "debian"}}, {COPY: "parent", RUN: "environment"}),
    ({"no_cache": True}, ALL),
    ({"no_cache_filter": ["build"]}, {COPY: "no-cache", RUN: "no-cache"}),
    ({"no_cache_filter": ["BUILD"]}, {COPY: "no-cache", RUN: "no-cache"}),
    ({"no_cache_filter": "test,Build"}, {COPY: "no-cache", RUN: "no-cache"}),
    ({"no_cache_filter": ("nobody",)}, {}),
    ({"no_cache_filter": ["0"]}, {}),
    ({"no_cache_filter": [""]}, {}),
    ({"network": "none"}, {RUN: "flags", MOUNTED: "flags"}),
    ({"network": "default"}, {}),
]


@pytest.mark.parametrize(("options", "expected"), OPTIONS, ids=[str(options) for options, _ in OPTIONS])
def test_what_an_option_rebuilds(options: dict[str, Any], expected: dict[str, str]) -> None:
    assert rebuilt(**options) == expected


def test_the_reason_names_the_option_that_asked() -> None:
    for options, option in (({"no_cache": True}, "--no-cache"), ({"no_cache_filter": ["build"]}, "--no-cache-filter")):
        builder = BuildKit()
        builder.build(PROJECT)
        reason = builder.build(PROJECT, **options).missed[0].reason
        assert reason is not None
        assert reason.subject == option
        assert str(reason).startswith(f"{option} asked")


def test_a_network_of_its_own_wins_over_the_builds() -> None:
    project = Project.from_files({}, dockerfile="FROM python\nRUN --network=host a\nRUN b\n")
    builder = BuildKit()
    builder.build(project, network="none")
    assert [step.text for step in builder.build(project).missed] == ["RUN b"]


@pytest.mark.parametrize(("target", "steps"), [
    ("test", ["FROM docker.io/library/python:latest", "COPY a.txt /a", "RUN make", "COPY --from=0 /a /t"]),
    ("BUILD", ["FROM docker.io/library/python:latest", "COPY a.txt /a", "RUN make"]),
])  # fmt: skip
def test_a_target_needs_only_its_stages(target: str, steps: list[str]) -> None:
    assert [step.text for step in BuildKit().build(PROJECT, target=target).steps] == steps


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
def test_a_target_that_does_not_exist_is_refused(builder: type[BuildKit] | type[ClassicBuilder]) -> None:
    with pytest.raises(DockerfileError, match=r'target stage "biuld" could not be found\nThe stages: build, test\.'):
        builder().build(PROJECT, target="biuld")


# Named contexts.

IMAGE, INDEX = "COPY --from=tools /a /b", "COPY --from=0 /a /b"
CONTEXTS: list[tuple[str, str, bool]] = [
    # the context's name, a COPY, whether it takes its file from the context
    ("tools", IMAGE, True),
    ("TOOLS", IMAGE, True),
    ("other", IMAGE, False),
    ("build", "COPY --from=build /a /b", True),
    ("Build", "COPY --from=BUILD /a /b", True),
    ("build", INDEX, True),
    ("BUILD", INDEX, True),
    ("0", INDEX, True),
    ("other", INDEX, False),
]


@pytest.mark.parametrize(("name", "copy", "taken"), CONTEXTS)
def test_a_named_context_takes_the_place_of_a_stage_or_an_image(name: str, copy: str, taken: bool) -> None:
    text = f"FROM python AS build\nCOPY a.txt /a\nFROM scratch\n{copy}\n"
    image = BuildKit().build(Project.from_files(FILES, text), contexts={name: {"a": "from the context\n"}}).image
    assert image.layers[-1].size == (len("from the context\n") if taken else len("a\n") if copy == INDEX else None)


@pytest.mark.parametrize("kind", ["mapping", "tree", "path", "text", "project"])
def test_a_context_can_be_given_in_many_ways(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b.log").write_bytes(b"x")
    (tmp_path / "Dockerfile").write_bytes(b"FROM scratch\n")
    (tmp_path / ".dockerignore").write_bytes(b"*.log\nDockerfile\n.dockerignore\n")
    ways: dict[str, Any] = {
        "mapping": {"a": "12345", "b.log": "x", ".dockerignore": "*.log\n.dockerignore"},
        "tree": Tree({"a": Project.from_directory(tmp_path).files["a"]}),
        "path": tmp_path,
        "text": str(tmp_path),
        "project": Project.from_directory(tmp_path),
    }
    project = Project.from_files({}, dockerfile="FROM scratch\nCOPY --from=more . /\n")
    assert BuildKit().build(project, contexts={"more": ways[kind]}).image.size == 5


def test_no_stage_begins_with_a_named_context() -> None:
    with pytest.raises(DockerfileError, match="which this model cannot"):
        BuildKit().build(Project.from_files({}, dockerfile="FROM base\n"), contexts={"BASE": {}})


@pytest.mark.parametrize(("given", "expected"), [
    ("", ("",)), ("a", ("a",)), ("a,b", ("a", "b")), (["a,b"], ("a,b",)), (iter("ab"), ("a", "b")), ((), ()),
])  # fmt: skip
def test_names_as_on_the_command_line(given: Any, expected: tuple[str, ...]) -> None:
    assert names(given) == expected


@pytest.mark.parametrize(("options", "message"), [
    ({"no_cache_filter": ["build"]}, "--no-cache-filter needs BuildKit"),
    ({"contexts": {"a": {}}}, "--build-context needs BuildKit"),
])  # fmt: skip
def test_the_classic_builder_refuses_what_only_buildkit_knows(options: dict[str, Any], message: str) -> None:
    with pytest.raises(LayerlibError, match=message) as caught:
        ClassicBuilder().build(PROJECT, **options)
    assert not isinstance(caught.value, DockerfileError)


def test_the_classic_builder_takes_empty_options() -> None:
    project = Project.from_files({}, dockerfile="FROM python\nRUN a\n")
    assert ClassicBuilder().build(project, no_cache_filter=(), contexts={}, network="none").steps


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
def test_an_unknown_image_store_is_refused(builder: type[BuildKit] | type[ClassicBuilder]) -> None:
    with pytest.raises(LayerlibError, match="no image store 'zfs'; it is overlay2 or containerd"):
        builder(store="zfs")  # type: ignore[arg-type]


def test_a_platform_argument_can_be_given() -> None:
    project = Project.from_files({}, dockerfile="FROM python:$TARGETARCH\n")
    names = [BuildKit().build(project, args=args).steps[0].text for args in ({}, {"TARGETARCH": "arm64"})]
    assert names == ["FROM docker.io/library/python:amd64", "FROM docker.io/library/python:arm64"]
