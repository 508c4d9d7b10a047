"""What `docker build` is told besides the Dockerfile: which steps each option touches, and how."""

from pathlib import Path
from typing import Any

import pytest

from layerlib import BuildKit, ClassicBuilder, DockerfileError, LayerlibError, Project
from layerlib.building.option_values import names
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
    ({"args": {"BASE": "node"}}, {COPY: "parent", RUN: "environment"}),
    ({"no_cache": True}, ALL),
    ({"no_cache_filter": ["build"]}, {COPY: "no-cache", RUN: "no-cache"}),
    ({"no_cache_filter": ["BUILD"]}, {COPY: "no-cache", RUN: "no-cache"}),
    ({"no_cache_filter": "test,Build"}, {COPY: "no-cache", RUN: "no-cache"}),
    ({"no_cache_filter": ("nobody",)}, {}),
    ({"no_cache_filter": ["0"]}, {}),
    ({"no_cache_filter": [""]}, {}),
    ({"network": "none"}, {RUN: "option", MOUNTED: "option"}),
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
    ("other", IMAGE, False),
    ("build", "COPY --from=build /a /b", True),
    ("build", "COPY --from=BUILD /a /b", True),
    ("build", INDEX, True),
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


@pytest.mark.parametrize(("given", "expected"), [
    ("", ("",)), ("a", ("a",)), ("a,b", ("a", "b")), (["a,b"], ("a,b",)), (iter("ab"), ("a", "b")), ((), ()),
])  # fmt: skip
def test_names_as_on_the_command_line(given: Any, expected: tuple[str, ...]) -> None:
    assert names(given) == expected


@pytest.mark.parametrize(("options", "message"), [
    ({"no_cache_filter": ["build"]}, "--no-cache-filter needs BuildKit"),
    ({"contexts": {"a": {}}}, "--build-context needs BuildKit"),
    ({"secrets": ["a"]}, "--secret needs BuildKit"),
    ({"ssh": ["default"]}, "--ssh needs BuildKit"),
])  # fmt: skip
def test_the_classic_builder_refuses_what_only_buildkit_knows(options: dict[str, Any], message: str) -> None:
    with pytest.raises(LayerlibError, match=message) as caught:
        ClassicBuilder().build(PROJECT, **options)
    assert not isinstance(caught.value, DockerfileError)


REFUSED: list[tuple[dict[str, Any], str]] = [
    # options, what is wrong with them (recorded, Engine 28.5.2)
    ({"no_cache": True, "no_cache_filter": ["build"]}, "--no-cache and --no-cache-filter cannot be used together"),
    ({"args": {"SOURCE_DATE_EPOCH": "x"}}, "invalid SOURCE_DATE_EPOCH: x"),
    ({"args": {"SOURCE_DATE_EPOCH": "1.5"}}, "invalid SOURCE_DATE_EPOCH"),
    ({"contexts": {"Extra": {}}}, "invalid context name 'Extra': .*lower case"),
    ({"contexts": {"a b": {}}}, "invalid context name"),
    ({"contexts": {"x-": {}}}, "invalid context name"),
    ({"contexts": {"": {}}}, "invalid context name"),
    ({"contexts": {"a": "oci-layout://python"}}, "not modelled as named contexts"),
    ({"contexts": {"a": "https://example.com/a.git"}}, "not modelled as named contexts"),
    ({"network": "mine"}, 'network mode "mine" not supported by BuildKit'),
]


