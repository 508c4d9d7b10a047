"""Docker's "did you mean": the name fewest letters away. Source: BuildKit, util/suggest."""

from __future__ import annotations

from collections.abc import Iterable

FAR = 3  # so many letters away is not meant


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that fewest single letters added, dropped or replaced make of another; "" if all are far."""
    best, fewest = "", FAR
    for other in names:
        if other == name:
            return ""
        if abs(len(other) - len(name)) < fewest and (count := _distance(name, other)) < fewest:
            best, fewest = other, count
    return best


def _distance(one: str, other: str) -> int:
    """The Levenshtein distance."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        left, corner = number, number - 1
        new = [left]
        for column, wanted in enumerate(other, 1):
            left = min(left + 1, row[column] + 1, corner + (letter != wanted))
            corner = row[column]
            new.append(left)
        row = new
    return row[-1]
