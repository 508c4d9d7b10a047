"""Python's search for garbage in circles, and why reading and building go without it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def uncollected(function: Callable[P, T]) -> Callable[P, T]:
    """A function during which Python looks for no garbage in circles.

    Of the many records that reading and building make, all are kept, and none stands in a circle. The search walks
    over all of them, again and again as they become more, and frees nothing; of a Dockerfile with ten thousand
    instructions it takes a third of the time (benchmarks/README.md).
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if not gc.isenabled():
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return run
