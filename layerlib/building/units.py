"""Bytes, seconds and numbers of things in words; sums of which a part is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

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


def human_seconds(seconds: float | None) -> str:
    """Seconds as the build log prints them; "time unknown" for None."""
    return "time unknown" if seconds is None else f"{seconds:.1f}s"


def count(number: int, noun: str) -> str:
    """A number of things, such as "1 layer" and "3 layers"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(frozen=True)
class Amount:
    """A sum of which some parts may be unknown. Amounts of one kind can be added.

    Attributes:
        known: the sum of the known parts.
        unknown: how many parts are unknown.
    """

    known: float = 0
    unknown: int = 0

    @classmethod
    def of(cls, parts: Iterable[float | None]) -> Self:
        """The sum of some parts; None is an unknown one."""
        listed = list(parts)
        return cls(sum(part for part in listed if part is not None), listed.count(None))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.known + other.known, self.unknown + other.unknown)


class Size(Amount):
    """Bytes of some layers."""

    def __str__(self) -> str:
        if not self.unknown:
            return human_size(self.known)
        return f"{human_size(self.known)} and {count(self.unknown, 'unknown layer')}" if self.known else "unknown"


class Time(Amount):
    """Seconds that some steps take."""

    def __str__(self) -> str:
        unknown = f"{count(self.unknown, 'step')} of unknown time"
        if not self.unknown:
            return human_seconds(self.known)
        return f"{human_seconds(self.known)} and {unknown}" if self.known else unknown
