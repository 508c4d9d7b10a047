"""The one family of errors: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable


def meant(word: str, names: Iterable[str], likeness: float = 0.6) -> str:
    """The name that a slip of the pen was to be, or an empty string. `likeness` goes from 0 to 1, the same."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, names, 1, likeness)), "")


class LayerlibError(ValueError):
    """Anything that layerlib refuses. Its message is written for the person who made the mistake."""


class ContextError(LayerlibError):
    """The files beside the Dockerfile cannot be read, or do not hold what is asked of them."""


class MissingFile(ContextError):
    """A path that an instruction names and that is not there.

    Attributes:
        path: the path, without the first slash.
    """

    def __init__(self, path: str) -> None:
        super().__init__(f'"/{path}": not found')
        self.path = path


class ImageError(LayerlibError):
    """A base image's reference or description cannot be used."""


class DockerfileError(LayerlibError):
    """A Dockerfile that Docker refuses.

    Attributes:
        line: the number of the line that is wrong, counted from 1, or None when no line can be named.
        text: that line as it is written.
        problem: what is wrong, in one sentence.
        cure: what to do about it, in one sentence, or an empty string.
    """

    def __init__(
        self, problem: str, *, line: int | None = None, text: str = "", spot: str = "", cure: str = ""
    ) -> None:
        self.problem, self.line, self.text, self.cure = problem, line, text, cure
        super().__init__("\n".join(self._message(spot)))

    def _message(self, spot: str) -> list[str]:
        lines = [f"Dockerfile, line {self.line}: {self.problem}" if self.line else f"Dockerfile: {self.problem}"]
        if self.text:
            number = f"{self.line:>4} | "
            shown = self.text.expandtabs(1)[:160]
            start = max(shown.find(spot), 0) if spot else len(shown) - len(shown.lstrip())
            width = len(spot) if spot and spot in shown else max(len(shown.strip()), 1)
            lines += [number + shown, " " * (len(number) - 2) + "| " + " " * start + "^" * width]
        if self.cure:
            lines.append(self.cure)
        return lines
