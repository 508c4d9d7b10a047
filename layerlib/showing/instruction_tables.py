"""Tables about single instructions: what FROM names, where WORKDIR leads, what COPY finds, what CMD starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..building.buildkit.builder import BuildKit
from ..building.operations import Copy, Exec, MakeFolder
from ..building.rebuilding import rebuild
from ..building.records import Step
from ..building.report import verdict, why
from ..building.units import count, human_size, total_in_words
from ..editing import changes as edits
from ..editing.change import Change
from ..linting.inspected import InspectedBuild
from ..reading.errors import LayerlibError
from ..reading.project import Project
from ..reading.shipped_images import catalogue
from .page.table import Table
from .shared import layers_of, shared_layers
from .stack import person_name
from .wording import command

SHORT = 19  # characters of a digest that tell images apart


def layers(reference: str) -> Table:
    """A base image's layers, bottom first, with what a person calls them. Raises ImageError for an unknown image."""
    image = catalogue().resolve(reference)
    rows = [[command(one), person_name(one.created_by), human_size(one.size)] for one in layers_of(image)]
    rows.append(["together", "", total_in_words(one.size for one in layers_of(image))])
    heads = ["made by", "what it is", "size"]
    return Table(f"The layers of {reference}, the lowest first", heads, rows, numbers=[2])


def digests(references: Sequence[str]) -> Table:
    """The image that each name means: the beginning of its digest."""
    rows = [[one, f"{catalogue().resolve(one).digest[:SHORT]}…"] for one in references]
    return Table("Names, and the images that they mean", ["name", "digest"], rows)


def shared(reference: str, others: Sequence[str]) -> Table:
    """What a base image has in common with others, so that it is downloaded and stored once."""
    image = catalogue().resolve(reference)
    rows = []
    for one in others:
        other = catalogue().resolve(one)
        both = len(shared_layers(image, other))
        saved = total_in_words(row.compressed for row in image.layers[:both])
        rows.append([one, count(both, "layer"), saved if both else human_size(0), human_size(other.compressed)])
    heads = ["image", f"in common with {reference}", "need not be downloaded", "of"]
    return Table(f"If {reference} is there already", heads, rows, numbers=[2, 3])


def places(project: Project) -> Table:
    """Where each step of a project works: the folder that WORKDIR makes, COPY writes to and RUN starts in."""
    build = BuildKit().build(project)
    rows = [[step.name, _place(step)] for step in build.steps if step.keyword != "FROM"]
    rows.append(["a container", f"starts in {build.image.config.get('WorkingDir') or '/'}"])
    return Table("Where it works", ["step", "place"], rows)


def _place(step: Step) -> str:
    match step.operation:
        case MakeFolder(path=path):
            return f"makes {path}"
        case Copy(destination=path):
            return f"writes to {path}"
        case Exec(cwd=path):
            return f"starts in {path}"
    return ""


def spellings(project: Project, line: int, texts: Sequence[str]) -> Table:
    """Other texts for one line: what becomes of its step, and where it works.

    Args:
        project: what is built first.
        line: the line of the Dockerfile, counted from 1.
        texts: what stands there instead, one after the other.
    """
    rows = []
    for text in texts:
        step = next(
            one for one in rebuild(project, edits.set_instruction(project, line, text)).steps if one.line == line
        )
        rows.append([text.replace("\n", " ⏎ "), _place(step), verdict(step), why(step)])
    return Table(f"Other texts for line {line}", ["line", "place", "after the build", "why"], rows)


def patterns(project: Project, texts: Sequence[str]) -> Table:
    """What some .dockerignore files leave of a project's files. A text may have several lines."""
    rows = []
    for text in texts:
        ignoring = edits.add_file(project, ".dockerignore", f"{text}\n")
        left = [path for path, file in ignoring.context.items() if file.kind == "file" and path in project.files]
        rows.append([text.replace("\n", " ⏎ "), " ".join(left)])
    return Table("What is left", [".dockerignore", "files in the build context"], rows)


def refusals(project: Project, changes: Sequence[Change]) -> Table:
    """What a build says to changes of a project that it refuses."""
    rows = []
    for change in changes:
        try:
            BuildKit().build(change(project))
            rows.append([change.name, "It is built."])
        except LayerlibError as error:
            rows.append([change.name, " ".join(str(error).splitlines()[0].split())])
    return Table("What the build says", ["line", "message"], rows)


def starts(projects: Mapping[str, Project], words: Sequence[str] = ()) -> Table:
    """What `docker run IMAGE` starts in each image, and what it starts with each text after the image's name."""
    rows = []
    for name, project in projects.items():
        inspected = InspectedBuild(project)
        given = ["", *words]
        rows.append([name, *(started(inspected, text) for text in given)])
    heads = ["the last lines", "docker run IMAGE", *(f"docker run IMAGE {text}" for text in words)]
    return Table("What a container starts", heads, rows)


def started(inspected: InspectedBuild, words: str = "") -> str:
    """What `docker run IMAGE words` starts, as one text; words with spaces are in quotation marks."""
    argv = inspected.argv(words.split())
    return " ".join(f'"{word}"' if " " in word or not word else word for word in argv) or "nothing: it needs a command"
