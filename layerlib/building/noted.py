"""What a project's owner noted in layerlib.toml, as the builders take it. What a builder is given itself wins."""

from __future__ import annotations

from ..reading.catalogue import Catalogue
from ..reading.project import Project
from ..reading.shipped_images import catalogue
from .effects.effects import Effect, Effects

SOURCE = "layerlib.toml"


def images_of(project: Project, given: Catalogue | None = None) -> Catalogue:
    """The base images of a project: those given, and those that its owner describes.

    Of two with one name the given one counts, but the owner knows better than the shipped catalogue.
    """
    shipped = catalogue()
    images = given or shipped
    wins = frozenset(() if images is shipped else images)
    for image in project.notes.images:
        if image.reference not in wins:
            images = images.with_image(image)
    return images


def effects_of(project: Project, given: Effects) -> Effects:
    """What the commands of a project do: as given, else as its owner says."""
    runs = project.notes.runs
    if not runs:
        return given
    noted = {run.command: Effect(run.bytes, run.seconds, run.writes, reads=run.reads, source=SOURCE) for run in runs}
    return given.with_notes(noted)
