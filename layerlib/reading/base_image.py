"""A base image: its history, its layers with the size of each, and where that size comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .platforms import HERE
from .sizes import total_size


@dataclass(frozen=True)
class HistoryRow:
    """One line of `docker history`, and the layer that it shows, if there is one.

    Attributes:
        created_by: the text under CREATED BY, uncut; `docker history` prints a tab as a space.
        size: bytes on the overlay2 store, the sum of the layer's file sizes; 0 for an empty row, None if unknown.
        comment: the text under COMMENT.
        empty: whether the row has no layer.
        size_source: where `size` comes from; begins with measured, published, estimated, recorded or unknown.
        compressed: bytes that a pull moves, None if unknown.
        on_disk: bytes on the containerd store (4 KiB blocks, directories included), None if unknown.
        digest: of the compressed blob. Two images that have it in common share the layer.
    """

    created_by: str
    size: int | None
    comment: str = ""
    empty: bool = False
    size_source: str = ""
    compressed: int | None = None
    on_disk: int | None = None
    digest: str | None = None


def shown_created_by(text: str) -> str:
    """An instruction as `docker history` prints it."""
    return text.replace("\t", " ")


@dataclass(frozen=True)
class BaseImage:
    """An image that FROM can name.

    Attributes:
        reference: as Docker prints it, such as "docker.io/library/python:latest".
        digest: what the tag points at and Docker prints after an @; made up from the reference where unknown.
        diff_ids: what tells each layer from every other, bottom first: the diffIDs where known, otherwise the
            digests of the compressed blobs, otherwise made up from `digest`.
        history: oldest first.
        config: as `docker image inspect` prints it under "Config", without the fields that are empty.
        known: False for an image that nobody described.
        directories: absolute paths that certainly are directories in it, or links to one; empty where unknown.
        platform: what it is for, as `platforms.parse` writes it.
        programs: names of programs in it that do what a program of that name does; None for an image in which every
            usual name means the usual program.
    """

    reference: str
    digest: str
    diff_ids: tuple[str, ...]
    history: tuple[HistoryRow, ...]
    config: Mapping[str, Any] = field(hash=False)
    known: bool
    directories: frozenset[str]
    platform: str = HERE
    programs: frozenset[str] | None = None

    @property
    def layers(self) -> tuple[HistoryRow, ...]:
        """The rows that have a layer, bottom first."""
        return tuple(row for row in self.history if not row.empty)

    @property
    def size(self) -> int | None:
        """Bytes of all layers on the overlay2 store; None if any of them is unknown."""
        return total_size(row.size for row in self.layers)

    @property
    def compressed(self) -> int | None:
        """Bytes that a pull of the whole image moves; None if any of them is unknown."""
        return total_size(row.compressed for row in self.layers)


def unknown_image(name: str) -> BaseImage:
    """An image of which only the full reference is known: one layer of unknown size, and no config."""
    digest = name.partition("@")[2] or made_up_digest(name)
    row = HistoryRow(
        f"# {name}: an image that the catalogue does not describe", None, size_source="unknown: nobody described it"
    )
    return BaseImage(name, digest, (made_up_digest(digest),), (row,), {}, known=False, directories=frozenset())


def for_platform(image: BaseImage, platform: str) -> BaseImage:
    """The image of the same name for another platform: other layers, of unknown sizes. The config is nearly always the
    same."""
    history = tuple(
        replace(
            row, size=row.size and None, size_source=row.size_source and f"unknown: measured for {image.platform} only",
            compressed=None, on_disk=row.on_disk and None, digest=None,
        )
        for row in image.history
    )  # fmt: skip
    return replace(
        image,
        digest=made_up_digest(f"{image.digest} {platform}"),
        diff_ids=tuple(made_up_digest(f"{diff_id} {platform}") for diff_id in image.diff_ids),
        history=history,
        platform=platform,
    )


def made_up_digest(text: str) -> str:
    """A digest that is the same on every day and every machine, for something whose own digest is unknown."""
    return "sha256:" + hashlib.sha256(f"layerlib {text}".encode()).hexdigest()
