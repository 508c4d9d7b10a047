"""Questions whose answers a build knows: layers, sizes, rebuilt steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.rebuilding import rebuild
from ...building.report import why
from ...building.units import human_size
from ...editing.change import Change
from ...linting.inspected import InspectedBuild
from ...reading.dockerfile import Instruction
from ...reading.project import Project
from ..change_words import described, diff
from ..instruction_tables import started
from ..wording import compared
from ..worked import rebuilt_steps, working_steps
from .choice_lab import ChoiceLab, Question

WITH, WITHOUT = "a layer", "no layer"
NO_LAYER = {
    "WORKDIR": "The folder / is in every image, so there is nothing to make.",
    "ARG": "It gives the build a variable, and writes no file.",
}
SETTING = "It changes the image's settings, and no file: a row of 0B in the history, and no layer."
A_LAYER = {
    "RUN": "What the command writes is a layer, even if it writes nothing",
    "WORKDIR": "It makes a folder, and a folder is a layer",
    "COPY": "The files are a layer",
    "ADD": "The files are a layer",
}


def predict_layers(project: Project, effects: Any = None) -> ChoiceLab:
    """A lab that asks of each instruction below FROM whether it makes a layer.

    Args:
        project: a project of one stage.
        effects: what commands write, as `BuildKit` takes them.
    """
    build = BuildKit(effects=effects).build(project)
    asked = [one for one in project.parsed.stages[-1].instructions if one.keyword != "FROM"]
    questions = [_about_layer(build, one) for one in asked]
    return ChoiceLab("line", "Which of these lines make a layer?", project.name, questions)


def _about_layer(build: Build, one: Instruction) -> Question:
    layers = [step.layer for step in build.steps if step.line == one.line and step.layer is not None]
    text = " ".join(one.source.split())
    if not layers:
        return Question(text, (WITH, WITHOUT), WITHOUT, NO_LAYER.get(one.keyword, SETTING))
    reason = f"{A_LAYER.get(one.keyword, 'It makes a layer')}: {human_size(layers[0].size)} here."
    return Question(text, (WITH, WITHOUT), WITH, reason)


def predict_sizes(projects: Mapping[str, Project], effects: Any = None) -> ChoiceLab:
    """A lab that asks of each image but the first how much larger or smaller than the first it is.

    Args:
        projects: a label to a project; the others are compared with the first.
        effects: what commands write, as `BuildKit` takes them.
    """
    builds = {name: BuildKit(effects=effects).build(project) for name, project in projects.items()}
    first, *others = projects
    images = {name: build.image.size for name, build in builds.items()}
    # The smallest first, and "the same" among them: nothing in their order tells which is whose.
    ordered = sorted(images.values(), key=lambda size: float("inf") if size is None else size)
    choices = tuple(dict.fromkeys(compared(size, images[first]) for size in ordered))
    questions = [
        _about_size(name, projects[first], builds[name], choices, compared(images[name], images[first]))
        for name in others
    ]
    return ChoiceLab("image", f"How large is each image, compared with “{first}”?", projects[first].name, questions)


def _about_size(name: str, first: Project, build: Build, choices: tuple[str, ...], right: str) -> Question:
    own = ", ".join(human_size(layer.size) for layer in build.image.layers if not layer.base)
    words = described(first, Change(name, lambda _: build.project))
    return Question(name, choices, right, f"Its own layers, from the bottom: {own}.", diff(words))


def predict_changes(project: Project, changes: Sequence[Change], effects: Any = None) -> ChoiceLab:
    """A lab that asks of each change, made alone, how many steps it rebuilds.

    Args:
        project: what is built first.
        changes: the changes.
        effects: what commands write, as `BuildKit` takes them.
    """
    number = len(working_steps(BuildKit(effects=effects).build(project)))
    questions = []
    for change in changes:
        build = rebuild(project, change, builder=BuildKit(effects=effects))
        questions.append(_about_rebuild(change.name, build, number))
    title = f"Each change is made alone. How many of the {number} steps below FROM are rebuilt?"
    return ChoiceLab("change", title, project.name, questions, project.dockerfile)


def predict_builds(
    projects: Mapping[str, Project], options: Mapping[str, Mapping[str, Any]] | None = None
) -> ChoiceLab:
    """A lab that asks of builds one after the other, with one cache, how many steps each rebuilds.

    Args:
        projects: a label to what is built then. The first build is not asked about: it finds nothing in the cache.
        options: for some labels, more arguments of that build, such as {"no_cache": True}.
    """
    builder = BuildKit()
    questions = []
    first, *others = projects.items()
    number = len(working_steps(builder.build(first[1])))
    for name, project in others:
        build = builder.build(project, **(options or {}).get(name, {}))
        questions.append(_about_rebuild(name, build, number))
    title = f"These builds come one after the other, after “{first[0]}”. How many of the {number} steps are rebuilt?"
    return ChoiceLab("build", title, first[1].name, questions, first[1].dockerfile)


def _about_rebuild(name: str, build: Build, number: int) -> Question:
    steps = rebuilt_steps(build)
    choices = tuple(str(count) for count in range(max(number, len(steps)) + 1))
    if not steps:
        return Question(name, choices, "0", "Every step is taken from the cache.")
    names = ", ".join(step.keyword for step in steps)
    return Question(name, choices, str(len(steps)), f"{names}. {why(steps[0])}")


def predict_starts(projects: Mapping[str, Project], words: str = "") -> ChoiceLab:
    """A lab that asks of each image what a container of it starts.

    Args:
        projects: a label, such as the last lines of the Dockerfile, to a project.
        words: what is written after the image's name in `docker run`.
    """
    commands = {name: started(InspectedBuild(project), words) for name, project in projects.items()}
    choices = tuple(sorted({*commands.values(), *(one for project in projects.values() for one in _cmds(project))}))
    questions = [
        Question(name, choices, right, _about_start(projects[name], words)) for name, right in commands.items()
    ]
    title = f"What does “{f'docker run IMAGE {words}'.strip()}” start?"
    return ChoiceLab("last lines", title, f"{next(iter(projects.values())).name} {words}".strip(), questions)


def _cmds(project: Project) -> list[str]:
    """What the CMDs in exec form would start, also those without effect; none where there is only one."""
    cmds = [one for one in project.parsed.stages[-1].instructions if one.keyword == "CMD"]
    return [" ".join(one.words) for one in cmds] if len(cmds) > 1 else []


def _about_start(project: Project, words: str) -> str:
    config = BuildKit().build(project).image.config
    entrypoint, cmd = list(config.get("Entrypoint") or []), list(config.get("Cmd") or [])
    shell = (entrypoint or cmd)[:2] == ["/bin/sh", "-c"]
    if not entrypoint and words:
        return "The words take the place of CMD."
    if not entrypoint and all(one.keyword != "CMD" for one in project.parsed.stages[-1].instructions):
        return "There is no CMD, so the base image's counts."
    if not entrypoint:
        return "It is not the exec form: a shell is started, and reads the text." if shell else "It is the last CMD."
    if words:
        return f"The words come after the entrypoint{', a shell, which does not hand them on' if shell else ''}."
    return "The entrypoint, then CMD." if cmd else "The entrypoint. There is no CMD."
