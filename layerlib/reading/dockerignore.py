"""What .dockerignore leaves out.

What a pattern means, e2b-dockerfile-utils says, a port of moby/patternmatcher. It is asked only about paths that a
pattern could match: a context may have a hundred thousand files, and most of them no pattern has to do with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .patterns import PatternMatcher


@dataclass(frozen=True, eq=False)
class Pattern:
    """One line of .dockerignore.

    Attributes:
        brings_back: whether it begins with "!".
        itself: matches what the pattern matches, and what is below that.
        name: matches the names that a path's last part may have.
        under: says under which folders the pattern may match.
    """

    brings_back: bool
    itself: PatternMatcher
    name: PatternMatcher
    under: PatternMatcher

    @classmethod
    def of(cls, line: str, cleaned: str) -> Pattern:
        """A pattern as it is written, and as `PatternMatcher.patterns` gives it."""
        brings_back = line.strip().startswith("!")
        bare = cleaned[brings_back:]
        *above, last = bare.split("/")
        # Where ** stands in a word, or a / in brackets, the pattern's parts are not those of a path.
        otherwise = "[" in bare or any("**" in part and part != "**" for part in above)
        name = "**" if otherwise or "**" in last else last
        under = "**" if otherwise else bare
        # "./" changes nothing, but that a # or a ! behind it is a letter like any other.
        return cls(brings_back, *(PatternMatcher([words]) for words in (f"./{bare}", f"./{name}", f"!./{under}")))


@dataclass(frozen=True)
class Folder:
    """A folder that no pattern matches, nor one above it: the patterns that may match below, and by which names."""

    live: tuple[Pattern, ...]
    by_name: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)


class Ignored:
    """The patterns of a .dockerignore. A folder is asked about before what is in it.

    Raises ValueError for a pattern that cannot be read.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.matcher = PatternMatcher(list(lines))
        root = Folder(tuple(Pattern.of(line, text) for line in lines for text in PatternMatcher([line]).patterns))
        self.untouched: dict[str, Folder] = {"": root}
        self.alike = {root.live: root}
        self.gone: set[str] = set()  # folders of which nothing comes back

    def leaves_out(self, path: str, is_folder: bool) -> bool:
        """Whether a path is left out."""
        above, _, name = path.rpartition("/")
        folder = self.untouched.get(above)
        if folder is None:
            left_out = above in self.gone or self.matcher.matches(path)
        else:
            if (candidates := folder.by_name.get(name)) is None:
                candidates = folder.by_name[name] = tuple(one for one in folder.live if one.name.matches(name))
            last = next((one for one in reversed(candidates) if one.itself.matches(path)), None) if candidates else None
            if last is None:
                if is_folder:
                    live = tuple(one for one in folder.live if one.under.may_match_under(path))
                    self.untouched[path] = self.alike.setdefault(live, Folder(live))
                return False
            left_out = not last.brings_back
        if is_folder and left_out and (above in self.gone or not self.matcher.may_match_under(path)):
            self.gone.add(path)
        return left_out
