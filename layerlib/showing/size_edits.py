"""Measures that make an image smaller or larger, each an edit of a project's Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from ..reading.dockerfile import Instruction
from ..reading.project import Project
from ..reading.references import familiar_name
from ..reading.shipped_images import catalogue
from .instruction_edits import insert, set_instruction

_PIP_INSTALL = re.compile(r"\bpip3? install\b(?![^&;]*--no-cache-dir)")


def bases(project: Project) -> list[str]:
    """References that the last stage could be based on: its own, and one for each image of the same repository."""
    own = project.parsed.stages[-1].base
    repository = own.partition("@")[0].partition(":")[0]
    shortest: dict[str, str] = {}  # by the image's digest
    images = catalogue()
    for full in images:
        short = familiar_name(full).removesuffix(":latest")
        if short.partition(":")[0] == repository and not re.search(r":\d", short):
            digest = images.resolve(full).digest
            if digest not in shortest or len(short) < len(shortest[digest]):
                shortest[digest] = short
    others = [short for short in shortest.values() if short != own]
    return [own, *(sorted(others, key=lambda short: (len(short), short)))]


def packages(project: Project) -> str:
    """The packages that the first `pip install` names; empty if it names none."""
    install = _first_install(project)
    match = re.search(r"pip3? install (.*?)(?=&&|;|$)", install.source) if install else None
    words = match.group(1).split() if match else []
    if any(word in ("-r", "-e", ".") for word in words):
        return ""
    return " ".join(word for word in words if word[0] != "-")


def with_packages(project: Project, names: str) -> Project:
    """The project with other packages in its first `pip install`."""
    install, old = _first_install(project), packages(project).split()
    if install is None or not old or not names.split():
        return project
    head, sign, rest = install.source.partition("install ")
    command, end, tail = re.match(r"([^&;]*)(&&|;|$)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    flags = [word for word in command.split() if word not in old]
    words = " ".join([*flags, *names.split()])
    return set_instruction(project, install.line, f"{head}{sign}{words}{f' {end}{tail}' if end else ''}")


def _first_install(project: Project) -> Instruction | None:
    for instruction in project.parsed.instructions:
        if (
            instruction.keyword == "RUN"
            and not instruction.heredocs
            and re.search("pip3? install ", instruction.source)
        ):
            return instruction
    return None


def no_cache_dir(project: Project) -> Project:
    """Every `pip install` without its downloads kept."""
    return _each_run(project, lambda text: _PIP_INSTALL.sub(lambda match: f"{match.group()} --no-cache-dir", text))


def split_runs(project: Project) -> Project:
    """One RUN for each of the commands that && joins."""
    return _each_run(project, lambda text: re.sub(r"\s*&&\s*", "\nRUN ", text))


def join_runs(project: Project) -> Project:
    """Neighbouring RUNs as one, joined with &&."""
    while (pair := _neighbours(project)) is not None:
        first, second = pair
        command = second.source.removeprefix("RUN ").strip()
        project = set_instruction(project, second.line, "")
        project = set_instruction(project, first.line, f"{first.source} && {command}")
    return project


def _neighbours(project: Project) -> tuple[Instruction, Instruction] | None:
    """The first two RUNs in the shell form that follow one another."""
    for first, second in pairwise(project.parsed.instructions):
        if _in_shell_form(first) and _in_shell_form(second) and not (first.flags or second.flags):
            return first, second
    return None


def remove_later(project: Project) -> Project:
    """What the installs leave behind, deleted by a RUN of its own below them."""
    runs = [instruction for instruction in project.parsed.stages[-1].instructions if instruction.keyword == "RUN"]
    installs = [run for run in runs if re.search(r"pip3? install|apt-get (-y )?install", run.source)]
    if not installs:
        return project
    rubbish = "/root/.cache/pip" if "pip" in installs[-1].source else "/var/lib/apt/lists/*"
    return insert(project, installs[-1].last_line + 1, f"RUN rm -rf {rubbish}")


def two_stages(project: Project) -> Project:
    """Packages installed in a first stage, and only the result copied into the image."""
    stages = project.parsed.stages
    install = _first_install(project)
    if len(stages) != 1 or install is None:
        return project
    (stage,) = stages
    lines = project.dockerfile.splitlines()
    above = [lines[one.line - 1 : one.last_line] for one in stage.instructions if one.line < install.line]
    text = [
        f"FROM {stage.base} AS build",
        *(line for block in above for line in block),
        install.source.replace("install ", "install --prefix=/install ", 1),
        "",
        f"FROM {stage.base}",
        *lines[stage.first.last_line : install.line - 1],
        "COPY --from=build /install /usr/local",
        *lines[install.last_line :],
    ]
    return project.with_dockerfile("\n".join(text) + "\n")


def _in_shell_form(instruction: Instruction) -> bool:
    """Whether it is a RUN with a shell line, without heredocs."""
    return instruction.keyword == "RUN" and not (instruction.json or instruction.heredocs)


def _each_run(project: Project, edit: Callable[[str], str]) -> Project:
    """Edit the text of every RUN in the shell form, the last one first, so that line numbers stay right."""
    for instruction in reversed(project.parsed.instructions):
        if _in_shell_form(instruction) and edit(instruction.source) != instruction.source:
            project = set_instruction(project, instruction.line, edit(instruction.source))
    return project


MEASURES: dict[str, Callable[[Project], Project]] = {
    "install in a first stage, copy the result": two_stages,
    "pip install --no-cache-dir": no_cache_dir,
    "a RUN for each command": split_runs,
    "neighbouring RUNs as one": join_runs,
    "delete the downloads in a later layer": remove_later,
}


def measures(project: Project) -> dict[str, Callable[[Project], Project]]:
    """The measures that would change something in a project, by name, in the order in which they are taken."""
    return {name: edit for name, edit in MEASURES.items() if edit(project).dockerfile != project.dockerfile}
