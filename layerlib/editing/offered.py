"""The changes worth trying on a project: what a lab offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from ..reading.project import Project
from .change import Change
from .copied import Source, sources
from .file_edits import add_file, edit_file, set_mode, touch
from .instruction_edits import EDITS, edit_instruction, find, insert

SOURCES = (
    "py", "js", "ts", "go", "txt", "json", "toml", "mod", "html", "jsx", "tsx", "java", "kt", "rs", "rb", "php", "cs",
    "c", "cpp", "ex", "xml", "csproj", "gradle", "kts", "scala", "swift", "mjs", "vue", "svelte", "css", "scss", "sh",
    "sql",
)  # fmt: skip
"""Extensions of files that people edit."""

CODE = frozenset(SOURCES) - {"txt", "json", "toml", "mod", "html", "xml", "css", "scss"}
"""Those of them that hold a program."""

MAIN = frozenset({"app", "main", "index", "manage", "server", "program"})
"""What the file is called that a program begins in."""

MOST = 4  # files whose edits are offered, if no more of them make a difference


def of(project: Project) -> tuple[Change, ...]:
    """The single edits that are worth trying on a project: they follow from what is there.

    Raises LayerlibError for a project that cannot be read.
    """
    return (*_file_changes(project), *_instruction_changes(project), *_build_changes(project))


def _file_changes(project: Project) -> Iterator[Change]:
    edited = _edited(project)
    for path in edited:
        yield Change(f"edit {path}", partial(edit_file, path=path))
    if edited:
        yield Change(f"touch {edited[0]}", partial(touch, path=edited[0]))
        yield Change(f"chmod +x {edited[0]}", partial(_make_executable, path=edited[0]))
    if "notes.txt" not in project.files:
        yield Change("add notes.txt", partial(add_file, path="notes.txt"))


def _edited(project: Project) -> list[str]:
    """The files whose edits are offered: one for each set of instructions that takes the same files, and more of them
    while they are few. Files that the same instructions take make the same difference.
    """
    paths = _paths(project)
    taken = sources(project)
    alike: dict[tuple[Source, ...], list[str]] = {}
    for path in paths:
        alike.setdefault(tuple(source for source in taken if source.takes(path)), []).append(path)
    count = Counter(path.rpartition(".")[2] for path in paths)

    def likely(path: str) -> tuple[bool, bool, int, bool, int]:
        """People edit the sources of a program, most often those in its own language, and know its main file."""
        name, _, extension = path.rpartition("/")[2].rpartition(".")
        alike = -count[extension] if extension in CODE else 0
        return extension not in SOURCES, "test" in path.lower(), alike, name.lower() not in MAIN, path.count("/")

    chosen = {min(group, key=likely) for by, group in alike.items() if by or not taken}
    for path in paths:
        if len(chosen) < MOST and path.rpartition(".")[2] in SOURCES:
            chosen.add(path)
    return [path for path in paths if path in chosen]


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
