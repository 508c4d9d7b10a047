"""Durations as Go reads them."""

from __future__ import annotations

import pytest

from layerlib.reading.durations import nanoseconds

S = 10**9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("-0", 0),
        ("1s", S),
        ("1m30s", 90 * S),
        ("1.5h", 5400 * S),
        ("+5s", 5 * S),
        ("-1.5s", -3 * S // 2),
        (".5s", S // 2),
        ("1.s", S),
        ("1ms1us1ns", 1_001_001),
        ("2µs3μs", 5000),
        ("0.3s", 3 * S // 10),
        ("1.9ns", 1),
        ("1.0000000009s", S),
        ("0" * 5000 + "1s", S),
        ("0." + "9" * 5000 + "s", S - 1),
        ("2562047h47m16.854775807s", 2**63 - 1),
    ],
)
def test_nanoseconds(text: str, expected: int) -> None:
    assert nanoseconds(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "+", "-", "1", "00", "s", ".s", "1d", "1 s", "1s ", " 1s", "1s2", "1x1s", "--1s", "1,5s", "٣s",
     "9" * 5000 + "h", "2562047h47m16.854775808s"],
)  # fmt: skip
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        nanoseconds(text)
