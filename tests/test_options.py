"""Options of `docker build`: how their values are read, what they rebuild, and what is said of it.

What counts was recorded (tests/traces/options-*); here are the tables of it that a reader can follow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from layerlib import BuildKit, ClassicBuilder, ContextError, DockerfileError, LayerlibError, Project, rebuild
from layerlib.building import option_values
from layerlib.editing.change import Change
from layerlib.reading import platforms

TEXT = "FROM python\nWORKDIR /w\nCOPY a.txt /a\nRUN make\n"
PROJECT = Project.from_files({"a.txt": "a\n"}, TEXT)
RUN = "[4/4] RUN make"
Builders = type[BuildKit] | type[ClassicBuilder]


def reason(project: Project = PROJECT, before: dict[str, Any] | None = None, **options: Any) -> tuple[str, str, str]:
    """The kind, subject and sentence of the first step that an option rebuilds; its name where it is not the RUN."""
    builder = BuildKit()
    builder.build(project, **(before or {}))
    step, *_ = builder.build(project, **options).missed
    assert step.reason is not None
    return step.reason.kind, step.reason.subject, str(step.reason)


REASONS: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    # options before, options now, the subject, the sentence
    ({}, {"add_hosts": {"db": "1.2.3.4"}}, "--add-host",
     "--add-host gives db now; it gave no names. Every RUN sees them."),
    ({"add_hosts": ["db:1.1.1.1", "b:1.1.1.1"]}, {"add_hosts": ["b:1.1.1.1", "db:1.1.1.1"]}, "--add-host",
     "--add-host gives the same names in another order: b, db. Every RUN sees them."),
    ({}, {"ulimits": {"nofile": "5:6"}}, "--ulimit", "--ulimit is nofile=5:6 now; it was not given."),
    ({"shm_size": "64m"}, {"shm_size": "128m"}, "--shm-size", "--shm-size is 134217728 now; it was 67108864."),
    ({"cgroup_parent": "/x"}, {}, "--cgroup-parent", "--cgroup-parent is not given now; it was /x."),
    ({}, {"network": "host"}, "--network", "--network is host now; it was default."),
]  # fmt: skip


@pytest.mark.parametrize(("before", "now", "subject", "sentence"), REASONS, ids=[row[2] for row in REASONS])
def test_an_option_is_the_reason(before: dict[str, Any], now: dict[str, Any], subject: str, sentence: str) -> None:
    assert reason(before=before, **now) == ("option", subject, sentence)


EQUAL: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"add_hosts": {"db": "1.2.3.4"}}, {"add_hosts": {"DB": "::1"}}),
    ({"ulimits": {"nofile": 1024, "nproc": 5}}, {"ulimits": ["nproc=5", "nofile=7", "nofile=1024:1024"]}),
    ({"shm_size": "64m"}, {"shm_size": 64 * 1024 * 1024}),
    ({}, {"shm_size": 0}),
    ({}, {"labels": {"a": "1"}}),
    ({}, {"platform": "linux/x86_64"}),
    ({}, {"secrets": ["a"], "ssh": ["default"]}),
]


@pytest.mark.parametrize(("before", "now"), EQUAL, ids=[str(now) for _, now in EQUAL])
def test_what_rebuilds_nothing(before: dict[str, Any], now: dict[str, Any]) -> None:
    builder = BuildKit()
    builder.build(PROJECT, **before)
    assert not builder.build(PROJECT, **now).missed


def test_with_the_classic_builder_none_of_them_counts() -> None:
    builder = ClassicBuilder()
    builder.build(PROJECT)
    limits = {"add_hosts": ["a:1.1.1.1"], "ulimits": ["nofile=5"], "shm_size": "1m", "cgroup_parent": "/x"}
    assert not builder.build(PROJECT, **limits).missed  # type: ignore[arg-type]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"add_hosts": ["db"]}, "invalid host db:"),
    ({"add_hosts": {"": "1.2.3.4"}}, "invalid host :1.2.3.4"),
    ({"add_hosts": {"db": "1.2.3"}}, "invalid host db:1.2.3;"),
    ({"ulimits": {"x": 1}}, "invalid ulimit type: x"),
    ({"ulimits": {"nofile": "5:1"}}, "the soft limit must not be above the hard one"),
    ({"ulimits": ["nofile"]}, "invalid ulimit: nofile; it is written like"),
    ({"shm_size": "x"}, "invalid size 'x' for --shm-size"),
    ({"shm_size": -1}, "invalid size -1"),
    ({"platform": "linux/amd64,linux/arm64"}, "several platforms at once is not modelled"),
    ({"platform": "windows/amd64"}, "operating system is not supported"),
    ({"platform": "nowhere"}, "unknown operating system or architecture"),
]


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
@pytest.mark.parametrize(("options", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_values_that_docker_refuses(builder: Builders, options: dict[str, Any], message: str) -> None:
    with pytest.raises(LayerlibError, match=message):
        builder().build(PROJECT, **options)


@pytest.mark.parametrize(("given", "size"), [
    ("64m", 67108864), ("1.5g", 1610612736), (".5m", 524288), ("64b", 64), ("64KB", 65536), ("64MiB", 67108864),
    ("64 m", 67108864), ("1e3", 1000), (5, 5), (None, 0), ("0", 0),
])  # fmt: skip
def test_sizes(given: int | str | None, size: int) -> None:
    assert option_values.size(given) == size


# Labels.


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
def test_labels_go_over_the_dockerfiles(builder: Builders) -> None:
    project = Project.from_files({}, "FROM python\nLABEL a=0 b=1\n")
    build = builder().build(project, labels={"a": "2", "c": "x y"})
    assert build.image.config["Labels"] == {"a": "2", "b": "1", "c": "x y"}


def test_the_classic_builder_adds_an_instruction_for_each_label() -> None:
    builder = ClassicBuilder()
    builder.build(PROJECT)
    build = builder.build(PROJECT, labels=["b=1", "a=2"])
    assert [step.name for step in build.missed] == ["Step 5/6 : LABEL a=2", "Step 6/6 : LABEL b=1"]
    assert build.history()[0].created_by == "/bin/sh -c #(nop)  LABEL b=1"
    assert str(build.missed[0].reason) == "--label asks for LABEL a=2 now."
    again = builder.build(PROJECT, labels={"a": 3, "b": 1}).missed[0].reason
    assert again is not None
    assert (again.kind, str(again)) == ("option", "--label is a=3 now; it was a=2.")


# Platforms.


@pytest.mark.parametrize(("written", "meant"), [
    ("arm64", "linux/arm64"), ("linux/aarch64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"),
    ("linux/arm", "linux/arm/v7"),
    ("linux/arm/6", "linux/arm/v6"), ("armhf", "linux/arm/v7"), ("Linux/AMD64", "linux/amd64"),
    ("linux", "linux/amd64"),
    ("x86_64", "linux/amd64"), ("linux/amd64/v1", "linux/amd64"), ("linux/amd64/v2", "linux/amd64/v2"),
    ("linux/x", "linux/x"),
])  # fmt: skip
def test_how_a_platform_is_written(written: str, meant: str) -> None:
    assert platforms.parse(written) == meant


@pytest.mark.parametrize(("image", "wanted", "suits"), [
    ("linux/amd64", "linux/amd64", True), ("linux/amd64", "linux/amd64/v2", True),
    ("linux/amd64/v2", "linux/amd64", False),
    ("linux/arm/v6", "linux/arm/v7", True), ("linux/arm/v7", "linux/arm/v6", False),
    ("linux/arm64", "linux/amd64", False),
    ("linux/386", "linux/amd64", True), ("windows/amd64", "linux/amd64", False),
])  # fmt: skip
def test_which_image_does_for_a_platform(image: str, wanted: str, suits: bool) -> None:
    assert platforms.suits(image, wanted) is suits


CROSS = """\
FROM --platform=$BUILDPLATFORM golang AS build
RUN fetch
ARG TARGETARCH
RUN compile
FROM debian
RUN install
"""


def test_another_platform_rebuilds_what_is_for_it() -> None:
    builder, project = BuildKit(), Project.from_files({}, CROSS)
    for target in ("build", None):
        builder.build(project, target=target)
    missed = builder.build(project, target="build", platform="linux/arm64").missed
    assert [step.text for step in missed] == ["RUN compile"]
    assert str(missed[0].reason).startswith("The build argument TARGETARCH changed from 'amd64' to 'arm64'")
    build = builder.build(project, platform="linux/arm64")
    first = build.steps[0].reason
    assert first is not None
    assert (first.kind, first.subject) == ("option", "--platform")
    assert str(first) == "It is the image for linux/arm64 now; it was the one for linux/amd64."
    assert build.image.layers[0].size is None
    assert str(build.missed[-1].reason) == "The command runs for linux/arm64 now; it ran for linux/amd64."


def test_the_classic_builder_is_modelled_for_one_platform() -> None:
    assert ClassicBuilder().build(PROJECT, platform="linux/amd64").steps
    with pytest.raises(LayerlibError, match="only linux/amd64 is modelled"):
        ClassicBuilder().build(PROJECT, platform="linux/arm64")


# Pruning.

TWO = "FROM python AS build\nRUN compile\nFROM python\nCOPY --from=build /out /out\nRUN install\n"


@pytest.mark.parametrize(("all_", "store", "rebuilt"), [
    (True, "overlay2", ["RUN compile", "COPY --from=build /out /out", "RUN install"]),
    (False, "overlay2", []),
    (False, "containerd", ["RUN compile", "COPY --from=build /out /out", "RUN install"]),
])  # fmt: skip
def test_what_a_prune_rebuilds(all_: bool, store: Any, rebuilt: list[str]) -> None:
    builder, project = BuildKit(store=store), Project.from_files({}, TWO)
    builder.build(project)
    builder.prune(all=all_)
    missed = builder.build(project).missed
    assert [step.text for step in sorted(missed, key=lambda step: step.line)] == rebuilt
    assert {step.reason.kind for step in missed if step.reason} <= {"pruned"}
    assert not builder.build(project).missed


def test_a_pruned_stage_runs_again_only_when_something_needs_it() -> None:
    builder = BuildKit()
    builder.build(Project.from_files({}, TWO))
    builder.prune(all=False)
    assert [step.text for step in builder.build(Project.from_files({}, TWO + "RUN more\n")).missed] == ["RUN more"]
    builder.prune(all=False)
    missed = builder.build(Project.from_files({}, TWO.replace("/out /out", "/out /opt"))).missed
    assert [(step.text, step.reason.kind) for step in missed if step.reason][:2] == [
        ("RUN compile", "pruned"), ("COPY --from=build /out /opt", "destination"),
    ]  # fmt: skip
    assert str(missed[0].reason) == "Nothing about this step changed, but its result was pruned from the cache."


def test_a_prune_forgets_a_build_that_was_refused() -> None:
    for builder in (BuildKit(), ClassicBuilder()):
        with pytest.raises(DockerfileError):
            builder.build(Project.from_files({}, "FROM python\nRUN a\nCOPY nothing /\n"))
        builder.prune(all=False)
        missed = builder.build(Project.from_files({}, "FROM python\nRUN a\n")).missed
        assert [step.text for step in missed] == ["RUN a"]


def test_a_prune_takes_the_stages_of_the_classic_builder() -> None:
    builder, project = ClassicBuilder(), Project.from_files({}, TWO)
    builder.build(project)
    builder.prune(all=False)
    first = builder.build(project).missed[0]
    assert first.reason is not None
    assert (first.text, first.reason.kind) == ("RUN compile", "pruned")


# Named contexts that a FROM begins with.

BASED = Project.from_files({"a.txt": "a\n"}, "FROM base AS s\nCOPY a.txt /n\nFROM scratch\nCOPY --from=s /f /n /to/\n")


def test_nothing_on_a_named_context_is_cached_but_its_content_is_found() -> None:
    builder = BuildKit()
    for _ in range(2):
        build = builder.build(BASED, contexts={"base": {"f": "12345"}})
    (missed,) = build.missed
    assert missed.name == "[s 1/2] COPY a.txt /n"
    assert str(missed.reason) == (
        "It builds on the files of --build-context base, which each build loads anew; what stands on them is never "
        "taken from the cache."
    )
    loaded = next(step for step in build.printed if step.name == "[context base] load from client")
    assert loaded.reason is not None
    assert loaded.reason.kind == "option"
    assert build.image.size == 7


def test_the_layer_of_a_named_context_has_no_row_of_its_own() -> None:
    project = Project.from_files({"a.txt": "a\n"}, "FROM base\nCOPY a.txt /n\nLABEL a=1\n")
    build = BuildKit().build(project, contexts={"base": {"f": "12345"}})
    assert [(row.created_by, row.size) for row in build.history()] == [
        ("[1/2] COPY a.txt /n", 2), ("LABEL a=1", 0), ("COPY a.txt /n # buildkit", 5),
    ]  # fmt: skip
    assert [layer.size for layer in build.image.layers] == [5, 2]


@pytest.mark.parametrize(("name", "base"), [
    ("python", "python:latest"), ("python:latest", "python"), ("docker.io/library/python", "python"), ("b", "b"),
])  # fmt: skip
def test_a_context_is_found_as_an_image_is(name: str, base: str) -> None:
    project = Project.from_files({"a.txt": "a\n"}, f"FROM {base}\nCOPY a.txt /n\n")
    assert len(BuildKit().build(project, contexts={name: {}}).image.layers) == 2


def test_an_image_can_take_a_bases_place() -> None:
    project, builder = Project.from_files({}, "FROM base\nRUN a\n"), BuildKit()
    build = builder.build(project, contexts={"base": "docker-image://python:3.14-slim"})
    assert [step.name for step in build.steps] == ["[1/2] RUN a"]
    assert any(entry.startswith("PYTHON_VERSION=") for entry in build.image.config["Env"])
    assert not builder.build(project, contexts={"base": "docker-image://python:3.14-slim"}).missed


def test_a_change_may_bring_an_option() -> None:
    change = Change("another host", options={"add_hosts": {"db": "10.0.0.2"}})
    assert [step.name for step in rebuild(PROJECT, change).missed] == [RUN]


# A Dockerfile anywhere.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app" / "sub").mkdir(parents=True)
    files = {
        "app/a.txt": "a", "app/b.log": "b", "app/.dockerignore": "*.log\n",
        "app/Dockerfile": "FROM scratch\nCOPY . /in\n",
        "app/sub/Dockerfile": "FROM scratch\nCOPY . /sub\n", "Dockerfile": "FROM scratch\nCOPY . /out\n",
        "own": "FROM scratch\nCOPY . /own\n", "own.dockerignore": "a.txt\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path / "app"


INSIDE = {"a.txt", ".dockerignore", "Dockerfile", "sub", "sub/Dockerfile"}


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
@pytest.mark.parametrize(("dockerfile", "target", "sent"), [
    ("Dockerfile", "/in", INSIDE),
    ("./sub/../Dockerfile", "/in", INSIDE),
    ("sub/Dockerfile", "/sub", INSIDE),
    ("../Dockerfile", "/out", INSIDE),
    ("{above}/Dockerfile", "/out", INSIDE),
    ("{above}/app/sub/Dockerfile", "/sub", INSIDE),
])  # fmt: skip
def test_a_dockerfile_anywhere(builder: Builders, dockerfile: str, target: str, sent: set[str], folder: Path) -> None:
    project = Project.from_directory(folder, dockerfile.format(above=folder.parent))
    assert set(project.context) == sent
    assert builder().build(project).steps[-1].text == f"COPY . {target}"


def test_a_dockerfile_outside_has_its_own_dockerignore(folder: Path) -> None:
    project = Project.from_directory(folder, "../own")
    assert set(project.context) == {"b.log", ".dockerignore", "Dockerfile", "sub", "sub/Dockerfile"}
    assert project.outside
    edited = project.with_dockerfile("FROM scratch\n").with_files({"b.log": None})
    assert (edited.dockerfile, "b.log" in edited.files) == ("FROM scratch\n", False)


def test_a_dockerfile_that_is_nowhere(folder: Path) -> None:
    with pytest.raises(ContextError, match=r"cannot read the Dockerfile .*nowhere"):
        Project.from_directory(folder, "../nowhere")
    with pytest.raises(ContextError, match="there is no nowhere in "):
        Project.from_directory(folder, "nowhere")


def test_a_dockerfile_from_standard_input(folder: Path) -> None:
    assert set(Project.from_text("FROM scratch\n", folder).context) == INSIDE
    alone = Project.from_text("FROM scratch\nCOPY . /x\n")
    assert BuildKit().build(alone).image.size == 0
    with pytest.raises(DockerfileError, match=r'"/a\.txt": not found'):
        BuildKit().build(alone.with_dockerfile("FROM scratch\nCOPY a.txt /x\n"))
