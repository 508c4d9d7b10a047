"""A base image as a user describes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .base_image import BaseImage, HistoryRow, made_up_digest
from .errors import ImageError
from .references import normalize


def describe(
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
