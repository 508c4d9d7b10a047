"""Image references: python, python:3.14, registry.example.com/team/app@sha256:..."""

from __future__ import annotations

import re

from .errors import ImageError

# The grammar of github.com/distribution/reference. What stands before the first slash is a registry only if it looks
# like one; otherwise the image is Docker Hub's, and an official one if its name has no slash.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_NAME = rf"{_DOMAIN}/{_COMPONENT}(?:/{_COMPONENT})*"
_TAG = r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}"
_DIGEST = r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}"


def normalize(reference: str) -> str:
    """A reference in full, as Docker prints it: "python" is "docker.io/library/python:latest".

    A reference with a digest gets no tag. Raises ImageError for what Docker refuses as a reference.
    """
    registry, rest = _split_registry(reference)
    tagged, at, digest = rest.partition("@")
    path, colon, tag = tagged.partition(":")
    name = f"{registry}/{path}"
    if problem := _name_problem(reference, name) or _tag_problem(colon, tag) or _digest_problem(at, digest):
        raise ImageError(f"invalid image reference {reference!r}: {problem}")
    return name + (f":{tag}" if colon else "" if at else ":latest") + at + digest


def familiar_name(reference: str) -> str:
    """A full reference as people write it: "python:3.14" for "docker.io/library/python:3.14".

    Source: github.com/distribution/reference, FamiliarString.
    """
    return reference.removeprefix("docker.io/").removeprefix("library/")


def _split_registry(reference: str) -> tuple[str, str]:
    """The registry, and the rest of a reference with the "library/" of an official image."""
    first, slash, rest = reference.partition("/")
    if not slash or not (first == "localhost" or set(".:") & set(first) or first != first.lower()):
        first, rest = "docker.io", reference
    if first == "index.docker.io":
        first = "docker.io"
    if first == "docker.io" and "/" not in rest:
        rest = f"library/{rest}"
    return first, rest


def _name_problem(reference: str, name: str) -> str:
    """What is wrong with a name, and what to do about it; an empty string if nothing is."""
    if reference.endswith(";"):
        return "it ends in ;. Remove that: an instruction ends where its line ends."
    if not reference:
        return "it is empty. Write the name of an image, such as python or python:3.14."
    if re.fullmatch("[a-f0-9]{64}", reference):
        return "64 hexadecimal digits are an image ID, not a name. Write the image's name."
    registry, _, path = name.partition("/")
    shown = familiar_name(name)
    if path != path.lower() and re.fullmatch(_NAME, f"{registry}/{path.lower()}"):
        return f"the name {shown!r} has a capital letter. Write {shown.lower()!r}: names are lower case."
    if not re.fullmatch(_NAME, name):
        return (
            f"{shown!r} is not a name. A name holds lower-case letters and digits, separated by one "
            '"." or "_", by "__", "-" or "/".'
        )
    return f"the name has {len(path)} characters. Write a name of at most 255." if len(path) > 255 else ""


def _tag_problem(colon: str, tag: str) -> str:
    if not colon or re.fullmatch(_TAG, tag):
        return ""
    return f"{tag!r} is not a tag. A tag holds up to 128 letters, digits, _, . and -, and begins with neither . nor -."


def _digest_problem(at: str, digest: str) -> str:
    if not at or re.fullmatch(_DIGEST, digest):
        return ""
    return f"{digest!r} is not a digest. A digest is sha256: and 64 hexadecimal digits, in lower case."
