"""Numbers and names of builds in words, for titles and alternative texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..building.records import Build, Layer
from ..building.units import human_seconds, human_size
from ..reading.catalogue import BaseImage
from .drawing import plain


def count(number: int, thing: str) -> str:
    """Such as "1 layer" and "3 layers"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def total(sizes: Iterable[int | None]) -> str:
    """A sum of sizes in words; what is unknown is said."""
    listed = list(sizes)
    if listed and not any(size is not None for size in listed):
        return "unknown"
    known = human_size(sum(size or 0 for size in listed))
    return f"{known} and {count(listed.count(None), 'unknown layer')}" if None in listed else known


def command(layer: Layer) -> str:
    """A layer's command, short, without what every history says."""
    text = layer.created_by.removesuffix("# buildkit").strip()
    return plain(text.replace("RUN /bin/sh -c ", "RUN ", 1).removeprefix("/bin/sh -c ").removeprefix("#(nop) "))


def called(image: Build | BaseImage) -> str:
    """The name of an image: its reference without the part that goes without saying, or its project's name."""
    if isinstance(image, Build):
        return image.project.name
    return image.reference.removeprefix("docker.io/").removeprefix("library/")


def titled(title: str) -> str:
    """A title as the beginning of an alternative text."""
    return f"{title}. " if title else ""


def sum_of_times(times: Sequence[float | None]) -> str:
    """A sum of seconds in words; what is unknown is said."""
    known = human_seconds(sum(time or 0 for time in times))
    return f"{known} and {count(times.count(None), 'step')} of unknown time" if None in times else known


def often(runs: int, seconds: float | None) -> str:
    """How often a step was rebuilt, and the time that it cost."""
    return f"rebuilt {count(runs, 'time')}, {human_seconds(seconds)}" if runs else "never rebuilt"
