"""Build, change, build again: what a change costs.

Labs, levels, predictions and lessons all ask this one function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..editing.change import Change
from ..editing.moved_base import moved_base
from ..reading.catalogue import Catalogue
from ..reading.project import Project
from .build import Build
from .buildkit.builder import BuildKit
from .classic.builder import ClassicBuilder
from .options import Options
from .stage_table import StageTable

Edit = Change | Callable[[Project], Project] | Project


def rebuild(project: Project, *changes: Edit, builder: BuildKit | ClassicBuilder | None = None) -> Build:
    """Build a project, change it, and build it again with the same cache.

    Args:
        project: what is built first, without any option.
        changes: what happens before the second build, in this order. Each is a `Change`, any function from a project
            to a project, or the project that takes its place. The options of all changes go to the second build. If
            a change moves the base image, the tag that the built image begins from means another image in the second
            build: the base of the last stage (or of the target), followed through stages that begin from other
            stages. Neither `scratch` nor a reference with a digest ever moves.
        builder: what builds; without it, a new `BuildKit`. It keeps its cache, so what it has built earlier is cached.
            Its catalogue is afterwards what it was before: a base image moves for this second build only.

    Returns the second build. Raises what `build` raises, and what an edit raises.
    """
    builder = BuildKit() if builder is None else builder
    builder.build(project)
    options: dict[str, Any] = {}
    moves = False
    for change in changes:
        project = change if isinstance(change, Project) else change(project)
        if isinstance(change, Change):
            options = _added(options, change.options)
            moves = moves or change.moves
    images = builder.images
    try:
        if moves:
            builder.images = _moved(builder.images_for(project), project, options)
        return builder.build(project, **options)
    finally:
        builder.images = images


def _added(options: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Options and more of them: build arguments and named contexts join those given before, others replace them."""
    both = dict(options)
    for name, value in more.items():
        both[name] = {**(both.get(name) or {}), **value} if isinstance(value, Mapping) else value
    return both


def _moved(images: Catalogue, project: Project, options: Mapping[str, Any]) -> Catalogue:
    """The catalogue after the tag has moved that the project's image begins from."""
    table = StageTable(project, Options(options.get("args", {}), options.get("target")), images)
    stage: int | None = table.target_stage()
    base = "scratch"
    while stage is not None:
        base = table.bases[stage]
        stage = table.find_stage(base, stage)
    pinned = base == "scratch" or "@" in base
    return images if pinned else moved_base(images, base)
