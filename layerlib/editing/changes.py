"""Changes: single edits of a project, each a new project.

from layerlib import changes
changes.edit_file(project, "app.py")
changes.set_instruction(project, 4, "RUN pip install numpy==2.0")
changes.of(project)      # the changes worth trying, each with a name
"""

from .change import Change
from .file_edits import add_file, edit_file, remove_file, rename_file, set_mode, touch
from .instruction_edits import (
    append,
    edit_instruction,
    find,
    insert,
    instruction_at,
    move,
    set_base,
    set_env,
    set_instruction,
    set_label,
)
from .moved_base import moved_base
from .named import named
from .offered import of

__all__ = [
    "Change",
    "add_file",
    "append",
    "edit_file",
    "edit_instruction",
    "find",
    "insert",
    "instruction_at",
    "move",
    "moved_base",
    "named",
    "of",
    "remove_file",
    "rename_file",
    "set_base",
    "set_env",
    "set_instruction",
    "set_label",
    "set_mode",
    "touch",
]
