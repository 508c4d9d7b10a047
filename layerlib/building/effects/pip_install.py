"""pip install, from measurements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...reading.paths import clean
from ...reading.requirements import Requirement, requirement, requirements
from .followed import FollowedCommand, Unknown
from .measurements import measured_on, measurements
from .shell import SimpleCommand

SITE_PACKAGES = "usr/local/lib/python/site-packages"
BYTECODE = f"{SITE_PACKAGES}/.pyc"  # of pip and of the standard library
CACHE = "root/.cache/pip"
HARMLESS = {"-q", "--quiet", "--disable-pip-version-check", "--prefer-binary", "--no-input"}


@dataclass(frozen=True)
class _Install:
    """What a `pip install` asks for.

    Attributes:
        packages: the names of measured packages, each once.
        measured_versions: whether all of them may have the version that was measured.
        keeps_downloads: False with --no-cache-dir.
    """

    packages: tuple[str, ...]
    measured_versions: bool
    keeps_downloads: bool


def pip(followed: FollowedCommand, command: SimpleCommand) -> None:
    """pip install: each distribution once, its download in pip's cache, and what the first pip leaves behind."""
    origin = followed.below.origin
    if command.arguments[:1] != ("install",) or "/python:" not in origin:
        raise Unknown  # also where there is no pip, or one that nobody measured
    install = _install(followed, command)
    measured = measurements()["pip"]
    missing = {name: _missing(followed, name) for name in install.packages}
    exact = len(missing) == 1 and install.measured_versions and "alpine" not in origin
    exact = exact and all(missing[name] == measured["packages"][name]["distributions"] for name in missing)
    for name, distributions in missing.items():
        if distributions and not _comes_along(name, install.packages):
            column = "seconds" if install.keeps_downloads else "seconds_no_cache_dir"
            followed.seconds += measured["packages"][name][column]
        for distribution in distributions:
            _write(followed, distribution, install.keeps_downloads)
    if followed.get(BYTECODE) is None:
        followed.write(BYTECODE, "first run", measured["first_run_bytes"])
    followed.sources.append(f"{'' if exact else 'estimated: '}{measured_on()}")
    followed.unknown_writes |= {"usr", "root"}


def _missing(followed: FollowedCommand, package: str) -> list[str]:
    """The distributions of a package, itself included, that are not installed yet."""
    distributions = _packages()[package]["distributions"]
    return [name for name in distributions if followed.get(f"{SITE_PACKAGES}/{name}") is None]


def _comes_along(package: str, packages: Iterable[str]) -> bool:
    """Whether another package requires this one, so that its time is in the other's."""
    return any(package in _packages()[other]["distributions"] for other in packages if other != package)


def _write(followed: FollowedCommand, distribution: str, keeps_downloads: bool) -> None:
    facts = measurements()["pip"]["distributions"][distribution]
    content_id = f"{distribution} {facts['version']}"
    followed.write(f"{SITE_PACKAGES}/{distribution}", content_id, facts["installed_bytes"])
    if keeps_downloads:
        followed.write(f"{CACHE}/{distribution}", content_id, facts["cache_bytes"])


def _packages() -> dict[str, Any]:
    packages: dict[str, Any] = measurements()["pip"]["packages"]
    return packages


def _install(followed: FollowedCommand, command: SimpleCommand) -> _Install:
    """What the command asks for. Raises Unknown for an option or a package that nobody measured."""
    asked: list[Requirement | None] = []
    keeps_downloads = True
    words = iter(command.arguments[1:])
    for word in words:
        if word == "--no-cache-dir":
            keeps_downloads = False
        elif word in ("-r", "--requirement"):
            asked += _in_file(followed, command, next(words, ""))
        elif word not in HARMLESS:
            asked.append(requirement(word))
    versions = dict(map(_measured, asked))
    if not versions:
        raise Unknown
    return _Install(tuple(versions), all(versions.values()), keeps_downloads)


def _measured(asked: Requirement | None) -> tuple[str, bool]:
    """A requirement's name, and whether the measured version will do. Raises Unknown for what nobody measured."""
    if asked is None or asked.name not in _packages() or asked.extras or asked.marker or asked.url:
        raise Unknown
    return asked.name, asked.pinned in ("", _packages()[asked.name]["version"])


def _in_file(followed: FollowedCommand, command: SimpleCommand, path: str) -> Iterator[Requirement | None]:
    file = followed.get(clean(command.resolve(path))) if path else None
    if file is None or file.kind != "file" or file.opaque_id:
        raise Unknown
    yield from requirements(file.read().decode("utf-8", "replace"))
