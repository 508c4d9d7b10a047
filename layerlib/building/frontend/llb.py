"""The graph that a Dockerfile becomes: vertices that can be cached, and what each of them stands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...reading.base_image import BaseImage
from ...reading.dockerfile import Instruction
from ...reading.tree import Tree


@dataclass(frozen=True)
class Source:
    """A path that a step looks at in one of its inputs."""

    path: str
    exclude: tuple[str, ...] = ()
    wildcards: bool = False


@dataclass(frozen=True, eq=False)
class Input:
    """What a vertex stands on or looks into.

    Attributes:
        vertex: another vertex; None for `files` or for nothing at all (`FROM scratch`).
        files: a build context, a named one, or a heredoc.
        sources: the paths that are looked at; empty for the file system that a step works on, which BuildKit
            never compares by content.
        by_content: whether equal content is enough. Source: solver/llbsolver/ops/file.go, exec.go.
        label: what to call it in a reason; token: tells its files from those of another input.
    """

    vertex: Vertex | None = None
    files: Tree | None = None
    sources: tuple[Source, ...] = ()
    by_content: bool = False
    label: str = ""
    token: str = ""


@dataclass(frozen=True)
class CopySource:
    """One source of COPY or ADD: an index into the vertex's inputs, and the path in it."""

    input: int
    source: Source


@dataclass(frozen=True, eq=False)
class Vertex:
    """Something that BuildKit executes or takes from its cache.

    Attributes:
        kind: "image", "run", "copy", "workdir" or "link"; for the classic builder, the keyword.
        name: as printed, with its number where it has one.
        definition: what its cache key holds besides the inputs. A reason compares two of these.
        inputs: what it stands on comes first.
        forced: whether --no-cache asks to execute it.
        copies, destination, owner, mode, unpack: what a "copy" does.
        image: what an "image" is.
        arguments: names in a RUN's environment that came from ARG.
    """

    kind: str
    name: str
    definition: Mapping[str, Any]
    inputs: tuple[Input, ...] = ()
    forced: bool = False
    instruction: Instruction | None = None
    stage: int = 0
    copies: tuple[CopySource, ...] = ()
    destination: str = ""
    owner: tuple[str, str] | None = None
    mode: int | None = None
    unpack: bool = False
    image: BaseImage | None = None
    arguments: frozenset[str] = frozenset()

    @cached_property
    def digest(self) -> str:
        """The digest of the definition."""
        text = json.dumps([self.kind, self.definition], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def identity(self) -> str:
        """Two vertices of one build with the same identity are one step."""
        parts = [self.digest, str(self.forced)]
        for one in self.inputs:
            parts.append(one.vertex.identity if one.vertex else one.label + one.token)
            parts += [repr(source) for source in one.sources]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Row:
    """One line of an image's history, and the vertex that makes its layer, if it has one."""

    created_by: str
    vertex: Vertex | None = None


@dataclass(frozen=True)
class Lowered:
    """A stage that has been walked: what a later stage may begin with or look into.

    Attributes:
        root: its last vertex; None for an empty file system.
        config, rows, image: the image's config and history so far, and the base image under it.
        arguments, environment: ARGs with their values, and what a RUN would see.
    """

    root: Vertex | None
    config: Mapping[str, Any]
    rows: tuple[Row, ...]
    image: BaseImage | None
    arguments: tuple[tuple[str, str], ...]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Graph:
    """What a target needs: its last vertex (None for an empty image), its config and its history, oldest first."""

    target: Vertex | None
    config: Mapping[str, Any]
    rows: tuple[Row, ...]
    base: BaseImage | None

    def walk(self) -> Iterator[Vertex]:
        """Every vertex once, after what it stands on; first that, then the sources of COPY and mounts.

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
                waiting += [(one.vertex, False) for one in reversed(vertex.inputs) if one.vertex]
