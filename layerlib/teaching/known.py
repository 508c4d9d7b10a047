"""What the course's data holds, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from ..reading.errors import LayerlibError

T = TypeVar("T")


def known_as(what: str, name: str, known: Mapping[str, T]) -> T:
    """The one with a name. Raises LayerlibError, with close names or all of them, if there is none.

    Args:
        what: what it is, such as "level".
        name: as it was asked for.
        known: all that there are.
    """
    if name not in known:
        close = get_close_matches(str(name), known, 3, 0.4) or list(known)
        raise LayerlibError(f"There is no {what} {name!r}. Did you mean {' or '.join(map(repr, close))}?")
    return known[name]
