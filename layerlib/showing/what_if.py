"""Each change worth trying on a project, with what it would rebuild, why, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..building.effects.shell import commands_of
from ..building.operations import Exec
from ..building.rebuilding import rebuild
from ..building.records import Step
from ..editing import changes
from ..editing.change import Change
from ..editing.copied import WILD
from ..reading.errors import LayerlibError
from ..reading.paths import clean
from ..reading.project import Project
from .amounts import Time

DEAR: Mapping[str, str] = {
    **dict.fromkeys(("apt-get", "apt", "apk", "dnf", "yum", "microdnf", "zypper"), "it installs packages"),
    **dict.fromkeys(("pip", "uv", "poetry", "pipenv", "pdm", "conda", "mamba"), "it installs packages"),
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun", "bundle", "gem", "composer"), "it installs packages"),
    **dict.fromkeys(("cargo", "go", "mvn", "mvnw", "gradle", "gradlew", "dotnet", "sbt"), "it fetches or compiles"),
    **dict.fromkeys(("make", "cmake", "ninja", "gcc", "g++", "cc", "rustc", "javac", "tsc", "ghc"), "it compiles"),
}
"""Programs that most builds spend their time in, and why. Of a RUN that nobody measured, this is all that is known."""


@dataclass(frozen=True)
class Answer:
    """What the build after one change does.

    Attributes:
        change: the change.
        build: the second build; None if it cannot be built.
        problem: why it cannot be built, in words; else empty.
    """

    change: Change
    build: Build | None = None
    problem: str = ""

    @property
    def rebuilt(self) -> tuple[Step, ...]:
        """The steps that certainly run again."""
        return self.build.missed if self.build else ()

    @property
    def depending(self) -> tuple[Step, ...]:
        """The steps of which nobody can say that without running a RUN."""
        return self.build.depending if self.build else ()

    @property
    def cause(self) -> Step | None:
        """The first step with a reason of its own, certain or not; None where everything is cached."""
        missed = (*self.rebuilt, *self.depending)
        own = (step for step in missed if step.reason and step.reason.kind != "parent")
        return next(own, next(iter(missed), None))

    @property
    def time(self) -> Time:
        """How long the steps take that certainly run again, as far as that was measured."""
        return Time.of(step.seconds for step in self.rebuilt if step.layer is not None)

    @property
    def dear(self) -> tuple[Step, ...]:
        """Of the steps that run again and were never measured, those that likely take long."""
        return tuple(step for step in self.rebuilt if step.seconds is None and why_dear(step))

    @property
    def weight(self) -> tuple[int, float, int, int]:
        """Orders answers: the greatest is likely the dearest."""
        return len(self.dear), self.time.known, self.time.unknown, len(self.rebuilt) + len(self.depending)


def why_dear(step: Step) -> str:
    """Why a RUN likely takes long, in words; empty if nothing speaks for it."""
    if not isinstance(step.operation, Exec):
        return ""
    programs = [command.program for command in commands_of(step.operation.args, "/")]
    return next((DEAR[program] for program in programs if program in DEAR), "")


def what_if(project: Project, tried: Iterable[Change] | None = None, effects: Any = None) -> tuple[Answer, ...]:
    """Try changes of a project, each alone, and say what the build after it does.

    Edits of files come first, since people make them most often, and of two the one that is likely dearer.

    Args:
        project: what is built first.
        tried: the changes; without them, all that `layerlib.changes.of` finds.
        effects: what commands write, as a builder takes them.

    Raises LayerlibError for a project that cannot be built. A change after which it cannot be built says so.
    """
    BuildKit(effects=effects).build(project)
    answers = _answers(project, changes.of(project) if tried is None else tried, effects)

    def order(answer: Answer) -> tuple[bool, tuple[int, float, int, int]]:
        name = answer.change.name
        return name.startswith("edit ") and name.removeprefix("edit ") in project.files, answer.weight

    return tuple(sorted(answers, key=order, reverse=True))


def _answers(project: Project, tried: Iterable[Change], effects: Any) -> Iterator[Answer]:
    for change in tried:
        try:
            yield Answer(change, rebuild(project, change, builder=BuildKit(effects=effects)))
        except LayerlibError as error:
            yield Answer(change, problem=str(error).partition("\n")[0])


def alike(answers: Iterable[Answer]) -> tuple[tuple[Answer, ...], ...]:
    """The answers in groups that rebuild the same steps, in their order."""
    groups: dict[object, list[Answer]] = {}
    for answer in answers:
        steps = (*answer.rebuilt, *answer.depending)
        key = [(step.stage, step.number, step.keyword, step.verdict) for step in steps]
        groups.setdefault((tuple(key), answer.problem), []).append(answer)
    return tuple(map(tuple, groups.values()))


@dataclass(frozen=True)
class Question:
    """A RUN that decides whether steps are cached, and what its owner could note of it.

    Attributes:
        step: the RUN.
        note: a `[[run]]` of layerlib.toml to correct and keep: what it reads and writes, as the Dockerfile suggests.
    """

    step: Step
    note: str


def questions(project: Project, answers: Iterable[Answer]) -> tuple[Question, ...]:
    """The RUNs that decide about the steps of some answers, each once, in the order of the Dockerfile."""
    found: dict[str, Step] = {}
    for answer in answers:
        for step in answer.depending:
            deciding = step.reason.step if step.reason else None
            while deciding is not None and deciding.keyword != "RUN":
                deciding = deciding.reason.step if deciding.reason else None
            if deciding is not None:
                found.setdefault(_note(project, deciding), deciding)
    return tuple(Question(step, note) for note, step in sorted(found.items(), key=lambda one: one[1].line))


def _note(project: Project, step: Step) -> str:
    """What is likely true of a RUN: it reads what was copied before it, and writes what other stages copy from it."""
    stage = project.parsed.stages[step.stage]
    before = [one for one in stage.instructions if one.line < step.line and one.keyword in ("COPY", "ADD")]
    reads = [_as_folder(word, project) for one in before if not one.flag("from") for word in one.words[:-1]]
    names = {stage.name.lower(), str(step.stage)} - {""}
    taken = [one for one in project.parsed.instructions if one.flag("from").lower() in names]
    writes = [_before_wildcards(word) for one in taken for word in one.words[:-1] if one.keyword == "COPY"]
    command = step.operation.args[-1] if isinstance(step.operation, Exec) else step.text
    return (
        f"[[run]]\ncommand = {_toml(command.partition(' && ')[0].strip())}\n"
        f"writes = {_list(writes or ['the/folder/that/it/writes/'])}\nreads = {_list(reads or ['src/'])}\n"
    )


def _as_folder(path: str, project: Project) -> str:
    """A path as layerlib.toml has it: a folder ends in a slash."""
    file = project.files.get(clean(path))
    is_folder = not clean(path) or (file is not None and file.kind == "folder")
    return f"{path.rstrip('/')}/" if is_folder else path


def _before_wildcards(path: str) -> str:
    """The folder that a path with wildcards is in; any other path as it is."""
    found = WILD.search(path)
    return path[: found.start()].rpartition("/")[0] + "/" if found else path


def _list(words: Iterable[str]) -> str:
    return "[" + ", ".join(_toml(word) for word in dict.fromkeys(words)) + "]"


def _toml(text: str) -> str:
    from json import dumps  # TOML's basic strings are JSON's

    return dumps(text, ensure_ascii=False)
