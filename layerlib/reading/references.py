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

    def refuse(problem: str, cure: str) -> ImageError:
        return ImageError(f"invalid image reference {reference!r}: {problem}. {cure}")

    if not reference:
        raise refuse("it is empty", "Write the name of an image, such as python or python:3.14.")
    if re.fullmatch("[a-f0-9]{64}", reference):
        raise refuse("64 hexadecimal digits are an image ID, not a name", "Write the image's name.")
    first, slash, rest = reference.partition("/")
    if not slash or not (first == "localhost" or set(".:") & set(first) or first != first.lower()):
        first, rest = "docker.io", reference
    if first == "index.docker.io":
        first = "docker.io"
    if first == "docker.io" and "/" not in rest:
        rest = f"library/{rest}"
    tagged, at, digest = rest.partition("@")
    path, colon, tag = tagged.partition(":")
    shown = f"{first}/{path}".removeprefix("docker.io/").removeprefix("library/")
    if path != path.lower() and re.fullmatch(_NAME, f"{first}/{path.lower()}"):
        raise refuse(f"the name {shown!r} has a capital letter", f"Write {shown.lower()!r}: names are lower case.")
    if not re.fullmatch(_NAME, f"{first}/{path}"):
        cure = "A name holds lower-case letters and digits, parted by single . or _, by __, by - or by /."
        raise refuse(f"{shown!r} is not a name", cure)
    if len(path) > 255:
        raise refuse(f"the name has {len(path)} characters", "Write a name of at most 255.")
    if colon and not re.fullmatch(_TAG, tag):
        cure = "A tag holds up to 128 letters, digits, _, . and -, and begins with neither . nor -."
        raise refuse(f"{tag!r} is not a tag", cure)
    if at and not re.fullmatch(_DIGEST, digest):
        cure = "A digest is sha256: and 64 hexadecimal digits, in lower case."
        raise refuse(f"{digest!r} is not a digest", cure)
    return f"{first}/{path}" + (f":{tag}" if colon else "" if at else ":latest") + at + digest
