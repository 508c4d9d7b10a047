"""Sizes in bytes, some of which nobody knows."""

from __future__ import annotations

from collections.abc import Iterable


def total_size(sizes: Iterable[int | None]) -> int | None:
    """The sum of sizes in bytes; None if one of them is unknown."""
    total = 0
    for size in sizes:
        if size is None:
            return None
        total += size
    return total
