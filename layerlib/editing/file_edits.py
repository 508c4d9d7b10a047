"""Edits of a project's files, each a new project."""

from __future__ import annotations

from dataclasses import replace

from ..reading.errors import ContextError
from ..reading.file import File
from ..reading.project import Project


def edit_file(project: Project, path: str, content: str | bytes | None = None) -> Project:
    """Give a file other content: the one given, or what it holds and one more line.

    Raises ContextError if there is no such file.
    """
    old = _file(project, path)
    data = old.read() + b"\n# edited\n" if content is None else content
    return project.with_files({path: File(data.encode() if isinstance(data, str) else data, old.mode)})


def touch(project: Project, path: str) -> Project:
    """Give a file a new time stamp. A project has none, because no builder compares them: nothing changes.

    Raises ContextError if there is no such file.
    """
    _file(project, path)
    return replace(project)


def set_mode(project: Project, path: str, mode: int) -> Project:
    """Give a file other permissions, such as 0o755. Raises ContextError if there is no such file."""
    return project.with_files({path: replace(_file(project, path), mode=mode)})


def add_file(project: Project, path: str, content: str | bytes = "new\n") -> Project:
    """Add a file, or replace one."""
    return project.with_files({path: content})


def remove_file(project: Project, path: str) -> Project:
    """Remove a file, or a folder with all that is in it. Raises ContextError if there is no such file."""
    _file(project, path)
    return project.with_files({path: None})


def rename_file(project: Project, old: str, new: str) -> Project:
    """Give a file, or a folder with all that is in it, another name.

    Raises ContextError if there is no such file, or if a folder would go into itself.
    """
    file = _file(project, old)
    below = {f"{new}{path.removeprefix(old)}": project.files[path] for path in project.files.below(old)}
    if new.startswith(f"{old}/"):
        raise ContextError(f"{old} cannot be moved into itself")
    return project.with_files({old: None}).with_files({new: file, **below})


def _file(project: Project, path: str) -> File:
    if path not in project.files:
        raise ContextError(f"there is no file {path}; there are: {', '.join(project.files)}")
    return project.files[path]
