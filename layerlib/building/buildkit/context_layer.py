"""The layer of a named context that an image begins with: no instruction made it, so the history has no row for it.

Docker gives each row the next layer all the same, from the bottom, and the layer that is left over at the top a row of
its own, under the name of its step. Source: BuildKit, exporter/containerimage/writer.go (normalizeLayersAndHistory);
recorded (tests/traces/options-*).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...reading.base_image import HistoryRow
from ..cache.results import Solved
from ..frontend.llb import Graph
from ..operations import LocalSource, Merge
from ..records import Layer

COMMENT = "buildkit.exporter.image.v0"


def with_context(
    rows: Sequence[HistoryRow], layers: Sequence[Layer], local: Solved, graph: Graph
) -> tuple[list[HistoryRow], list[Layer]]:
    """The rows of an image's history, oldest first, and its layers, with that of the named context at the bottom."""
    assert isinstance(local.operation, LocalSource)
    description = f"local source for {local.operation.name}"
    all_layers = [replace(local.layer, created_by=description), *layers]
    sizes = iter(all_layers)
    shown = [row if row.empty else _of(row, next(sizes)) for row in rows]
    left = next(sizes)
    assert graph.target is not None
    last = graph.target.inputs[1].vertex if isinstance(graph.target.operation, Merge) else graph.target
    name = last.name.full if last and layers else description
    return [*shown, _of(HistoryRow(name, 0, COMMENT), left)], all_layers


def _of(row: HistoryRow, layer: Layer) -> HistoryRow:
    return replace(row, size=layer.size, size_source=layer.size_source)
