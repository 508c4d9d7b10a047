"""What became of a step, in the model's own word."""

from __future__ import annotations

from typing import Literal

from ..building.records import Step

Verdict = Literal["cached", "rebuilt", "depends"]


def verdict_of(step: Step) -> Verdict:
    """ "cached", "rebuilt", or "depends" (on what a RUN writes that nobody knows)."""
    said: Verdict = getattr(step, "verdict", "cached" if step.cached else "rebuilt")
    return said
