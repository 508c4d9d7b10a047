"""The record of a change: one edit of a project, with a name to show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..reading.project import Project


def unchanged(project: Project) -> Project:
    """The edit that edits nothing."""
    return project


@dataclass(frozen=True)
class Change:
    """One edit, with a name to show.

    Attributes:
        name: such as "edit app.py".
        edit: gives the edited project.
        options: more arguments for the second `build`, such as {"no_cache": True}.
        moves: whether the tag of the base image means another image afterwards; `layerlib.rebuild` says which one.
    """

    name: str
    edit: Callable[[Project], Project] = field(default=unchanged, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    moves: bool = False

    def __call__(self, project: Project) -> Project:
        """The edited project. Options and a moving base image are for whoever builds."""
        return self.edit(project)
