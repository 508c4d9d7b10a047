"""What to do about a file that an instruction names and that is not there."""

from __future__ import annotations

import posixpath

from ..reading.dockerfile import Instruction
from ..reading.errors import closest_name
from ..reading.paths import base_name, clean
from ..reading.project import Project

LIKE = 0.75  # how like a name must be to be offered; with less, src/a.txt is offered for secret.txt


def cure(path: str, instruction: Instruction, project: Project) -> str:
    """What to do about a missing path, as the error has it: from the context's root, without the first slash."""
    if path in project.notes_paths:
        return f"{path} is what you know of this project, and never part of its build context. Use another name."
    if path in project.files:
        return f".dockerignore leaves {path} out. Remove its pattern, or add the line !{path}."
    sources = instruction.words[:-1] if instruction.keyword in ("COPY", "ADD") else ()
    written = next((word for word in sources if clean(word) == path), path)
    if written.startswith("-"):
        return f"{instruction.keyword} needs no {written}: a folder is copied with all that is in it."
    if posixpath.normpath(written.lstrip("/")).startswith(".."):
        return "A path cannot leave the build context with .. : build in the folder above, or move the file."
    if written.startswith("~"):
        return "~ is not replaced: a path begins at the build context, which is the project's folder."
    if close := _close(path, project):
        return f"Did you mean {close}?"
    if written.startswith("/") and written != sources[0]:
        return "Only the last word is the destination; all words before it are sources. Write one line for each copy."
    if written.startswith("/"):
        return f"A path begins at the build context, the project's folder: {written} is {path} there."
    verb = "mounted" if instruction.keyword == "RUN" else "copied"
    return f"Only files of the project's folder can be {verb}. Look at the path, letter by letter."


def _close(path: str, project: Project) -> str:
    """The path in the context that is probably meant, or an empty string."""
    same_name = (known for known in project.context if base_name(known) == base_name(path))
    return closest_name(path, project.context, LIKE) or next(same_name, "")
