"""Measures that make an image smaller or larger, each an edit of a project's Dockerfile.

A RUN is edited only if it is a list of commands, with nothing in quotes that looks like the sign between two of them.
Where the result would not do the same, the project stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..building.effects.pip_command import pip_command
from ..building.effects.shell import SimpleCommand, commands_of, shell_commands
from ..editing.instruction_edits import insert, set_instruction
from ..linting.pip_commands import SYSTEM, install_prefix
from ..reading.dockerfile import Instruction
from ..reading.project import Project
from ..reading.references import familiar_name
from ..reading.shipped_images import catalogue

_JOINT = re.compile(r"\s*(?:&&|\|\||\|&|[;|])\s*")
_PIP_INSTALL = re.compile(r"\bpip[\d.]*\s+install(?!\S)")
# What changes the shell that runs it, so that a command after it is another one in a shell of its own.
_STATE = {"", ".", "alias", "cd", "eval", "exit", "export", "set", "shopt", "source", "trap", "ulimit", "umask"}


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


@dataclass(frozen=True)
class _Part:
    """One command of a RUN.

    Attributes:
        text: as written.
        command: as read.
        joint: what is written between it and the next command, such as " && "; empty after the last.
    """

    text: str
    command: SimpleCommand
    joint: str


@dataclass(frozen=True)
class _Run:
    """A RUN whose commands can be edited.

    Attributes:
        instruction: where it stands.
        head: what is written before the commands: the keyword and the flags.
        parts: the commands.
    """

    instruction: Instruction
    head: str
    parts: tuple[_Part, ...]

    @property
    def text(self) -> str:
        """The commands, as written."""
        return "".join(part.text + part.joint for part in self.parts)


def _runs(project: Project) -> list[_Run]:
    return [run for instruction in project.parsed.instructions if (run := _run(instruction)) is not None]


def _run(instruction: Instruction) -> _Run | None:
    """An instruction as a RUN that can be edited; None if it is none."""
    if instruction.keyword != "RUN" or instruction.json or instruction.heredocs or not instruction.words:
        return None
    (line,) = instruction.words
    texts, joints = _JOINT.split(line), [*_JOINT.findall(line), ""]
    commands = shell_commands(line)
    alone = [command for text in texts for command in shell_commands(text)]
    # A text that was cut inside quotes reads as another command, or as one with an unclosed quote.
    if len(texts) != len(alone) or _words(alone) != _words(commands):
        return None
    if any(command.inside or command.background for command in (*alone, *commands)):
        return None
    parts = tuple(map(_Part, texts, commands, joints))
    return _Run(instruction, instruction.source.removesuffix(line), parts)


def _words(commands: Sequence[SimpleCommand]) -> list[tuple[object, ...]]:
    """What commands say, whatever is before and after them."""
    return [(command.program, command.arguments, command.redirections) for command in commands]


def _with_texts(project: Project, run: _Run, texts: Sequence[str]) -> Project:
    """The project with other texts of a RUN's commands."""
    line = "".join(text + part.joint for text, part in zip(texts, run.parts, strict=True))
    return project if line == run.text else set_instruction(project, run.instruction.line, run.head + line)


def _is_pip_install(command: SimpleCommand) -> bool:
    return command.program == "pip" and command.arguments[:1] == ("install",)


def _first_install(project: Project) -> tuple[_Run, _Part] | None:
    """The first `pip install` that can be edited, and the RUN that it is in."""
    installs = ((run, part) for run in _runs(project) for part in run.parts if _is_pip_install(part.command))
    return next(installs, None)


def _with_option(part: _Part, option: str) -> str:
    """The text of a `pip install` with one more option; as it is if that cannot be written."""
    text = _PIP_INSTALL.sub(lambda match: f"{match[0]} {option}", part.text, count=1)
    read = [command.arguments for command in shell_commands(text)]
    return text if read == [("install", option, *part.command.arguments[1:])] else part.text


def _arguments(part: _Part) -> tuple[list[str], list[str]]:
    """The options of a `pip install` and the packages that it names, both as written.

    Neither, if it has a file of requirements or installs a folder, or if a space is quoted.
    """
    command = part.command
    begin = _PIP_INSTALL.search(part.text)
    written = part.text[begin.end() :].split() if begin else []
    read = pip_command(command)
    named = [word for word in written if word.strip("'\"") in read.named]
    options = [word for word in written if word.strip("'\"") not in read.named]
    is_other = bool(read.requirement_files) or "--editable" in read.options or len(named) != len(read.named)
    is_path = any("/" in name or name.startswith(".") for name in named)
    told_apart = len(written) == len(command.arguments) - 1 and not command.redirections
    return (options, named) if told_apart and not is_other and not is_path else ([], [])


