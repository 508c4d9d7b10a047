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
    """The goal that a level's data names.

    Raises LayerlibError for a name that is not in `GOALS`, and for arguments that the goal does not take.
    """
    arguments = dict(data)
    name = arguments.pop("goal", "")
    if name not in GOALS:
        raise LayerlibError(f"no goal is called {name!r}; there are: {', '.join(GOALS)}")
    try:
        return GOALS[name](**arguments)
    except TypeError as error:
        raise LayerlibError(f"the goal {name!r} does not take {arguments}: {error}") from None