@pytest.mark.parametrize(("options", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_options_that_docker_refuses(options: dict[str, Any], message: str) -> None:
    with pytest.raises(LayerlibError, match=message):
        BuildKit().build(PROJECT, **options)


@pytest.mark.parametrize("options", [
    {"args": {"SOURCE_DATE_EPOCH": ""}}, {"args": {"SOURCE_DATE_EPOCH": "-1"}}, {"args": {"SOURCE_DATE_EPOCH": "+5"}},
    {"contexts": {"a/b": {}}}, {"contexts": {"0": {}}}, {"no_cache": True, "no_cache_filter": ()},
])  # fmt: skip
def test_options_that_docker_takes(options: dict[str, Any]) -> None:
    assert BuildKit().build(PROJECT, **options).steps


# Arguments that BuildKit reads itself.

SEVERAL = """\
FROM python AS plain
RUN --mount=type=cache,target=/c a
FROM python AS named
RUN --mount=type=cache,target=/c,id=q b
FROM python AS none
RUN c
FROM scratch
COPY --from=plain /bin /a
COPY --from=named /bin /b
COPY --from=none /bin /c
"""


@pytest.mark.parametrize(("first", "second", "rebuilt"), [
    ({}, {"BUILDKIT_CACHE_MOUNT_NS": "n"}, ["plain"]),
    ({"BUILDKIT_CACHE_MOUNT_NS": "n"}, {"BUILDKIT_CACHE_MOUNT_NS": "m"}, ["plain"]),
    ({"BUILDKIT_CACHE_MOUNT_NS": "n"}, {"BUILDKIT_CACHE_MOUNT_NS": "n"}, []),
    ({}, {"BUILDKIT_CACHE_MOUNT_NS": ""}, []),
    ({}, {"BUILDKIT_SANDBOX_HOSTNAME": "h"}, ["named", "none", "plain"]),
    ({"BUILDKIT_SANDBOX_HOSTNAME": "h"}, {"BUILDKIT_SANDBOX_HOSTNAME": "i"}, ["named", "none", "plain"]),
    ({}, {"BUILDKIT_SANDBOX_HOSTNAME": ""}, []),
])  # fmt: skip
def test_arguments_for_buildkit_itself(first: dict[str, str], second: dict[str, str], rebuilt: list[str]) -> None:
    builder, project = BuildKit(), Project.from_files({}, SEVERAL)
    builder.build(project, args=first)
    assert [step.stage_name for step in builder.build(project, args=second).missed if step.keyword == "RUN"] == rebuilt


# Secrets.


@pytest.mark.parametrize(("mount", "given", "problem"), [
    ("type=secret,id=a,required", {}, "secret a: not found\\n.*\\n.*\\nGive it: --secret id=a,src=FILE."),
    ("type=secret,id=a,required=false", {}, ""),
    ("type=secret,id=a", {}, ""),
    ("type=secret,id=a,required", {"secrets": ["a"]}, ""),
    ("type=secret,id=a,required", {"secrets": {"a": "value"}}, ""),
    ("type=secret,id=a,required", {"secrets": "b,a"}, ""),
    ("type=secret,id=a,required", {"secrets": ["b"], "ssh": ["a"]}, "secret a: not found"),
    ("type=secret,source=b,required", {}, "secret b: not found"),
    ("type=secret,target=/x/tok,required", {}, "secret tok: not found"),
    ("type=ssh,required", {}, "unset ssh forward key default\\n.*\\n.*\\nGive it: --ssh default."),
    ("type=ssh,required", {"ssh": ["default"]}, ""),
    ("type=ssh,id=k,required", {"ssh": ["default"]}, "unset ssh forward key k"),
    ("type=ssh", {}, ""),
])  # fmt: skip
def test_a_required_secret_must_be_given(mount: str, given: dict[str, Any], problem: str) -> None:
    project = Project.from_files({}, f"FROM python\nRUN true\nRUN --mount={mount} x\n")
    if not problem:
        assert BuildKit().build(project, **given).steps
        return
    with pytest.raises(DockerfileError, match=problem) as caught:
        BuildKit().build(project, **given)
    assert caught.value.line == 3


def test_a_secret_counts_only_when_the_step_runs() -> None:
    builder, project = BuildKit(), Project.from_files({}, "FROM python\nRUN --mount=type=secret,id=a,required x\n")
    builder.build(project, secrets={"a": "1"})
    assert not builder.build(project, secrets={"a": "2"}).missed
    assert not builder.build(project).missed


def test_what_ran_before_a_missing_secret_is_kept() -> None:
    builder, text = BuildKit(), "FROM python\nRUN a\nRUN b\n"
    with pytest.raises(DockerfileError, match="secret x: not found"):
        builder.build(Project.from_files({}, text + "RUN --mount=type=secret,id=x,required c\n"))
    assert not builder.build(Project.from_files({}, text)).missed


@pytest.mark.parametrize(("above", "command", "shown"), [
    ("", "echo $TOK ${TOK}x", "echo **** ****x"),
    ("", "echo $OTHER", "echo $OTHER"),
    ("ENV TOK=5\n", "echo $TOK", "echo ****"),
])  # fmt: skip
def test_a_secret_in_a_variable_is_masked_in_the_steps_name(above: str, command: str, shown: str) -> None:
    mount = "--mount=type=secret,id=t,env=TOK"
    build = BuildKit().build(Project.from_files({}, f"FROM python\n{above}RUN {mount} {command}\n"))
    assert build.steps[-1].text == f"RUN {mount} {shown}"
    assert build.history()[0].created_by == f"RUN /bin/sh -c {command} # buildkit"


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
