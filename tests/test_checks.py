"""Warnings: the model's against those of a real engine, for every Dockerfile of tests/traces-checks."""

from __future__ import annotations

import gzip
import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

import layerlib
from layerlib.building.checks.rules import RULES
from layerlib.reading.base_image import BaseImage

RECORDED = json.loads(gzip.decompress((Path(__file__).parent / "traces-checks" / "checks.json.gz").read_bytes()))
RECORDS = RECORDED["records"]


class LocalImages(layerlib.Catalogue):
    """The images of an engine that cannot pull any."""

    def resolve(self, reference: str) -> BaseImage:
        if reference not in self:
            raise layerlib.ImageError(f"{reference}: not found")
        return super().resolve(reference)


IMAGES = LocalImages(
    BaseImage(reference, f"sha256:{number:064}", (), (), facts["config"], True, frozenset())
    for number, (reference, facts) in enumerate(RECORDED["images"].items())
)
NAMES = [record["name"] for record in RECORDS]


def project_of(record: dict[str, Any]) -> layerlib.Project:
    return layerlib.Project.from_files(record["files"], record["dockerfile"])


def model(record: dict[str, Any]) -> layerlib.Check:
    return layerlib.check(project_of(record), args=record["args"], target=record["target"], images=IMAGES)


def ordered(warnings: list[list[Any]]) -> list[list[Any]]:
    """Warnings in their order; those of one rule about one line sorted, since the engine has names in no order."""
    return [warning for _, group in groupby(warnings, lambda it: it[:2]) for warning in sorted(group)]


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_check_warns_as_the_engine_does(record: dict[str, Any]) -> None:
    found = [
        [warning.rule, warning.line, warning.last_line, warning.text, warning.description, warning.url]
        for warning in model(record).warnings
    ]
    keys = ("rule", "line", "last_line", "text", "description", "url")
    assert ordered(found) == ordered([[warning[key] for key in keys] for warning in record["check"]["warnings"]])


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_check_refuses_as_the_engine_does(record: dict[str, Any]) -> None:
    error = model(record).error
    assert bool(error) == bool(record["check"]["error"])
    if error and record["check"]["line"]:
        assert error.line == record["check"]["line"]
    if error and "lint violation" in record["check"]["error"]:
        assert sorted(error.problem.split(": ")[1].split(", ")) == sorted(
            record["check"]["error"].split(": ")[1].split(", ")
        )


BUILDS = [record for record in RECORDS if record["build"]]


@pytest.mark.parametrize("record", BUILDS, ids=[record["name"] for record in BUILDS])
def test_a_build_prints_the_warnings_that_the_engine_prints(record: dict[str, Any]) -> None:
    head, *rest = record["build"]["lines"] or [""]
    builder = layerlib.BuildKit(IMAGES)
    if record["build"]["error"]:
        with pytest.raises(layerlib.DockerfileError):
            builder.build(project_of(record), args=record["args"], target=record["target"])
        return
    build = builder.build(project_of(record), args=record["args"], target=record["target"])
    assert sorted(f" - {warning}" for warning in build.warnings) == sorted(rest)
    _, _, printed = build.log().partition("\n\n 1 warning" if len(rest) == 1 else f"\n\n {len(rest)} warnings")
    assert not rest or sorted(printed.split("\n")[1:]) == sorted(rest)
    assert not rest or head.endswith(printed.split("\n")[0])
    assert rest or " found (use docker" not in build.log()


@pytest.mark.parametrize("record", BUILDS, ids=[record["name"] for record in BUILDS])
def test_a_check_prints_what_the_engine_prints(record: dict[str, Any]) -> None:
    """Warnings about one line come in any order."""
    found, printed = model(record), record["check"]["printed"]
    if not printed:
        assert str(found) == f"ERROR: {found.error}"
        return
    text = str(layerlib.Check(found.warnings, None, found.dockerfile))
    assert sorted(text.rstrip().split("\n\n")) == sorted(printed.rstrip().split("\n\n"))


def test_nothing_is_said_about_the_variables_of_an_image_that_nobody_described() -> None:
    project = layerlib.Project.from_files({"app.py": ""}, "FROM company/base AS a\nFROM a\nCOPY app.py $APP_HOME/x\n")
    assert not layerlib.check(project).warnings
    described = layerlib.check(project.with_dockerfile(project.dockerfile.replace("company/base", "python")))
    assert [str(warning) for warning in described.warnings] == [
        "UndefinedVar: Usage of undefined variable '$APP_HOME' (line 3)"
    ]


def test_the_classic_builder_warns_of_nothing() -> None:
    project = layerlib.Project.from_files({}, "FROM python\nCMD python app.py\n")
    assert layerlib.ClassicBuilder().build(project).warnings == ()
    assert "warning" not in layerlib.ClassicBuilder().build(project).log()


def test_a_build_that_a_warning_ends_says_which() -> None:
    project = layerlib.Project.from_files({}, "# check=error=true\nFROM python\nCMD python app.py\n")
    with pytest.raises(layerlib.DockerfileError, match=r"JSONArgsRecommended: JSON .* \(line 3\)") as caught:
        layerlib.BuildKit().build(project)
    assert caught.value.line == 3


def test_there_are_enough() -> None:
    assert len(RECORDS) >= 150
    assert len(BUILDS) >= 30
    assert {warning["rule"] for record in RECORDS for warning in record["check"]["warnings"]} == set(RULES)
    assert sum(not record["check"]["warnings"] for record in RECORDS) >= 50
