"""Durations as Go writes them: 1m30s, 500ms, 1.5h. Source: Go, time.ParseDuration."""

from __future__ import annotations

import re

UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
LONGEST = 2**63 - 1  # nanoseconds; some 292 years

_PART = re.compile(rf"([0-9]*)(?:\.([0-9]*))?({'|'.join(UNITS)})")


def nanoseconds(text: str) -> int:
    """The length of a duration in nanoseconds. Raises ValueError for what Go refuses, the empty text included."""
    magnitude = text[1:] if text[:1] in ("+", "-") else text
    parts = list(_PART.finditer(magnitude))
    digits = all(part[1] or part[2] for part in parts)
    if magnitude != "0" and not (parts and digits and "".join(part[0] for part in parts) == magnitude):
        raise ValueError(f"invalid duration {text!r}")
    total = sum(_nanoseconds(*part.group(1, 2, 3)) for part in parts)
    if total > LONGEST:
        raise ValueError(f"invalid duration {text!r}")
    return -total if text.startswith("-") else total


def _nanoseconds(whole: str, fraction: str | None, unit: str) -> int:
    """A part such as 1.5h. What is below a nanosecond is cut off."""
    if len(whole.lstrip("0")) > 19:
        return LONGEST + 1
    decimals = (fraction or "")[:18] or "0"
    scale: int = 10 ** len(decimals)
    return int(whole[-19:] or "0") * UNITS[unit] + int(decimals) * UNITS[unit] // scale
