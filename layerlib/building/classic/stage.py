"""One stage in the classic builder: what each instruction compares, and what it leaves behind.

Sources: moby, daemon/builder/dockerfile (dispatchers.go, buildargs.go, copy.go); recorded
(tests/traces/*-classic.json).
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...reading.catalogue import HistoryRow
from ...reading.dockerfile import Instruction, Stage
from ...reading.errors import DockerfileError
from ...reading.expansion import expand as expand_word
from ...reading.tree import clean
from ..buildkit.solver import Solved
from ..cache.cache import Result, size_source
from ..effects.effects import UNKNOWN
from ..files.selecting import Selection
from ..files.snapshot import Snapshot
from ..frontend.frontend import Frontend
from ..frontend.llb import Input, Vertex
from ..image import config as rules
from ..records import Image, Layer
from .build_args import Variables
from .copy import copy
from .metadata import metadata

if TYPE_CHECKING:
    from .builder import ClassicBuilder

# Build arguments that need no ARG. They do not count, but one that is passed shows as `|0` before a RUN.
PROXIES = {
    name for word in ("HTTP", "HTTPS", "FTP", "NO", "ALL") for name in (f"{word}_PROXY", f"{word}_PROXY".lower())
}


class ClassicStage:
    """A stage while it is built. Each instruction either finds a child of its parent image, or makes one."""

    def __init__(
        self,
        builder: ClassicBuilder,
        frontend: Frontend,
        stage: Stage,
        above: Sequence[ClassicStage],
        number: int,
        total: int,
    ) -> None:
        self.builder, self.frontend, self.stage, self.above = builder, frontend, stage, above
        self.cache, self.escape = builder.cache, frontend.dockerfile.escape
        self.number, self.total = number, total
        self.busted, self.cmd_set, self.listed = frontend.options.no_cache, False, True
        self.solved: dict[str, Solved] = {}
        self.rows: list[HistoryRow] = []
        self.layers: list[Layer] = []
        self.config: rules.Config = {}
        self.untouched: Mapping[str, Any] | None = None

    def walk(self) -> None:
        """Build the stage. Raises DockerfileError with the line of what Docker refuses."""
        self.number += 1
        with self.frontend.at(self.stage.first):
            inherited = self._begin()
            self.variables = Variables(self.config["Env"], self.frontend.options.args, self.frontend.global_args)
            triggers = self.frontend.triggers(inherited, self.stage)
            self.listed = False
            for one in triggers:
                self._dispatch(one)
            self.listed = True
        for one in self.stage.instructions:
            self.number += 1
            with self.frontend.at(one):
                self._dispatch(one)

    def image(self) -> Image:
        """The image that the stage makes. Without an instruction, it is the base image as it is."""
        if not self.stage.instructions and self.untouched is not None:
            return Image(tuple(self.layers), self.untouched, tuple(self.rows))
        return Image(tuple(self.layers), rules.finished(self.config), tuple(self.rows))

    @property
    def snapshot(self) -> Snapshot:
        """The files after the last step."""
        return self.solved[self.last.identity].result.snapshot

    def _name(self, source: str) -> str:
        return f"Step {self.number}/{self.total} : {source}" if self.listed else ""

    def _begin(self) -> Mapping[str, Any]:
        """FROM a stage, nothing, or an image; returns the config with its ONBUILD triggers."""
        base = self.frontend.bases[self.stage.index]
        number = self.frontend.stage_named(base, self.stage.index)
        parent = None if number is None else self.above[number]
        definition: dict[str, Any] = {"step": self.number, "image": base, "digest": base}
        inputs: tuple[Input, ...] = ()
        if parent is not None:
            inherited: Mapping[str, Any] = parent.config
            self.config = rules.copied(parent.config)
            self.config.pop("OnBuild", None)
            self.rows, self.layers = list(parent.rows), list(parent.layers)
            before = parent.solved[parent.last.identity]
            result, cached, inputs = before.result, before.cached, (Input(parent.last),)
            self.solved[parent.last.identity] = before
        elif base == "scratch":
            inherited, cached = {}, True
            self.config = rules.start({})
            result = Result("scratch", Snapshot())
        else:
            image = self.frontend.image(base)
            inherited = image.config
            definition |= {"image": image.reference, "digest": image.digest}
            self.config = rules.start(image.config)
            self.untouched = None if image.config.get("OnBuild") else image.config
            self.rows += image.history
            self.layers += [
                Layer(row.created_by, row.size, row.size_source, diff, True, row.compressed)
                for row, diff in zip(image.layers, image.diff_ids, strict=True)
            ]
            key = f"image {image.digest}"
            cached = key in self.cache.images
            self.cache.images.add(key)
            result = Result(key, Snapshot.of_image(image))
        self._add(self.stage.first, "FROM", definition, inputs, result, cached)
        return inherited

    def _add(
        self, one: Instruction, kind: str, definition: Mapping[str, Any], inputs: tuple[Input, ...], result: Result,
        cached: bool, selections: Mapping[tuple[int, str], Selection] | None = None,
    ) -> None:  # fmt: skip
        self.last = Vertex(
            kind=kind, name=self._name(one.source), definition=definition, inputs=inputs, instruction=one,
            stage=self.stage.index, forced=self.frontend.options.no_cache and kind != "FROM",
        )  # fmt: skip
        self.solved[self.last.identity] = Solved(self.last, [result.key], result, cached, selections or {})

    def probe(
        self, one: Instruction, command: Sequence[str], definition: dict[str, Any], make: Any, compared: str = "",
        inputs: tuple[Input, ...] = (), selections: Mapping[tuple[int, str], Selection] | None = None,
    ) -> None:  # fmt: skip
        """Look for a child of the parent image with this config and command; make one if there is none.

        The first miss of a stage ends the search: whatever follows is made anew. Source: imageprober.go.
        """
        parent = self.solved[self.last.identity]
        # The config is the parent's and what the command makes of it, so that the two of them say it all.
        key = hashlib.sha256(json.dumps([list(command), compared]).encode("utf-8", "surrogatepass")).hexdigest()
        found = [] if self.busted else self.cache.find(key, [[parent.result.key]])
        if not found:
            self.busted = True
            result = make(self.cache.new_key("classic"), parent.result.snapshot)
            self.cache.results[result.key] = result
            self.cache.link(key, [[parent.result.key]], result.key)
        else:
            result = self.cache.results[found[-1]]
        definition["step"] = (self.number, len(self.solved))
        self._add(one, one.keyword, definition, (Input(self.last), *inputs), result, bool(found), selections)
        text = " ".join(command)
        changed = bool(result.snapshot.written) or result.size != 0  # a layer is what changed on the disk
        self.rows.append(HistoryRow(text, result.size, "", not changed, result.size_source))
        if changed:
            self.layers.append(Layer(text, result.size, result.size_source, result.key))

    def expand(self, word: str) -> str:
        return expand_word(word, self.variables.all, self.escape)

    def _dispatch(self, one: Instruction) -> None:
        match one.keyword:
            case "RUN":
                self._run(one)
            case "COPY" | "ADD":
                copy(self, one)
            case "WORKDIR":
                self._workdir(one)
            case _:
                metadata(self, one)

    def shell(self) -> list[str]:
        return list(self.config.get("Shell") or rules.DEFAULT_SHELL)

    def _workdir(self, one: Instruction) -> None:
        path = posixpath.join(self.config.get("WorkingDir") or "/", self.expand(one.words[0]))
        path = posixpath.normpath(path).replace("//", "/")
        self.config["WorkingDir"] = path

        def make(key: str, below: Snapshot) -> Result:
            written = below.with_folder(clean(path))
            size = below.size(written, self.frontend.store) if written else 0
            return Result(key, Snapshot(below, written), size, size_source(size))

        self.probe(one, [*self.shell(), f"#(nop) WORKDIR {path}"], {"path": path}, make)

    def _run(self, one: Instruction) -> None:
        for flag in one.flags:
            raise DockerfileError(
                f"the --{flag} option requires BuildKit", cure="Take it away, or build with BuildKit."
            )
        argv = rules.command_line(self.config, one)
        arguments = rules.entries(self.variables.arguments())
        proxies = PROXIES & self.frontend.options.args.keys() - self.config["Env"].keys()
        command = [f"|{len(arguments)}", *arguments, *argv] if arguments or proxies else argv
        variables = self.variables.all
        user, _, group = str(self.config.get("User") or "").partition(":")
        volumes = tuple(clean(path) for path in self.config.get("Volumes", ()))

        def make(key: str, below: Snapshot) -> Result:
            directory = self.config.get("WorkingDir") or "/"
            outcome = self.builder.effects.outcome(" ".join(argv), below, directory)
            written = outcome.written(below, variables, user, group, key, volumes)
            size = outcome.layer_size(below, written, self.frontend.store)
            source = outcome.source if size is not None else UNKNOWN
            return Result(key, Snapshot(below, written, outcome.unknown_writes, key), size, source, outcome.seconds)

        definition = {"command": argv, "arguments": arguments, "environment": self.variables.entries}
        self.probe(one, command, definition, make)
