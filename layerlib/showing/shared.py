"""Layers that two images have in common: stored once, pulled once."""

from __future__ import annotations

from ..building.build import Build
from ..building.records import Layer, base_layers
from ..reading.base_image import BaseImage


def layers_of(image: Build | BaseImage) -> tuple[Layer, ...]:
    """The layers of an image, bottom first."""
    if isinstance(image, Build):
        return image.image.layers
    return tuple(base_layers(image.history, image.diff_ids))


def shared_layers(first: Build | BaseImage, second: Build | BaseImage) -> tuple[Layer, ...]:
    """The layers that two images share, bottom first: those with the same digest on the same layers."""
    shared: list[Layer] = []
    for layer, other in zip(layers_of(first), layers_of(second), strict=False):
        if layer.digest != other.digest:
            break
        shared.append(layer)
    return tuple(shared)
