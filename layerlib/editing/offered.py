"""The changes worth trying on a project: what a lab offers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..reading.project import Project
from .change import Change
from .file_edits import add_file, edit_file, set_mode, touch
from .instruction_edits import EDITS, edit_instruction, find, insert

SOURCES = (
    "py", "js", "ts", "go", "txt", "json", "toml", "mod", "html", "jsx", "tsx", "java", "kt", "rs", "rb", "php", "cs",
    "c", "cpp", "ex", "xml", "csproj", "gradle",
)  # fmt: skip
"""Extensions of files whose edits are worth a change of their own."""


def of(project: Project) -> tuple[Change, ...]:
    """The single edits that are worth trying on a project: they follow from what is there.

    Raises LayerlibError for a project that cannot be read.
    """
    return (*_file_changes(project), *_instruction_changes(project), *_build_changes(project))


def _file_changes(project: Project) -> Iterator[Change]:
    paths = _paths(project)
    sources = [path for path in paths if path.rpartition(".")[2] in SOURCES]
    for path in sources[:4]:
        yield Change(f"edit {path}", partial(edit_file, path=path))
    if sources:
        yield Change(f"touch {sources[0]}", partial(touch, path=sources[0]))
        yield Change(f"chmod +x {sources[0]}", partial(_make_executable, path=sources[0]))
    if "notes.txt" not in project.files:
        yield Change("add notes.txt", partial(add_file, path="notes.txt"))


def _instruction_changes(project: Project) -> Iterator[Change]:
    yield Change("add a comment", partial(_insert_below_from, text="# a comment", stage=0))
    for keyword in EDITS:
        if find(project, keyword) is not None:
            yield Change(f"edit {keyword}", partial(edit_instruction, keyword=keyword))
    yield Change("add ENV above", partial(_insert_below_from, text="ENV DEBUG=1"))
    yield Change("add LABEL above", partial(_insert_below_from, text='LABEL version="2"'))
    if _paths(project) and ".dockerignore" not in project.files:
        yield Change("add .dockerignore", partial(add_file, path=".dockerignore", content="*.log\n.git\n"))


def _build_changes(project: Project) -> Iterator[Change]:
    arguments = (one for one in project.parsed.instructions if one.keyword == "ARG" and one.pairs)
    if argument := next(arguments, None):
        name = argument.pairs[0][0]
        yield Change(f"--build-arg {name}=other", options={"args": {name: "other"}})
    if _first_base(project) != "scratch":
        yield Change("the base image moves", moves=True)
    yield Change("--no-cache", options={"no_cache": True})


def _make_executable(project: Project, path: str) -> Project:
    return set_mode(project, path, project.files[path].mode | 0o111)


def _insert_below_from(project: Project, text: str, stage: int = -1) -> Project:
    return insert(project, project.parsed.stages[stage].first.last_line + 1, text)


def _first_base(project: Project) -> str:
    """What the last stage begins from, through stages that begin from another stage, as written."""
    stages = project.parsed.stages
    bases = {stage.name: stage.base for stage in stages if stage.name}
    base = stages[-1].base
    while base.lower() in bases:
        base = bases.pop(base.lower())
    return base


def _paths(project: Project) -> list[str]:
    """The files of the build context, without those that only say how to build."""
    aside = (project.dockerfile_name, ".dockerignore")
    return [path for path, file in project.context.items() if file.kind == "file" and path not in aside]
