"""What a RUN writes and how long it takes, as far as anyone knows. A model that runs nothing can only look it up."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ...reading.errors import ContextError, DockerfileError
from ...reading.expansion import Variables, expand_body
from ...reading.file import File
from ...reading.paths import clean
from ..files.selecting import select
from ..files.snapshot import Snapshot
from ..records import Store

if TYPE_CHECKING:
    from .failing import Failure
    from .followed import FollowedCommand

UNKNOWN = "unknown: nobody ran this command"
NO_PLACES: Mapping[str, str | None] = {}
ANYWHERE: Mapping[str, str | None] = {"": ""}


@dataclass(frozen=True)
class Effect:
    """What a command does.

    Attributes:
        size: bytes that its layer takes, or None for unknown.
        seconds: how long it runs, or None for unknown.
        writes: absolute paths of the files that it writes and that later steps may ask for.
        reproducible: whether it writes the same bytes whenever its text, variables replaced, is the same.
        reads: paths, from the working directory, that decide what it writes: as long as its text and these files and
            folders are the same, so are the bytes. If one of them changed, the bytes may still be the same.
        source: where the numbers come from, in words.
    """

    size: int | None = None
    seconds: float | None = None
    writes: tuple[str, ...] = ()
    reproducible: bool = False
    reads: tuple[str, ...] = ()
    source: str = "declared"

    def content_id(self, text: str, variables: Variables, path: str, execution: int, read: str) -> str:
        """Stands for the bytes that the command writes to a path.

        Args:
            text: by which the effect was found.
            variables: what the command sees.
            path: where it writes.
            execution: another for every time it runs.
            read: the digest of what `reads` names.
        """
        if not (self.reproducible or self.reads):
            return f"run {execution} {path}"
        with suppress(DockerfileError):
            text = expand_body(text, variables)
        return "effect " + hashlib.sha256(f"{text}\0{path}\0{read}".encode()).hexdigest()


class Outcome(NamedTuple):
    """What a RUN does.

    Attributes:
        effects: declared effects that match, each with the text that it was found by.
        followed: the command line, followed; None if its effects are declared.
        size, seconds: None when nobody knows. `size` is declared; without it the written files are counted, if the
            command line is known as a whole.
        source: where they come from.
        unknown_writes: folders and files that the command may have written, and whose bytes nobody knows; "" is all
            of them. A file that it is known to have written is known all the same.
        directory: the absolute folder that the command starts in.
        complete: whether a command that is not reproducible is known to write other bytes each time, as in traces.
        assumed: whether nobody ran the command, so that its success is an assumption.
        foreign: where it may have put programs or links of its own, as `Snapshot.foreign`.
    """

    effects: tuple[tuple[str, Effect], ...]
    followed: FollowedCommand | None
    size: int | None
    seconds: float | None
    source: str
    unknown_writes: tuple[str, ...]
    directory: str = "/"
    complete: bool = False
    assumed: bool = False
    foreign: Mapping[str, str | None] = NO_PLACES

    def written(
        self, below: Snapshot, variables: Variables, user: str, group: str, execution: int, depends: bool,
        mounted: Sequence[str],
    ) -> dict[str, File | None]:  # fmt: skip
        """The files that a run writes over a snapshot. They belong to its user; one that is there keeps its owner.

        Args:
            below: the files that it works on.
            variables: what it sees.
            user, group: whose the files are.
            execution: the number of the run. Bytes that nobody knows are the same as those of the same run.
            depends: whether it may be that an earlier run's result is taken.
            mounted: folders of which nothing is in the image: mounts, and the classic builder's volumes.
        """
        written: dict[str, File | None] = {}
        for path, file in (self.followed.written if self.followed else {}).items():
            unknown = file is not None and file.opaque_id and not file.doubt
            written[path] = _of_run(file, execution) if file is not None and unknown else file
        for text, effect in self.effects:
            read = _read(below, self.directory, effect.reads)
            for path in map(clean, effect.writes):
                known = below.get(path)
                owner = (known.uid, known.gid) if known else (user or "0", group or user or "0")
                uid, gid = ("0" if name == "root" else name for name in owner)
                written.update(below.with_folder(path.rpartition("/")[0]))
                content_id = effect.content_id(text, variables, path, execution, read)
                doubt = "" if self.complete and not depends and not effect.reads else str(execution)
                written[path] = File(opaque_id=content_id, doubt=doubt, uid=uid, gid=gid)
        return {p: file for p, file in written.items() if not any(f"{p}/".startswith(f"{m}/") for m in mounted)}

    def layer_size(self, below: Snapshot, written: Mapping[str, File | None], store: Store) -> int | None:
        """Bytes of the layer. On the containerd store, unknown for files whose sizes were never listed."""
        if self.followed is None or not self.followed.sized or store != "overlay2":
            return self.size
        return below.size(written, store)


class Effects:
    """A table of effects: those that are declared, and measured ones of common commands (`follow.py`).

    Args:
        declared: a text that a RUN's command holds, to an `Effect` or a mapping with its fields.
        complete: whether a command without an entry is known to write nothing that later steps ask for. Recorded
            traces are; for anybody else's commands nobody knows.
        refuses: whether a command that is known to fail ends the build, as it does in Docker. The lint goes on, to find
            what fails after it.
    """

    def __init__(self, declared: Mapping[str, Any] | None = None, complete: bool = False, refuses: bool = True) -> None:
        self.refuses = refuses
        self.declared = {text: _effect(value) for text, value in (declared or {}).items()}
        self.complete = complete

    def lenient(self) -> Effects:
        """The same table, by which no command fails."""
        return Effects(self.declared, self.complete, refuses=False)

    def failure(self, args: Sequence[str], below: Snapshot, directory: str | None, mounted: bool) -> Failure | None:
        """How a command certainly fails; None if it may succeed, if its effects are declared, or if none fails.

        Args:
            args, below, directory: as for `outcome`.
            mounted: whether it sees files that are not in the image.
        """
        if self.complete or not self.refuses or any(text in " ".join(args) for text in self.declared):
            return None
        from .failing import certain_failure  # takes a while to load

        return certain_failure(args, below, directory, mounted)

    def outcome(
        self, args: Sequence[str], below: Snapshot, directory: str | None, user: str = "",
        variables: Mapping[str, str | None] | None = None, mounted: Sequence[str] = (),
    ) -> Outcome:  # fmt: skip
        """What a command does over a snapshot: as declared, else as far as its programs are known.

        Args:
            args: the program and its arguments; in shell form, the shell first.
            below: the files that it finds.
            directory: the absolute folder that it starts in, or None if nobody knows it.
            user: as USER wrote it; empty for root.
            variables: what it sees of ENV and ARG.
            mounted: folders and files that are not in the image, relative to its root.
        """
        command = " ".join(args)
        matching = tuple((text, effect) for text, effect in self.declared.items() if text in command)
        if matching or self.complete:
            effects = [effect for _, effect in matching]
            size = _sum(effect.size for effect in effects)
            seconds = _sum(effect.seconds for effect in effects)
            known = self.complete or any(effect.writes for effect in effects)
            source = "; ".join(dict.fromkeys(effect.source for effect in effects)) or UNKNOWN
            unknown_writes, foreign = ((), NO_PLACES) if known else (("",), ANYWHERE)
            return Outcome(
                matching, None, size, seconds, source, unknown_writes, directory or "/", self.complete, foreign=foreign
            )
        from .follow import follow  # takes a while to load, and a build of declared effects does without

        followed = follow(args, below, directory, user, variables, mounted)
        source = "; ".join(dict.fromkeys(followed.sources))
        seconds = round(followed.seconds, 2) if followed.timed else None
        return Outcome(
            (), followed, None, seconds, source if followed.sized else UNKNOWN,
            tuple(sorted(followed.unknown_writes)), assumed=not (followed.sized and followed.timed),
            foreign=followed.foreign,
        )  # fmt: skip


def _of_run(file: File, execution: int) -> File:
    """A file whose bytes a run wrote: another run may write others."""
    return replace(file, opaque_id=f"run {execution} {file.opaque_id}", doubt=str(execution))


def _read(below: Snapshot, directory: str, paths: Iterable[str]) -> str:
    """The digest of what a command reads; a path that is not there is a digest, too."""
    return " ".join(_read_path(below, posixpath.join(directory, path)) for path in paths)


def _read_path(below: Snapshot, path: str) -> str:
    try:
        return select(below, path).digest
    except ContextError:
        return "nothing"


def as_effects(given: Effects | Mapping[str, Any] | None) -> Effects:
    """A table of effects, as a builder takes it: itself, or a mapping of declared ones."""
    return given if isinstance(given, Effects) else Effects(given)


def _sum(values: Iterable[Any]) -> Any:
    known = list(values)
    return sum(known) if known and None not in known else None


def _effect(value: Any) -> Effect:
    if isinstance(value, Effect):
        return value
    fields: dict[str, Any] = {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
    return Effect(**fields)
