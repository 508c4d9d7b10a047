"""The catalogue that ships: its tags, and that its figures say what they claim."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from layerlib.reading.base_image import BaseImage, HistoryRow
from layerlib.reading.package_data import read_figures
from layerlib.reading.references import normalize
from layerlib.reading.shipped_images import catalogue

FIGURES: list[dict[str, Any]] = read_figures("base-images.json")
MORE: list[dict[str, Any]] = read_figures("more-images.json")["images"]


DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def described(figures: dict[str, Any]) -> BaseImage:
    """An entry of the figures as the catalogue resolves it."""
    return catalogue().resolve(figures["reference"].partition(":")[0] + ":" + figures["tags"][0])


each_entry = pytest.mark.parametrize("figures", FIGURES, ids=lambda figures: figures["reference"])


@pytest.mark.parametrize(
    ("tags", "entry"),
    [
        ("python python:latest python:3 python:3.14 python:3.14.7", "python:3.14.7-trixie"),
        ("python:trixie python:3-trixie python:3.14-trixie python:3.14.7-trixie", "python:3.14.7-trixie"),
        ("python:slim python:3-slim python:3.14-slim python:3.14.7-slim", "python:3.14.7-slim-trixie"),
        ("python:slim-trixie python:3.14-slim-trixie python:3.14.7-slim-trixie", "python:3.14.7-slim-trixie"),
        ("python:alpine python:3-alpine python:3.14-alpine python:3.14.7-alpine", "python:3.14.7-alpine3.24"),
        ("python:alpine3.24 python:3-alpine3.24 python:3.14.7-alpine3.24", "python:3.14.7-alpine3.24"),
        ("python:3.12 python:3.12.13 python:3.12-trixie python:3.12.13-trixie", "python:3.12.13-trixie"),
        ("python:3.12-slim python:3.12.13-slim python:3.12-slim-trixie", "python:3.12.13-slim-trixie"),
        ("debian debian:latest debian:trixie debian:13 debian:13.7", "debian:trixie-20260918"),
        ("debian:trixie-slim debian:13-slim debian:trixie-20260918-slim", "debian:trixie-20260918-slim"),
        ("debian:bookworm debian:12", "debian:bookworm-20260918"),
        ("alpine alpine:latest alpine:3 alpine:3.24 alpine:3.24.2", "alpine:3.24.2"),
        ("ubuntu:24.04 ubuntu:noble", "ubuntu:24.04 (noble-20260911)"),
        ("buildpack-deps buildpack-deps:trixie buildpack-deps:stable", "buildpack-deps:trixie (latest)"),
        ("buildpack-deps:scm buildpack-deps:trixie-scm", "buildpack-deps:trixie-scm"),
        ("buildpack-deps:curl buildpack-deps:trixie-curl", "buildpack-deps:trixie-curl"),
        ("node node:latest node:26 node:26.9.0 node:26-trixie node:trixie", "node:26-trixie"),
        ("busybox busybox:1 busybox:1.38.0 busybox:glibc busybox:1-glibc", "busybox:1.38.0 (latest, glibc)"),
        ("hello-world hello-world:linux", "hello-world:latest (linux)"),
        ("docker.io/library/python:slim index.docker.io/python:slim", "python:3.14.7-slim-trixie"),
    ],
)
def test_tags_as_on_docker_hub_that_week(tags: str, entry: str) -> None:
    (figures,) = [figures for figures in FIGURES if figures["reference"] == entry]
    for tag in tags.split():
        image = catalogue().resolve(tag)
        assert image.known
        assert (image.reference, image.digest) == (normalize(tag), figures["index_digest"])
        assert tag in catalogue()
        assert normalize(tag) in set(catalogue())


def test_scratch_has_nothing() -> None:
    image = catalogue().resolve("scratch")
    assert (image.known, image.history, image.layers, image.size, image.compressed) == (True, (), (), 0, 0)
    assert (image.diff_ids, dict(image.config), image.directories) == ((), {}, frozenset("/"))


@each_entry
def test_figures_agree_with_their_totals(figures: dict[str, Any]) -> None:
    image = described(figures)
    assert len(image.layers) == len(image.diff_ids) == figures["layer_count"]
    assert len(image.history) == figures["history_count"]
    assert image.compressed == figures["total_compressed"]
    total = figures["total_uncompressed"]
    unknown = any(layer["size_uncompressed"] is None for layer in figures["layers"])
    assert (image.size is None) == unknown
    if total is not None and image.size is not None:  # the parts are rounded to three digits
        assert image.size == pytest.approx(total, rel=0.005)


@each_entry
def test_rows_say_what_the_figures_say(figures: dict[str, Any]) -> None:
    image = described(figures)
    for row, layer in zip(image.history, figures["layers"], strict=True):
        assert (row.created_by, row.empty, row.size) == (
            layer["created_by"],
            layer["empty"],
            layer["size_uncompressed"],
        )
        assert (row.compressed, row.digest) == (layer["size_compressed"], layer["digest"])
        assert (row.on_disk == 0) == row.empty
        word = row.size_source.partition(":")[0]
        assert word in ({"recorded"} if row.empty else {"measured", "published", "estimated", "unknown"})
        assert (word == "unknown") == (row.size is None)
        by_buildkit = not row.created_by.startswith(("# debian.sh", "BusyBox", "/bin/sh -c #(nop)"))
        assert (row.comment == "buildkit.dockerfile.v0") == by_buildkit
    assert image.diff_ids == tuple(row.digest for row in image.layers)


@pytest.mark.parametrize(
    ("reference", "layer", "size", "source"),
    [
        ("debian", 0, 120_090_000, "published: the image's size in docker-library/repo-info, rounded to 10 kB"),
        (
            "python",
            1,
            60_200_000,
            "estimated: `docker history` of another build (a 3.14.3 or 3.13.11 image of early 2026)",
        ),
        ("python:slim", 2, 37_040_000, "estimated: what remains of the published total, 119.66 - 78.81 - 3.81 MB"),
        ("python:3.12", 5, None, "unknown: nobody published it"),
        ("node", 6, None, "unknown: nobody published it (388 B in older node images)"),
    ],
)
def test_a_size_and_where_it_comes_from(reference: str, layer: int, size: int | None, source: str) -> None:
    row = catalogue().resolve(reference).layers[layer]
    assert (row.size, row.size_source) == (size, source)


def test_three_sizes_of_one_layer() -> None:
    row = catalogue().resolve("alpine").layers[0]
    assert (row.compressed, row.size, row.on_disk) == (3_849_738, 8_420_000, 9_080_000)


def test_images_that_share_layers() -> None:
    python, node = (catalogue().resolve(name) for name in ("python:latest", "node:26-trixie"))
    shared = [row for row in python.layers if row.digest in {other.digest for other in node.layers}]
    assert len(shared) == 4
    assert sum(row.compressed or 0 for row in shared) == 379_225_853
    assert python.diff_ids[:4] == node.diff_ids[:4] == catalogue().resolve("buildpack-deps").diff_ids
    assert python.diff_ids[:1] == catalogue().resolve("debian:trixie").diff_ids
    assert not {*python.diff_ids[4:]} & {*node.diff_ids[4:]}
    full, slim = (catalogue().resolve(name) for name in ("debian:trixie", "debian:trixie-slim"))
    assert not {*full.diff_ids} & {*slim.diff_ids}


def test_one_blob_has_one_size() -> None:
    blobs: dict[str | None, HistoryRow] = {}
    for figures in FIGURES:
        for row in described(figures).layers:
            assert blobs.setdefault(row.digest, row) == row


def test_the_config_of_python() -> None:
    python = dict(catalogue().resolve("python").config)
    assert python == {
        "Env": [
            "PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHON_VERSION=3.14.7",
            "PYTHON_SHA256=3b48dac8fb59f62eaa67ac83c1eb12bda1b7a08406dd286e252c11a66be27f81",
        ],
        "Cmd": ["python3"],
    }
    # What the history has no row for: debian's own Env and Cmd.
    assert dict(catalogue().resolve("debian").config) == {"Env": [DEFAULT_PATH], "Cmd": ["bash"]}


@each_entry
def test_a_config_follows_from_the_history(figures: dict[str, Any]) -> None:
    env: dict[str, str] = {"PATH": DEFAULT_PATH.removeprefix("PATH=")} if figures["layers"] else {}
    labels: dict[str, str] = {}
    fields: dict[str, Any] = {}
    for layer in figures["layers"]:
        instruction, _, value = re.sub(r"^/bin/sh -c #\(nop\) +", "", layer["created_by"]).partition(" ")
        match instruction:
            case "ENV" | "LABEL":
                name, _, value = value.partition("=")
                (env if instruction == "ENV" else labels)[name] = value
            case "CMD" | "ENTRYPOINT":
                fields["Cmd" if instruction == "CMD" else "Entrypoint"] = json.loads(value)
            case _:
                assert instruction in {"#", "RUN", "COPY", "ADD", "ARG", "BusyBox"}
    inherited = {"Cmd": figures["config"].get("Cmd"), "WorkingDir": figures["config"].get("WorkingDir")}
    expected = inherited | {"Env": [f"{name}={value}" for name, value in env.items()], "Labels": labels} | fields
    assert figures["config"] == {name: value for name, value in expected.items() if value}


@each_entry
def test_every_figure_has_its_source(figures: dict[str, Any]) -> None:
    for name in ("tags_source", "config_source", "directories_source"):
        assert figures[name]
    assert figures["tags"] == list(dict.fromkeys(figures["tags"]))
    for layer in figures["layers"]:
        assert layer["empty"] or layer["size_uncompressed_basis"]


def test_no_tag_is_claimed_twice() -> None:
    claims = [figures["reference"].partition(":")[0] + ":" + tag for figures in FIGURES for tag in figures["tags"]]
    claims += [f"{figures['repository']}:{tag}" for figures in MORE for tag in figures["tags"]]
    assert len(claims) == len(set(claims)) == len(list(catalogue()))


@pytest.mark.parametrize("figures", MORE, ids=lambda figures: f"{figures['repository']}:{figures['tags'][0]}")
def test_every_other_image_has_its_source(figures: dict[str, Any]) -> None:
    assert re.search(r" @[0-9a-f]{12}\b", figures["source"])
    assert figures["built"] or figures["layers"] is None
    assert not figures["family"] or figures["family"] in read_figures("programs.json")["families"]
    assert figures["layers"] is None or all(len(layer) == 2 for layer in figures["layers"])
    for variable in figures["config"]["Env"]:
        assert re.match(r"[A-Z][A-Z0-9_]*=.", variable)


@each_entry
def test_directories_stand_in_directories(figures: dict[str, Any]) -> None:
    directories = described(figures).directories
    assert "/" in directories
    assert {path.rpartition("/")[0] or "/" for path in directories} <= directories
    assert not {"/app", "/home/app", "/src", "/work"} & directories


@pytest.mark.parametrize(
    ("reference", "directory", "exists"),
    [
        ("python", "/usr/local/lib/python3.14/site-packages", True),
        ("python:3.12", "/usr/local/lib/python3.14", False),
        ("python:alpine", "/usr/local/bin", True),
        ("node", "/home/node", True),
        ("ubuntu:24.04", "/tmp", True),
        ("busybox", "/usr/local", False),
        ("hello-world", "/tmp", False),
    ],
)
def test_known_directories(reference: str, directory: str, exists: bool) -> None:
    assert (directory in catalogue().resolve(reference).directories) == exists


def test_rows_are_oldest_first() -> None:
    for figures in FIGURES:
        assert all(a["created"] <= b["created"] for a, b in pairwise(figures["layers"]))
