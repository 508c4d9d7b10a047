"""Base images: what a reference means, and that the figures say what they claim."""

import json
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import pytest

from layerlib.reading.base_image import BaseImage, HistoryRow
from layerlib.reading.catalogue import Catalogue
from layerlib.reading.errors import ImageError
from layerlib.reading.references import normalize
from layerlib.reading.shipped_images import catalogue

FIGURES = json.loads((files("layerlib") / "figures" / "base-images.json").read_text(encoding="utf-8"))
DIGEST = "sha256:" + "0123456789abcdef" * 4
DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def described(figures):
    """An entry of the figures as the catalogue resolves it."""
    return catalogue().resolve(figures["reference"].partition(":")[0] + ":" + figures["tags"][0])


each_entry = pytest.mark.parametrize("figures", FIGURES, ids=lambda figures: figures["reference"])


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("python", "docker.io/library/python:latest"),
        ("python:latest", "docker.io/library/python:latest"),
        ("python:3.14", "docker.io/library/python:3.14"),
        ("library/python", "docker.io/library/python:latest"),
        ("docker.io/python", "docker.io/library/python:latest"),
        ("docker.io/library/python:latest", "docker.io/library/python:latest"),
        ("index.docker.io/python:3", "docker.io/library/python:3"),
        ("user/x", "docker.io/user/x:latest"),
        ("user/x/y__z-a--b.c:1.0_Beta", "docker.io/user/x/y__z-a--b.c:1.0_Beta"),
        ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
        (f"ghcr.io/a/b@{DIGEST}", f"ghcr.io/a/b@{DIGEST}"),
        (f"python@{DIGEST}", f"docker.io/library/python@{DIGEST}"),
        (f"python:3.14@{DIGEST}", f"docker.io/library/python:3.14@{DIGEST}"),
        ("localhost/x", "localhost/x:latest"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
        ("localhost:5000/x:1", "localhost:5000/x:1"),
        ("[::1]:5000/x", "[::1]:5000/x:latest"),
        ("Registry/x", "Registry/x:latest"),  # a capital letter makes the first part a registry
        ("x:" + "t" * 128, "docker.io/library/x:" + "t" * 128),
    ],
)
def test_a_reference_in_full(written, full):
    assert normalize(written) == full
    assert normalize(full) == full


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "empty"),
        ("Python", "capital letter"),
        ("user/App:1", "capital letter"),
        ("python 3", "not a name"),
        ("python\n", "not a name"),
        ("$TAG", "not a name"),
        ("-python", "not a name"),
        ("python_", "not a name"),
        ("a...b", "not a name"),
        ("a___b", "not a name"),
        ("/python", "not a name"),
        ("user//x", "not a name"),
        ("user/x/", "not a name"),
        ("https://ghcr.io/a/b", "not a name"),
        ("localhost:port/x", "not a name"),
        (":latest", "not a name"),
        ("café", "not a name"),
        ("python:", "not a tag"),
        ("python:-1", "not a tag"),
        ("python:3:14", "not a tag"),
        ("python:" + "t" * 129, "not a tag"),
        ("python@", "not a digest"),
        ("python@sha256:abc", "not a digest"),
        ("python@" + DIGEST.upper(), "not a digest"),
        ("python@" + DIGEST.replace("sha256", "md5"), "not a digest"),
        ("0123456789abcdef" * 4, "image ID"),
        ("user/" + "x" * 251, "256 characters"),
    ],
)
def test_what_is_no_reference(written, problem):
    with pytest.raises(ImageError, match=problem) as refused:
        normalize(written)
    assert repr(written) in str(refused.value)
    assert str(refused.value).endswith(".")
    assert written not in catalogue()
    with pytest.raises(ImageError):
        catalogue().resolve(written)


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
def test_tags_as_on_docker_hub_that_week(tags, entry):
    (figures,) = [figures for figures in FIGURES if figures["reference"] == entry]
    for tag in tags.split():
        image = catalogue().resolve(tag)
        assert image.known
        assert (image.reference, image.digest) == (normalize(tag), figures["index_digest"])
        assert tag in catalogue()
        assert normalize(tag) in set(catalogue())


@pytest.mark.parametrize(
    "written",
    [
        *("ubuntu", "debian:stable", "python:3.13", "python:3.12-alpine", "python:2", "python:3.140", "node:lts"),
        *("node:slim", "busybox:musl", "ghcr.io/library/python", "me/python:3.14", f"python@{DIGEST}"),
    ],
)
def test_an_image_that_nobody_described(written):
    image = catalogue().resolve(written)
    assert written not in catalogue()
    assert not image.known
    assert image.reference == normalize(written)
    assert (image.size, image.compressed) == (None, None)
    assert [(row.size, row.on_disk, row.digest, row.empty) for row in image.layers] == [(None, None, None, False)]
    assert image.layers[0].size_source.startswith("unknown")
    assert (dict(image.config), image.directories) == ({}, frozenset())
    assert re.fullmatch("sha256:[a-f0-9]{64}", image.digest)
    assert len(image.diff_ids) == 1
    assert image == catalogue().resolve(written)
    assert image.digest != catalogue().resolve("somebody/else").digest


def test_made_up_digests_stay_as_they_are():
    image = catalogue().resolve("me/x")
    assert image.digest == "sha256:ab6e23517904377be0bb45a876d2940fde37624104a63d081fd339a3781e8a8b"


