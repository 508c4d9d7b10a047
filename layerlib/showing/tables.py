"""What builds and images say, as tables for a lesson: one function a question.

Each gives a `Table`. Sizes and times are those of the builds; what nobody knows is "unknown", and so is a sum with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..building.build import Build
from ..building.buildkit.builder import BuildKit
from ..building.classic.builder import ClassicBuilder
from ..building.rebuilding import rebuild
from ..building.records import Layer, Step
from ..building.report import why
from ..building.units import count, human_seconds, human_size, total_in_words
from ..editing import changes as edits
from ..editing.change import Change
from ..linting.inspected import InspectedBuild
from ..reading.project import Project
from ..reading.shipped_images import catalogue
from .amounts import Size, Time
from .instruction_tables import digests, layers, patterns, places, refusals, shared, spellings, starts
from .page.table import Table
from .wording import command, compared, plain
from .worked import rebuilt_steps, working_steps

__all__ = [
    "Table",
    "bases",
    "builders",
    "changes",
    "contents",
    "context",
    "days",
    "digests",
    "files",
    "history",
    "installs",
    "layers",
    "many",
    "patterns",
    "places",
    "refusals",
    "sequence",
    "shared",
    "sizes",
    "spellings",
    "starts",
    "stores",
    "three_sizes",
    "ways",
]

DAY = 20  # edits in a working day


def history(build: Build, newest: int | None = None) -> Table:
    """The rows of `docker history`, newest first, each with its layer or none; `newest` says how many."""
    rows = list(build.history())
    layers = [row for row in rows if not row.empty]
    listed = [
        [plain(row.created_by, 60), "none" if row.empty else "one", human_size(row.size)] for row in rows[:newest]
    ]
    caption = f"docker history of {build.project.name}: {count(len(rows), 'row')}, {count(len(layers), 'layer')}"
    return Table(caption, ["created by", "layer", "size"], listed, numbers=[2])


def stores(project: Project) -> Table:
    """The sizes of a project's WORKDIR and COPY rows in `docker history`, on both image stores, folded."""
    old, new = (BuildKit(store=store).build(project).history() for store in ("overlay2", "containerd"))
    rows = [
        [plain(row.created_by), human_size(row.size), human_size(other.size)]
        for row, other in zip(old, new, strict=True)
        if not row.empty and row.created_by.startswith(("WORKDIR", "COPY"))
    ]
    heads = ["created by", "overlay2, the older store", "containerd, the store of a newly installed Docker"]
    fold = "For the curious: the same layers on a newly installed Docker"
    return Table("The same rows in both image stores", heads, rows, numbers=[1, 2], fold=fold)


def three_sizes(reference: str) -> Table:
    """A base image's layers in three sizes, and the sums. Raises ImageError for an image that nobody described."""
    image = catalogue().resolve(reference)
    sizes = [(layer.compressed, layer.size, layer.on_disk) for layer in image.layers]
    rows = [
        [command(layer), *map(human_size, three)] for layer, three in zip(_build_layers(reference), sizes, strict=True)
    ]
    rows.append(["together", *(total_in_words(column) for column in zip(*sizes, strict=True))])
    heads = ["layer", "compressed", "sum of its files", "on disk"]
    return Table(f"Three sizes of {reference}", heads, rows, numbers=[1, 2, 3])


def _build_layers(reference: str) -> tuple[Layer, ...]:
    """The layers of an image on which nothing is built."""
    return BuildKit().build(Project.from_files({}, f"FROM {reference}\n")).image.layers


def sizes(builds: Mapping[str, Build]) -> Table:
    """Images beside each other: their size, also compared with the first, their own layers, and the build's time."""
    first = next(iter(builds.values())).image.size if builds else None
    rows: list[list[str]] = []
    for name, build in builds.items():
        own = [human_size(layer.size) for layer in build.image.layers if not layer.base]
        size = build.image.size
        seconds = Time.of(step.seconds for step in rebuilt_steps(build))
        rows.append(
            [
                name,
                str(Size.of_layers(build.image.layers)),
                compared(size, first) if rows else "",
                ", ".join(own),
                str(seconds),
            ]
        )
    heads = ["image", "size", "compared with the first", "its own layers", "time"]
    return Table("What each image weighs", heads, rows, code=False, numbers=[1, 2])


