"""The records of a build: what a builder hands on, and what every view reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, get_args

from ..reading.base_image import HistoryRow
from ..reading.sizes import total_size
from .operations import Operation

Store = Literal["overlay2", "containerd"]
STORES: tuple[Store, ...] = get_args(Store)

Verdict = Literal["cached", "rebuilt", "depends"]

Kind = Literal[
    "first-build", "new-step", "command", "environment", "build-argument", "user", "working-directory", "shell",
    "mount", "flags", "destination", "source", "file-content", "file-mode", "file-added", "file-removed",
    "file-renamed", "stage-output", "base-image", "order", "parent", "option", "pruned", "no-cache",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Reason:
    """Why a step is not cached.

    Attributes:
        kind: one of `KINDS`.
        subject: what it is about: the variable, the file's path, the image, the instruction.
        sentence: the reason in words.
        step: for "parent" and "stage-output", the step that missed first, or that the answer depends on; else None.
    """

    kind: Kind
    subject: str
    sentence: str
    step: Step | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Assumption:
    """Something that the answers of a build assume, since nobody knows it.

    Attributes:
        kind: "success" of a RUN that nobody ran, "variables" of an image that nobody described, an "image" whose name
            is close to a known one, or a "context" without layerlib.toml.
        subject: the instruction, the variable (empty for the working directory), the image, or the file's path.
        sentence: the assumption in words.
        step: the name of the step that needs it; empty if no step does.
        image: for "variables", the image that nobody described, as people write it.
    """

    kind: Literal["success", "variables", "image", "context"]
    subject: str
    sentence: str
    step: str = ""
    image: str = ""

    def __str__(self) -> str:
        return self.sentence


class Digested(Protocol):
    """Something that a digest stands for."""

    @property
    def digest(self) -> str: ...


class BaseLayer(NamedTuple):
    """A layer of a base image, of which only the digest is known."""

    digest: str


@dataclass(frozen=True)
class Layer:
    """One layer of an image.

    Attributes:
        created_by: the text that `docker history` shows.
        size: bytes, or None when nobody knows.
        size_source: where the size comes from, in words.
        contents: what it holds, on the layers below.
        base: whether it came with the base image.
        compressed: bytes that a pull moves, or None when nobody knows.
    """

    created_by: str
    size: int | None
    size_source: str
    contents: Digested = field(repr=False, compare=False)
    base: bool = False
    compressed: int | None = None

    @property
    def digest(self) -> str:
        """Two layers with the same digest are one, on the disk and on the wire: the same files on the same layers.

        What a RUN writes that nobody knows is the same only if one execution wrote it. Worked out when it is asked for.
        """
        return self.contents.digest


def base_layers(history: Iterable[HistoryRow], diff_ids: Iterable[str]) -> list[Layer]:
    """The layers of a base image: the rows of its history that have one, bottom first."""
    full = (row for row in history if not row.empty)
    return [
        Layer(row.created_by, row.size, row.size_source, BaseLayer(diff_id), True, row.compressed)
        for row, diff_id in zip(full, diff_ids, strict=True)
    ]


class StepName(NamedTuple):
    """How Docker prints a step, in parts.

    Attributes:
        full: the whole of it, such as "[build 2/4] WORKDIR /home/app".
        text: without stage and number.
        number: counted from 1; 0 if the step has none.
        stage: the stage as the name shows it, or an empty string.
    """

    full: str
    text: str
    number: int = 0
    stage: str = ""

    def with_prefix(self, prefix: str) -> StepName:
        """The name of another step with the same number: the prefix comes before the text."""
        place = self.full.removesuffix(self.text)
        return StepName(f"{place}{prefix}{self.text}", prefix + self.text, self.number, self.stage)


@dataclass(frozen=True)
class Step:
    """One step as Docker prints it.

    Attributes:
        name: such as "[build 2/4] WORKDIR /home/app".
        verdict: "cached" if the builder takes the result of an earlier build, "rebuilt" if it makes a new one,
            "depends" if that depends on what a RUN writes that nobody knows.
        reason: why it is not certainly cached; None when it is.
        layer: the layer that it makes; None if it makes none.
        seconds: how long it takes; 0 when cached, None when nobody knows, so always when it depends.
        seconds_if_rebuilt: how long it takes when it is not cached, whether it is or not; None when nobody knows.
        text: the name without stage and number, such as "WORKDIR /home/app".
        number: its number in the name, counted from 1 in its stage (classic: in the Dockerfile); 0 if it has none.
        stage_name: the stage as the name shows it; empty where it shows none.
        keyword, line: the instruction and the line where it stands in the Dockerfile (0: not in this Dockerfile).
        stage: the stage's number, counted from 0.
        operation: what the builder compares, besides the inputs.
    """

    name: str
    verdict: Verdict
    reason: Reason | None
    layer: Layer | None
    seconds: float | None
    seconds_if_rebuilt: float | None = None
    text: str = ""
    number: int = 0
    stage_name: str = ""
    keyword: str = ""
    line: int = 0
    stage: int = 0
    operation: Operation | None = field(default=None, repr=False)

    @property
    def cached(self) -> bool:
        """Whether the builder certainly takes the result of an earlier build."""
        return self.verdict == "cached"

    def __str__(self) -> str:
        return f"{self.name}: {self.reason or self.verdict}"


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
