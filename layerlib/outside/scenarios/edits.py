"""Edits between two builds, by chance: files, lines, arguments."""

from __future__ import annotations

from .draft import Build, Draft, Draw
from .lines import line


def _path(draft: Draft, draw: Draw) -> str:
    return draw.one([path for path, file in draft.files.items() if "content" in file and path != ".dockerignore"])


def content(draft: Draft, draw: Draw, clock: int) -> None:
    """Other bytes in a file."""
    path = _path(draft, draw)
    draft.files[path] = {**draft.files[path], "content": draw.text(), "mtime": clock}


def touched(draft: Draft, draw: Draw, clock: int) -> None:
    """The same bytes, a new time."""
    path = _path(draft, draw)
    draft.files[path] = {**draft.files[path], "mtime": clock}


def mode(draft: Draft, draw: Draw, clock: int) -> None:
    """Other permissions."""
    path = _path(draft, draw)
    draft.files[path] = {**draft.files[path], "mode": draw.one(["644", "755", "600"])}


def added(draft: Draft, draw: Draw, clock: int) -> None:
    """Another file."""
    draft.files[f"{draw.one(['', 'src/', 'new/'])}new{clock % 7}.py"] = {"content": draw.text(), "mtime": clock}


def removed(draft: Draft, draw: Draw, clock: int) -> None:
    """One file fewer."""
    linked = {file.get("same_as") for file in draft.files.values()}
    paths = [path for path in draft.files if path not in {"app.py", "make.sh", *linked}]
    del draft.files[draw.one(paths)]


def relinked(draft: Draft, draw: Draw, clock: int) -> None:
    """A link points elsewhere."""
    paths = [path for path, file in draft.files.items() if "link" in file]
    if paths:
        draft.files[draw.one(paths)] = {"link": draw.one(["b.py", "src", "gone", "../b.py"])}


def _inside(stage: list[str]) -> list[int]:
    """The lines of a stage that may go: no FROM, and nothing that another stage needs."""
    kept = ("FROM", "from", "From", "ARG BASE", "COPY --from", "RUN sh")
    return [number for number, line in enumerate(stage) if number and not line.startswith(kept)]


def changed_line(draft: Draft, draw: Draw, clock: int) -> None:
    """Another line in the place of one."""
    stage = draw.one(draft.stages)
    if places := _inside(stage):
        stage[draw.one(places)] = line(draw, draft.classic)


def removed_line(draft: Draft, draw: Draw, clock: int) -> None:
    """A line fewer."""
    stage = draw.one(draft.stages)
    if places := _inside(stage):
        del stage[draw.one(places)]


def new_line(draft: Draft, draw: Draw, clock: int) -> None:
    """Another line."""
    stage = draw.one(draft.stages)
    stage.insert(draw.number(1, len(stage)), line(draw, draft.classic))


def swapped_lines(draft: Draft, draw: Draw, clock: int) -> None:
    """Two lines in the other order."""
    stage = draw.one(draft.stages)
    if len(places := _inside(stage)) > 1:
        a, b = draw.some(places, 2, 2)
        stage[a], stage[b] = stage[b], stage[a]


def argument(draft: Draft, draw: Draw, clock: int) -> None:
    """A build argument has a value."""
    draft.options["args"] = {draw.one(["NAME", "NAME", "OPT1", "NONE"]): f"arg{clock % 5}"}


EDITS = (content, content, touched, mode, added, removed, relinked, changed_line, changed_line, removed_line, new_line,
         new_line, swapped_lines, argument)  # fmt: skip


def edit(draft: Draft, draw: Draw, clock: int) -> str:
    """Change one thing, in place; returns what, in one word."""
    change = draw.one(EDITS)
    change(draft, draw, clock)
    return change.__name__


def no_cache(build: Build) -> None:
    """--no-cache."""
    build["no_cache"] = True
