"""COPY and ADD: what they look at, and all that is in their cache key.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatchCopy).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ...reading.dockerfile import Heredoc, Instruction
from ...reading.errors import DockerfileError
from ...reading.expansion import expand_body
from ...reading.file import File
from ...reading.paths import base_name, clean
from ...reading.tree import Tree
from .. import remote
from ..files.chmod import SYMBOLIC
from ..files.copying import destination
from ..files.owners import numeric
from ..files.selecting import has_wildcard
from ..operations import Copy, Merge
from .llb import CopySource, Input, Source, Vertex
from .state import StageState


def copy(state: StageState, instruction: Instruction) -> None:
    """Add a COPY or ADD to a stage. Raises DockerfileError for what Docker refuses."""
    flags = _flags(state, instruction)
    words = [state.expand(word) for word in instruction.words[:-1] if not instruction.heredoc_of(word)]
    target = state.expand(instruction.words[-1])
    sources = _sources(state, instruction, words, flags.exclude)
    placed = state.is_placed(instruction.words[-1])
    operation = Copy(
        sources=tuple(sources.vague.get(n, base_name(copy.source.path)) for n, copy in enumerate(sources.copies)),
        destination=destination(state.directory, target) if placed else target,
        owner=":".join(map(numeric, flags.chown.split(":"))) if flags.chown else None,
        mode=flags.mode,
        unpack=instruction.is_set("unpack") if instruction.flag("unpack") else instruction.keyword == "ADD",
        exclude=flags.exclude,
        wildcards=tuple(copy.source.wildcards for copy in sources.copies),
    )
    linked = instruction.is_set("link") and flags.mode is None and state.frontend.store == "containerd"
    text = state.shown(instruction)
    step_name = state.step_name(text)
    vertex = Vertex(
        name=step_name,
        operation=operation,
        inputs=(Input() if linked else Input(state.root), *sources.inputs),
        forced=state.forced,
        instruction=instruction,
        stage=state.stage.index,
        copies=tuple(sources.copies),
        vague=not placed or state.is_vague(*_decisive(instruction)),
    )
    if linked and state.root is not None:
        vertex = Vertex(
            name=step_name.with_prefix("LINK "),
            operation=Merge(),
            inputs=(Input(state.root), Input(vertex)),
            instruction=instruction,
            stage=state.stage.index,
        )
    state.add(f"{' '.join([instruction.keyword, *flags.shown, *sources.labels, target])} # buildkit", vertex)


class _Flags(NamedTuple):
    """The flags of a COPY, variables replaced; `mode` is a number where --chmod is one."""

    chown: str
    mode: int | str | None
    exclude: tuple[str, ...]
    shown: tuple[str, ...]


def _flags(state: StageState, instruction: Instruction) -> _Flags:
    chown, chmod = state.expand(instruction.flag("chown")), state.expand(instruction.flag("chmod"))
    exclude = tuple(map(state.expand, instruction.flags.get("exclude", ())))
    shown = tuple(f"--{flag}={value}" for flag, value in (("chown", chown), ("chmod", chmod)) if value)
    mode = chmod if state.is_vague(instruction.flag("chmod")) else _mode(chmod) if chmod else None
    return _Flags(chown, mode, exclude, shown)


def _decisive(instruction: Instruction) -> Iterator[str]:
    """The words that decide what a COPY writes, besides its destination."""
    yield from instruction.words[:-1]
    for name in ("chown", "chmod", "exclude"):
        yield from instruction.flags.get(name, ())
    yield from (heredoc.body for heredoc in instruction.heredocs if heredoc.expand)


def _mode(text: str) -> int | str:
    """--chmod as a number, or as text if it is symbolic. Raises DockerfileError for what is neither."""
    if re.fullmatch(r"[0-7]+", text) and int(text, 8) <= 0o7777:
        return int(text, 8)
    if SYMBOLIC.fullmatch(text):
        return text
    raise DockerfileError(
        f"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777",
        cure="Write permissions as digits from 0 to 7, such as --chmod=755, or as letters, such as --chmod=u+x.",
        spot=text,
    )


@dataclass
class _Sources:
    """What a COPY takes.

    Attributes:
        inputs: those after the first.
        copies: which source is in which of them.
        labels: how history shows each source.
        vague: the place among the copies of a source that nobody knows, and how it is written.
    """

    inputs: list[Input]
    copies: list[CopySource]
    labels: list[str]
    vague: dict[int, str] = field(default_factory=dict)

    def add(self, source: Input, label: str) -> None:
        """Add a source that is an input of its own."""
        self.inputs.append(source)
        self.copies.append(CopySource(len(self.inputs), source.sources[0]))
        self.labels.append(label)


def _sources(state: StageState, instruction: Instruction, words: Sequence[str], exclude: tuple[str, ...]) -> _Sources:
    """URLs, then what comes from the context, a stage or an image, then heredocs: Docker copies in this order."""
    looked_into = state.look_into(instruction.flag("from"), instruction)
    checksum = state.expand(instruction.flag("checksum"))
    if checksum and not state.is_vague(instruction.flag("checksum"), *instruction.words):
        remote.refuse_checksum(checksum, [word for word in words if remote.is_url(word) or remote.is_git(word)])
    sources = _Sources([], [], [])
    paths: list[Source] = []
    vague: dict[int, str] = {}
    written = (word for word in instruction.words[:-1] if not instruction.heredoc_of(word))
    for word, as_written in zip(words, written, strict=True):
        if state.is_vague(as_written):
            vague[len(paths)] = word
            paths.append(Source(""))  # it may name anything in there
            sources.labels.append(word)
            continue
        if instruction.keyword == "COPY":
            remote.refuse_copy(word)
        if remote.is_url(word) or remote.is_git(word):
            sources.add(_remote(word, checksum), word)
        else:
            wildcards = has_wildcard(word)
            paths.append(Source(word.lstrip("/") if wildcards else clean(word), exclude, wildcards))
            sources.labels.append(word)
    if paths:
        selected = tuple(sorted(set(paths), key=lambda source: source.path))
        sources.inputs.append(replace(looked_into, sources=selected))
        sources.vague = {len(sources.copies) + place: word for place, word in vague.items()}
        sources.copies += [CopySource(len(sources.inputs), source) for source in paths]
    for doc in instruction.heredocs:
        sources.add(_inline(doc, state), f"<<{doc.name}")
    return sources


def _remote(url: str, checksum: str) -> Input:
    name = base_name(url) if remote.is_git(url) else remote.file_name(url) or "__unnamed__"
    return Input(files=remote.fetched(url, name, checksum), sources=(Source(name),), by_content=True, label=url)


def _inline(heredoc: Heredoc, state: StageState) -> Input:
    name = clean(heredoc.name)
    if "/" in name:
        raise DockerfileError(
            f"open /{name}: no such file or directory",
            spot=f"<<{heredoc.name}",
            cure="A heredoc becomes a file without a folder: name the folder in the destination.",
        )
    body = expand_body(heredoc.body, state.environment) if heredoc.expand else heredoc.body
    file = File(body.encode("utf-8", "surrogateescape"))
    if heredoc.expand and state.image is not None and state.is_vague(heredoc.body):
        file = File(opaque_id=f"{state.image.digest} {file.digest}")
    return Input(
        files=Tree({name: file}),
        sources=(Source(name),),
        by_content=True,
        label=f"heredoc {heredoc.name}",
        content_id=file.digest,
    )
