"""Docker's "did you mean": the name fewest letters away. Source: BuildKit, util/suggest."""

from __future__ import annotations

from collections.abc import Collection

FAR = 3  # so many letters away is not meant
MANY = 500  # Above this many names, no "did you mean": it is quadratic.


def nearest(name: str, names: Collection[str]) -> str:
    """The name that fewest single letters added, dropped or replaced make of another; "" if all are far."""
    best, fewest = "", FAR
    if len(names) > MANY:
        return ""
    for other in names:
        if other == name:
            return ""
        if abs(len(other) - len(name)) < fewest and (count := _distance(name, other)) < fewest:
            best, fewest = other, count
    return best


def _distance(one: str, other: str) -> int:
    """The Levenshtein distance; FAR for any that is as large."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        left, corner = number, number - 1
        new = [left]
        for column, wanted in enumerate(other, 1):
            left = min(left + 1, row[column] + 1, corner + (letter != wanted))
            corner = row[column]
            new.append(left)
        row = new
        if min(row) >= FAR:
            return FAR
    return row[-1]
