"""Sums of sizes, some of which nobody knows."""

from __future__ import annotations

import pytest

from layerlib.reading.sizes import total_size


@pytest.mark.parametrize(("sizes", "total"), [([], 0), ([0, 5, 7], 12), ([5, None, 7], None), ([None], None)])
def test_a_total_is_known_if_every_size_is(sizes: list[int | None], total: int | None) -> None:
    assert total_size(sizes) == total
