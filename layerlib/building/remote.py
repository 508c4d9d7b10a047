"""Sources of ADD that are fetched: URLs and git repositories.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (isHTTPSource) and util/gitutil/git_ref.go; recorded.
"""

from __future__ import annotations

import re

from ..reading.errors import DockerfileError
from ..reading.file import File
from ..reading.tree import Tree

_URL = re.compile(r"https?://")
_GIT = re.compile(r"(?i:git|ssh)://|(?i:https?)://[^?#]*\.git(?:[?#]|$)|[\w.-]+@[^:/]+:")
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}


def is_url(word: str) -> bool:
    """Whether a source is a URL; ftp:// and HTTP:// are not, they are paths."""
    return _URL.match(word) is not None


def is_git(word: str) -> bool:
    """Whether a source is a git repository, such as git@github.com:team/app.git; only BuildKit knows them."""
    return _GIT.match(word) is not None


def file_name(url: str) -> str:
    """What the file that a URL brings is called: the last part of its path; empty if it ends in a slash."""
    path = re.sub(r"^[^:]*://[^/?#]*|[?#].*", "", url)
    return path.rpartition("/")[2]


def fetched(url: str, name: str, checksum: str = "") -> Tree:
    """What a URL brings: a file that nobody knows, the same for the same URL and checksum."""
    return Tree({name: File(opaque_id=f"{url} {checksum}")})


def refuse_copy(word: str) -> None:
    """Raise DockerfileError for a source that only ADD fetches."""
    if is_git(word):
        raise DockerfileError("source can't be a git ref for COPY", cure="Use ADD for a git repository.", spot=word)
    if is_url(word):
        raise DockerfileError("source can't be a URL for COPY", cure="Use ADD for a URL.", spot=word)


def refuse_checksum(text: str, fetched: list[str]) -> None:
    """Raise DockerfileError for a --checksum that cannot be compared with what the sources `fetched` bring."""
    if not fetched:
        raise DockerfileError("--checksum needs a source that is a URL", cure="Remove --checksum.")
    if all(map(is_git, fetched)):
        return
    algorithm, _, digest = text.partition(":")
    form = "Write --checksum=sha256: and 64 hexadecimal digits in lower case, as sha256sum prints them."
    if algorithm not in _DIGITS:
        raise DockerfileError(f"unsupported digest algorithm: {algorithm}", cure=form, spot=text)
    if len(digest) != _DIGITS[algorithm]:
        problem = f"invalid checksum digest length: {len(digest)} characters instead of {_DIGITS[algorithm]}"
        raise DockerfileError(problem, cure=form, spot=text)
    if not re.fullmatch("[0-9a-f]+", digest):
        raise DockerfileError("invalid checksum digest format: it holds other characters", cure=form, spot=text)