def test_a_digest_names_the_image_whatever_the_tag():
    digest = catalogue().resolve("python").digest
    for written in (f"python@{digest}", f"python:3.9@{digest}", f"docker.io/library/python@{digest}"):
        image = catalogue().resolve(written)
        assert (image.known, image.digest, image.reference) == (True, digest, normalize(written))
    assert not catalogue().resolve(f"debian@{digest}").known
    assert catalogue().resolve(f"python@{DIGEST}").digest == DIGEST


def test_scratch_has_nothing():
    image = catalogue().resolve("scratch")
    assert (image.known, image.history, image.layers, image.size, image.compressed) == (True, (), (), 0, 0)
    assert (image.diff_ids, dict(image.config), image.directories) == ((), {}, frozenset("/"))


@each_entry
def test_figures_agree_with_their_totals(figures):
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
def test_rows_say_what_the_figures_say(figures):
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
def test_a_size_and_where_it_comes_from(reference, layer, size, source):
    row = catalogue().resolve(reference).layers[layer]
    assert (row.size, row.size_source) == (size, source)


def test_three_sizes_of_one_layer():
    row = catalogue().resolve("alpine").layers[0]
    assert (row.compressed, row.size, row.on_disk) == (3_849_738, 8_420_000, 9_080_000)


def test_images_that_share_layers():
    python, node = (catalogue().resolve(name) for name in ("python:latest", "node:26-trixie"))
    shared = [row for row in python.layers if row.digest in {other.digest for other in node.layers}]
    assert len(shared) == 4
    assert sum(row.compressed for row in shared) == 379_225_853
    assert python.diff_ids[:4] == node.diff_ids[:4] == catalogue().resolve("buildpack-deps").diff_ids
    assert python.diff_ids[:1] == catalogue().resolve("debian:trixie").diff_ids
    assert not {*python.diff_ids[4:]} & {*node.diff_ids[4:]}
    full, slim = (catalogue().resolve(name) for name in ("debian:trixie", "debian:trixie-slim"))
    assert not {*full.diff_ids} & {*slim.diff_ids}


def test_one_blob_has_one_size():
    blobs = {}
    for figures in FIGURES:
        for row in described(figures).layers:
            assert blobs.setdefault(row.digest, row) == row


def test_the_config_of_python():
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
def test_a_config_follows_from_the_history(figures):
    env, labels, fields = {"PATH": DEFAULT_PATH.removeprefix("PATH=")} if figures["layers"] else {}, {}, {}
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
def test_every_figure_has_its_source(figures):
    for name in ("tags_source", "config_source", "directories_source"):
        assert figures[name]
    assert figures["tags"] == list(dict.fromkeys(figures["tags"]))
    for layer in figures["layers"]:
        assert layer["empty"] or layer["size_uncompressed_basis"]


def test_no_tag_is_claimed_twice():
    claims = [figures["reference"].partition(":")[0] + ":" + tag for figures in FIGURES for tag in figures["tags"]]
    assert len(claims) == len(set(claims)) == len(list(catalogue()))


@each_entry
def test_directories_stand_in_directories(figures):
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
def test_known_directories(reference, directory, exists):
    assert (directory in catalogue().resolve(reference).directories) == exists


def made(reference, digest=DIGEST, size=5):
    row = HistoryRow("COPY / / # buildkit", size, compressed=size)
    return BaseImage(reference, digest, (DIGEST,), (row,), {"Env": ["A=1"]}, known=True, directories=frozenset("/"))


def test_a_base_that_moves_takes_its_tag_along_and_no_other():
    before = catalogue()
    old = before.resolve("python")
    after = before.with_image(made("python"))
    assert after.resolve("docker.io/library/python:latest") == replace(made("x"), reference=normalize("python"))
    assert after.resolve("python:3.14").digest == old.digest
    assert before.resolve("python") == old
    assert list(after) == list(before)
    assert "me/new" in before.with_image(made("me/new:latest"))
    assert "me/new" not in before


def test_a_catalogue_of_ones_own():
    images = Catalogue([made("a", size=1), made("b"), made("docker.io/library/a:latest", size=2)])
    assert list(images) == [normalize("a"), normalize("b")]
    assert images.resolve("a").size == 2
    assert not images.resolve("python").known
    assert not list(Catalogue())
    with pytest.raises(ImageError):
        Catalogue([made("NO")])


def test_nobody_can_change_what_another_resolves():
    catalogue().resolve("python").config["Env"].append("A=1")
    assert catalogue().resolve("python").config["Env"][-1] != "A=1"
    assert {catalogue().resolve("python"), catalogue().resolve("python")} == {catalogue().resolve("python")}


def test_sizes_unknown_and_empty():
    image = made("x")
    unknown = HistoryRow("RUN x", None)
    empty = HistoryRow("ENV A=1", 0, empty=True)
    assert replace(image, history=(*image.history, unknown)).size is None
    assert replace(image, history=(*image.history, empty)).size == 5
    assert replace(image, history=(*image.history, empty)).layers == image.history


def test_rows_are_oldest_first():
    for figures in FIGURES:
        assert all(a["created"] <= b["created"] for a, b in pairwise(figures["layers"]))
