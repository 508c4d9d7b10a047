"""An image as a stack: the base grouped into what people call it, its own layers, settings, a container on top.

One record for every stack: the opening's, the size lab's, and the chart of layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..building.build import Build
from ..building.records import Layer
from .amounts import Size
from .wording import command

SlabKind = Literal["base", "own", "setting", "container", "kept", "cause", "again", "open"]

# What a layer of a base image is called, by what its command holds; the first that fits. The rest is "more".
_CALLED = (
    (r"debian\.sh.*?'(\w+)'", "Debian"),
    (r"alpine-minirootfs", "Alpine"),
    (r"python\.tar\.xz|idle3 pip3|get-pip", "Python"),
    (r"node-v|NODE_VERSION|yarn", "Node.js"),
    (r"golang|go\.tgz|GOLANG", "Go"),
    (r"maven", "Maven"),
    (r"openjdk|jdk|temurin|JAVA_VERSION", "Java"),
    (r"nginx", "nginx"),
    (r"busybox", "BusyBox"),
    (r"autoconf|\bg\+\+|\bgcc\b|build-essential", "compilers"),
    (r"\bgit\b|mercurial|subversion|ca-certificates|curl|tzdata|netbase", "tools"),
    (r"-dev\b", "libraries"),
    (r"^(/bin/sh -c #\(nop\) )?\s*ADD file:", "the system"),
)


@dataclass(frozen=True)
class Slab:
    """One layer of a stack, or something that is none.

    Attributes:
        name: what it is called.
        size: bytes; None for unknown. Of what makes no layer, 0.
        kind: how it looks.
        note: a sentence about it.
        parts: of a base image, the groups of its layers, bottom first.
        gone: bytes of it that a layer above deletes, and that are stored all the same.
        said: what stands in place of its size.
    """

    name: str
    size: int | None
    kind: SlabKind = "own"
    note: str = ""
    parts: tuple[Slab, ...] = ()
    gone: int = 0
    said: str = ""

    @property
    def is_layer(self) -> bool:
        """Whether it takes room."""
        return self.kind not in ("setting", "container")


def person_name(created_by: str) -> str:
    """What a person calls a layer of a base image."""
    return next((name for pattern, name in _CALLED if re.search(pattern, created_by)), "more")


def grouped(layers: Iterable[Layer]) -> tuple[Slab, ...]:
    """Layers of a base image by what people call them, bottom first; one group for each name."""
    groups: dict[str, list[Layer]] = {}
    for layer in layers:
        groups.setdefault(person_name(layer.created_by), []).append(layer)
    return tuple(Slab(name, _size(some), "base") for name, some in groups.items())


def _size(layers: Sequence[Layer]) -> int | None:
    size = Size.of(layer.size for layer in layers)
    return None if size.unknown else int(size.known)


def base_slab(layers: Sequence[Layer], name: str, note: str = "") -> Slab:
    """The layers of a base image as one slab."""
    parts = grouped(layers)
    return Slab(name, _size(layers), "base", note, parts if len(parts) > 1 else ())


def stack(build: Build, note: str = "", settings: bool = True) -> tuple[Slab, ...]:
    """The stack of an image, bottom first: its base as one slab, its own layers, and how many settings lie on top."""
    layers = build.image.layers
    base = [layer for layer in layers if layer.base]
    gone = _gone(layers)
    slabs = [base_slab(base, f"FROM {build.project.parsed.stages[-1].base}", note)] if base else []
    slabs += [
        Slab(command(layer), layer.size, gone=gone.get(at, 0)) for at, layer in enumerate(layers) if not layer.base
    ]
    last = build.project.parsed.stages[-1].instructions
    kept = [one.keyword for one in last if one.keyword in ("CMD", "ENTRYPOINT", "ENV", "LABEL", "EXPOSE", "USER")]
    if kept and settings:
        names = ", ".join(dict.fromkeys(kept))
        slabs.append(Slab(names, 0, "setting", said="settings: no layer" if len(kept) > 1 else "setting: no layer"))
    return tuple(slabs)


def _gone(layers: Sequence[Layer]) -> dict[int, int]:
    """For each layer, the bytes of its files that a layer above deletes."""
    found: dict[int, int] = {}
    deleted: set[str] = set()
    for at in range(len(layers) - 1, -1, -1):
        written: Mapping[str, object] = getattr(layers[at].contents, "written", {})
        sizes = [
            getattr(file, "size", 0) or 0 for path, file in written.items() if file is not None and path in deleted
        ]
        found[at] = sum(sizes)
        deleted |= {path for path, file in written.items() if file is None}
    return found
