"""COPY and ADD in the classic builder: compared by a hash of the files, with their paths.

Source: moby, daemon/builder/dockerfile/copy.go; recorded (tests/traces/*-classic.json).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from ...reading.dockerfile import Instruction
from ...reading.errors import DockerfileError
from ...reading.paths import clean
from ...reading.tree import Tree
from .. import executing, remote
from ..cache.results import Result, Solved, SolvedInput
from ..files.comparing import Content
from ..files.copying import CopyOptions, copied, destination
from ..files.owners import owner
from ..files.selecting import NOTHING, Selection, has_wildcard, literal_folder, select
from ..files.snapshot import Snapshot
from ..records import Verdict
from .operations import ClassicCopy
from .stage import ClassicStage, Copying
from .tarsum import UNKNOWN, copy_hash


def copy(stage: ClassicStage, instruction: Instruction) -> None:
    """Build a COPY or ADD. Raises DockerfileError or ContextError for what the classic builder refuses."""
    if instruction.flag("chmod"):  # --link and --exclude are read and do nothing
        raise DockerfileError("the --chmod option requires BuildKit", cure="Remove it, or build with BuildKit.")
    paths = [stage.expand(word) for word in instruction.words[:-1] if not instruction.heredoc_of(word)]
    target = stage.expand(instruction.words[-1])
    chown = stage.expand(instruction.flag("chown"))
    label, step, source = _source(stage, instruction)
    urls = [path for path in paths if remote.is_url(path)]
    for url in urls if instruction.keyword == "COPY" else ():
        remote.refuse_copy(url)
    vague = {path for path, word in zip(paths, instruction.words, strict=False) if stage.is_vague(word)}
    selections = {
        path: select(source, "") if path in vague else _fetch(path) if path in urls else _select(source, path)
        for path in paths
    }
    unknown = stage.is_vague(*instruction.words, instruction.flag("chown"))
    placed = not unknown and stage.is_placed(instruction.words[-1])
    if placed:
        _refuse(instruction, selections, target)
    options = CopyOptions(
        destination(stage.config.get("WorkingDir") or "/", target),
        owner(chown) if chown else ("0", "0"),
        unpack=instruction.keyword == "ADD",
        replace=True,
    )

    def execute(below: Snapshot, verdict: Verdict) -> Result:
        if not placed:
            return executing.write_somewhere(below)
        _refuse_names(chown, below)
        what = copied(below, list(selections.items()), options)
        result = executing.copy(below, what, stage.store)
        links = sum(len(file.target) for file in what.written.values() if file and file.kind == "link")
        return result if result.size is None else replace(result, size=result.size + links)

    shown, compared = copy_hash(source, list(selections.values()))
    if len(selections) == 1 and urls:
        shown = UNKNOWN  # of what is fetched, the history shows the hash alone
    flag = f"--chown={chown} " if chown else ""

    def command(what: str) -> list[str]:
        return [*stage.shell(), f"#(nop) {instruction.keyword} {flag}{what} in {target} "]

    stage.probe(
        instruction,
        ClassicCopy(tuple(map(clean, paths)), target, chown),
        command("files"),
        execute,
        command(shown),
        Copying(SolvedInput(step, label, selections), Content(compared, tuple(selections.values()))),
    )


def _fetch(url: str) -> Selection:
    """What a URL brings. Raises DockerfileError for one that does not end in a file's name."""
    if not (name := remote.file_name(url)):
        raise DockerfileError(f"cannot determine filename for source {url}", cure="Name a file in the URL.", spot=url)
    return select(remote.fetched(url, name), name)


def _select(source: Tree | Snapshot, path: str) -> Selection:
    if isinstance(source, Tree) and posixpath.normpath(path.lstrip("/")).startswith(".."):
        raise DockerfileError(
            f"forbidden path outside the build context: {path}",
            cure="Only files of the project's folder can be copied.",
        )
    if has_wildcard(path):
        tree, folder = source if isinstance(source, Tree) else source.tree, literal_folder(path)
        known = isinstance(source, Tree) or source.unknown_file(folder) is None
        if known and tree.resolve(folder) != folder:
            return NOTHING  # here a wildcard does not look through a link
    return select(source, path, (), True)


def _refuse(instruction: Instruction, selections: Mapping[str, Selection], target: str) -> None:
    count = sum(len(selection.known_roots) for selection in selections.values())
    if not any(selection.roots for selection in selections.values()):
        raise DockerfileError(
            f"{instruction.keyword} failed: no source files were specified",
            cure="A wildcard must match something here, and a heredoc needs BuildKit.",
        )
    if count > 1 and not target.endswith("/"):
        raise DockerfileError(
            f"when using {instruction.keyword} with more than one source file, the destination must be a directory",
            cure=f"End the destination with a slash: {target}/.",
        )


def _refuse_names(chown: str, below: Snapshot) -> None:
    """A name, root too, is looked up in the image's files."""
    for kind, name, path in zip(("uid", "gid"), chown.split(":"), ("etc/passwd", "etc/group"), strict=False):
        known = below.get(path) or below.unknown_file(path)
        if name and not name.isdigit() and known is None:
            raise DockerfileError(
                f"can't find {kind} for {name}: open /{path}: no such file or directory",
                cure="Write numbers, such as 1000:1000.",
            )


def _source(stage: ClassicStage, instruction: Instruction) -> tuple[str, Solved | None, Tree | Snapshot]:
    """What a COPY looks into, for a reason: a label and a step; and the files in it."""
    name = instruction.flag("from")
    if not name:
        return "the build context", None, stage.table.context
    number = stage.table.find_source_stage(name, instruction)
    if number is not None and number >= len(stage.above):
        raise DockerfileError(
            f"invalid from flag value {name}: the stage comes later", cure="Copy from an earlier stage."
        )
    if number is not None:
        step = stage.above[number].last
        return name, step, step.result.snapshot
    image = stage.table.source_image(name)
    return image.reference, None, Snapshot.of_image(image)
