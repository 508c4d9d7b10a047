"""Bytes, seconds and numbers of things in words."""

from __future__ import annotations

from collections.abc import Iterable

# Source: docker/go-units, size.go (HumanSizeWithPrecision), as docker/cli's `docker history` calls it.
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")


def human_size(size: float | None) -> str:
    """Bytes as `docker history` prints them: decimal units and three digits; "unknown" for None.

    The unit is chosen before the number is rounded: 999,500 bytes are "1e+03kB", there as here.
    """
    if size is None:
        return "unknown"
    value, unit = float(size), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    return f"{value:.3g}{_UNITS[unit]}"


SMALL = 1_000_000  # bytes that an unknown layer is taken to have, where the question is which part is the larger one


def total_in_words(sizes: Iterable[float | None], base_unknown: bool = False) -> str:
    """The sum of the sizes of layers, some of which nobody knows: "41MB known, 3 layers unknown".

    Where what is known is the smaller part it says nothing of the whole, and the sum is "unknown": a gigabyte is never
    "at least 28.7kB".

    Args:
        sizes: bytes, None for unknown.
        base_unknown: whether nothing is known of the base image, which is most often the largest part.
    """
    listed = list(sizes)
    known, unknown = sum(size or 0 for size in listed), listed.count(None)
    if not unknown:
        return human_size(known)
    if base_unknown or known < SMALL * unknown:
        return "unknown"
    return f"{human_size(known)} known, {count(unknown, 'layer')} unknown"


def human_seconds(seconds: float | None) -> str:
    """Seconds as the build log prints them; "time unknown" for None."""
    return "time unknown" if seconds is None else f"{seconds:.1f}s"


def count(number: int, noun: str) -> str:
    """A number of things, such as "1 layer" and "3 layers"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
