"""Whether another order of the instructions can still work: what a command needs must be there before it.

No builder can say so without running the commands. This looks for what a command names, a file that was copied or a
variable that was set, and asks whether it is still there when the command runs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch

from ..reading.dockerfile import Instruction, Stage
from ..reading.project import Project

# Files that a command reads without naming them.
READS = {
    r"\bnpm (install|ci|i)\b": ("package.json",),
    r"\bpip3? install (-e )?\.(\s|$)": ("pyproject.toml", "setup.py"),
    r"\bgo (mod download|build)\b": ("go.mod",),
    r"\bgo build\b": ("main.go",),
    r"\bcargo build\b": ("Cargo.toml",),
    r"\bbundle install\b": ("Gemfile",),
    r"^RUN make\b": ("Makefile",),
    r"\bnpm start\b": ("package.json", "server.js"),
    r"\bflask --app app\b": ("app.py",),
}


@dataclass(frozen=True)
class Scene:
    """What is there when an instruction runs: the folder it runs in, the files copied so far, the variables set."""

    instruction: Instruction
    folder: str
    files: frozenset[str]
    variables: frozenset[str]


def problems(project: Project, before: Project) -> tuple[str, ...]:
    """What an order lacks that the order before had, a sentence each; empty if nothing is found.

    Args:
        project: the project in its new order.
        before: the same project in an order that works.
    """
    now = {_key(number, scene.instruction): scene for number, scene in _scenes(project)}
    found: list[str] = []
    for number, then in _scenes(before):
        scene = now.get(_key(number, then.instruction))
        if scene is None:
            continue
        for name in _named(then.instruction, project):
            if _at(then.folder, name) in then.files and _at(scene.folder, name) not in scene.files:
                found.append(_file_sentence(then.instruction, scene, name))
        for variable in sorted(then.variables - scene.variables):
            if re.search(rf"\$\{{?{variable}\b", then.instruction.source):
                found.append(f"{then.instruction} uses ${variable}, which is set only below it now.")
    return tuple(dict.fromkeys(found))


def _key(number: int, one: Instruction) -> tuple[int, str]:
    return number, one.source


def _file_sentence(one: Instruction, scene: Scene, name: str) -> str:
    when = "at its start" if one.keyword in ("CMD", "ENTRYPOINT") else "when it runs"
    return f"{one} needs {name}, and {when} there is no {_at(scene.folder, name)}: no COPY above puts it there."


def _scenes(project: Project) -> Iterator[tuple[int, Scene]]:
    """Every instruction that runs something, with its stage's number and what is there. CMD sees the stage's end."""
    ends: dict[str, Scene] = {}
    for stage in project.parsed.stages:
        scene = ends.get(stage.base.lower(), Scene(stage.first, "/", frozenset(), frozenset()))
        at_end: list[Instruction] = []
        for one in stage.instructions:
            scene = _after(Scene(one, scene.folder, scene.files, scene.variables), project)
            if one.keyword in ("CMD", "ENTRYPOINT"):
                at_end.append(one)
            elif one.keyword in ("RUN", "COPY", "ADD", "WORKDIR"):
                yield stage.index, scene
        for one in at_end:
            yield stage.index, Scene(one, scene.folder, scene.files, scene.variables)
        ends |= _names(stage, scene)


def _names(stage: Stage, scene: Scene) -> Mapping[str, Scene]:
    return {name.lower(): scene for name in (stage.name, str(stage.index)) if name}


def _after(scene: Scene, project: Project) -> Scene:
    one = scene.instruction
    if one.keyword == "WORKDIR" and one.words:
        return Scene(one, _at(scene.folder, one.words[0]), scene.files, scene.variables)
    if one.keyword in ("ENV", "ARG"):
        return Scene(one, scene.folder, scene.files, scene.variables | {name for name, _ in one.pairs})
    if one.keyword in ("COPY", "ADD") and not one.flag("from"):
        return Scene(one, scene.folder, scene.files | frozenset(_copied(one, scene.folder, project)), scene.variables)
    return scene


def _copied(one: Instruction, folder: str, project: Project) -> Iterator[str]:
    """The absolute paths of the context's files that a COPY puts into the image."""
    *sources, to = one.words or ("",)
    target = _at(folder, to)
    whole = to.endswith(("/", ".")) or len(sources) > 1 or target == folder
    for source in (posixpath.normpath(source).lstrip("/") for source in sources):
        for path in project.context:
            if source in ("", "."):
                yield _at(target, path)
            elif path == source or (any(sign in source for sign in "*?[") and fnmatch(path, source)):
                yield _at(target, posixpath.basename(path)) if whole else target
            elif path.startswith(f"{source}/"):
                yield _at(target, path[len(source) + 1 :])


def _named(one: Instruction, project: Project) -> list[str]:
    """The context's files that a command names, as it names them, and those that it reads unasked."""
    if one.keyword not in ("RUN", "CMD", "ENTRYPOINT"):
        return []
    words = [word for word in re.split(r"[\s;&|()<>=\"'\[\],]+", one.source) if word]
    last = {path.rpartition("/")[2] for path in project.context}
    named = [word for word in words if posixpath.basename(word) in last]
    for pattern, files in READS.items():
        if re.search(pattern, one.source):
            named += [file for file in files if file in project.context]
    return list(dict.fromkeys(named))


def _at(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, path))
