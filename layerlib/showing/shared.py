"""Layers that two images have in common: stored once, pulled once."""

from __future__ import annotations

from ..building.records import Build, Layer
from ..reading.catalogue import BaseImage


def layers_of(image: Build | BaseImage) -> tuple[Layer, ...]:
    """The layers of an image, bottom first."""
    if isinstance(image, Build):
        return image.image.layers
    pairs = zip(image.diff_ids, image.layers, strict=True)
    return tuple(Layer(row.created_by, row.size, row.size_source, diff, True, row.compressed) for diff, row in pairs)


def shared_layers(first: Build | BaseImage, second: Build | BaseImage) -> tuple[Layer, ...]:
    """The layers that two images share, bottom first: those with the same digest on the same layers."""
    shared: list[Layer] = []
    for layer, other in zip(layers_of(first), layers_of(second), strict=False):
        if layer.digest != other.digest:
            break
        shared.append(layer)
    return tuple(shared)
