"""The family of errors: what is wrong, where, and what to do about it.

    LayerlibError                      anything that layerlib refuses; a ValueError
    ├── ContextError                   the files beside the Dockerfile
    │   └── MissingPath                a path that an instruction names and that is not there
    │       ├── MissingFile            ... found when the builder looks at the files
    │       └── MissingFolder          ... in front of a wildcard, found when the instruction is executed
    ├── ImageError                     the reference or description of a base image
    └── DockerfileError                a Dockerfile that Docker refuses, with the line
        ├── DockerfileContextError     ... because of its files: a ContextError too
        └── DockerfileImageError       ... because of an image: an ImageError too

A rule raises an error without a line. Whoever knows the instruction gives it the line with `at`.
"""

from __future__ import annotations

from collections.abc import Iterable


def closest_name(word: str, names: Iterable[str], likeness: float = 0.6) -> str:
    """The known name closest to a misspelt one, or "". `likeness` goes from 0 (anything) to 1 (the same)."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, names, 1, likeness)), "")


class LayerlibError(ValueError):
    """Anything that layerlib refuses. Its message is written for the person who made the mistake."""

    def at(self, line: int | None, text: str, cure: str = "") -> DockerfileError:
        """The same refusal as a DockerfileError, with the line of a Dockerfile that led to it."""
        return DockerfileError(str(self), line=line, text=text, cure=cure)


class ContextError(LayerlibError):
    """The files beside the Dockerfile cannot be read, or do not hold what is asked of them."""

    def at(self, line: int | None, text: str, cure: str = "") -> DockerfileError:
        return DockerfileContextError(str(self), line=line, text=text, cure=cure)


class MissingPath(ContextError):
    """A path that an instruction names and that is not there.

    Attributes:
        path: the path, without the first slash.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(problem)
        self.path = path


class MissingFile(MissingPath):
    """A file that an instruction names. The builder sees that it is missing when it compares the files."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f'"/{path}": not found')


class MissingFolder(MissingPath):
    """The folder in front of a wildcard. The builder sees that it is missing when it executes the instruction."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"lstat /{path}: no such file or directory")


class ImageError(LayerlibError):
    """A base image's reference or description cannot be used."""

    def at(self, line: int | None, text: str, cure: str = "") -> DockerfileError:
        return DockerfileImageError(str(self), line=line, text=text, cure=cure)


class DockerfileError(LayerlibError):
    """A Dockerfile that Docker refuses.

    Attributes:
        problem: what is wrong, in one sentence.
        line: the number of the line that is wrong, counted from 1, or None when no line can be named.
        text: that line as it is written.
        spot: the part of the line to point at; empty for the whole line.
        cure: what to do about it, in one sentence, or an empty string.
    """

    def __init__(
        self, problem: str, *, line: int | None = None, text: str = "", spot: str = "", cure: str = ""
    ) -> None:
        super().__init__(problem)
        self.problem, self.line, self.text, self.spot, self.cure = problem, line, text, spot, cure

    def at(self, line: int | None, text: str, cure: str = "") -> DockerfileError:
        """This error, with a line and a cure where it had none."""
        if self.line is None:
            self.line, self.text, self.cure = line, text, self.cure or cure
        return self

    def __str__(self) -> str:
        place = f"Dockerfile, line {self.line}" if self.line else "Dockerfile"
        lines = [f"{place}: {self.problem}", *self._excerpt()]
        return "\n".join([*lines, self.cure] if self.cure else lines)

    def _excerpt(self) -> list[str]:
        """The line as it is written, and a caret under the spot."""
        if not self.text:
            return []
        margin = f"{self.line or '':>4} | "
        shown = self.text.expandtabs(1)[:160]
        if self.spot and self.spot in shown:
            start, width = shown.find(self.spot), len(self.spot)
        else:
            start, width = len(shown) - len(shown.lstrip()), max(len(shown.strip()), 1)
        return [margin + shown, " " * (len(margin) - 2) + "| " + " " * start + "^" * width]


class DockerfileContextError(DockerfileError, ContextError):
    """A build is refused because of its files: an instruction names one that is not there, or one in the way."""


class DockerfileImageError(DockerfileError, ImageError):
    """A build is refused because of an image that an instruction names."""
