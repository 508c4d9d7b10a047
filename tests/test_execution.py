"""What a step leaves behind where no recorded build shows it: mounts, volumes, owners, and the newest of results."""

from typing import Any

import pytest

from layerlib import Build, BuildKit, ClassicBuilder, Effect, File, Project

Builder = BuildKit | ClassicBuilder
EFFECTS = {"make": Effect(size=3, writes=("/out/a", "/cache/b", "/m/c", "/t/d"))}


def build(builder: Builder, text: str, files: dict[str, str | File] | None = None, **options: Any) -> Build:
    return builder.build(Project.from_files(files or {}, dockerfile=text), **options)


def taken(mounts: str, path: str, builder: Builder | None = None, more: str = "") -> bool:
    """Whether a stage can copy what a RUN with these mounts wrote to a path, and knows it as such.

    What the RUN did not write is the base image's, and the same whatever is run.
    """
    builder = builder or BuildKit(effects=EFFECTS)
    text = f"FROM python AS build\n{more}RUN {mounts}make\nFROM scratch\nCOPY --from=build {path} /x\n"
    build(builder, text)
    return not build(builder, text.replace("make", "make again")).steps[-1].cached


@pytest.mark.parametrize(("mounts", "path", "written"), [
    ("", "/out/a", True),
    ("", "/cache/b", True),
    ("--mount=type=cache,target=/cache ", "/cache/b", False),
    ("--mount=type=cache,target=/cache ", "/out/a", True),
    ("--mount=type=cache,target=/cach ", "/cache/b", True),
    ("--mount=type=cache,target=/cache/b/c ", "/cache/b", True),
    ("--mount=type=bind,rw,target=/m ", "/m/c", False),
    ("--mount=type=tmpfs,target=/t ", "/t/d", False),
    ("--mount=type=tmpfs,target=/t/ ", "/t/d", False),
    ("--mount=type=secret,id=x,target=/out ", "/out/a", True),
    ("--mount=type=cache,target=/cache --mount=type=tmpfs,target=/t ", "/t/d", False),
])  # fmt: skip
def test_what_is_written_to_a_mount_is_not_in_the_image(mounts: str, path: str, written: bool) -> None:
    assert taken(mounts, path) == written


@pytest.mark.parametrize(("volume", "path", "written"), [
    ("", "/out/a", True),
    ("VOLUME /out\n", "/out/a", False),
    ("VOLUME /out/a\n", "/out/a", False),
    ("VOLUME /ou\n", "/out/a", True),
    ('VOLUME ["/x", "/out/"]\n', "/out/a", False),
    ("VOLUME /out\n", "/cache/b", True),
])  # fmt: skip
def test_what_the_classic_builder_writes_under_a_volume_is_gone(volume: str, path: str, written: bool) -> None:
    assert taken("", path, ClassicBuilder(effects=EFFECTS), volume) == written


def test_buildkit_keeps_what_is_written_under_a_volume() -> None:
    assert taken("", "/out/a", more="VOLUME /out\n")


@pytest.mark.parametrize(("user", "owner"), [
    ("", ("0", "0")), ("USER app\n", ("app", "app")), ("USER 1:2\n", ("1", "2")), ("USER root\n", ("0", "0")),
    ("USER root:root\n", ("0", "0")),
])  # fmt: skip
@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
def test_what_a_run_writes_belongs_to_its_user(
    builder: type[BuildKit] | type[ClassicBuilder], user: str, owner: tuple[str, str]
) -> None:
    text = f"FROM python\n{user}RUN make\n"
    contents: Any = build(builder(effects=EFFECTS), text).image.layers[-1].contents
    assert contents.files.get("out/a").uid == owner[0]
    assert contents.files.get("out/a").gid == owner[1]


def test_of_several_results_the_newest_is_taken() -> None:
    """Two executions of a RUN, both of which a later build matches: what builds on it looks into the second."""
    builder = BuildKit(effects={"make": Effect(writes=("/out",))})
    text = "FROM python AS build\nRUN make\nFROM scratch\nCOPY --from=build /out /out\n"
    first = build(builder, text)
    second = build(builder, text, no_cache=True)
    third = build(builder, text)
    assert not third.missed
    assert first.image.layers[-1].digest != second.image.layers[-1].digest
    assert third.image.layers[-1].digest == second.image.layers[-1].digest


def test_the_newest_result_counts_in_the_classic_builder_too() -> None:
    builder = ClassicBuilder(effects={"make": Effect(size=1, writes=("/out",))})
    text = "FROM python\nRUN make\n"
    first, second = build(builder, text), build(builder, text, no_cache=True)
    assert first.image.layers[-1].digest != second.image.layers[-1].digest
    assert build(builder, text).image.layers[-1].digest == second.image.layers[-1].digest


@pytest.mark.parametrize(("flags", "mode", "owner"), [
    ("", 0o644, ("0", "0")), ("--chmod=755 ", 0o755, ("0", "0")), ("--chown=1 ", 0o644, ("1", "1")),
    ("--chown=1:root ", 0o644, ("1", "0")), ("--chmod=u+x ", 0o744, ("0", "0")),
])  # fmt: skip
def test_what_a_copy_writes(flags: str, mode: int, owner: tuple[str, str]) -> None:
    contents: Any = build(BuildKit(), f"FROM scratch\nCOPY {flags}a /x/\n", {"a": "1"}).image.layers[0].contents
    file = contents.files.get("x/a")
    assert (file.mode, (file.uid, file.gid)) == (mode, owner)


@pytest.mark.parametrize("path", ["/", "/usr", "/usr/local/lib/python/site-packages", "/usr/local/bin/flask"])
def test_what_a_run_may_have_written_is_looked_into_from_above_and_below(path: str) -> None:
    """pip writes into /usr what nobody listed: after another execution, no place in or above it is the same."""
    text = f"FROM python AS build\nRUN pip install flask\nFROM scratch\nCOPY --from=build {path} /x\n"
    builder = BuildKit()
    build(builder, text)
    assert build(builder, text).missed == ()
    assert [step.keyword for step in build(builder, text, no_cache_filter=["build"]).depending] == ["COPY"]


def test_what_a_run_does_not_touch_stays_the_same() -> None:
    text = "FROM python AS build\nRUN pip install flask\nFROM scratch\nCOPY --from=build /srv /x\n"
    builder = BuildKit()
    build(builder, text)
    assert [step.keyword for step in build(builder, text, no_cache_filter=["build"]).missed] == ["RUN"]
