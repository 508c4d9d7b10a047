"""Numbers in words: bytes as Docker prints them, seconds, plurals, and sums of which a part is unknown."""

from __future__ import annotations

import pytest

from layerlib import human_seconds, human_size
from layerlib.building.records import BaseLayer, Layer
from layerlib.building.units import count
from layerlib.showing.amounts import Size, Time

SIZES = [
    # bytes, as `docker history` prints them (docker/go-units: %.3g of the number in its unit)
    (None, "unknown"),
    (0, "0B"),
    (7, "7B"),
    (99, "99B"),
    (999, "999B"),
    (1000, "1kB"),
    (1004, "1kB"),
    (1005, "1kB"),
    (1006, "1.01kB"),
    (12_345, "12.3kB"),
    (999_499, "999kB"),
    (999_500, "1e+03kB"),
    (999_999, "1e+03kB"),
    (1_000_000, "1MB"),
    (78_800_000, "78.8MB"),
    (999_499_999, "999MB"),
    (999_500_000, "1e+03MB"),
    (1_119_000_000, "1.12GB"),
    (10**12, "1TB"),
    (10**15, "1PB"),
    (10**18, "1EB"),
    (10**21, "1ZB"),
    (10**24, "1YB"),
    (10**27, "1e+03YB"),
]


@pytest.mark.parametrize(("size", "text"), SIZES)
def test_bytes_as_docker_history_prints_them(size: int | None, text: str) -> None:
    assert human_size(size) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, "time unknown"), (0, "0.0s"), (0.04, "0.0s"), (12.35, "12.3s")])
def test_seconds_as_the_build_log_prints_them(seconds: float | None, text: str) -> None:
    assert human_seconds(seconds) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps")])
def test_one_thing_and_several(number: int, text: str) -> None:
    assert count(number, "step") == text


SUMS: list[tuple[list[int | None], str, str]] = [
    # parts, as bytes, as seconds
    ([], "0B", "0.0s"),
    ([0, 0], "0B", "0.0s"),
    ([1500, 500], "2kB", "2000.0s"),
    ([1500, None], "unknown", "1500.0s and 1 step of unknown time"),
    ([41_000_000, None], "41MB known, 1 layer unknown", "41000000.0s and 1 step of unknown time"),
    ([None, 41_000_000, None], "41MB known, 2 layers unknown", "41000000.0s and 2 steps of unknown time"),
    ([None, 1_500_000, None], "unknown", "1500000.0s and 2 steps of unknown time"),
    ([None], "unknown", "1 step of unknown time"),
    ([0, None, None], "unknown", "2 steps of unknown time"),
]


@pytest.mark.parametrize(("parts", "size", "time"), SUMS)
def test_a_sum_says_what_is_unknown(parts: list[int | None], size: str, time: str) -> None:
    assert str(Size.of(parts)) == size
    assert str(Time.of(parts)) == time


@pytest.mark.parametrize("cut", range(4))
def test_sums_add_up(cut: int) -> None:
    parts = [1500, None, 20]
    assert Size.of(parts[:cut]) + Size.of(parts[cut:]) == Size.of(parts)
    assert Time.of(parts[:cut]) + Time.of(parts[cut:]) == Time.of(parts)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([(None, True), (5_000_000, False)], "unknown"),
        ([(900_000_000, True), (None, True), (5, False)], "900MB known, 1 layer unknown"),
        ([(8_000_000, True), (None, False), (None, False), (None, False)], "8MB known, 3 layers unknown"),
        ([(28_700, True), (None, False)], "unknown"),
        ([(28_700, False), (3, False)], "28.7kB"),
        ([], "0B"),
    ],
)
def test_a_total_says_unknown_where_the_known_part_is_the_smaller(
    layers: list[tuple[int | None, bool]], words: str
) -> None:
    stack = [Layer("", size, "", BaseLayer(""), base) for size, base in layers]
    assert str(Size.of_layers(stack)) == words
