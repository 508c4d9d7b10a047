"""The records of a build: what a builder hands on, and what every view reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..reading.base_image import HistoryRow
from ..reading.project import Project
from ..reading.sizes import total_size
from .reasons.reasons import Reason

STORES = ("overlay2", "containerd")


@dataclass(frozen=True)
class Layer:
    """One layer of an image.

    Attributes:
        created_by: the text that `docker history` shows.
        size: bytes, or None when nobody knows.
        size_source: where the size comes from, in words.
        digest: two layers with the same digest are one, on the disk and on the wire.
        base: whether it came with the base image.
        compressed: bytes that a pull moves, or None when nobody knows.
    """

    created_by: str
    size: int | None
    size_source: str
    digest: str
    base: bool = False
    compressed: int | None = None


@dataclass(frozen=True)
class Step:
    """One step as Docker prints it.

    Attributes:
        name: such as "[2/4] WORKDIR /home/app".
        cached: True if the builder took the result of an earlier build.
        reason: why it is not cached; None when it is.
        layer: the layer that it makes; None if it makes none.
        seconds: how long it takes; 0 when cached, None when nobody knows.
        keyword, line: the instruction and the line where it stands in the Dockerfile (0: not in this Dockerfile).
        stage: the stage's number, counted from 0.
        definition: what the builder compares, besides the inputs.
    """

    name: str
    cached: bool
    reason: Reason | None
    layer: Layer | None
    seconds: float | None
    keyword: str = ""
    line: int = 0
    stage: int = 0
    definition: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"{self.name}: {'cached' if self.cached else self.reason}"


@dataclass(frozen=True)
class Image:
    """What a build makes: layers (bottom first), config as `docker image inspect` prints it, rows of history."""

    layers: tuple[Layer, ...]
    config: Mapping[str, Any]
    rows: tuple[HistoryRow, ...] = field(repr=False)

    @property
    def size(self) -> int | None:
        """The sum of the layers in bytes; None if one of them is unknown."""
        return total_size([layer.size for layer in self.layers])


@dataclass(frozen=True, repr=False)
class Build:
    """One build: its steps, the image, and the ways to show them.

    Attributes:
        steps: by stage and number (classic: as printed).
        image: the image.
        project: what was built.
        builder: "buildkit" or "classic".
        store: the image store, "overlay2" or "containerd": it decides how sizes are counted.
        printed: the steps in the order of the log, with those that have no number.
    """

    steps: tuple[Step, ...]
    image: Image
    project: Project
    builder: str
    store: str
    printed: tuple[Step, ...] = field(default=(), repr=False)

    def history(self) -> tuple[HistoryRow, ...]:
        """The rows of `docker history`, newest first. Printing them gives Docker's table."""
        from .report import History

        return History(reversed(self.image.rows))

    def log(self) -> str:
        """What `docker build --progress=plain` prints (classic: what the old builder prints)."""
        from .report import log

        return log(self)

    @property
    def missed(self) -> tuple[Step, ...]:
        """The steps that run again. FROM is not among them: its image is only looked up."""
        return tuple(step for step in self.steps if step.reason is not None and step.keyword != "FROM")

    def __str__(self) -> str:
        from .report import text

        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from .report import html

        return html(self)
