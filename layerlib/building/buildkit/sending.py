"""What of a build context is sent to the builder: the paths that the build names, and nothing else.

A folder in front of a wildcard that matches nothing is not sent for that wildcard, so it is missing, unless something
else of the build names it, or a file in it. Source: tonistiigi/fsutil, followlinks.go and filter.go; recorded.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...reading.errors import DockerfileContextError, LayerlibError
from ...reading.paths import clean
from ...reading.tree import Tree
from ..cache.results import SolvedInput
from ..files.selecting import literal_folder, select
from ..frontend.llb import Input, Source, Vertex


def refuse_unsent(vertex: Vertex, inputs: Iterable[SolvedInput], vertices: Iterable[Vertex]) -> None:
    """Raise DockerfileContextError for a wildcard of a COPY whose folder is not sent."""
    for source, solved in zip(vertex.inputs, inputs, strict=True):
        if source.files is None:
            continue
        for looked_at in source.sources:
            if not solved.selections[looked_at.path].roots and (folder := literal_folder(looked_at.path)):
                there = source.files.resolve(folder) or folder
                if not _is_sent(there, source, vertices):
                    raise DockerfileContextError(
                        f"lstat /{there}: no such file or directory",
                        cure=f"Nothing matches {looked_at.path}, so the folder {there} is not sent to the builder.",
                    )


def _is_sent(folder: str, context: Input, vertices: Iterable[Vertex]) -> bool:
    named = {
        source
        for vertex in vertices
        for other in vertex.inputs
        if other.files is not None and not other.content_id and other.label == context.label
        for source in other.sources
    }
    assert context.files is not None
    return any(_names(source, folder, context.files) for source in named)


def _names(source: Source, folder: str, files: Tree) -> bool:
    """Whether a path of the context brings a folder with it: it is in the folder, or the folder in it."""
    try:
        roots = select(files, source.path, source.exclude, source.wildcards).roots
    except LayerlibError:
        return False
    return any(
        not root or root == folder or root.startswith(f"{folder}/") or folder.startswith(f"{clean(root)}/")
        for root in roots
    )
