"""A scenario while it is being made: stages of lines, files beside them, options, and what happens later."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

CLOCK = 1_700_000_000  # of files that no edit touched, in seconds
BASE = "layerlib-record/base"
OTHER = "layerlib-record/other"

Build = dict[str, Any]
T = TypeVar("T")


class Draw:
    """Chance. The order of the draws is part of a scenario: the same seed, the same scenario."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def chance(self, share: float) -> bool:
        """True in so many of one."""
        return self.random.random() < share

    def number(self, first: int, last: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(first, last)

    def one(self, values: Sequence[T]) -> T:
        """One of them."""
        return self.random.choice(values)

    def some(self, values: Sequence[T], first: int, last: int) -> list[T]:
        """Some of them, each once."""
        return self.random.sample(values, min(self.number(first, last), len(values)))

    def text(self) -> str:
        """What a file may hold."""
        return "".join(self.random.choice("abcdef \n") for _ in range(self.number(1, 40)))


@dataclass
class Draft:
    """What the classes of a scenario add to.

    Attributes:
        stages: the lines of each stage, its FROM first.
        files: the build context, in the format of the recorded builds.
        options: further keys of every build, such as "contexts".
        later: changes of one later build, each done once.
        effects: what its RUNs are declared to write; None if nobody says.
        classic: whether the classic builder builds it.
    """

    stages: list[list[str]]
    files: dict[str, Any]
    effects: dict[str, Any] | None
    classic: bool
    options: dict[str, Any] = field(default_factory=dict)
    later: list[Callable[[Build], None]] = field(default_factory=list)

    @property
    def last(self) -> list[str]:
        """The lines of the last stage."""
        return self.stages[-1]

    def add(self, *lines: str) -> None:
        """Add lines to the last stage."""
        self.last.extend(lines)

    def file(self, path: str, content: str = "x\n", **more: str) -> None:
        """Add a file to the build context."""
        self.files[path] = {"content": content, **more}

    def link(self, path: str, target: str) -> None:
        """Add a symbolic link to the build context."""
        self.files[path] = {"link": target}

    def stage(self, *lines: str) -> None:
        """Put a stage before the last one."""
        self.stages.insert(-1, list(lines))

    @property
    def text(self) -> str:
        """The Dockerfile."""
        return "".join(line + "\n" for stage in self.stages for line in stage)
