"""Base images: what a build can start from, with the size of each layer and where that size comes from.

The shipped catalogue holds official images for linux/amd64 as Docker Hub had them in the week of 19 September 2026.
Its figures, their sources and the sources of its tags are in `figures/base-images.json`. An image that is not there
exists all the same: its size and content are unknown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from .errors import ImageError
from .references import normalize

FIGURES = Path(__file__).parents[1] / "figures"


@dataclass(frozen=True)
class HistoryRow:
    """One line of `docker history`, and the layer behind it if there is one.

    Attributes:
        created_by: the text under CREATED BY, uncut.
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
    """

    reference: str
    digest: str
    diff_ids: tuple[str, ...]
    history: tuple[HistoryRow, ...]
    config: Mapping[str, Any] = field(hash=False)
    known: bool
    directories: frozenset[str]

    @property
    def layers(self) -> tuple[HistoryRow, ...]:
        """The rows that have a layer, bottom first."""
        return tuple(row for row in self.history if not row.empty)

    @property
    def size(self) -> int | None:
        """Bytes of all layers on the overlay2 store; None if any of them is unknown."""
        return total(row.size for row in self.layers)

    @property
    def compressed(self) -> int | None:
        """Bytes that a pull of the whole image moves; None if any of them is unknown."""
        return total(row.compressed for row in self.layers)


def total(sizes: Iterable[int | None]) -> int | None:
    """The sum of sizes in bytes; None if one is unknown."""
    listed = list(sizes)
    known = [size for size in listed if size is not None]
    return sum(known) if len(known) == len(listed) else None


class Catalogue:
    """What each reference means. It never changes: `with_image` gives a new one."""

    __slots__ = ("_images",)

    def __init__(self, images: Iterable[BaseImage] = ()) -> None:
        """Of two images with one reference, the later counts. Raises ImageError for an invalid reference."""
        self._images = {normalize(image.reference): image for image in images}

    def resolve(self, reference: str) -> BaseImage:
        """The image that a reference means, under the reference's full name.

        An image that nobody described comes back as one layer of unknown size. Raises ImageError for an invalid
        reference. "scratch" is an image of no layers here; only FROM knows that it is none at all.
        """
        name = normalize(reference)
        image = self._find(name) or _opaque(name)
        return replace(image, reference=name, config=deepcopy(dict(image.config)))

    def with_image(self, image: BaseImage) -> Catalogue:
        """A catalogue in which `image.reference` means this image, as after a base has moved."""
        return Catalogue([*self._images.values(), image])

    def _find(self, name: str) -> BaseImage | None:
        tagged, _, digest = name.partition("@")
        if name in self._images or not digest:
            return self._images.get(name)
        named = ((_repository(other), image) for other, image in self._images.items())
        return next((image for other, image in named if (other, image.digest) == (_repository(tagged), digest)), None)

    def __contains__(self, reference: object) -> bool:
        """Whether an image is described."""
        try:
            return isinstance(reference, str) and self._find(normalize(reference)) is not None
        except ImageError:
            return False

    def __iter__(self) -> Iterator[str]:
        """The full references of the described images, one for each tag."""
        return iter(self._images)


def _repository(name: str) -> str:
    """A full reference without its tag and digest."""
    return re.sub(r":[^/:]*$", "", name.partition("@")[0])


def _opaque(name: str) -> BaseImage:
    """An image of which only the full reference is known."""
    digest = name.partition("@")[2] or _made_up(name)
    row = HistoryRow(
        f"# {name}: an image that the catalogue does not describe", None, size_source="unknown: nobody described it"
    )
    return BaseImage(name, digest, (_made_up(digest),), (row,), {}, known=False, directories=frozenset())


def _made_up(text: str) -> str:
    """A digest that is the same on every day and every machine, for something whose own digest is unknown."""
    return "sha256:" + hashlib.sha256(f"layerlib {text}".encode()).hexdigest()


# How the figures' short notes read in full; the first that fits counts.
_SIZE_SOURCES = (
    ("exact: ", "measured: "),
    ("virtual-size of ", "estimated: the published size of "),
    ("virtual-size", "published: the image's size in docker-library/repo-info, rounded to 10 kB"),
    ("history-other-build", "estimated: `docker history` of another build"),
    ("history-same-Dockerfile", "estimated: `docker history` of another build of the same Dockerfile"),
    ("difference: ", "estimated: what remains of the published total, "),
    ("missing", "unknown: nobody published it"),
)


def _row(figures: Mapping[str, Any]) -> HistoryRow:
    created_by, comment = figures["created_by"], figures["comment"]
    if figures["empty"]:
        source = "recorded: the row has no layer"
        return HistoryRow(created_by, 0, comment, empty=True, size_source=source, compressed=0, on_disk=0)
    basis: str = figures["size_uncompressed_basis"]
    begins, words = next(pair for pair in _SIZE_SOURCES if basis.startswith(pair[0]))
    return HistoryRow(
        created_by,
        figures["size_uncompressed"],
        comment,
        size_source=words + basis.removeprefix(begins),
        compressed=figures["size_compressed"],
        on_disk=figures.get("size_on_disk_docker29"),
        digest=figures["digest"],
    )


def _images(figures: Mapping[str, Any]) -> Iterator[BaseImage]:
    """One image for each tag of an entry of the figures."""
    repository = figures["reference"].partition(":")[0]
    history = tuple(_row(layer) for layer in figures["layers"])
    digest = figures["index_digest"] or _made_up(normalize(repository))
    ids = tuple(row.digest or _made_up(f"{digest} {n}") for n, row in enumerate(history) if not row.empty)
    directories = frozenset(figures["directories"])
    for tag in figures["tags"]:
        reference = normalize(f"{repository}:{tag}")
        yield BaseImage(reference, digest, ids, history, figures["config"], known=True, directories=directories)


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the course."""
    text = (FIGURES / "base-images.json").read_text(encoding="utf-8")
    return Catalogue(image for figures in json.loads(text) for image in _images(figures))
