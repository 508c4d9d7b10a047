"""What is true at one place of a stage: the variables, the working directory, the config and the history so far.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatchState).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from ...reading import platforms
from ...reading.base_image import BaseImage, shown_created_by
from ...reading.dockerfile import Instruction, Stage
from ...reading.errors import DockerfileError
from ...reading.expansion import LONGEST, Environment, expand, expand_name, expand_run_name, is_vague
from ..image import config as rules
from ..records import StepName
from .frontend import STEP_KEYWORDS, Frontend
from .llb import HistoryEntry, Input, LoweredStage, Vertex


class StageState:
    """A stage while its instructions are dispatched; each of them changes what holds for the next.

    Attributes:
        frontend, stage: where it belongs.
        platform: what it is built for.
        root: the last vertex; None for an empty file system.
        image: the base image under it, if there is one.
        local: the files of a named context under it, if it is one.
        config, history: the image's, so far.
        environment: what variables mean here: ENV, and ARG with its value. The last one set comes last.
        arguments: every ARG in scope with its value, in order.
        directory: the working directory; as far as it is written, if it is not absolute or a variable in it is unknown.
        placed: whether the working directory is known.
        trigger: "ONBUILD " while the base image's triggers run.
    """

    def __init__(self, frontend: Frontend, stage: Stage) -> None:
        self.frontend, self.stage = frontend, stage
        self.options, self.escape = frontend.options, frontend.dockerfile.escape
        self.forced = self.options.forces(stage)
        self.platform = frontend.stage_platforms[stage.index]
        self.root: Vertex | None = None
        self.image: BaseImage | None = None
        self.local: Vertex | None = None
        self.config: rules.Config = {}
        self.cmd_set = False
        self.history: list[HistoryEntry] = []
        self.history_length = 0  # characters
        self.environment = Environment()
        self.arguments: list[tuple[str, str]] = []
        self.directory, self.placed = "/", True
        self.trigger = ""
        self.number = 0
        self.total = sum(instruction.keyword in STEP_KEYWORDS for instruction in stage.instructions)
        self._entries: dict[str, str] = {}  # name to NAME=value

    def lowered(self) -> LoweredStage:
        """The stage as it is now."""
        arguments, directory = tuple(self.arguments), self.directory if self.placed else None
        return LoweredStage(
            self.root, self.config, tuple(self.history), self.image, arguments, self.environment, self.local, directory
        )

    # Variables and folders.

    def begin(self, config: rules.Config, variables: Environment, directory: str | None) -> None:
        """Begin with the config, the variables and the working directory (None for unknown) of what lies below."""
        self.config, self.environment = config, variables.copy()
        self._entries = {name: f"{name}={value}" for name, value in variables.items()}
        self.directory, self.placed = directory or "", directory is not None

    def set_variable(self, name: str, value: str, vague: bool = False) -> None:
        """Set a variable for the instructions below. The last one set comes last. Source: client/llb/meta.go."""
        self._entries.pop(name, None)
        self.environment.set(name, value, vague)
        self._entries[name] = f"{name}={value}"

    @property
    def run_environment(self) -> tuple[str, ...]:
        """The variables as a RUN's cache key has them: NAME=value."""
        return tuple(self._entries.values())

    def expand(self, word: str) -> str:
        """A word with its variables replaced and its quotes gone."""
        return expand(word, self.environment, self.escape)

    def is_vague(self, *words: str) -> bool:
        """Whether the value of a word depends on a variable that nobody knows."""
        return any(is_vague(word, self.environment, self.escape) for word in words)

    def is_placed(self, word: str) -> bool:
        """Whether it is known where a path leads, as it is written."""
        return not self.is_vague(word) and (self.placed or self.expand(word).startswith("/"))

    def go_to(self, word: str) -> str:
        """Change the working directory; returns it as the config holds it. An empty path keeps it as it is."""
        path, placed = self.expand(word), self.is_placed(word)
        if not path:
            path = self.directory
        elif not path.startswith("/") and not self.is_vague(word):
            path = posixpath.normpath(posixpath.join(self.directory, path))
        self.directory, self.placed = path, placed
        return path

    # Steps and history.

    def look_into(self, name: str, instruction: Instruction) -> Input:
        """What a COPY or a mount looks into; the arguments are those of `Frontend.source_input`.

        Equal content is enough, except in what the step itself works on. Source: solver/llbsolver/ops/file.go.
        """
        found = self.frontend.source_input(name, instruction, self.platform)
        return replace(found, by_content=found.vertex is None or found.vertex is not self.root)

    def step_name(self, text: str) -> StepName:
        """The name of the stage's next step."""
        self.number += 1
        stage = "" if self.frontend.nameless else self.stage.name or f"stage-{self.stage.index}"
        platform = f"{self.platform}{self._arrow()} " if self.options.shows_platform else ""
        place = platform + f"{stage} " * bool(stage) + f"{self.number:>{len(str(self.total))}}/{self.total}"
        return StepName(f"[{place}] {self.trigger}{text}", self.trigger + text, self.number, stage)

    def _arrow(self) -> str:
        """The platform that the stage works for, if it says so with an ARG and it is another than its own."""
        here = platforms.parts(self.platform)
        if "TARGETPLATFORM" in self.environment:
            return platforms.arrow(self.platform, platforms.parse(self.environment["TARGETPLATFORM"]))
        set_ = {"TARGETOS", "TARGETARCH", "TARGETVARIANT"} & self.environment.keys()
        if not set_:
            return ""
        names = (("TARGETOS", here.system), ("TARGETARCH", here.machine), ("TARGETVARIANT", ""))
        there = [self.environment.get(name) or default for name, default in names]
        return platforms.arrow(self.platform, platforms.parse("/".join(filter(None, there))))

    def shown(self, instruction: Instruction) -> str:
        """An instruction as a step's name shows it: the keyword in capitals, variables replaced."""
        return _capitals(expand_name(instruction.source, self.environment, self.escape))

    def shown_run(self, instruction: Instruction, suffix: str, masked: Mapping[str, str]) -> str:
        """A RUN as a step's name shows it; `suffix` says what is in its heredoc, and `masked` has the values that
        stand for secrets, whatever the stage's variables are."""
        variables = {**self.environment, **masked} if masked else self.environment
        return _capitals(expand_run_name(instruction.source + suffix, variables, self.escape))

    def add(self, created_by: str, vertex: Vertex | None = None) -> None:
        """Add a line to the history, and with a vertex the layer that it makes."""
        self.history_length += len(created_by)
        if self.history_length > LONGEST:
            raise DockerfileError(
                "the image's history would be larger than the 16 MiB that Docker's parts send each other"
            )
        self.history.append(HistoryEntry(shown_created_by(created_by), vertex))
        if vertex is not None:
            self.root = vertex


def _capitals(text: str) -> str:
    keyword, space, rest = text.partition(" ")
    return keyword.upper() + space + rest
