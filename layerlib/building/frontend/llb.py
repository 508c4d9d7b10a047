"""LLB, the graph that a Dockerfile becomes: vertices that can be cached, and what each of them builds on.

Source: BuildKit, client/llb and solver/pb/ops.proto.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...reading.base_image import BaseImage
from ...reading.dockerfile import Instruction
from ...reading.expansion import Environment
from ...reading.tree import Tree
from ..operations import Operation
from ..records import StepName

_CANONICAL = json.JSONEncoder(default=vars, separators=(",", ":"))


class Source(NamedTuple):
    """A path that a step looks at in one of its inputs."""

    path: str
    exclude: tuple[str, ...] = ()
    wildcards: bool = False


@dataclass(frozen=True, eq=False)
class Input:
    """What a vertex builds on or looks into.

    Attributes:
        vertex: another vertex; None for `files` or for nothing at all (`FROM scratch`).
        files: a build context, a named one, or a heredoc.
        sources: the paths that are looked at; empty for the file system that a step works on, which BuildKit
            never compares by content.
        by_content: whether equal content is enough. Source: solver/llbsolver/ops/file.go, exec.go.
        label: what to call it in a reason.
        content_id: of a heredoc, tells its text from that of another one with the same name.
    """

    vertex: Vertex | None = None
    files: Tree | None = None
    sources: tuple[Source, ...] = ()
    by_content: bool = False
    label: str = ""
    content_id: str = ""


class CopySource(NamedTuple):
    """One source of COPY or ADD: an index into the vertex's inputs, and the path in it."""

    input: int
    source: Source


@dataclass(frozen=True, eq=False)
class Vertex:
    """Something that BuildKit executes or takes from its cache.

    Attributes:
        name: as printed.
        operation: what its cache key holds besides the inputs. A reason compares two of these.
        inputs: what it builds on comes first.
        forced: the option that asks to execute it whatever the cache holds, or an empty string.
        instruction: None for an image that COPY --from or a mount names.
        stage: the stage's number, counted from 0.
        copies: the sources of a `Copy`, in order.
        image: the image of an `ImageSource`.
        files: those of a `LocalSource`.
        arguments: names in a RUN's environment that came from ARG.
        vague: whether a variable or a folder that nobody knows decides where it works or what it takes. The operation
            then shows them as they are written.
    """

    name: StepName
    operation: Operation
    inputs: tuple[Input, ...] = ()
    forced: str = ""
    instruction: Instruction | None = None
    stage: int = 0
    copies: tuple[CopySource, ...] = ()
    image: BaseImage | None = None
    files: Tree | None = None
    arguments: frozenset[str] = frozenset()
    vague: bool = False

    @cached_property
    def definition_digest(self) -> str:
        """The digest of the operation, without its inputs. Source: BuildKit calls it CacheMap.Digest."""
        return _sha256(_CANONICAL.encode([type(self.operation).__name__, self.operation]))

    @cached_property
    def digest(self) -> str:
        """The digest of the operation and its inputs: two vertices of one build that have it in common are one step."""
        parts = [self.definition_digest, self.forced]
        for source in self.inputs:
            parts.append(source.vertex.digest if source.vertex else source.label + source.content_id)
            parts += map(repr, source.sources)
        return _sha256("\0".join(parts))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class HistoryEntry(NamedTuple):
    """One line of an image's history, and the vertex that makes its layer, if it has one."""

    created_by: str
    vertex: Vertex | None = None


class LoweredStage(NamedTuple):
    """A stage that has become LLB: what a later stage may begin with or look into.

    Attributes:
        root: its last vertex; None for an empty file system.
        config, history, image: the image's config and history so far, and the base image under it.
        arguments, environment: ARGs with their values, and what a RUN would see.
        local: the files of a named context under it, if it is one.
        directory: the working directory; None if nobody knows it.
    """

    root: Vertex | None
    config: Mapping[str, Any]
    history: tuple[HistoryEntry, ...]
    image: BaseImage | None
    arguments: tuple[tuple[str, str], ...]
    environment: Environment
    local: Vertex | None = None
    directory: str | None = "/"


class Graph(NamedTuple):
    """What a target needs: its last vertex (None for an empty image), its config and its history, oldest first; and
    what it begins with, if that is an image or the files of a named context."""

    target: Vertex | None
    config: Mapping[str, Any]
    history: tuple[HistoryEntry, ...]
    base: BaseImage | None
    local: Vertex | None = None

    def walk(self) -> Iterator[Vertex]:
        """Every vertex once, after what it builds on; first that, then the sources of COPY and mounts.

        Source: the order in which client/llb marshals a graph.
        """
        seen: set[int] = set()
        waiting: list[tuple[Vertex, bool]] = [(self.target, False)] if self.target else []
        while waiting:
            vertex, ready = waiting.pop()
            if ready:
                yield vertex
            elif id(vertex) not in seen:
                seen.add(id(vertex))
                waiting.append((vertex, True))
                waiting += [(source.vertex, False) for source in reversed(vertex.inputs) if source.vertex]
