"""A stage in the classic builder: the image so far, and the search for a child of it.

Sources: moby, daemon/builder/dockerfile (internals.go, imageprober.go); recorded (tests/traces/*-classic.json).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...reading.base_image import BaseImage, HistoryRow, shown_created_by
from ...reading.dockerfile import Instruction, Stage
from ...reading.expansion import Environment, expand, is_vague
from ..cache.cache import Cache, CacheKey, Found, InputKeys
from ..cache.results import Result, ResultId, Solved, SolvedInput
from ..effects.effects import Effects
from ..files.comparing import Content
from ..files.snapshot import Snapshot
from ..image import config as rules
from ..operations import Operation
from ..records import Image, Layer, StepName, Store, Verdict, base_layers
from ..stage_table import StageTable
from .build_args import Variables


class Numbering:
    """The numbers of a Dockerfile's lines as the log prints them: Step 2/5."""

    def __init__(self, total: int) -> None:
        self.number, self.total = 0, total

    def name(self, source: str) -> StepName:
        """The name of the next step."""
        self.number += 1
        return StepName(f"Step {self.number}/{self.total} : {source}", source, self.number)


class Copying(NamedTuple):
    """What a COPY or ADD copies: where from, and what is compared of it."""

    source: SolvedInput
    content: Content


class ClassicStage:
    """A stage while it is built. Each instruction either finds a child of its parent image, or makes one.

    Attributes:
        table, stage, above: the Dockerfile, the stage, and the stages above it, which are built.
        cache, effects, store: the builder's.
        solved: the steps so far; the last is the parent of what comes next.
        config, rows, layers: the image's, so far.
        variables: what variables mean here.
        busted: whether a step missed, or --no-cache was asked for: what follows is made anew.
        base: the image that the stage begins with, if it is one.
        placed: whether the working directory is known.
    """

    def __init__(
        self, table: StageTable, stage: Stage, above: Sequence[ClassicStage], cache: Cache, effects: Effects,
        store: Store, numbering: Numbering,
    ) -> None:  # fmt: skip
        self.table, self.stage, self.above = table, stage, tuple(above)
        self.cache, self.effects, self.store, self.numbering = cache, effects, store, numbering
        self.forced = "--no-cache" if table.options.no_cache else ""
        self.busted, self.cmd_set = bool(self.forced), False
        self.solved: list[Solved] = []
        self.rows: list[HistoryRow] = []
        self.layers: list[Layer] = []
        self.config: rules.Config = {}
        self.base: BaseImage | None = None
        self.variables = Variables(Environment(), table)
        self.placed = True
        self.name = StepName("", "")

    @property
    def last(self) -> Solved:
        """The step that the next one builds on."""
        return self.solved[-1]

    def expand(self, word: str) -> str:
        """A word with its variables replaced and its quotes gone."""
        return expand(word, self.variables.all, self.table.dockerfile.escape)

    def is_vague(self, *words: str) -> bool:
        """Whether the value of a word depends on a variable that nobody knows."""
        return any(is_vague(word, self.variables.all, self.table.dockerfile.escape) for word in words)

    def is_placed(self, word: str) -> bool:
        """Whether it is known where a path leads, as it is written."""
        return not self.is_vague(word) and (self.placed or self.expand(word).startswith("/"))

    def shell(self) -> list[str]:
        """The words that a command in shell form begins with."""
        return list(self.config.get("Shell") or rules.DEFAULT_SHELL)

    def image(self) -> Image:
        """The image that the stage makes. Without an instruction, it is the base image as it is."""
        changed = self.stage.instructions or self.table.options.labels
        untouched = self.base is not None and not changed and not self.base.config.get("OnBuild")
        config = self.base.config if self.base is not None and untouched else rules.finished(self.config)
        return Image(tuple(self.layers), config, tuple(self.rows))

    # Beginning.

    def begin_with_stage(self, parent: ClassicStage) -> None:
        """Begin with what another stage made."""
        self.config = rules.copied(parent.config)
        self.config.pop("OnBuild", None)
        self.rows, self.layers = list(parent.rows), list(parent.layers)
        self.placed = parent.placed

    def begin_with_image(self, image: BaseImage) -> None:
        """Begin with an image."""
        self.base = image
        self.config = rules.start(image.config, image.known)
        self.placed = image.known or bool(self.config.get("WorkingDir"))
        self.rows = list(image.history)
        self.layers = base_layers(image.history, image.diff_ids)

    # Steps.

    def add(
        self, instruction: Instruction, operation: Operation, inputs: tuple[SolvedInput, ...], result: Result,
        known_as: ResultId, verdict: Verdict, pruned: bool = False,
    ) -> None:  # fmt: skip
        """Add a step whose result is known."""
        self.solved.append(
            Solved(
                name=self.name,
                kind=instruction.keyword,
                operation=operation,
                inputs=inputs,
                result=result,
                ids=(known_as,),
                verdict=verdict,
                forced=self.forced if instruction.keyword != "FROM" else "",
                instruction=instruction,
                stage=self.stage.index,
                pruned=pruned,
            )
        )

    def probe(
        self, instruction: Instruction, operation: Operation, command: Sequence[str],
        execute: Callable[[Snapshot, Verdict], Result], shown: Sequence[str] = (), copied: Copying | None = None,
    ) -> None:  # fmt: skip
        """Look for a child of the parent image with this config and command; make one if there is none.

        The first miss of a stage ends the search: whatever follows is made anew. Source: imageprober.go.

        Args:
            instruction, operation: the step.
            command: what the child's history shows. The config is the parent's and what the command makes of it, so
                that the parent and the command say it all.
            execute: what the step leaves behind on the parent's files; one that depends may be cached instead.
            shown: what the history shows in place of the command, if that is not what is compared.
            copied: the files that it copies.
        """
        parent = self.last
        text = json.dumps(list(command)).encode("utf-8", "surrogatepass")
        digest, keys = hashlib.sha256(text).hexdigest(), [InputKeys([CacheKey(of) for of in parent.ids])]
        if copied is not None:
            keys.append(InputKeys([], copied.content))
        found = Found([]) if self.busted else self.cache.find(digest, keys)
        children = self.cache.there(found.results)
        pruned = bool(found.results) and not children
        verdict: Verdict = "rebuilt" if pruned else found.verdict
        if children:
            result = self.cache.results[children[-1]]
        else:
            self.busted = self.busted or verdict == "rebuilt"
            result = execute(parent.result.snapshot, verdict)
            self.cache.keep(digest, keys, result, found.possible)
        inputs = (SolvedInput(parent),) if copied is None else (SolvedInput(parent), copied.source)
        self.add(instruction, operation, inputs, result, result.execution, verdict, pruned)
        self._record(" ".join(shown or command), result)

    def _record(self, created_by: str, result: Result) -> None:
        """Add a step to the image's history. A layer is what changed on the disk."""
        created_by = shown_created_by(created_by)
        changed = bool(result.snapshot.written) or result.size != 0
        self.rows.append(HistoryRow(created_by, result.size, "", not changed, result.size_source))
        if changed:
            self.layers.append(Layer(created_by, result.size, result.size_source, result.snapshot))
