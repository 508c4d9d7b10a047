"""The catalogue of base images that ships with the course.

It holds images for linux/amd64, most of them as Docker Hub had them in the summer of 2026. Its figures, with their
sources, are base-images.json and more-images.json in `figures/`, and what the images do not hold is in programs.json
there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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


class _Contents:
    """What the images hold, besides their own entries: programs that are not there, and folders whose entries are all
    known. Source: figures/programs.json."""

    def __init__(self) -> None:
        read = read_figures("programs.json")
        self.absent = {name: frozenset(family["absent"]) for name, family in read["families"].items()}
        self.of: Mapping[str, str] = read["of"]
        self.full: Sequence[str] = read["full"]["of"]

    def listed(self, like: str) -> frozenset[str]:
        """The folders that hold nothing but other known folders, of an image that is made from another one."""
        return frozenset({"/"} if like in self.full else ())


# Repositories whose images are made from another one's, as the rows of their history say.
_MADE_FROM = {"python": "debian", "node": "debian", "buildpack-deps": "debian"}


def _images(figures: Mapping[str, Any], contents: _Contents) -> Iterator[BaseImage]:
    """One image for each tag of an entry of base-images.json."""
    repository = figures["reference"].partition(":")[0]
    history = tuple(_row(layer) for layer in figures["layers"])
    digest = figures["index_digest"] or made_up_digest(normalize(repository))
    ids = tuple(row.digest or made_up_digest(f"{digest} {n}") for n, row in enumerate(history) if not row.empty)
    made_from = "alpine" if "alpine" in figures["reference"] else _MADE_FROM.get(repository, repository)
    image = BaseImage(
        "", digest, ids, history, figures["config"], known=True, directories=frozenset(figures["directories"]),
        listed=contents.listed(made_from),
        absent=contents.absent.get(contents.of.get(figures["reference"], ""), frozenset()),
    )  # fmt: skip
    for tag in figures["tags"]:
        yield replace(image, reference=normalize(f"{repository}:{tag}"))


def _place(number: int, figures: Mapping[str, Any]) -> str:
    """Which layer a row is; of an image whose layers nobody lists, one row is for all of them."""
    return f"layer {number} of {len(figures['layers'])}" if figures["layers"] else "all layers, which nobody lists"


def _more_images(figures: Mapping[str, Any], contents: _Contents, folders: frozenset[str]) -> Iterator[BaseImage]:
    """One image for each tag of an entry of more-images.json; `folders` are those of the image that it is made from."""
    repository = figures["repository"]
    name = f"{repository}:{figures['tags'][0]}"
    digest = figures["digest"] or made_up_digest(normalize(name))
    layers: list[tuple[str | None, int | None]] = figures["layers"] or [(None, None)]
    ids = tuple(layer or made_up_digest(f"{digest} {n}") for n, (layer, _) in enumerate(layers))
    total = figures["unpacked"] if len(layers) == 1 else None
    size_source = f"published: {figures['unpacked_source']}" if total else "unknown: nobody published it for each layer"
    history = tuple(
        HistoryRow(
            f"# {name}, {_place(number, figures)} ({figures['source']})", total, size_source=size_source,
            compressed=compressed, digest=layer,
        )
        for number, (layer, compressed) in enumerate(layers, 1)
    )  # fmt: skip
    image = BaseImage(
        "", digest, ids, history, figures["config"], known=True, directories=folders | set(figures.get("folders", ())),
        listed=contents.listed(figures["folders_of"]) if figures.get("listed", True) else frozenset(),
        absent=contents.absent.get(figures["family"], frozenset()), unpacked=figures["unpacked"],
    )  # fmt: skip
    for tag in figures["tags"]:
        yield replace(image, reference=normalize(f"{repository}:{tag}"))


def _all_images() -> Iterator[BaseImage]:
    contents = _Contents()
    folders = {"": frozenset("/")}
    for figures in read_figures("base-images.json"):
        folders.setdefault(figures["reference"].partition(":")[0], frozenset(figures["directories"]))
        yield from _images(figures, contents)
    for figures in read_figures("more-images.json")["images"]:
        yield from _more_images(figures, contents, folders[figures["folders_of"]])


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the course."""
    return Catalogue(_all_images())
