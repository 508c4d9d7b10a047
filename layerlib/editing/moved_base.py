"""A base image's tag after an update: the same name, another image."""

from __future__ import annotations

from dataclasses import replace

from ..reading.catalogue import Catalogue


def moved_base(images: Catalogue, reference: str, seed: str = "moved") -> Catalogue:
    """A catalogue in which a tag points at an image with other layers, as after an update.

    Raises ImageError for an invalid reference.
    """
    old = images.resolve(reference)
    ids = tuple(f"{diff_id} {seed}" for diff_id in old.diff_ids)
    return images.with_image(replace(old, digest=f"{old.digest} {seed}", diff_ids=ids))
