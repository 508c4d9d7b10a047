"""Labs: toggle, see, understand. Each is one call in one cell, for any project.

    layerlib.labs.cache(project)            which change rebuilds what, and why
    layerlib.labs.predict(project, change)  answer first, then look
    layerlib.labs.order(project)            what another order of the instructions saves in a day of edits
    layerlib.labs.size(project)             what makes an image big
    layerlib.labs.goal(level)               a Dockerfile to write, checked by what it builds
    layerlib.labs.levels(levels)            the map of levels, each one click away
    layerlib.labs.own()                     your own Dockerfile: what each change would rebuild
    layerlib.labs.opening()                 the first picture: one comma changed, and what falls
    layerlib.labs.predict_layers(project)   which lines make a layer? Likewise predict_sizes, predict_changes,
                                            predict_builds and predict_starts: judged, and then the reasons

A lab is a view: all that it shows comes from builds that it asks a fresh builder for. What a learner wrote, answered or
moved in `predict`, `order` and `goal` is kept as text in the folder `my-work` beside the notebook, and is there again
when the lab is opened. Every control works from the keyboard, and every result is in words.
"""

from .cache_lab import cache, rebuilt
from .days import day
from .goal_lab import goal
from .level_map import levels
from .opening import opening
from .order_lab import order
from .own_lab import own
from .predict_lab import predict
from .questions import predict_builds, predict_changes, predict_layers, predict_sizes, predict_starts
from .size_lab import size

__all__ = [
    "cache",
    "day",
    "goal",
    "levels",
    "opening",
    "order",
    "own",
    "predict",
    "predict_builds",
    "predict_changes",
    "predict_layers",
    "predict_sizes",
    "predict_starts",
    "rebuilt",
    "size",
]
