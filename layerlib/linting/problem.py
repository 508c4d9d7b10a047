"""What the lint finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..reading.dockerfile import Instruction

Kind = Literal["file", "program", "package", "variable", "user", "package lists", "start"]


@dataclass(frozen=True)
class Problem:
    """Something that fails, or may fail.

    Attributes:
        kind: what is missing or wrong.
        about: its name as the Dockerfile has it: a file, a program, a package, a variable.
        predicate: what is said of `subject`: a sentence, and then where to look.
        subject: what the sentence is about, such as a step's name in quotes; empty if the predicate names it.
        instruction: what needs the thing; None if no instruction does, but the image as a whole.
        stage: the index of the stage that it belongs to.
        certain: whether the build or the container certainly fails.
    """

    kind: Kind
    about: str
    predicate: str
    subject: str = ""
    instruction: Instruction | None = None
    stage: int = 0
    certain: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same problem of two orders of a Dockerfile, wherever its step stands."""
        return self.kind, self.about, self.stage, self.instruction.source if self.instruction else ""

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate}".strip()
