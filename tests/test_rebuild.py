"""`layerlib.rebuild`: build, change, build again, with each kind of change and both builders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import layerlib
from layerlib import BuildKit, Change, ClassicBuilder, DockerfileError, Project, changes, course

Builder = type[BuildKit] | type[ClassicBuilder]
APP = Project.load("python-numpy-app")
BUILDERS = pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])


def missed(build: layerlib.Build) -> list[str]:
    """The keywords of the steps that run again; ARG is a step for the classic builder alone."""
    return [step.keyword for step in build.missed if step.keyword != "ARG"]


def project(dockerfile: str) -> Project:
    return Project.from_files({"app.py": "1\n", "lib.py": "2\n"}, dockerfile)


def edit_app(before: Project) -> Project:
    return changes.edit_file(before, "app.py")


TEXT = "FROM python\nARG V=1\nCOPY app.py /\nRUN echo\n"
KINDS: dict[str, tuple[tuple[Change | Callable[[Project], Project], ...], list[str]]] = {
    "no change": ((), []),
    "a function": ((edit_app,), ["COPY", "RUN"]),
    "a named edit": ((changes.named("edit app.py"),), ["COPY", "RUN"]),
    "an edit that no step looks at": ((changes.named("edit lib.py"),), []),
    "a build option": ((Change("--build-arg", options={"args": {"V": "2"}}),), ["RUN"]),
    "the base image moves": ((changes.named("the base image moves"),), ["COPY", "RUN"]),
    "an edit and its undoing": ((edit_app, lambda _: project(TEXT)), []),
    "an edit and an option": ((edit_app, changes.named("--build-arg V=2")), ["COPY", "RUN"]),
}


@BUILDERS
@pytest.mark.parametrize(("made", "expected"), KINDS.values(), ids=KINDS)
def test_each_kind_of_change(
    builder: Builder, made: tuple[Change | Callable[[Project], Project], ...], expected: list[str]
) -> None:
    assert missed(layerlib.rebuild(project(TEXT), *made, builder=builder())) == expected


@BUILDERS
def test_no_cache_rebuilds_every_step(builder: Builder) -> None:
    build = layerlib.rebuild(
        project("FROM python\nCOPY app.py /\nRUN a\n"), changes.named("--no-cache"), builder=builder()
    )
    assert missed(build) == ["COPY", "RUN"]


@BUILDERS
@pytest.mark.parametrize("text", ["the base image moves", changes.of(APP)[-2].name])
def test_there_is_one_change_called_the_base_image_moves(builder: Builder, text: str) -> None:
    offered = next(change for change in changes.of(APP) if change.name == text)
    for change in (offered, changes.named(text)):
        assert change.moves is True
        assert missed(layerlib.rebuild(APP, change, builder=builder()))[:3] == ["WORKDIR", "COPY", "RUN"]
        assert course.predict(APP, change, "r r r").score == 3


BASES = [
    # Dockerfile, what is rebuilt when the base image moves
    ("FROM python\nRUN a\n", ["RUN"]),
    ("FROM python AS base\nRUN a\nFROM base\nRUN b\n", ["RUN", "RUN"]),
    ("FROM python AS Base\nFROM base AS second\nFROM second\nRUN b\n", ["RUN"]),
    ("FROM node AS build\nRUN a\nFROM python\nCOPY --from=build /a /\nRUN b\n", ["COPY", "RUN"]),
    ("FROM python AS python\nRUN a\nFROM python\nRUN b\n", ["RUN", "RUN"]),
    ("ARG TAG=slim\nFROM python:$TAG\nRUN a\n", ["RUN"]),
    ("FROM who/knows\nRUN a\n", ["RUN"]),
    ("FROM python@sha256:" + "0" * 64 + "\nRUN a\n", []),
    ("FROM scratch\nCOPY app.py /\n", []),
    ("FROM node AS build\nRUN a\nFROM scratch\nCOPY --from=build / /\n", []),
]


@BUILDERS
@pytest.mark.parametrize(("text", "expected"), BASES, ids=[text for text, _ in BASES])
def test_which_image_moves(builder: Builder, text: str, expected: list[str]) -> None:
    move = Change("the base image moves", moves=True)
    assert missed(layerlib.rebuild(project(text), move, builder=builder())) == expected


def test_the_base_of_the_target_and_of_the_arguments_moves() -> None:
    text = "ARG TAG=slim\nFROM python:$TAG AS one\nRUN a\nFROM node\nRUN b\n"
    options: dict[str, Any] = {"target": "one", "args": {"TAG": "alpine"}}
    given = BuildKit()
    given.build(project(text), **options)
    assert not missed(layerlib.rebuild(project(text), Change("as before", options=options), builder=given))
    assert missed(layerlib.rebuild(project(text), Change("moved", options=options, moves=True), builder=given)) == [
        "RUN"
    ]


def test_build_arguments_of_several_changes_add_up() -> None:
    text = "FROM python\nARG A=1\nARG B=1\nRUN a\n"
    both = [changes.named("--build-arg A=2"), changes.named("--build-arg B=2")]
    assert "A=2 B=2" in layerlib.rebuild(project(text), *both).history()[0].created_by
    later = [*both, changes.named("--build-arg A=3")]
    assert "A=3 B=2" in layerlib.rebuild(project(text), *later).history()[0].created_by


@BUILDERS
def test_the_builder_keeps_its_cache_and_its_catalogue(builder: Builder) -> None:
    given = builder()
    images = given.images
    move = changes.named("the base image moves")
    assert missed(layerlib.rebuild(APP, move, builder=given))
    assert given.images is images
    assert not given.build(APP).missed
    assert not missed(layerlib.rebuild(APP, move, builder=given)), "the moved image has been built on before"
    assert missed(layerlib.rebuild(APP, edit_app, builder=given))


def test_the_catalogue_is_put_back_after_a_refusal() -> None:
    given = BuildKit()
    images = given.images
    broken = Change("broken", lambda before: before.with_dockerfile("FROM python\nCOPY gone /\n"), moves=True)
    with pytest.raises(DockerfileError, match="gone"):
        layerlib.rebuild(APP, broken, builder=given)
    assert given.images is images
