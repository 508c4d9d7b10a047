"""The catalogue of base images that ships with the course.

It holds official images for linux/amd64 as Docker Hub had them in the week of 19 September 2026. Its figures, their
sources and the sources of its tags are in `figures/base-images.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from .base_image import BaseImage, HistoryRow, made_up_digest
from .catalogue import Catalogue
from .package_data import read_figures
from .references import normalize

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
    digest = figures["index_digest"] or made_up_digest(normalize(repository))
    ids = tuple(row.digest or made_up_digest(f"{digest} {n}") for n, row in enumerate(history) if not row.empty)
    directories = frozenset(figures["directories"])
    for tag in figures["tags"]:
        reference = normalize(f"{repository}:{tag}")
        yield BaseImage(reference, digest, ids, history, figures["config"], known=True, directories=directories)


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the course."""
    return Catalogue(image for figures in read_figures("base-images.json") for image in _images(figures))