def many(builds: Mapping[str, Build], number: int) -> Table:
    """What one image takes on the disk, and what so many with own layers like it on the same base take together."""
    rows = []
    for name, build in builds.items():
        layers = build.image.layers
        base, own = (
            Size.of_layers(one for one in layers if one.base),
            Size.of_layers(one for one in layers if not one.base),
        )
        together = Size(base.known + number * own.known, base.unknown + number * own.unknown, base.base_unknown)
        rows.append([name, str(Size.of_layers(layers)), str(together)])
    heads = ["image", "one image", f"{number} images"]
    return Table(f"One image, and {number} on the same base", heads, rows, code=False, numbers=[1, 2])


def bases(project: Project, references: Sequence[str]) -> Table:
    """Base images for a project: unpacked and to pull, what the project's image weighs, and where that is from."""
    rows = []
    for reference in references:
        base = catalogue().resolve(reference)
        image = BuildKit().build(edits.set_base(project, reference)).image
        source = image.layers[-1].size_source.partition(",")[0].partition(":")[0]
        own = human_size(image.layers[-1].size)
        rows.append(
            [reference, human_size(base.size), human_size(base.compressed), human_size(image.size), own, source]
        )
    heads = ["base image", "unpacked", "a pull moves", "your image on it", "its last layer", "how that is known"]
    return Table(f"{project.name} on other base images", heads, rows, numbers=[1, 2, 3, 4])


def installs(*packages: str, times: int = DAY) -> Table:
    """`pip install` of packages on python: bytes and seconds, with its downloads kept and without, and a day of it."""
    rows = []
    for names in packages:
        kept, left = (_installed(f"pip install {option}{names}") for option in ("", "--no-cache-dir "))
        day = None if kept.seconds is None else kept.seconds * times
        sizes = [human_size(step.layer.size if step.layer else None) for step in (kept, left)]
        rows.append([names, *sizes, human_seconds(kept.seconds), human_seconds(left.seconds), in_minutes(day)])
    heads = ["pip install", "layer", "layer, --no-cache-dir", "time", "time, --no-cache-dir", f"time, {times} times"]
    return Table("What an install weighs and takes", heads, rows, numbers=[1, 2, 3, 4, 5])


def _installed(text: str) -> Step:
    return BuildKit().build(Project.from_files({}, f"FROM python\nRUN {text}\n")).steps[-1]


def in_minutes(seconds: float | None) -> str:
    """Seconds as minutes and seconds from one minute on, such as "4 min 36 s"; "time unknown" for None."""
    if seconds is None or seconds < 60:
        return human_seconds(seconds)
    return f"{round(seconds) // 60} min {round(seconds) % 60} s"


def days(days: Mapping[str, Sequence[Build]]) -> Table:
    """What the builds of a day cost, such as those of `labs.day`: steps rebuilt, RUNs among them, and the time."""
    rows = []
    for name, builds in days.items():
        steps = [step for build in builds for step in rebuilt_steps(build)]
        time = Time.of(step.seconds for step in steps)
        runs = sum(step.keyword == "RUN" for step in steps)
        said = in_minutes(time.known) if not time.unknown else str(time)
        rows.append([name, str(len(builds)), str(len(steps)), str(runs), said])
    heads = ["order", "builds", "steps rebuilt", "RUNs among them", "time"]
    return Table("One day of edits", heads, rows, code=False, numbers=[1, 2, 3, 4])


