"""The course's own functions: answer before you look, then reach a goal.

    from layerlib import course
    course.predict(before, after, {"WORKDIR": "cached", "COPY": "rebuilt", "RUN": "rebuilt"})
    course.check("02-workdir", project)

Nothing here raises because a learner has not answered, or has answered wrongly.
"""

from .levels import Level, Wrong, check, level, levels
from .predictions import Prediction, predict
from .results import Result
from .table import Table

__all__ = ["Level", "Prediction", "Result", "Table", "Wrong", "check", "level", "levels", "predict"]
