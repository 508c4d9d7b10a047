"""The course's own functions: answer before you look, then reach a goal.

    from layerlib import course
    course.predict(before, after, {"WORKDIR": "cached", "COPY": "rebuilt", "RUN": "rebuilt"})
    course.check("02-workdir", project)
    course.example("one-of-every-kind").project
    course.session("00-first-build")
    course.said("mtime")

Nothing here raises because a learner has not answered, or has answered wrongly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .example import Example, example, examples
from .levels import Level, Wrong, check, level, levels
from .predictions import Prediction, predict
from .results import Result
from .said import Saying, said, sayings

if TYPE_CHECKING:
    from ..showing.sessions.session import Session

__all__ = [
    "Example",
    "Level",
    "Prediction",
    "Result",
    "Saying",
    "Wrong",
    "check",
    "example",
    "examples",
    "level",
    "levels",
    "predict",
    "said",
    "sayings",
    "session",
]


def session(name: str) -> Session:
    """Show a recorded session of a real terminal: it plays in a notebook, and elsewhere it is text.

    Args:
        name: such as "00-first-build".

    Raises:
        LayerlibError: for a name that no session has; the message lists those that there are.
    """
    from ..showing.sessions.session import Session

    return Session(name)
