"""Where a path of a command leads, as far as anyone knows, and which programs are what their names say.

What is taken for granted, because nobody can know it, and because otherwise nothing could be said:

- In a base image, a path leads where it is written. The links that images usually have are in the table
  (figures/programs.toml, `links`): `/bin` is `/usr/bin`, and both names count as written.
- A link in what a program wrote of its own (an archive unpacked, a repository cloned) leads into the folder that the
  program wrote in. One that a RUN made that may write anywhere may lead anywhere, and so may one that `ln` made where
  nobody knows which.
- A RUN that may write anywhere leaves the shell and the programs of the image alone. One that writes into a folder of
  programs does not: after that, no program is sure to be what its name says.
- An image that nobody described has the usual programs, on the usual PATH, and no variables that lead their caches
  elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ...reading.file import File
from ...reading.paths import clean, parents
from ..files.selecting import UNKNOWN_FILES
from .followed import FollowedCommand
from .programs import table
from .shell_values import HOLES, NAME, Field

ANYWHERE = ""
SPECIAL = ("dev/", "proc/", "sys/")  # not in the image
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # the PATH of an image that sets none
MOST_LINKS = 40


def holds(folder: str, path: str) -> bool:
    """Whether a path is a folder's, or the folder itself."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def places(followed: FollowedCommand, field: Field, folder: str, itself: bool = False) -> set[str]:
    """Where a word leads that names a path, seen from an absolute folder. What is below these paths is meant too.

    Args:
        followed: the line so far.
        field: the word.
        folder: where it is seen from.
        itself: whether a link at its end is meant itself, not what it leads to.
    """
    text = field.text
    if HOLES.search(text.replace(NAME, "")) or (HOLES.search(folder.replace(NAME, "")) and not text.startswith("/")):
        return {ANYWHERE}
    parts = (text if text.startswith("/") else f"{folder}/{text}").split("/")
    kept: list[str] = []
    for place, part in enumerate(parts):
        if NAME in part or (field.pattern and set("*?[") & set(part)):
            if ".." in parts[place + 1 :]:
                return {ANYWHERE}
            break
        kept.append(part)
    above, _, name = clean("/".join(kept)).rpartition("/")
    if not itself or len(kept) < len(parts) or parts[-1] in ("", ".", ".."):
        return led(followed, clean("/".join(kept)))
    found = led(followed, above) if above else set()
    return {ANYWHERE} if ANYWHERE in found else {f"{place}/{name}" for place in found} or {name}


def led(followed: FollowedCommand, path: str) -> set[str]:
    """A path, and where it leads by links that are known or usual."""
    found: set[str] = set()
    waiting, links = [path], 0
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        links += 1
        if links > MOST_LINKS:
            return {ANYWHERE}
        found.add(path)
        for step in (*parents(path), *filter(None, (path,))):
            file = followed.get(step)
            rest = path[len(step) :]
            if file is not None and file.kind == "link":
                above = "" if file.target.startswith("/") else step.rpartition("/")[0]
                waiting.append(clean(f"{above}/{file.target}{rest}"))
                break
            if step in _usual() and (file is None or step in followed.below.base_folders):
                waiting.append(f"{_usual()[step]}{rest}")
                continue
            if (file is None or (file.opaque_id and rest)) and step not in table().folders:
                waiting += _by_links_of_others(followed, step, file)
    return found


def _by_links_of_others(followed: FollowedCommand, step: str, file: File | None) -> Iterator[str]:
    """Where a path may lead that is not known, if somebody else's links may be there."""
    above = step.rpartition("/")[0]
    if file is not None:
        yield step
    elif followed.get(f"{above}/{UNKNOWN_FILES}".lstrip("/")) is not None:
        yield above
    for place, target in (*followed.below.foreign.items(), *followed.foreign.items()):
        if target is not None and holds(place, step):
            yield target


@lru_cache(maxsize=1)
def _usual() -> dict[str, str]:
    return dict(table().links)


def same_place(path: str) -> Iterator[str]:
    """A path's names where `/bin` is `/usr/bin`."""
    yield path
    for step in (*parents(path), path):
        if step in _usual() and _usual().get(_usual()[step]) == step:
            yield f"{_usual()[step]}{path[len(step) :]}"


def is_itself(followed: FollowedCommand, name: str, folder: str, searched: str) -> bool:
    """Whether a program is what its name says.

    Args:
        followed: the line so far.
        name: the program's name, without a folder.
        folder: the folder that it was written with; empty if the PATH decides.
        searched: the PATH.
    """
    declared = followed.below.image.programs if followed.below.image else None
    folders = [clean(part) for part in searched.split(":")]
    if (declared is not None and name not in declared) or HOLES.search(searched) or HOLES.search(folder):
        return False
    if folder and (not folder.startswith("/") or clean(folder) not in (*folders, *map(clean, SEARCHED.split(":")))):
        return False
    if not folder and not all(part.startswith("/") for part in searched.split(":")):
        return False
    paths = {path for part in ([clean(folder)] if folder else folders) for path in same_place(f"{part}/{name}")}
    return not any(_is_foreign(followed, path) for path in paths)


def _is_foreign(followed: FollowedCommand, path: str) -> bool:
    """Whether somebody may have put a program of their own there."""
    file = followed.get(path)
    if file is not None and file.kind != "folder":
        return True
    for step in parents(path):
        above = followed.get(step)
        if above is not None and above.kind != "folder":
            return True
        if followed.get(f"{step}/{UNKNOWN_FILES}") is not None:
            return True
    if any(holds(mount, path) for mount in followed.mounted):
        return True
    places = (*followed.below.foreign, *followed.foreign)
    return any(place and holds(place, path) for place in places)
