"""Goals: each a function of an attempt's state. It says nothing when it is reached, else how far off it is.

No goal asks how the state was reached, so several answers are right. A goal's problem names the step to look at, never
the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..attempt import Attempt


@dataclass(frozen=True)
class Goal:
    """What to reach, in words, and the check: an empty text, how far off an attempt is, or an `Unknown`: why nobody
    knows."""

    text: str
    check: Callable[[Attempt], str]
