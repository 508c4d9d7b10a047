"""A catalogue of base images: what a reference resolves to."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from layerlib.reading.base_image import BaseImage, HistoryRow
from layerlib.reading.catalogue import Catalogue
from layerlib.reading.errors import ImageError
from layerlib.reading.references import normalize
from layerlib.reading.shipped_images import catalogue

DIGEST = "sha256:" + "0123456789abcdef" * 4


def image(reference: str, digest: str = DIGEST, size: int = 5) -> BaseImage:
    row = HistoryRow("COPY / / # buildkit", size, compressed=size)
    return BaseImage(reference, digest, (DIGEST,), (row,), {"Env": ["A=1"]}, known=True, directories=frozenset("/"))


def test_a_base_that_moves_takes_its_tag_along_and_no_other() -> None:
    before = catalogue()
    old = before.resolve("python")
    after = before.with_image(image("python"))
    assert after.resolve("docker.io/library/python:latest") == replace(image("x"), reference=normalize("python"))
    assert after.resolve("python:3.14").digest == old.digest
    assert before.resolve("python") == old
    assert list(after) == list(before)
    assert "me/new" in before.with_image(image("me/new:latest"))
    assert "me/new" not in before


def test_a_catalogue_of_ones_own() -> None:
    images = Catalogue([image("a", size=1), image("b"), image("docker.io/library/a:latest", size=2)])
    assert list(images) == [normalize("a"), normalize("b")]
    assert images.resolve("a").size == 2
    assert not images.resolve("python").known
    assert not list(Catalogue())
    with pytest.raises(ImageError):
        Catalogue([image("NO")])


def test_nobody_can_change_what_another_resolves() -> None:
    catalogue().resolve("python").config["Env"].append("A=1")
    assert catalogue().resolve("python").config["Env"][-1] != "A=1"
    assert {catalogue().resolve("python"), catalogue().resolve("python")} == {catalogue().resolve("python")}


def test_sizes_unknown_and_empty() -> None:
    base = image("x")
    unknown = HistoryRow("RUN x", None)
    empty = HistoryRow("ENV A=1", 0, empty=True)
    assert replace(base, history=(*base.history, unknown)).size is None
    assert replace(base, history=(*base.history, empty)).size == 5
    assert replace(base, history=(*base.history, empty)).layers == base.history


@pytest.mark.parametrize(
    "written",
    [
        *("ubuntu", "debian:stable", "python:3.9", "python:3.12-alpine", "python:2", "python:3.140", "node:lts"),
        *("node:slim", "busybox:musl", "ghcr.io/library/python", "me/python:3.14", f"python@{DIGEST}"),
    ],
)
def test_an_image_that_nobody_described(written: str) -> None:
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


def test_made_up_digests_stay_as_they_are() -> None:
    image = catalogue().resolve("me/x")
    assert image.digest == "sha256:ab6e23517904377be0bb45a876d2940fde37624104a63d081fd339a3781e8a8b"


def test_a_digest_names_the_image_whatever_the_tag() -> None:
    digest = catalogue().resolve("python").digest
    for written in (f"python@{digest}", f"python:3.9@{digest}", f"docker.io/library/python@{digest}"):
        image = catalogue().resolve(written)
        assert (image.known, image.digest, image.reference) == (True, digest, normalize(written))
    assert not catalogue().resolve(f"debian@{digest}").known
    assert catalogue().resolve(f"python@{DIGEST}").digest == DIGEST
