"""The course's own functions: answer before you look, then reach a goal.

    from layerlib import course
    course.predict(before, after, {"WORKDIR": "cached", "COPY": "rebuilt", "RUN": "rebuilt"})
    course.check("02-workdir", project)
    course.example("one-of-every-kind").project
    course.said("mtime")

Nothing here raises because a learner has not answered, or has answered wrongly.
"""

from .example import Example, example, examples
from .levels import Level, Wrong, check, level, levels
from .predictions import Prediction, predict
from .results import Result
from .said import Saying, said, sayings

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
]
