"""What a check says: which goals are reached, and for the others how far off the answer is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

from ..building.report import table

Verdict = Literal["reached", "not yet", "unknown"]


class Unknown(str):
    """Why nobody knows whether a goal is reached; a problem that is no text of this kind is one that is known."""

    __slots__ = ()


@dataclass(frozen=True)
class Line:
    """One goal. `problem` says how far off the answer is and where to look; it is empty when the goal is reached."""

    goal: str
    problem: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the goal is reached, as far as anybody knows."""
        return "unknown" if isinstance(self.problem, Unknown) else "not yet" if self.problem else "reached"

    @property
    def reached(self) -> bool:
        """Whether the goal is certainly reached."""
        return self.verdict == "reached"


@dataclass(frozen=True)
class Result:
    """What became of an answer.

    Attributes:
        title: the level's.
        lines: one for each goal.
        error: why nothing could be built, as Docker says it; or why there was nothing to check.
    """

    title: str
    lines: tuple[Line, ...] = ()
    error: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether every goal is reached: "not yet" if one is not, else "unknown" if nobody knows of one."""
        verdicts = {line.verdict for line in self.lines}
        if self.error or "not yet" in verdicts:
            return "not yet"
        return "unknown" if "unknown" in verdicts else "reached"

    @property
    def passed(self) -> bool:
        """Whether every goal is certainly reached."""
        return self.verdict == "reached"

    @property
    def headline(self) -> str:
        """The result in one sentence."""
        if self.error:
            return f"{self.title}: not checked."
        if self.passed:
            return f"{self.title}: reached."
        return f"{self.title}: {sum(line.reached for line in self.lines)} of {len(self.lines)} goals reached."

    @property
    def text(self) -> str:
        """The result with a line for each goal: how far off it is and which step to look at."""
        lines = [self.headline]
        if self.error:
            return "\n".join([*lines, self.error])
        for line in self.lines:
            lines.append(f"  {line.verdict:<8} {line.goal}")
            lines += [f"            {part}" for part in line.problem.splitlines()]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __bool__(self) -> bool:
        return self.passed

    def _repr_html_(self) -> str:
        if self.error:
            return f"<p>{escape(self.headline)}</p><pre>{escape(self.error)}</pre>"
        rows = [
            [
                escape(line.goal),
                f"<b>{line.verdict}</b>",
                escape(line.problem).replace("\n", "<br>"),
            ]
            for line in self.lines
        ]
        return table(escape(self.headline), ("goal", "result", "how far, and where to look"), rows)
