"""Build recorded builds again with the model, from their inputs alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def replay(trace: Mapping[str, Any]) -> list[Build]:
    """The builds of a recorded trace, from its inputs alone. They share one cache, empty before the first.

    Args:
        trace: one trace of a file of recorded builds (`traces.schema.json` describes it).

    Raises:
        LayerlibError: for what a build refuses; `attempts` goes on after it.
    """
    builds = []
    for outcome in attempts(trace):
        if isinstance(outcome, LayerlibError):
            raise outcome
        builds.append(outcome)
    return builds


def attempts(trace: Mapping[str, Any]) -> Iterator[Build | LayerlibError]:
    """As `replay`, with the error in the place of a build that is refused."""
    images = _LocalImages(_image(reference, facts) for reference, facts in trace["images"].items())
    declared = trace.get("effects", {})
    effects = Effects(declared, complete=declared is not None)
    kind = ClassicBuilder if trace["builder"] == "classic" else BuildKit
    builder = kind(images, effects, store=trace["store"])
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


class _LocalImages(Catalogue):
    """The images of an engine that cannot pull any."""

    def resolve(self, reference: str) -> BaseImage:
        if reference not in self:
            raise ImageError(f"{normalize(reference)}: not found")
        return super().resolve(reference)

    def with_image(self, image: BaseImage) -> _LocalImages:
        return _LocalImages([*(super(_LocalImages, self).resolve(reference) for reference in self), image])


def _image(reference: str, facts: Mapping[str, Any]) -> BaseImage:
    """An image as `docker import` makes it: the sizes of its layers are known, the commands behind them are not."""
    sizes = list(reversed(facts["history_sizes"]))
    rows = tuple(HistoryRow("", size, "Imported from -", size_source="recorded", on_disk=size) for size in sizes)
    folders = frozenset({"/", "/bin", "/etc", "/tmp"})
    return BaseImage(normalize(reference), facts["id"], tuple(facts["layers"]), rows, facts["config"], True, folders)
