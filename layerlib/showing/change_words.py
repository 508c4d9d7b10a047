"""A change in words: which group it belongs to, what it does, and the edit as a small diff."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import ndiff
from typing import Literal

from ..editing.change import Change
from ..reading.errors import LayerlibError
from ..reading.file import File
from ..reading.project import Project
from .page.markup import Markup, tag

Group = Literal["files", "Dockerfile", "outside"]
LONGEST = 90  # characters of a line in a diff
MOST = 4  # lines that are shown of one side


@dataclass(frozen=True)
class Described:
    """What a change does.

    Attributes:
        group: what is changed: files, the Dockerfile, or something outside the project.
        sentence: what happens, in words.
        gone, new: lines of the diff.
    """

    group: Group
    sentence: str
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def described(project: Project, change: Change) -> Described:
    """Describe a change of a project by making it."""
    try:
        after = change(project)
    except LayerlibError as error:
        return Described("Dockerfile", str(error))
    if change.moves:
        return Described("outside", "The tag of the base image means a newer image: somebody has pushed one.")
    if change.options:
        return Described("outside", f"The next build runs with {_options(change)}.")
    name = project.dockerfile_name
    if after.dockerfile != project.dockerfile:
        return _of_text("Dockerfile", f"{name} changes.", project.dockerfile, after.dockerfile)
    for path in dict.fromkeys((*project.files, *after.files)):
        old, new = project.files.get(path), after.files.get(path)
        if old != new:
            return _of_file(path, old, new)
    return Described("files", "Only the time of the file changes; no builder looks at it.")


def _options(change: Change) -> str:
    words = {"no_cache": "--no-cache"}
    for name, value in change.options.items():
        if name == "args":
            return " ".join(f"--build-arg {one}={given}" for one, given in value.items())
        if name not in words:
            return f"{name} = {value}"
    return " ".join(words[name] for name in change.options)


def _of_file(path: str, old: File | None, new: File | None) -> Described:
    if old is None and new is not None:
        return _of_text("files", f"{path} is new.", "", _text(new))
    if new is None and old is not None:
        return _of_text("files", f"{path} is removed.", _text(old), "")
    assert old is not None
    assert new is not None
    if old.read() == new.read():
        return Described("files", f"The permissions of {path} change.", (f"{old.mode:o}",), (f"{new.mode:o}",))
    return _of_text("files", f"The content of {path} changes.", _text(old), _text(new))


def _text(file: File) -> str:
    return file.read().decode("utf-8", "replace") if file.kind == "file" else ""


def _of_text(group: Group, sentence: str, old: str, new: str) -> Described:
    if max(old.count("\n"), new.count("\n")) > 300:
        return Described(group, sentence)
    lines = list(ndiff(old.splitlines(), new.splitlines()))
    gone = tuple(line[2:][:LONGEST] for line in lines if line.startswith("- "))[:MOST]
    added = tuple(line[2:][:LONGEST] for line in lines if line.startswith("+ "))[:MOST]
    return Described(group, sentence, gone, added)


def diff(one: Described) -> Markup:
    """The lines of a diff."""
    if not one.gone and not one.new:
        return Markup("")
    # The style of each line is its own: an untrusted notebook has no style sheet, and needs the lines.
    block = "display: block"
    lines = [tag("del", line, style=block) for line in one.gone] + [tag("ins", line, style=block) for line in one.new]
    return tag("span", lines, class_="diff")


def in_words(one: Described) -> str:
    """The description without its diff's colours, for whoever hears it."""
    parts = [one.sentence, *(f"Removed: {line}" for line in one.gone), *(f"Added: {line}" for line in one.new)]
    return " ".join(parts)
