"""What a RUN writes and how long it takes, as far as anyone knows. A model that runs nothing can only look it up."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ...reading.errors import ContextError, DockerfileError
from ...reading.expansion import Variables, expand_body
from ...reading.file import File
from ...reading.paths import clean
from ..files.selecting import select
from ..files.snapshot import Gap, Snapshot
from ..records import Store
from .run import Run

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
        writes: paths of the files that it writes and that later steps may ask for, absolute or from the working
            directory, and of folders in which it writes any, with a slash at the end; empty if it writes none. None
            for unknown: then only what is known of its programs counts.
        reproducible: whether it writes the same bytes whenever its text, variables replaced, is the same.
        reads: paths, from the working directory, that decide what it writes: as long as its text and these files and
            folders are the same, so are the bytes. If one of them changed, the bytes may still be the same.
        source: where the numbers come from, in words.
    """

    size: int | None = None
    seconds: float | None = None
    writes: tuple[str, ...] | None = None
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
        effects: declared effects that match and say what is written, each with the text that it was found by.
        followed: the command line, followed; None if it is declared what it writes.
        size, seconds: None when nobody knows. `size` is declared; without it the written files are counted, if the
            command line is known as a whole.
        source: where they come from.
        unknown_writes: folders and files that the command may have written, and whose bytes nobody knows; "" is all
            of them. A file that it is known to have written is known all the same.
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
    complete: bool = False
    assumed: bool = False
    foreign: Mapping[str, str | None] = NO_PLACES

    def written(self, run: Run, execution: int, depends: bool) -> dict[str, File | None]:
        """The files that a run writes. They belong to its user; one that is there keeps its owner.

        Args:
            run: the command and what it sees.
            execution: the number of the run. Bytes that nobody knows are the same as those of the same run.
            depends: whether it may be that an earlier run's result is taken.
        """
        below = run.below
        user, _, group = run.user.partition(":")
        own = tuple(_numbers(user or "0", group or user or "0"))
        written: dict[str, File | None] = {}
        for path, file in (self.followed.written if self.followed else {}).items():
            unknown = file is not None and file.opaque_id and not file.doubt
            written[path] = _of_run(file, execution) if file is not None and unknown else file
        for text, effect in self.effects:
            read = _read(run, effect, execution)
            for place in effect.writes or ():
                path = _path(run, place)
                if place.endswith("/"):
                    written.update(below.with_folder(path, *own))
                    continue
                known = below.get(path)
                uid, gid = _numbers(known.uid, known.gid) if known else own
                written.update(below.with_folder(path.rpartition("/")[0]))
                content_id = effect.content_id(text, run.variables, path, execution, read)
                doubt = "" if self.complete and not depends and not effect.reads else str(execution)
                written[path] = File(opaque_id=content_id, doubt=doubt, uid=uid, gid=gid)
        return {path: file for path, file in written.items() if not _is_below(path, run.mounted)}

    def gaps(self, run: Run, execution: int) -> dict[str, Gap]:
        """Where a run writes files that nobody knows: in `unknown_writes`, and in folders that are declared.

        Args:
            run, execution: as for `written`.
        """
        doubt = str(execution)
        gaps = dict.fromkeys(self.unknown_writes, Gap(f"run {execution}", doubt))
        for text, effect in self.effects:
            read = _read(run, effect, execution)
            for place in effect.writes or ():
                path = _path(run, place)
                if place.endswith("/") and not _is_below(path, run.mounted):
                    content_id = effect.content_id(text, run.variables, path, execution, read)
                    there = f"{gaps[path].stands_for}\0" if path in gaps else ""
                    gaps[path] = Gap(there + content_id, doubt)
        return gaps

    def layer_size(self, below: Snapshot, written: Mapping[str, File | None], store: Store) -> int | None:
        """Bytes of the layer. On the containerd store, unknown for files whose sizes were never listed."""
        if self.size is not None or self.followed is None or not self.followed.sized or store != "overlay2":
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
        noted: as `declared`, for commands of which that says nothing: what a project's owner knows.
    """

    def __init__(
        self, declared: Mapping[str, Any] | None = None, complete: bool = False, refuses: bool = True,
        noted: Mapping[str, Effect] | None = None,
    ) -> None:  # fmt: skip
        self.refuses = refuses
        self.declared = {text: _effect(value) for text, value in (declared or {}).items()}
        self.complete = complete
        self.noted = dict(noted or {})

    def with_notes(self, noted: Mapping[str, Effect]) -> Effects:
        """The same table, with what an owner knows of commands that it says nothing of."""
        return Effects(self.declared, self.complete, self.refuses, noted)

    def lenient(self) -> Effects:
        """The same table, by which no command fails, and whatever it requires is given."""
        return Effects(self.declared, self.complete, refuses=False, noted=self.noted)

    def _matching(self, command: str) -> tuple[tuple[str, Effect], ...]:
        """The effects of a command, each with the text that it was found by."""
        found = _found(self.declared, command)
        return found if found or self.complete else _found(self.noted, command)

    def failure(self, run: Run) -> Failure | None:
        """How a command certainly fails; None if it may succeed, if its effects are declared, or if none fails."""
        if self.complete or not self.refuses or self._matching(run.command):
            return None
        from .failing import certain_failure  # takes a while to load

        return certain_failure(run)

    def outcome(self, run: Run) -> Outcome:
        """What a command does: as declared, else as far as its programs are known."""
        command = run.command
        matching = self._matching(command)
        if matching and not _found(self.declared, command):
            # An owner names files. What else may decide the bytes must be the same, too: the command as a whole, what
            # it sees of variables, its user and the base image.
            base = run.below.base
            variables = map(str, sorted(run.variables.items(), key=_name))
            whole = "\0".join((command, run.user, base.stands_for if base else "", *variables))
            matching = tuple((whole, effect) for _, effect in matching)
        effects = [effect for _, effect in matching]
        size = _sum(effect.size for effect in effects)
        seconds = _sum(effect.seconds for effect in effects)
        source = "; ".join(dict.fromkeys(effect.source for effect in effects)) or UNKNOWN
        writing = tuple((text, effect) for text, effect in matching if effect.writes is not None)
        if writing or self.complete:
            lost = run.directory is None and not all(
                path.startswith("/") for _, e in writing for path in e.writes or ()
            )
            unknown_writes, foreign = (("",), ANYWHERE) if lost else ((), NO_PLACES)
            return Outcome(
                () if lost else writing, None, size, seconds, source, unknown_writes, self.complete,
                foreign=foreign,
            )  # fmt: skip
        outcome = _followed(run)
        if not matching:
            return outcome
        return outcome._replace(
            size=outcome.size if size is None else size,
            seconds=outcome.seconds if seconds is None else seconds,
            source=source if outcome.source == UNKNOWN else f"{source}; {outcome.source}",
            assumed=False,
        )


def _followed(run: Run) -> Outcome:
    """What a command does, as far as its programs are known."""
    from .follow import follow  # takes a while to load, and a build of declared effects does without

    followed = follow(run)
    source = "; ".join(dict.fromkeys(followed.sources))
    seconds = round(followed.seconds, 2) if followed.timed else None
    return Outcome(
        (), followed, None, seconds, source if followed.sized else UNKNOWN,
        tuple(sorted(followed.unknown_writes)), assumed=not followed.sized, foreign=followed.foreign,
    )  # fmt: skip


def _path(run: Run, place: str) -> str:
    """A path that an effect writes, from the root, without the first slash."""
    return clean(posixpath.join(run.directory or "/", place))


def _read(run: Run, effect: Effect, execution: int) -> str:
    """The digest of what a command reads; a path that is not there is a digest, too.

    Without a working directory, nobody knows what it reads, and every run may read something else.
    """
    if run.directory is None and not all(path.startswith("/") for path in effect.reads):
        return f"run {execution}"
    return " ".join(_read_path(run.below, posixpath.join(run.directory or "/", path)) for path in effect.reads)


def _found(table: Mapping[str, Effect], command: str) -> tuple[tuple[str, Effect], ...]:
    return tuple((text, effect) for text, effect in table.items() if text in command)


def _name(variable: tuple[str, str | None]) -> str:
    return variable[0]


def _of_run(file: File, execution: int) -> File:
    """A file whose bytes a run wrote: another run may write others."""
    return replace(file, opaque_id=f"run {execution} {file.opaque_id}", doubt=str(execution))


def _numbers(*owner: str) -> Iterator[str]:
    """A user and a group as a file has them."""
    return ("0" if name == "root" else name for name in owner)


def _is_below(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of some folders, or in one of them."""
    return any(f"{path}/".startswith(f"{folder}/") for folder in folders)


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