def packages(project: Project) -> str:
    """The packages that the first `pip install` names; empty if it names none, or if they cannot be edited."""
    install = _first_install(project)
    return " ".join(_arguments(install[1])[1]) if install else ""


def with_packages(project: Project, names: str) -> Project:
    """The project with other packages in its first `pip install`."""
    install = _first_install(project)
    if install is None or not names.split():
        return project
    run, part = install
    options, named = _arguments(part)
    begin = _PIP_INSTALL.search(part.text)
    if begin is None or not named:
        return project
    text = " ".join([part.text[: begin.end()], *options, *names.split()])
    return _with_texts(project, run, [text if one is part else one.text for one in run.parts])


def no_cache_dir(project: Project) -> Project:
    """Every `pip install` without its downloads kept."""
    for run in reversed(_runs(project)):  # the last one first, so that line numbers stay right
        project = _with_texts(project, run, [_without_downloads(part) for part in run.parts])
    return project


def _without_downloads(part: _Part) -> str:
    kept = _is_pip_install(part.command) and "--no-cache-dir" not in part.command.arguments
    return _with_option(part, "--no-cache-dir") if kept else part.text


def split_runs(project: Project) -> Project:
    """One RUN for each of the commands that && joins, with the flags that they had together."""
    for run in reversed(_runs(project)):
        if _is_and_list(run) and not any(part.command.program in _STATE for part in run.parts[:-1]):
            lines = "".join(part.text + (f"\n{run.head}" if "&&" in part.joint else part.joint) for part in run.parts)
            project = set_instruction(project, run.instruction.line, run.head + lines)
    return project


def _is_and_list(run: _Run) -> bool:
    """Whether a RUN stops at the first command that fails, apart from the commands of a pipe."""
    return all(part.joint.strip() in ("", "&&", "|", "|&") for part in run.parts)


def join_runs(project: Project) -> Project:
    """Neighbouring RUNs as one, joined with &&."""
    while (pair := _neighbours(project)) is not None:
        first, second = pair
        project = set_instruction(project, second.instruction.line, "")
        project = set_instruction(project, first.instruction.line, f"{first.head}{first.text} && {second.text}")
    return project


def _neighbours(project: Project) -> tuple[_Run, _Run] | None:
    """The first two RUNs that follow one another and do the same as one."""
    for first, second in pairwise(map(_run, project.parsed.instructions)):
        if first is not None and second is not None and _can_be_one(first, second):
            return first, second
    return None


def _can_be_one(first: _Run, second: _Run) -> bool:
    if first.instruction.flags or second.instruction.flags or not _is_and_list(second):
        return False
    if any(part.command.program in _STATE for part in first.parts):
        return False
    commands = [part.command for part in (*first.parts, *second.parts)]
    return _words(shell_commands(f"{first.text} && {second.text}")) == _words(commands)  # not behind a comment


def remove_later(project: Project) -> Project:
    """What the last installation leaves behind, deleted by a RUN of its own below it."""
    for instruction in reversed(project.parsed.stages[-1].instructions):
        if left := _left_behind(instruction):
            return insert(project, instruction.last_line + 1, f"RUN rm -rf {' '.join(left)}")
    return project


def _left_behind(instruction: Instruction) -> list[str]:
    """What the commands of a RUN leave behind: pip's downloads, apt's package lists."""
    if instruction.keyword != "RUN":
        return []
    argv = instruction.words if instruction.json else ("/bin/sh", "-c", *instruction.words)
    commands = commands_of(argv, "/")
    left = {
        "/root/.cache/pip": any(map(_is_pip_install, commands)),
        "/var/lib/apt/lists/*": any(
            command.program in ("apt-get", "apt") and "install" in command.arguments for command in commands
        ),
    }
    return [path for path, is_left in left.items() if is_left]


def two_stages(project: Project) -> Project:
    """Packages installed in a first stage, and only the result copied into the image.

    Only for a Dockerfile of one stage, whose first `pip install` is the only command of its RUN.
    """
    install = _first_install(project)
    if install is None or len(project.parsed.stages) != 1:
        return project
    (run, part), (stage,) = install, project.parsed.stages
    text = _with_option(part, "--prefix=/install")
    if len(run.parts) != 1 or text == part.text or stage.name or install_prefix(part.command, {}) != SYSTEM:
        return project
    line, last = run.instruction.line, run.instruction.last_line
    lines = project.dockerfile.removesuffix("\n").split("\n")
    above = [lines[one.line - 1 : one.last_line] for one in stage.instructions if one.line < line]
    changed = [
        *lines[: stage.first.line - 1],
        f"{stage.first.source} AS build",
        *(line for block in above for line in block),
        run.head + text,
        "",
        stage.first.source,
        *lines[stage.first.last_line : line - 1],
        "COPY --from=build /install /usr/local",
        *lines[last:],
    ]
    return project.with_dockerfile("\n".join(changed) + "\n")


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
