"""Sums of which a part is unknown: bytes of layers, seconds of steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ..building.records import Layer
from ..building.units import count, human_seconds, total_in_words


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


@dataclass(frozen=True)
class Size(Amount):
    """Bytes of some layers.

    Attributes:
        base_unknown: whether a base image is among them of which no layer is known.
    """

    base_unknown: bool = False

    @classmethod
    def of_layers(cls, layers: Iterable[Layer]) -> Self:
        """The size of some layers of an image."""
        listed = list(layers)
        base = [layer.size for layer in listed if layer.base]
        size = cls.of(layer.size for layer in listed)
        return cls(size.known, size.unknown, bool(base) and base.count(None) == len(base))

    def __str__(self) -> str:
        return total_in_words([self.known, *[None] * self.unknown], self.base_unknown)


class Time(Amount):
    """Seconds that some steps take."""

    def __str__(self) -> str:
        unknown = f"{count(self.unknown, 'step')} of unknown time"
        if not self.unknown:
            return human_seconds(self.known)
        return f"{human_seconds(self.known)} and {unknown}" if self.known else unknown
