"""Changes: single edits of a project, each a new project.

Lines are edited by dockerfile-parse, in memory; what stands in them, our own reading says, because dockerfile-parse
takes a heredoc's body for instructions.
"""

from __future__ import annotations

import io
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..reading.catalogue import Catalogue
from ..reading.dockerfile import Instruction
from ..reading.errors import ContextError, DockerfileError
from ..reading.file import File
from ..reading.project import Project

if TYPE_CHECKING:
    from dockerfile_parse import DockerfileParser


@dataclass(frozen=True)
class Change:
    """One edit, with a name to show.

    Attributes:
        name: such as "edit app.py"; unique within `of`.
        edit: gives the edited project.
        options: what the build is told besides, such as {"no_cache": True}.
        moves: the reference of a base image that moves, or an empty string.
    """

    name: str
    edit: Callable[[Project], Project] = field(default=lambda project: project, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    moves: str = ""

    def __call__(self, project: Project) -> Project:
        return self.edit(project)


# Files.


def edit_file(project: Project, path: str, content: str | bytes | None = None) -> Project:
    """Give a file other content: the one given, or what it holds and one line more.

    Raises ContextError if there is no such file.
    """
    old = _file(project, path)
    data = old.read() + b"\n# edited\n" if content is None else content
    return project.with_files({path: File(data.encode() if isinstance(data, str) else data, old.mode)})


def touch(project: Project, path: str) -> Project:
    """Give a file another time. A project has no times, because no builder compares them: nothing changes."""
    _file(project, path)
    return replace(project)


def set_mode(project: Project, path: str, mode: int) -> Project:
    """Give a file other permissions, such as 0o755. Raises ContextError if there is no such file."""
    return project.with_files({path: replace(_file(project, path), mode=mode)})


def add_file(project: Project, path: str, content: str | bytes = "new\n") -> Project:
    """Add a file, or replace one."""
    return project.with_files({path: content})


def remove_file(project: Project, path: str) -> Project:
    """Take a file away. Raises ContextError if there is no such file."""
    _file(project, path)
    return project.with_files({path: None})


def rename_file(project: Project, old: str, new: str) -> Project:
    """Give a file another name. Raises ContextError if there is no such file."""
    file = _file(project, old)
    return project.with_files({old: None, new: file})


def _file(project: Project, path: str) -> File:
    if path not in project.files:
        raise ContextError(f"there is no file {path}; there are: {', '.join(project.files)}")
    return project.files[path]


# Instructions. A line's number counts from 1, as in every message.


def instruction_at(project: Project, line: int) -> Instruction:
    """The instruction that stands on a line. Raises DockerfileError if there is none."""
    for one in project.parsed.instructions:
        if one.line <= line <= one.last_line:
            return one
    raise DockerfileError(f"no instruction stands on line {line}", cure="Count from 1; comments are not instructions.")


def find(project: Project, keyword: str) -> Instruction | None:
    """The last instruction with a keyword, or None."""
    return next((one for one in reversed(project.parsed.instructions) if one.keyword == keyword.upper()), None)


def set_instruction(project: Project, line: int, text: str) -> Project:
    """Put other text in the place of the instruction on a line; an empty text takes it away."""
    one = instruction_at(project, line)
    return _with_lines(project, one.line - 1, one.last_line, [text] if text else [])


def insert(project: Project, line: int, text: str) -> Project:
    """Put a new line before a line."""
    return _with_lines(project, line - 1, line - 1, [text])


def append(project: Project, text: str) -> Project:
    """Put a new line at the end."""
    end = len(_lines(project))
    return _with_lines(project, end, end, [text])


def move(project: Project, line: int, to: int) -> Project:
    """Move the instruction on a line so that it stands before the line `to`."""
    one = instruction_at(project, line)
    lines = _lines(project)
    block = lines[one.line - 1 : one.last_line]
    if to > one.last_line:
        rest = [*lines[: one.line - 1], *lines[one.last_line : to - 1], *block, *lines[to - 1 :]]
    else:
        rest = [*lines[: to - 1], *block, *lines[to - 1 : one.line - 1], *lines[one.last_line :]]
    return _with_lines(project, 0, len(lines), rest)


def set_base(project: Project, image: str, stage: int = -1) -> Project:
    """Build a stage on another image; without a number, the last one."""
    stages = project.parsed.stages
    if not -len(stages) <= stage < len(stages):
        raise DockerfileError(f"there is no stage {stage}; they count from 0 to {len(stages) - 1}")
    first = stages[stage].first
    return set_instruction(project, first.line, first.source.replace(stages[stage].base, image, 1))


def set_env(project: Project, name: str, value: str) -> Project:
    """Set a variable with ENV, in its line if it has one, else at the end."""
    return _set(project, "ENV", name, value)


def set_label(project: Project, name: str, value: str) -> Project:
    """Set a label with LABEL, in its line if it has one, else at the end."""
    return _set(project, "LABEL", name, value)


def _set(project: Project, keyword: str, name: str, value: str) -> Project:
    """Set one of the pairs of the last stage, in the last line that has it."""
    quoted, quotes = shlex.quote(value), "'\""
    for one in reversed(project.parsed.stages[-1].instructions):
        if one.keyword == keyword and name in (key.strip(quotes) for key, _ in one.pairs):
            pairs = (f"{key}={quoted if key.strip(quotes) == name else old}" for key, old in one.pairs)
            return set_instruction(project, one.line, f"{keyword} {' '.join(pairs)}")
    return append(project, f"{keyword} {shlex.quote(name)}={quoted}")


def _lines(project: Project) -> list[str]:
    return project.dockerfile.removesuffix("\n").split("\n")  # only a newline ends a line


def _parser(text: str) -> DockerfileParser:
    from dockerfile_parse import DockerfileParser

    return DockerfileParser(fileobj=io.BytesIO(text.encode()))


def _with_lines(project: Project, start: int, end: int, lines: list[str]) -> Project:
    parser = _parser(project.dockerfile)
    old = [line if line.endswith("\n") else line + "\n" for line in parser.lines]
    parser.lines = [*old[:start], *(line.rstrip("\n") + "\n" for line in lines), *old[end:]]
    return project.with_dockerfile(parser.content)


def moved_base(images: Catalogue, reference: str, seed: str = "moved") -> Catalogue:
    """A catalogue in which a tag points at an image with other layers, as after an update."""
    old = images.resolve(reference)
    ids = tuple(f"{diff} {seed}" for diff in old.diff_ids)
    return images.with_image(replace(old, digest=f"{old.digest} {seed}", diff_ids=ids))


# The changes worth making of a project.


def of(project: Project) -> tuple[Change, ...]:
    """The single edits that are worth trying on a project, for a lab: they follow from what is there."""
    return tuple(_of(project))


def _of(project: Project) -> Iterator[Change]:
    files = [
        p
        for p, f in project.context.items()
        if f.kind == "file" and p not in (project.dockerfile_name, ".dockerignore")
    ]
    texts = [
        path
        for path in files
        if path.rpartition(".")[2] in ("py", "js", "ts", "go", "txt", "json", "toml", "mod", "html")
    ]
    for path in texts[:4]:
        yield Change(f"edit {path}", partial(edit_file, path=path))
    if texts:
        yield Change(f"touch {texts[0]}", lambda p: touch(p, texts[0]))
        yield Change(f"chmod +x {texts[0]}", lambda p: set_mode(p, texts[0], p.files[texts[0]].mode | 0o111))
    yield Change("add notes.txt", lambda p: add_file(p, "notes.txt"))
    yield Change("add a comment", lambda p: insert(p, p.parsed.stages[0].first.line + 1, "# a comment"))
    for keyword, change in EDITS.items():
        if find(project, keyword) is not None:
            yield Change(f"edit {keyword}", partial(_edit, keyword=keyword, change=change))
    yield Change("add ENV above", lambda p: insert(p, p.parsed.stages[-1].first.last_line + 1, "ENV DEBUG=1"))
    yield Change("add LABEL above", lambda p: insert(p, p.parsed.stages[-1].first.last_line + 1, 'LABEL version="2"'))
    if files and ".dockerignore" not in project.files:
        yield Change("add .dockerignore", lambda p: add_file(p, ".dockerignore", "*.log\n.git\n"))
    for one in project.parsed.instructions:
        if one.keyword == "ARG" and one.pairs:
            name = one.pairs[0][0]
            yield Change(f"--build-arg {name}=other", options={"args": {name: "other"}})
            break
    base = project.parsed.stages[-1].base
    if base != "scratch" and "$" not in base and not any(base == stage.name for stage in project.parsed.stages):
        yield Change("the base image moves", moves=base)
    yield Change("--no-cache", options={"no_cache": True})


EDITS: dict[str, Callable[[str], str]] = {
    "WORKDIR": lambda text: text.rstrip("/") + "2",
    "RUN": lambda text: text + " && true",
    "CMD": lambda text: text.replace("]", ', "-v"]', 1) if "]" in text else text + " -v",
    "USER": lambda text: "USER 1001",
    "EXPOSE": lambda text: "EXPOSE 9000",
}


def _edit(project: Project, keyword: str, change: Callable[[str], str]) -> Project:
    one = find(project, keyword)
    if one is None:
        raise DockerfileError(f"there is no {keyword} to edit")
    if one.keyword == "RUN" and (one.heredocs or one.json):
        return set_instruction(project, one.line, "RUN true")
    return set_instruction(project, one.line, change(one.source))
