"""Goals by their names: a level's data names one and its arguments.

`{goal = "at_most", rebuilt = 1, after = "edit app.py"}` is `cache.at_most(rebuilt=1, after="edit app.py")`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...reading.errors import LayerlibError
from . import cache, commands, image, sizes
from .goal import Goal

GOALS: dict[str, Callable[..., Goal]] = {**cache.CHECKS, **sizes.CHECKS, **image.CHECKS, **commands.CHECKS}


def goal(data: Mapping[str, Any]) -> Goal:
    """The goal that a level's data names. Raises LayerlibError for a name that is not in `GOALS`."""
    arguments = dict(data)
    name = arguments.pop("goal", "")
    if name not in GOALS:
        raise LayerlibError(f"no goal is called {name!r}; there are: {', '.join(GOALS)}")
    return GOALS[name](**arguments)
