"""Requirements: what `pip install` reads on its command line and in requirements.txt.

One requirement is read by PyPA's `packaging`, as pip reads it. The lines of a file are pip's
(pip/_internal/req/req_file.py): a backslash continues a line, and a # after whitespace begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"(^|\s+)#.*$")
_HASH = re.compile(r"\s+--hash[= ]\S+")  # checks a download; it never changes which one is installed


@dataclass(frozen=True)
class Requirement:
    """A distribution that pip is asked for.

    Attributes:
        name: normalised as on PyPI: "Flask_SQLAlchemy" is "flask-sqlalchemy".
        specifier: the versions that would do, such as "<3,>=2.1"; empty for any.
        extras: the names in brackets, normalised and sorted.
        marker: the condition after the semicolon, such as 'python_version < "3.12"', or an empty string.
        url: what follows an @, or an empty string.
    """

    name: str
    specifier: str = ""
    extras: tuple[str, ...] = ()
    marker: str = ""
    url: str = ""

    @property
    def pinned(self) -> str:
        """The one version that would do, from "==1.2.3"; an empty string where more than one would."""
        pinned = re.fullmatch(r"===?([^,*]+)", self.specifier)
        return pinned[1] if pinned else ""


def requirement(text: str) -> Requirement | None:
    """A requirement such as "numpy", "numpy==2.3" or "uvicorn[standard]>=0.30".

    None for what only pip itself could work out: an option, a path, a URL without a name, or what is no requirement.
    """
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed
    from packaging.utils import canonicalize_name

    try:
        parsed = Parsed(_HASH.sub("", text))
    except (InvalidRequirement, RecursionError):  # the latter for a marker of a thousand parentheses
        return None
    return Requirement(
        canonicalize_name(parsed.name),
        str(parsed.specifier),
        tuple(sorted(map(canonicalize_name, parsed.extras))),
        str(parsed.marker or ""),
        parsed.url or "",
    )


def requirements(text: str) -> tuple[Requirement | None, ...]:
    """The requirements of a requirements.txt, line by line, without comments and empty lines.

    None stands for a line that `requirement` cannot know, among them -r, -c, -e and --index-url. A caller that needs
    all of them must give up on a None; one that looks for names may skip it.
    """
    return tuple(requirement(line) for line in _lines(text))


def _lines(text: str) -> Iterator[str]:
    """The lines of a file with continuations joined, without comments; none of them empty."""
    joined = ""
    for line in [*text.splitlines(), ""]:
        if line.endswith("\\") and not _COMMENT.match(line):
            joined += line.removesuffix("\\")
            continue
        if kept := _COMMENT.sub("", joined + line).strip():
            yield kept
        joined = ""