def changes(project: Project, changes: Sequence[Change] | None = None, effects: Any = None) -> Table:
    """What each change, made alone, rebuilds: a column for each step, and the first reason.

    Args:
        project: what is built first.
        changes: the changes; without them those that `layerlib.changes.of` finds.
        effects: what commands write, as a builder takes them.
    """
    first = working_steps(BuildKit(effects=effects).build(project))
    rows = []
    for change in edits.of(project) if changes is None else changes:
        build = rebuild(project, change, builder=BuildKit(effects=effects))
        steps = working_steps(build)
        words = (
            [step.verdict for step in steps] if len(steps) == len(first) else [_missed(build), *[""] * (len(first) - 1)]
        )
        reason = next((why(step) for step in steps if step.verdict == "rebuilt"), "")
        rows.append([change.name, *words, reason])
    heads = ["change", *(plain(step.text, 28) for step in first), "reason of the first step rebuilt"]
    return Table(f"What each change rebuilds in {project.name}", heads, rows, strong=("rebuilt", "depends"))


def builders(project: Project, changes: Sequence[Change]) -> Table:
    """What each change, made alone, rebuilds in BuildKit and in the classic builder, FROM aside."""
    rows = [
        [change.name, *(_missed(rebuild(project, change, builder=one)) for one in (BuildKit(), ClassicBuilder()))]
        for change in changes
    ]
    heads = ["change", "BuildKit", "classic builder"]
    return Table("What is rebuilt, FROM aside", heads, rows, fold="For the curious: both builders side by side")


def _missed(build: Build) -> str:
    return " ".join(step.keyword for step in build.missed) or "nothing"


def sequence(projects: Mapping[str, Project], options: Mapping[str, Mapping[str, Any]] | None = None) -> Table:
    """Builds one after the other with one cache, and what each rebuilds.

    Args:
        projects: a label to what is built then.
        options: for some labels, more arguments of that build, such as {"no_cache": True}.
    """
    builder = BuildKit()
    given = options or {}
    rows = [[name, _missed(builder.build(one, **given.get(name, {})))] for name, one in projects.items()]
    return Table("One build after the other, with one cache", ["build", "rebuilt"], rows, code=False)


def ways(projects: Mapping[str, Project], changes: Sequence[Change]) -> Table:
    """What each change, made alone, rebuilds in several versions of a project."""
    rows = [[change.name, *(_missed(rebuild(one, change)) for one in projects.values())] for change in changes]
    return Table("What each change rebuilds", ["change", *projects], rows)


def context(projects: Mapping[str, Project]) -> Table:
    """What is sent to the builder: files and bytes of the build context, after .dockerignore."""
    rows = []
    for name, project in projects.items():
        sent = [file for file in project.context.values() if file.kind == "file"]
        rows.append([name, count(len(sent), "file"), human_size(sum(file.size or 0 for file in sent))])
    return Table("What is sent to the builder", ["project", "files", "bytes"], rows, code=False, numbers=[2])


def files(project: Project) -> Table:
    """The files of a project that reach the builder, with their sizes."""
    rows = [[path, human_size(file.size)] for path, file in project.context.items() if file.kind == "file"]
    return Table(f"Files of {project.name} that are sent", ["file", "size"], rows, numbers=[1])


def contents(project: Project) -> Table:
    """The files that each layer of a project's own holds, whiteouts among them, and whether a container sees them."""
    inspected = InspectedBuild(project)
    rows = []
    for step in inspected.chain:
        for path, file in () if step.image else step.after.written.items():
            folder, _, name = path.rpartition("/")
            if file is None:
                rows.append(
                    [f"/{folder}/.wh.{name}".replace("//", "/"), plain(step.name), "no: it hides the file below"]
                )
            elif file.kind == "file":
                seen = inspected.files.get(path) == file
                rows.append([f"/{path}", plain(step.name), "yes" if seen else "no, but it is in the image"])
    heads = ["in the layer", "made by", "does a container see it?"]
    return Table(f"What the layers of {project.name} hold", heads, rows)
