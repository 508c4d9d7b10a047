"""Single measures that make an image bigger or smaller, as changes of a project."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from ..reading.catalogue import catalogue
from ..reading.dockerfile import Instruction
from ..reading.project import Project
from .instruction_edits import insert, set_instruction

INSTALL = re.compile(r"\bpip3? install\b(?![^&;]*--no-cache-dir)")


def bases(project: Project) -> list[str]:
    """References that the last stage could be built on: its own, and one for each image of the same repository."""
    own = project.parsed.stages[-1].base
    repository = own.partition("@")[0].partition(":")[0]
    found: dict[str, str] = {}
    images = catalogue()
    for full in images:
        short = full.removeprefix("docker.io/").removeprefix("library/").removesuffix(":latest")
        if short.partition(":")[0] == repository and not re.search(r":\d", short):
            digest = images.resolve(full).digest
            if digest not in found or len(short) < len(found[digest]):
                found[digest] = short
    others = [short for short in found.values() if short != own]
    return [own, *(sorted(others, key=lambda short: (len(short), short)))]


def packages(project: Project) -> str:
    """The packages that the first `pip install` names; empty if there is none that names any."""
    one = _installing(project)
    match = re.search(r"pip3? install (.*?)(?=&&|;|$)", one.source) if one else None
    words = match.group(1).split() if match else []
    return "" if any(word in ("-r", "-e", ".") for word in words) else " ".join(w for w in words if w[0] != "-")


def with_packages(project: Project, names: str) -> Project:
    """The project with other packages in its first `pip install`."""
    one = _installing(project)
    if one is None or not packages(project) or not names.split():
        return project
    old = packages(project).split()
    head, sign, rest = one.source.partition("install ")
    command, end, tail = re.match(r"([^&;]*)(&&|;|$)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    flags = [word for word in command.split() if word not in old]
    made = " ".join([*flags, *names.split()])
    return set_instruction(project, one.line, f"{head}{sign}{made}{f' {end}{tail}' if end else ''}")


def _installing(project: Project) -> Instruction | None:
    runs = (one for one in project.parsed.instructions if one.keyword == "RUN" and not one.heredocs)
    return next((one for one in runs if re.search(r"pip3? install ", one.source)), None)


def no_cache_dir(project: Project) -> Project:
    """Every `pip install` without its downloads kept."""
    return _each_run(project, lambda text: INSTALL.sub(lambda m: f"{m.group()} --no-cache-dir", text))


def split_runs(project: Project) -> Project:
    """One RUN for each command that && joins."""
    return _each_run(project, lambda text: re.sub(r"\s*&&\s*", "\nRUN ", text))


def join_runs(project: Project) -> Project:
    """Neighbouring RUNs as one, joined with &&."""
    made = project
    while (pair := _neighbours(made)) is not None:
        first, second = pair
        command = second.source.removeprefix("RUN ").strip()
        made = set_instruction(made, second.line, "")
        made = set_instruction(made, first.line, f"{first.source} && {command}")
    return made


def _neighbours(project: Project) -> tuple[Instruction, Instruction] | None:
    shown = project.parsed.instructions
    for first, second in pairwise(shown):
        if all(one.keyword == "RUN" and not (one.json or one.flags or one.heredocs) for one in (first, second)):
            return first, second
    return None


def remove_later(project: Project) -> Project:
    """What the installs leave behind, deleted by a RUN of its own below them."""
    runs = [one for one in project.parsed.stages[-1].instructions if one.keyword == "RUN"]
    installs = [one for one in runs if re.search(r"pip3? install|apt-get (-y )?install", one.source)]
    if not installs:
        return project
    rubbish = "/root/.cache/pip" if "pip" in installs[-1].source else "/var/lib/apt/lists/*"
    return insert(project, installs[-1].last_line + 1, f"RUN rm -rf {rubbish}")


def two_stages(project: Project) -> Project:
    """Packages installed in a first stage, and only the result copied into the image."""
    stages = project.parsed.stages
    one = _installing(project)
    if len(stages) != 1 or one is None:
        return project
    base = stages[0].base
    lines = project.dockerfile.splitlines()
    install = one.source.replace("install ", "install --prefix=/install ", 1)
    needed = [lines[i.line - 1 : i.last_line] for i in stages[0].instructions if i.line < one.line]
    above = [f"FROM {base} AS build", *(text for block in needed for text in block), install, ""]
    rest = [f"FROM {base}", *lines[stages[0].first.last_line : one.line - 1]]
    made = [*above, *rest, "COPY --from=build /install /usr/local", *lines[one.last_line :]]
    return project.with_dockerfile("\n".join(made) + "\n")


def _each_run(project: Project, edit: Callable[[str], str]) -> Project:
    for one in reversed(project.parsed.instructions):
        if one.keyword == "RUN" and not (one.json or one.heredocs) and edit(one.source) != one.source:
            project = set_instruction(project, one.line, edit(one.source))
    return project


MEASURES: dict[str, Callable[[Project], Project]] = {
    "install in a first stage, copy the result": two_stages,
    "pip install --no-cache-dir": no_cache_dir,
    "a RUN for each command": split_runs,
    "neighbouring RUNs as one": join_runs,
    "delete the downloads in a later layer": remove_later,
}


def measures(project: Project) -> dict[str, Callable[[Project], Project]]:
    """The measures that would change something of a project, by name, in the order in which they are taken."""
    return {name: edit for name, edit in MEASURES.items() if edit(project).dockerfile != project.dockerfile}
