"""Walking one stage: what each instruction adds to BuildKit's graph, to the config and to the history.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatchRun, dispatchCopy, ...).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import cached_property

from ...reading.base_image import BaseImage
from ...reading.dockerfile import Instruction, Stage
from ...reading.errors import DockerfileError
from ...reading.expansion import LONGEST, expand, expand_name, expand_run_name
from ...reading.paths import refuse_too_long
from ..files.owners import number_of_root, owner
from ..image import config as rules
from .copy import copy
from .frontend import STEP_KEYWORDS, Frontend
from .llb import Input, Lowered, Row, Vertex
from .run import run

NOT_IN_ENVIRONMENT = {"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"}


class StageWalk:
    """A stage while it is walked. `lower` goes through the instructions in order; each changes what follows."""

    def __init__(self, frontend: Frontend, stage: Stage) -> None:
        self.frontend, self.stage, self.escape = frontend, stage, frontend.dockerfile.escape
        self.options = frontend.options
        self.forced = self.options.forces(stage)
        self.number = 0
        self.total = sum(one.keyword in STEP_KEYWORDS for one in stage.instructions)
        self.cmd_set = False
        self.onbuild = ""
        self.rows: list[Row] = []
        self.told = 0  # characters of history
        self.root: Vertex | None = None
        self.image: BaseImage | None = None
        self.arguments: list[tuple[str, str]] = []
        self.environment: dict[str, str] = {}
        self.entries: dict[str, str] = {}  # name to name=value
        self.directory = "/"
        self.config: rules.Config = {}

    def lower(self) -> Lowered:
        """Walk the stage. Raises DockerfileError with the line of what Docker refuses."""
        with self.frontend.at(self.stage.first):
            inherited = self._begin()
            triggers = self.frontend.triggers(inherited, self.stage)
        for name, value in self.config["Env"].items():
            self._assign(name, value)
        self._go_to(self.config.get("WorkingDir") or "/")
        self.total += len(triggers)
        for one in triggers:
            with self.frontend.at(self.stage.first):
                self.onbuild = "ONBUILD "
                self._dispatch(one)
        self.onbuild = ""
        for one in self.stage.instructions:
            with self.frontend.at(one):
                self._dispatch(one)
        return Lowered(self.root, self.config, tuple(self.rows), self.image, tuple(self.arguments), self.environment)

    def _begin(self) -> dict[str, object]:
        """Start from a stage, nothing, or an image; returns the config with its triggers."""
        base = self.frontend.bases[self.stage.index]
        if base.lower() in {name.lower() for name in self.options.contexts}:
            raise DockerfileError(
                f"FROM {base} would begin with the files of the build context {base}, which this model cannot",
                cure="COPY --from and RUN --mount can use a named context.",
            )
        parent = self.frontend.stage_named(base, self.stage.index)
        if parent is not None:
            below = self.frontend.lowered[parent]
            self.root, self.image, self.rows = below.root, below.image, list(below.rows)
            self.config = rules.copied(below.config)
            self.config.pop("OnBuild", None)
            self.arguments = list(below.arguments)
            for name, value in below.environment.items():
                self._assign(name, value)
            return dict(below.config)
        if base == "scratch":
            self.config = {**rules.start({}), "WorkingDir": "/"}
            return {}
        self.image = self.frontend.image(base)
        self.total += 1
        self.root = self.frontend.image_vertex(self.image, self.numbered(), self.stage)
        self.config = rules.start(self.image.config)
        return dict(self.image.config)

    def numbered(self) -> str:
        self.number += 1
        label = "" if self.frontend.nameless else (self.stage.name or f"stage-{self.stage.index}") + " "
        return f"[{label}{self.number:>{len(str(self.total))}}/{self.total}] {self.onbuild}"

    def _assign(self, variable: str, value: str) -> None:
        """Set a variable for the RUNs below. The last one set comes last. Source: client/llb/meta.go."""
        self.environment.pop(variable, None)
        self.entries.pop(variable, None)
        self.environment[variable], self.entries[variable] = value, f"{variable}={value}"
        self.__dict__.pop("seen", None)

    @cached_property
    def seen(self) -> list[str]:
        """The variables as a RUN's cache key has them: one list for all RUNs until a variable is set."""
        return list(self.entries.values())

    def _go_to(self, path: str) -> str:
        """Change the working directory; returns it as the config holds it."""
        if not path.startswith("/"):
            path = posixpath.normpath(posixpath.join(self.directory, path))
        self.directory = path
        return path

    def expand(self, word: str) -> str:
        return expand(word, self.environment, self.escape)

    def name(self, one: Instruction, suffix: str = "", run: bool = False) -> str:
        shown = (expand_run_name if run else expand_name)(one.source + suffix, self.environment, self.escape)
        first, blank, rest = shown.partition(" ")
        return first.upper() + blank + rest

    def add(self, text: str, vertex: Vertex | None = None) -> None:
        self.told += len(text)
        if self.told > LONGEST:
            raise DockerfileError(
                "the image's history would be larger than the 16 MiB that Docker's parts send each other"
            )
        self.rows.append(Row(text, vertex))

    def _dispatch(self, one: Instruction) -> None:
        rule = INSTRUCTIONS.get(one.keyword)
        if rule is not None:
            rule(self, one)
            return
        if one.keyword == "ENTRYPOINT" and not self.cmd_set:
            self.config.pop("Cmd", None)
        text = rules.apply(self.config, one, self.environment, self.escape)
        self.cmd_set |= one.keyword == "CMD"
        if one.keyword != "ONBUILD":
            self.add(f"{one.keyword} {text}")

    def _env(self, one: Instruction) -> None:
        pairs = [(self.expand(key), self.expand(value or "")) for key, value in one.pairs]
        for key, value in pairs:
            self._assign(key, value)
            self.config["Env"][key] = value
        self.add("ENV " + " ".join(f"{key}={value}" for key, value in pairs))

    def _arg(self, one: Instruction) -> None:
        texts = []
        given, above = self.options.args, self.frontend.global_args
        pairs = [(self.expand(key), None if default is None else self.expand(default)) for key, default in one.pairs]
        for key, default in pairs:
            value = given.get(key, above.get(key) if default is None else default)
            if value is not None and key not in NOT_IN_ENVIRONMENT:
                self._assign(key, value)
            self.arguments.append((key, value or ""))
            texts.append(key if value is None else f"{key}={value}")
        self.add("ARG " + " ".join(texts))

    def _workdir(self, one: Instruction) -> None:
        path = self._go_to(self.expand(one.words[0]))
        refuse_too_long(path)
        self.config["WorkingDir"] = path
        vertex = None
        if path != "/":
            user = self.config.get("User")
            vertex = Vertex(
                kind="workdir",
                name=self.numbered() + self.name(one),
                definition={
                    "path": posixpath.normpath(path).replace("//", "/"),
                    "owner": number_of_root(user) if user else None,
                    "epoch": self.options.args.get("SOURCE_DATE_EPOCH"),
                },
                inputs=(Input(self.root),),
                instruction=one,
                stage=self.stage.index,
                owner=owner(user) if user else None,
            )
            self.root = vertex
        self.add(f"WORKDIR {path}", vertex)


INSTRUCTIONS: dict[str, Callable[[StageWalk, Instruction], None]] = {
    "ENV": StageWalk._env,
    "ARG": StageWalk._arg,
    "WORKDIR": StageWalk._workdir,
    "RUN": run,
    "COPY": copy,
    "ADD": copy,
}
