"""Recorded builds: reading them, and building them again from their inputs alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..building.classic.builder import ClassicBuilder
from ..building.effects.effects import Effects
from ..reading.base_image import BaseImage, HistoryRow
from ..reading.catalogue import Catalogue
from ..reading.errors import ImageError, LayerlibError
from ..reading.project import Project
from ..reading.references import normalize
from .shapes import TRACES, check

SHIPPED = (Path(__file__).parents[1] / "traces", Path(__file__).parents[2] / "tests" / "traces")


def replay(trace: Mapping[str, Any]) -> list[Build]:
    """The builds of a recorded trace, from its inputs alone. They share one cache, empty before the first.

    Raises LayerlibError for what a build refuses; `attempts` goes on after it.
    """
    made = []
    for answer in attempts(trace):
        if isinstance(answer, LayerlibError):
            raise answer
        made.append(answer)
    return made


def attempts(trace: Mapping[str, Any]) -> Iterator[Build | LayerlibError]:
    """As `replay`, with the error in the place of a build that is refused."""
    images = _Local(_image(reference, facts) for reference, facts in trace["images"].items())
    effects = Effects(trace.get("effects"), complete=True)
    if trace["builder"] == "classic":
        builder: BuildKit | ClassicBuilder = ClassicBuilder(images, effects, store=trace["store"])
    else:
        builder = BuildKit(images, effects, store=trace["store"])
    for build in trace["builds"]:
        for reference, facts in build.get("images", {}).items():
            builder.images = builder.images.with_image(_image(reference, facts))
        try:
            yield builder.build(
                Project.from_files(build["files"], build["dockerfile"]),
                args=build.get("args"),
                target=build.get("target"),
                no_cache=build.get("no_cache", False),
                no_cache_filter=build.get("no_cache_filter", ()),
                contexts=build.get("contexts"),
                network="host",  # as the recorder builds
            )
        except LayerlibError as error:
            yield error


class _Local(Catalogue):
    """The images of an engine that can pull nothing."""

    def resolve(self, reference: str) -> BaseImage:
        if reference not in self:
            raise ImageError(f"{normalize(reference)}: not found")
        return super().resolve(reference)

    def with_image(self, image: BaseImage) -> _Local:
        return _Local([*(super(_Local, self).resolve(name) for name in self), image])


def _image(reference: str, facts: Mapping[str, Any]) -> BaseImage:
    """An image as `docker import` makes it: its layers have a size and nothing is known of their text."""
    sizes = list(reversed(facts["history_sizes"]))
    rows = tuple(HistoryRow("", size, "Imported from -", size_source="recorded", on_disk=size) for size in sizes)
    folders = frozenset({"/", "/bin", "/etc", "/tmp"})
    return BaseImage(normalize(reference), facts["id"], tuple(facts["layers"]), rows, facts["config"], True, folders)


def shipped() -> list[Path]:
    """The files of recorded builds that come with the project."""
    return sorted({path.name: path for folder in SHIPPED for path in folder.glob("*.json.gz")}.values())


def read(path: Path) -> list[dict[str, Any]]:
    """The traces of a file, plain or compressed with gzip. Raises LayerlibError for anything else."""
    import gzip
    import zlib

    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        traces = json.loads(data)
    except (OSError, ValueError, EOFError, zlib.error, RecursionError) as error:
        raise LayerlibError(f"{path} cannot be read as traces: {error}") from None
    if not isinstance(traces, list) or not all(isinstance(one, dict) and "builds" in one for one in traces):
        raise LayerlibError(f"{path} holds no list of traces")
    check(traces, TRACES, path.name)
    return traces
