"""A base image: its history, its layers with the size of each, and where that size comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from .errors import ImageError
from .paths import clean
from .platforms import HERE
from .references import normalize
from .sizes import total_size


@dataclass(frozen=True)
class HistoryRow:
    """One line of `docker history`, and the layer that it shows, if there is one.

    Attributes:
        created_by: the text under CREATED BY, uncut; `docker history` prints a tab as a space.
        size: bytes on the overlay2 store, the sum of the layer's file sizes; 0 for an empty row, None if unknown.
        comment: the text under COMMENT.
        empty: whether the row has no layer.
        size_source: where `size` comes from; begins with measured, published, estimated, recorded or unknown.
        compressed: bytes that a pull moves, None if unknown.
        on_disk: bytes on the containerd store (4 KiB blocks, directories included), None if unknown.
        digest: of the compressed blob. Two images that have it in common share the layer.
    """

    created_by: str
    size: int | None
    comment: str = ""
    empty: bool = False
    size_source: str = ""
    compressed: int | None = None
    on_disk: int | None = None
    digest: str | None = None


def shown_created_by(text: str) -> str:
    """An instruction as `docker history` prints it."""
    return text.replace("\t", " ")


@dataclass(frozen=True)
class BaseImage:
    """An image that FROM can name.

    Attributes:
        reference: as Docker prints it, such as "docker.io/library/python:latest".
        digest: what the tag points at and Docker prints after an @; made up from the reference where unknown.
        diff_ids: what tells each layer from every other, bottom first: the diffIDs where known, otherwise the
            digests of the compressed blobs, otherwise made up from `digest`.
        history: oldest first.
        config: as `docker image inspect` prints it under "Config", without the fields that are empty.
        known: False for an image that nobody described.
        directories: absolute paths that certainly are directories in it, or links to one; empty where unknown.
        platform: what it is for, as `platforms.parse` writes it.
        listed: those of them of which `directories` names everything that is in them; most often "/".
        programs: the programs that are the usual ones under their usual names; None for all.
        absent: names of programs that certainly are in no folder of it. What is in neither is unknown.
        unpacked: bytes of all layers together, where only the sum is published; None otherwise.
    """

    reference: str
    digest: str
    diff_ids: tuple[str, ...]
    history: tuple[HistoryRow, ...]
    config: Mapping[str, Any] = field(hash=False)
    known: bool
    directories: frozenset[str]
    platform: str = HERE
    listed: frozenset[str] = frozenset()
    programs: frozenset[str] | None = None
    absent: frozenset[str] = frozenset()
    unpacked: int | None = None

    @classmethod
    def described(
        cls,
        reference: str,
        env: Mapping[str, str] | None = None,
        user: str = "",
        workdir: str = "",
        *,
        folders: Iterable[str] = (),
        programs: Iterable[str] | None = None,
        absent: Iterable[str] = (),
        entrypoint: Sequence[str] | None = None,
        cmd: Sequence[str] | None = None,
        size: int | None = None,
        digest: str = "",
    ) -> BaseImage:
        """An image as you know it, for `catalogue().with_image`; what a build needs besides stays unknown.

            company = BaseImage.described("registry.example.com/base:3", {"APP_HOME": "/srv/app"}, user="app")
            BuildKit(images=catalogue().with_image(company))

        Args:
            reference: as FROM names it.
            env: all its variables, name to value; `docker image inspect` prints them. Without PATH, Docker's default.
            user: its USER; empty for root.
            workdir: its WORKDIR; empty for the root folder.
            folders: absolute paths of folders that it certainly has.
            programs: as the attribute.
            absent: as the attribute.
            entrypoint, cmd: as its config has them.
            size: bytes of all its layers, None for unknown.
            digest: sha256: and 64 hexadecimal digits; made up without it.

        Raises ImageError for what no image has: a bad reference or digest, a name with =, a folder that is not
        absolute, a program that is a path, a negative size.
        """
        return _describe(
            reference, env or {}, user, workdir, folders=folders, programs=programs, absent=absent,
            entrypoint=entrypoint, cmd=cmd, size=size, digest=digest,
        )  # fmt: skip

    @property
    def folders(self) -> frozenset[str]:
        """`directories` as paths relative to the root, which is ""."""
        return _relative(self.directories)

    @property
    def layers(self) -> tuple[HistoryRow, ...]:
        """The rows that have a layer, bottom first."""
        return tuple(row for row in self.history if not row.empty)

    @property
    def size(self) -> int | None:
        """Bytes of all layers on the overlay2 store; None if nobody published them."""
        total = total_size(row.size for row in self.layers)
        return self.unpacked if total is None else total

    @property
    def compressed(self) -> int | None:
        """Bytes that a pull of the whole image moves; None if any of them is unknown."""
        return total_size(row.compressed for row in self.layers)


@lru_cache(maxsize=256)  # each build has images of its own, with the same directories
def _relative(directories: frozenset[str]) -> frozenset[str]:
    return frozenset(map(clean, directories))


def unknown_image(name: str) -> BaseImage:
    """An image of which only the full reference is known: one layer of unknown size, and no config."""
    digest = name.partition("@")[2] or made_up_digest(name)
    row = HistoryRow(
        f"# {name}: an image that the catalogue does not describe", None, size_source="unknown: nobody described it"
    )
    return BaseImage(name, digest, (made_up_digest(digest),), (row,), {}, known=False, directories=frozenset())


def for_platform(image: BaseImage, platform: str) -> BaseImage:
    """The image of the same name for another platform: other layers, of unknown sizes. The config is nearly always the
    same."""
    history = tuple(
        replace(
            row, size=row.size and None, size_source=row.size_source and f"unknown: measured for {image.platform} only",
            compressed=None, on_disk=row.on_disk and None, digest=None,
        )
        for row in image.history
    )  # fmt: skip
    return replace(
        image,
        digest=made_up_digest(f"{image.digest} {platform}"),
        diff_ids=tuple(made_up_digest(f"{diff_id} {platform}") for diff_id in image.diff_ids),
        history=history,
        platform=platform,
    )


def made_up_digest(text: str) -> str:
    """A digest that is the same on every day and every machine, for something whose own digest is unknown."""
    return "sha256:" + hashlib.sha256(f"layerlib {text}".encode()).hexdigest()


# An image as a user describes it.


def _describe(
    reference: str, env: Mapping[str, str], user: str, workdir: str, *, folders: Iterable[str],
    programs: Iterable[str] | None, absent: Iterable[str], entrypoint: Sequence[str] | None,
    cmd: Sequence[str] | None, size: int | None, digest: str,
) -> BaseImage:  # fmt: skip
    """`BaseImage.described` says what the arguments are. Raises ImageError for what no image has."""
    name = normalize(reference)
    if digest:
        normalize(f"image@{digest}")  # refuses what is no digest
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise _refused(name, f"size={size!r} is not a number of bytes")
    config: dict[str, Any] = {
        "Env": [f"{_variable(name, key)}={value}" for key, value in _mapping(name, env).items()],
        "User": user,
        "WorkingDir": _absolute(name, "workdir", workdir) if workdir else "",
        "Entrypoint": _words(name, "entrypoint", entrypoint),
        "Cmd": _words(name, "cmd", cmd),
    }
    known = digest or made_up_digest(f"{name} as described")
    row = HistoryRow(f"# {name}, as it was described", size, size_source="described" if size is not None else "unknown")
    there = frozenset(_absolute(name, "folders", folder) for folder in _several(name, "folders", folders))
    return BaseImage(
        name, known, (made_up_digest(known),), (row,), {key: value for key, value in config.items() if value},
        known=True, directories=there | ({"/"} if there else set()),
        programs=None if programs is None else _programs(name, "programs", programs),
        absent=_programs(name, "absent", absent),
    )  # fmt: skip


def _refused(name: str, problem: str) -> ImageError:
    return ImageError(f"the description of {name} cannot be used: {problem}")


def _mapping(name: str, env: Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(env, Mapping):
        raise _refused(name, f"env={env!r} is not a mapping from a variable's name to its value")
    return env


def _variable(name: str, variable: str) -> str:
    if not isinstance(variable, str) or not variable or "=" in variable:
        raise _refused(name, f"{variable!r} is not the name of a variable")
    return variable


def _several(name: str, what: str, values: Iterable[str]) -> Iterable[str]:
    if isinstance(values, str):
        raise _refused(name, f"{what}={values!r} is one text; give a list: {what}=[{values!r}]")
    return values


def _absolute(name: str, what: str, path: str) -> str:
    if not path.startswith("/"):
        raise _refused(name, f"{path!r} in {what} does not begin with /")
    return path


def _words(name: str, what: str, words: Sequence[str] | None) -> list[str]:
    return list(_several(name, what, words or ()))


def _programs(name: str, what: str, programs: Iterable[str]) -> frozenset[str]:
    names = frozenset(_several(name, what, programs))
    for program in names:
        if not program or "/" in program or " " in program:
            raise _refused(name, f"{program!r} in {what} is not the name of a program, such as curl")
    return names
