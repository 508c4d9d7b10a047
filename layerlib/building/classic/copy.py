"""COPY and ADD in the classic builder: compared by a hash of the files, with their paths.

Source: moby, daemon/builder/dockerfile/copy.go; recorded (tests/traces/*-classic.json).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ...reading.dockerfile import Instruction
from ...reading.errors import DockerfileError
from ...reading.paths import clean
from ...reading.tree import Tree
from ..buildkit.solver import Solved
from ..cache.cache import Result, size_source
from ..files.copying import Orders, copied
from ..files.owners import owner
from ..files.selecting import Selection, select
from ..files.snapshot import Snapshot
from ..frontend.llb import Input, Source
from .tarsum import UNKNOWN, copy_hash

if TYPE_CHECKING:
    from .stage import ClassicStage


def copy(stage: ClassicStage, one: Instruction) -> None:
    """Build a COPY or ADD. Raises DockerfileError or ContextError for what the classic builder refuses."""
    if one.flag("chmod"):  # --link and --exclude are read and do nothing
        raise DockerfileError("the --chmod option requires BuildKit", cure="Take it away, or use BuildKit.")
    words = [stage.expand(word) for word in one.words]
    heredocs = {doc.name for doc in one.heredocs}
    paths = [path for path in words[:-1] if path.lstrip("<-'\"").rstrip("'\"") not in heredocs]
    target, chown = words[-1], stage.expand(one.flag("chown"))
    looked = _looked_into(stage, one)
    source: Tree | Snapshot = looked.files if looked.files is not None else _files_of(stage, looked)
    selections = {(1, path): _select(source, path) for path in paths}
    chosen = [selections[1, path] for path in paths]
    if not any(selection.roots for selection in chosen):
        raise DockerfileError(
            f"{one.keyword} failed: no source files were specified",
            cure="A wildcard must match something here, and a heredoc needs BuildKit.",
        )
    if sum(len(selection.roots) for selection in chosen) > 1 and not target.endswith("/"):
        raise DockerfileError(
            f"when using {one.keyword} with more than one source file, the destination must be a directory",
            cure=f"End the destination with a slash: {target}/.",
        )
    destination = posixpath.normpath(posixpath.join(stage.config.get("WorkingDir") or "/", target))
    destination += "/" if target.endswith(("/", "/.")) or target in (".", "") else ""
    orders = Orders(destination, owner(chown) if chown else ("0", "0"), None, one.keyword == "ADD")

    def make(key: str, below: Snapshot) -> Result:
        written = copied(below, [(path, selections[1, path]) for path in paths], orders)
        links = sum(len(file.target) for file in written.values() if file and file.kind == "link")
        size = below.size(written, stage.frontend.store)
        size = None if size is None else size + links
        return Result(key, Snapshot(below, written), size, size_source(size))

    shown, compared = copy_hash(source, chosen)
    flag = f"--chown={chown} " if chown else ""
    command = [*stage.shell(), f"#(nop) {one.keyword} {flag}{shown} in {target} "]
    definition = {
        "sources": [clean(path) for path in paths],
        "destination": target,
        "chown": chown,
        "unpack": one.keyword == "ADD",
    }
    looked_at = Input(looked.vertex, looked.files, tuple(Source(path) for path in paths), True, looked.label)
    stage.probe(one, command, definition, make, compared if UNKNOWN in shown else "", (looked_at,), selections)


def _select(source: Tree | Snapshot, path: str) -> Selection:
    if isinstance(source, Tree) and posixpath.normpath(path.lstrip("/")).startswith(".."):
        raise DockerfileError(
            f"forbidden path outside the build context: {path}",
            cure="Only files of the project's folder can be copied.",
        )
    return select(source, path, (), True)


def _looked_into(stage: ClassicStage, one: Instruction) -> Input:
    name = one.flag("from")
    index = stage.frontend.origin(name, one) if name else None
    if index is not None and index < len(stage.above):
        return Input(stage.above[index].last, label=name)
    if index is not None:
        raise DockerfileError(
            f"invalid from flag value {name}: the stage comes later", cure="Copy from an earlier stage."
        )
    return stage.frontend.looked_into(name, one)


def _files_of(stage: ClassicStage, looked: Input) -> Snapshot:
    for above in stage.above:
        if looked.vertex is above.last:
            stage.solved.setdefault(above.last.identity, above.solved[above.last.identity])
            return above.snapshot
    assert looked.vertex is not None
    assert looked.vertex.image is not None
    result = Result(f"image {looked.vertex.image.digest}", Snapshot.of_image(looked.vertex.image))
    stage.solved.setdefault(looked.vertex.identity, Solved(looked.vertex, [result.key], result, True))
    return result.snapshot
