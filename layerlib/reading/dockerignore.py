"""What .dockerignore leaves out.

The matcher of e2b-dockerfile-utils, a port of moby/patternmatcher, says what a pattern means. It is asked only about
paths that a pattern could match: a context may have a hundred thousand files, most of which no pattern concerns.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field

from .parser_adapter import PatternMatcher, pattern_matcher, single_pattern


@dataclass(frozen=True, eq=False)
class IgnoreLine:
    """One line of .dockerignore.

    Attributes:
        brings_back: whether it begins with "!".
        whole: matches what the line matches, and what is below that.
        base_name: matches the base names of the paths that `whole` may match.
        folders: says below which folders `whole` may match.
    """

    brings_back: bool
    whole: PatternMatcher
    base_name: PatternMatcher
    folders: PatternMatcher

    @classmethod
    def of(cls, line: str, cleaned: str) -> IgnoreLine:
        """A line as it is written, and as `PatternMatcher.patterns` gives it."""
        brings_back = line.strip().startswith("!")
        pattern = cleaned[brings_back:]
        *above, last = pattern.split("/")
        # Where ** is part of a word, or a / stands in brackets, the pattern's parts are not those of a path.
        opaque = "[" in pattern or any("**" in part and part != "**" for part in above)
        base_name = "**" if opaque or "**" in last else last
        folders = "**" if opaque else pattern
        # The "./" only keeps a leading # or ! literal.
        texts = (f"./{pattern}", f"./{base_name}", f"!./{folders}")
        return cls(brings_back, *(pattern_matcher([text]) for text in texts))


@dataclass(frozen=True)
class UntouchedFolder:
    """A folder that no line matches, nor one above it: the lines that may match below, also by base name."""

    lines: tuple[IgnoreLine, ...]
    by_name: dict[str, tuple[IgnoreLine, ...]] = field(default_factory=dict)

    def concerning(self, base_name: str) -> tuple[IgnoreLine, ...]:
        """The lines that may match a path of this base name."""
        if base_name not in self.by_name:
            self.by_name[base_name] = tuple(line for line in self.lines if line.base_name.matches(base_name))
        return self.by_name[base_name]


class DockerIgnore:
    """The lines of a .dockerignore. A folder must be asked about before what is in it.

    Raises ValueError for a pattern that cannot be read.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        _refuse(lines)
        self.matcher = pattern_matcher(lines)
        root = UntouchedFolder(
            tuple(IgnoreLine.of(line, text) for line in lines for text in pattern_matcher([line]).patterns)
        )
        self.untouched: dict[str, UntouchedFolder] = {"": root}
        self.shared = {root.lines: root}  # folders that the same lines concern
        self.gone: set[str] = set()  # folders of which nothing comes back

    def leaves_out(self, path: str, is_folder: bool) -> bool:
        """Whether a path is left out."""
        above, _, base_name = path.rpartition("/")
        folder = self.untouched.get(above)
        if folder is None:
            left_out = above in self.gone or self.matcher.matches(path)
        else:
            matching = [line for line in folder.concerning(base_name) if line.whole.matches(path)]
            if not matching:
                if is_folder:
                    lines = tuple(line for line in folder.lines if line.folders.may_match_under(path))
                    self.untouched[path] = self.shared.setdefault(lines, UntouchedFolder(lines))
                return False
            left_out = not matching[-1].brings_back  # the last one counts
        if is_folder and left_out and (above in self.gone or not self.matcher.may_match_under(path)):
            self.gone.add(path)
        return left_out


def _refuse(lines: Sequence[str]) -> None:
    """Raise ValueError for what Docker refuses before it looks at a path. Source: recorded."""
    sent = [line.strip() for line in lines if not line.startswith("#")]
    for pattern in sent:
        if pattern.startswith("!") and not posixpath.normpath(pattern[1:].strip() or ".").strip("/"):
            raise ValueError(
                f"Invalid ignore pattern {pattern!r}: illegal exclusion pattern: it names the whole context"
            )
    # BuildKit sends the patterns as a header, which holds printable characters; other than ASCII are encoded.
    text = "".join(sent)
    if text.isascii() and text and not text.isprintable():
        raise ValueError("it holds characters that cannot be printed")


def names(lines: Sequence[str], word: str) -> bool:
    """Whether lines leave out what a word means, or a folder above it; the word is taken as it is written.

    Source: moby/patternmatcher (MatchesOrParentMatches).
    """
    folder = word.rpartition("/")[0] or ("/" if word.startswith("/") else ".")
    parts = folder.rstrip("/").split("/") if folder != "." else []
    above = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    left_out = False
    for text in pattern_matcher(lines).patterns:
        brings_back = text.startswith("!")
        if brings_back == left_out and any(map(single_pattern(text[brings_back:]), (word, *above))):
            left_out = not brings_back
    return left_out
