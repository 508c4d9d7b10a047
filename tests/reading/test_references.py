"""Image references: what they mean, and what Docker refuses."""

from __future__ import annotations

import pytest

from layerlib.reading.errors import ImageError
from layerlib.reading.references import familiar_name, normalize
from layerlib.reading.shipped_images import catalogue

DIGEST = "sha256:" + "0123456789abcdef" * 4


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
def test_a_reference_in_full(written: str, full: str) -> None:
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
        ("a-_b", r'separated by one "\." or "_", by "__", "-" or "/"'),
    ],
)
def test_what_is_no_reference(written: str, problem: str) -> None:
    with pytest.raises(ImageError, match=problem) as refused:
        normalize(written)
    assert repr(written) in str(refused.value)
    assert str(refused.value).endswith(".")
    assert written not in catalogue()
    with pytest.raises(ImageError):
        catalogue().resolve(written)


@pytest.mark.parametrize(
    ("full", "familiar"),
    [
        ("docker.io/library/python:3.14", "python:3.14"),
        ("docker.io/user/x:latest", "user/x:latest"),
        ("ghcr.io/library/x:1", "ghcr.io/library/x:1"),
    ],
)
def test_a_reference_as_people_write_it(full: str, familiar: str) -> None:
    assert familiar_name(full) == familiar
