"""Changes by their names, as the data of a level gives them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..reading.errors import LayerlibError
from ..reading.project import Project
from .change import Change
from .file_edits import add_file, edit_file, remove_file, set_mode, touch
from .instruction_edits import EDITS, edit_instruction, find, set_env

FILE_EDITS: dict[str, Callable[..., Project]] = {
    "edit": edit_file,
    "touch": touch,
    "chmod": partial(set_mode, mode=0o755),
    "add": add_file,
    "remove": remove_file,
}


def named(text: str) -> Change:
    """The change that a name means: "edit app.py", "touch app.py", "chmod app.py", "add notes.txt",
    "remove notes.txt", "edit CMD", "set NAME=value", "nothing", "--no-cache", "--build-arg NAME=value" or
    "the base image moves".

    An edit of an instruction that the Dockerfile does not have changes nothing. Raises LayerlibError for any other
    name.
    """
    verb, _, rest = text.partition(" ")
    name, equals, value = rest.partition("=")
    if text == "nothing":
        return Change(text)
    if text == "--no-cache":
        return Change(text, options={"no_cache": True})
    if text == "the base image moves":
        return Change(text, moves=True)
    if verb == "--build-arg" and equals:
        return Change(text, options={"args": {name: value}})
    if verb == "set" and equals:
        return Change(text, partial(set_env, name=name, value=value))
    if verb == "edit" and rest in EDITS:
        return Change(text, partial(_edit_if_there, keyword=rest))
    if verb in FILE_EDITS and rest:
        return Change(text, partial(FILE_EDITS[verb], path=rest))
    raise LayerlibError(f"no change is called {text!r}")


def _edit_if_there(project: Project, keyword: str) -> Project:
    return project if find(project, keyword) is None else edit_instruction(project, keyword)
