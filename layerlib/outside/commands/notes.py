"""`layerlib notes`: a layerlib.toml to fill in, for what no builder can see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from ...building.buildkit.builder import BuildKit
from ...building.options import Options
from ...building.stage_table import StageTable
from ...reading.dockerfile import Instruction
from ...reading.errors import LayerlibError
from ...reading.notes import NAME
from ...reading.project import Project
from ...reading.references import familiar_name
from ..help import Command

LONGEST = 72  # characters of a command; a part of it will do

HEAD = """\
# What you know of this project, and no builder can see. layerlib reads this file; Docker does not.
# Remove the # in front of what you know, and put your own values in.
"""
RUN = """
# [[run]]                              # {where}
# command = {command}
# writes = ["dist/", "app.jar"]        # files, and folders with a / at the end; [] if it writes nothing of use
# reads = ["src/", "package.json"]     # as long as these are the same, so is what it writes
# seconds = 41                         # from the build log
# bytes = 12_000_000                   # its layer, from docker history
"""
IMAGE = """
# [[image]]
# name = {name}
# env = {{ APP_HOME = "/srv/app" }}      # all of them: docker image inspect shows them, the user and the workdir
# user = "app"
# workdir = "/srv/app"
# folders = ["/srv/app"]               # that it certainly has
# absent = ["curl"]                    # programs that it certainly does not have
# bytes = 120_000_000                  # all its layers
"""
NOTHING = """
# Nothing is missing here: the base images are described, and what each RUN does is known.
"""


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("-f", "--file", metavar="FILE", type=click.Path(path_type=Path), help="The Dockerfile.")
@click.option("--ignore", is_flag=True, help="Add the file to .dockerignore, so that Docker does not send it.")
def command(folder: Path, file: Path | None, ignore: bool) -> int:
    """Write a layerlib.toml beside a Dockerfile, for what you know and no builder can see.

    FOLDER is the folder of the build context. The file has a place for each RUN that nobody ran, and for each base
    image that nobody described; everything in it is commented out. A file that is there is never overwritten.

    The exit status is 0 if there is such a file afterwards, and 2 if it cannot be written or was there before. With
    --ignore, one that was there is left as it is, and only .dockerignore gets its line.
    """
    project = Project.from_directory(folder) if file is None else Project.from_directory(folder, file.absolute())
    path = _place(folder, file)
    if not path.exists():
        text = template(project)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        click.echo(f"wrote {path}")
    elif not ignore:
        raise LayerlibError(f"{path} is there already, and is not overwritten. Edit it, or move it away.")
    project = Project.from_directory(folder) if file is None else Project.from_directory(folder, file.absolute())
    for sent in project.notes_sent:
        if ignore:
            click.echo(f"added {sent} to {_leave_out(folder, project, sent)}")
        else:
            click.echo(f"Docker sends it with the build context: add the line {sent} to .dockerignore.")
    return 0


def _place(folder: Path, file: Path | None) -> Path:
    """Beside the Dockerfile."""
    return (folder if file is None else file.parent) / NAME


def _leave_out(folder: Path, project: Project, sent: str) -> Path:
    """Add a line to the file that says what is left out of the context, and name that file."""
    own = f"{project.dockerfile_name}.dockerignore"
    path = folder / (own if own in project.files else ".dockerignore")
    before = path.read_bytes() if path.exists() else b""
    gap = b"\n" if before and not before.endswith(b"\n") else b""
    path.write_bytes(before + gap + sent.encode() + b"\n")
    return path


def template(project: Project) -> str:
    """A layerlib.toml for a project, everything in it commented out. Raises what a build raises."""
    runs = [RUN.format(where=where, command=_toml(text)) for text, where in _unknown_runs(project).items()]
    images = [IMAGE.format(name=_toml(name)) for name in _undescribed(project)]
    return HEAD + "".join([*runs, *images] or [NOTHING])


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _unknown_runs(project: Project) -> dict[str, str]:
    """A part of each RUN that nobody ran, and where it stands. Stages that the last does not need are among them."""
    builder = BuildKit()
    lines: set[int] = set()
    for target in (None, *(stage.name for stage in project.parsed.stages if stage.name)):
        try:
            build = builder.build(project, target=target)
        except LayerlibError:
            if target is None:
                raise
            continue  # a stage that the image does not need may be one that cannot be built
        assumed = {found.step for found in build.assumptions if found.kind == "success"}
        lines.update(step.line for step in build.steps if step.name in assumed and step.line)
    runs = {one.line: one for stage in project.parsed.stages for one in stage.instructions if one.keyword == "RUN"}
    found: dict[str, str] = {}
    for line in sorted(lines & runs.keys()):
        found.setdefault(_part(runs[line]), f"line {line}")
    return found


def _part(run: Instruction) -> str:
    """A text that the command of a RUN holds, short enough to read."""
    whole = run.heredocs[0].body if run.heredocs and run.heredoc_of(run.words[0]) else " ".join(run.words)
    lines = [
        line.strip() for line in whole.splitlines() if line.strip() and not line.lstrip().startswith(("#", "set "))
    ]
    text = next(iter(lines), whole.strip())
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0].strip() or text[:LONGEST]


def _undescribed(project: Project) -> Iterator[str]:
    """The base images of a project that nobody described, as people write them."""
    builder = BuildKit()
    table = StageTable(project, Options(), builder.images_for(project))
    bases = (
        table.base_image(stage)
        for stage in table.stages
        if table.find_base(table.bases[stage.index], stage.index) is None
    )
    yield from dict.fromkeys(familiar_name(base.reference) for base in bases if base is not None and not base.known)
