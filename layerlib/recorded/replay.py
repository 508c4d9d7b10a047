"""Build recorded builds again with the model, from their inputs alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..building.classic.builder import ClassicBuilder
from ..building.effects.effects import Effects
from ..reading.base_image import BaseImage, HistoryRow
from ..reading.catalogue import Catalogue
from ..reading.errors import ImageError, LayerlibError
from ..reading.platforms import HERE, suits
from ..reading.project import Project
from ..reading.references import normalize

# The keys of a recorded build that are arguments of `build`, under the same names.
OPTIONS = (
    "args", "target", "no_cache", "no_cache_filter", "contexts", "secrets", "ssh", "platform", "labels", "add_hosts",
    "ulimits", "shm_size", "cgroup_parent",
)  # fmt: skip


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
    images = _LocalImages(map(_image, trace["images"], trace["images"].values()), trace["store"])
    declared = trace.get("effects", {})
    effects = Effects(declared, complete=declared is not None)
    kind = ClassicBuilder if trace["builder"] == "classic" else BuildKit
    builder = kind(images, effects, store=trace["store"])
    for build in trace["builds"]:
        for reference, facts in build.get("images", {}).items():
            builder.images = builder.images.with_image(_image(reference, facts))
        if prune := build.get("prune"):
            builder.prune(all=prune != "unused")
        options = {name: build[name] for name in OPTIONS if name in build}
        if trace["builder"] == "buildkit" and (epoch := build.get("source_date_epoch")) is not None:
            options["args"] = {"SOURCE_DATE_EPOCH": str(epoch), **(options.get("args") or {})}
        try:
            project = Project.from_files(build["files"], build["dockerfile"])
            yield builder.build(project, network="host", **options)  # as the recorder builds
        except LayerlibError as error:
            yield error


class _LocalImages(Catalogue):
    """The images of an engine that cannot pull any. The containerd store takes one of any platform."""

    __slots__ = ("_store",)

    def __init__(self, images: Iterable[BaseImage], store: str) -> None:
        super().__init__(images)
        self._store = store

    def resolve_for(self, reference: str, platform: str) -> BaseImage:
        image = self.resolve(reference)
        if not suits(image.platform, platform) and self._store == "overlay2":
            raise ImageError(f"{normalize(reference)} for {platform}: not found")
        return replace(image, platform=platform)

    def resolve(self, reference: str) -> BaseImage:
        if reference not in self:
            raise ImageError(f"{normalize(reference)}: not found")
        return super().resolve(reference)

    def with_image(self, image: BaseImage) -> _LocalImages:
        return _LocalImages([*(super(_LocalImages, self).resolve(reference) for reference in self), image], self._store)


def _image(reference: str, facts: Mapping[str, Any]) -> BaseImage:
    """An image as `docker import` makes it: the sizes of its layers are known, the commands behind them are not."""
    sizes = list(reversed(facts["history_sizes"]))
    rows = tuple(HistoryRow("", size, "Imported from -", size_source="recorded", on_disk=size) for size in sizes)
    folders = frozenset({"/", "/bin", "/etc", "/tmp"})
    platform = facts.get("platform", HERE)
    programs = frozenset(facts.get("programs", ()))
    layers, config = tuple(facts["layers"]), facts["config"]
    return BaseImage(
        normalize(reference), facts["id"], layers, rows, config, True, folders, platform, programs=programs
    )
