"""Names of images and layers, and what was rebuilt, in words: for titles and alternative texts."""

from __future__ import annotations

from ..building.build import Build
from ..building.records import Layer
from ..building.units import count, human_seconds, human_size
from ..reading.base_image import BaseImage
from ..reading.references import familiar_name


def plain(text: str, length: int = 44) -> str:
    """A text as one line that fits into a chart: no control characters, and at most `length` characters."""
    line = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(line.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def command(layer: Layer) -> str:
    """A layer's command, shortened, without what every row of a history has."""
    text = layer.created_by.removesuffix("# buildkit").strip()
    return plain(text.replace("RUN /bin/sh -c ", "RUN ", 1).removeprefix("/bin/sh -c ").removeprefix("#(nop) "))


def called(image: Build | BaseImage) -> str:
    """The name of an image: its reference without what Docker adds to it, or its project's name."""
    if isinstance(image, Build):
        return image.project.name
    return familiar_name(image.reference)


def titled(title: str) -> str:
    """A title as the start of an alternative text."""
    return f"{title}. " if title else ""


def often(runs: int, seconds: float | None) -> str:
    """How often a step was rebuilt, and the time that it cost."""
    return f"rebuilt {count(runs, 'time')}, {human_seconds(seconds)}" if runs else "never rebuilt"


def compared(size: int | None, base: int | None) -> str:
    """How a size compares with another: "10MB more", "997MB less", "the same", or "unknown"."""
    if size is None or base is None:
        return "unknown"
    return "the same" if size == base else f"{human_size(abs(size - base))} {'more' if size > base else 'less'}"
