"""pip install, from measurements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...reading.requirements import Requirement, requirement, requirements
from .followed import FollowedCommand, Unknown
from .measurements import measured_on, pip_figures
from .pip_command import PipCommand, pip_command
from .shell import SimpleCommand

SITE_PACKAGES = "usr/local/lib/python/site-packages"
BYTECODE = f"{SITE_PACKAGES}/.pyc"  # of pip and of the standard library
CACHE = "root/.cache/pip"
HARMLESS = {"-q", "--quiet", "--disable-pip-version-check", "--prefer-binary", "--no-input"}
DOWNLOADS, NO_BYTECODE = "PIP_NO_CACHE_DIR", "PYTHONDONTWRITEBYTECODE"
SETTINGS = {
    DOWNLOADS, "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_ROOT_USER_ACTION", "PIP_NO_INPUT", "PIP_DEFAULT_TIMEOUT",
    "PIP_PROGRESS_BAR", "PIP_QUIET",
}  # fmt: skip
"""Options of pip as variables, of which it is known what they change: nothing, or whether downloads are kept."""
FOLLOWED = {*HARMLESS, "--no-cache-dir", "--requirement"}


@dataclass(frozen=True)
class _Install:
    """What a `pip install` asks for.

    Attributes:
        packages: the names of measured packages, each once.
        measured_versions: whether all of them may have the version that was measured.
        keeps_downloads: False with --no-cache-dir, or with PIP_NO_CACHE_DIR, whatever its value is. Source: pip,
            cli/cmdoptions.py (_handle_no_cache_dir); an empty value counts as none.
    """

    packages: tuple[str, ...]
    measured_versions: bool
    keeps_downloads: bool


def pip(followed: FollowedCommand, command: SimpleCommand) -> None:
    """pip install: each distribution once, its download in pip's cache, and what the first pip leaves behind."""
    read = pip_command(command)
    if read.action != "install" or followed.base.repository != "python" or not followed.is_root:
        raise Unknown  # also where there is no pip, or one that nobody measured
    if any(path.partition(":")[0].rstrip("/") != "/usr/local/bin" for path in followed.searched):
        raise Unknown  # the pip of a virtual environment installs there
    install = _install(followed, command, read)
    figures = pip_figures()
    missing = {name: _missing(followed, name) for name in install.packages}
    exact = len(missing) == 1 and install.measured_versions and not followed.base.is_alpine
    exact = exact and all(missing[name] == figures.packages[name].distributions for name in missing)
    for name, distributions in missing.items():
        if distributions and not _comes_along(name, install.packages):
            package = figures.packages[name]
            followed.seconds += package.seconds if install.keeps_downloads else package.seconds_no_cache_dir
        for distribution in distributions:
            _write(followed, distribution, install.keeps_downloads)
    if _setting(followed, command, NO_BYTECODE):
        exact = False  # nobody measured it: pip leaves out its own bytecode, and compiles the packages all the same
    elif followed.get(BYTECODE) is None:
        followed.write(BYTECODE, "first run", figures.first_run_bytes)
    followed.sources.append(f"{'' if exact else 'estimated: '}{measured_on()}")
    followed.unknown_writes |= {"usr", "root"}


def _missing(followed: FollowedCommand, package: str) -> tuple[str, ...]:
    """The distributions of a package, itself included, that are not installed yet."""
    distributions = pip_figures().packages[package].distributions
    return tuple(name for name in distributions if followed.get(f"{SITE_PACKAGES}/{name}") is None)


def _comes_along(package: str, packages: Iterable[str]) -> bool:
    """Whether another package requires this one, so that its time is in the other's."""
    measured = pip_figures().packages
    return any(package in measured[other].distributions for other in packages if other != package)


def _write(followed: FollowedCommand, distribution: str, keeps_downloads: bool) -> None:
    facts = pip_figures().distributions[distribution]
    content_id = f"{distribution} {facts.version}"
    followed.write(f"{SITE_PACKAGES}/{distribution}", content_id, facts.installed_bytes)
    if keeps_downloads:
        followed.write(f"{CACHE}/{distribution}", content_id, facts.cache_bytes)


def _install(followed: FollowedCommand, command: SimpleCommand, read: PipCommand) -> _Install:
    """What the command asks for. Raises Unknown for an option or a package that nobody measured."""
    names = {*followed.variables, *(name for name, _ in command.variables)}
    other = (name for name in names if name.startswith("PIP_") and name not in SETTINGS)
    if read.options.keys() - FOLLOWED or any(_setting(followed, command, name) for name in other):
        raise Unknown
    asked: list[Requirement | None] = [requirement(word) for word in read.named]
    for path in read.requirement_files:
        asked += _in_file(followed, command, path)
    versions = dict(map(_measured, asked))
    if not versions or ("--requirement" in read.options and not read.requirement_files):
        raise Unknown
    keeps = "--no-cache-dir" not in read.options and not _setting(followed, command, DOWNLOADS)
    return _Install(tuple(versions), all(versions.values()), keeps)


def _setting(followed: FollowedCommand, command: SimpleCommand, name: str) -> str:
    """The value of a variable as the command sees it; empty if it is not set. Raises Unknown for one nobody knows."""
    value = {**followed.variables, **dict(command.variables)}.get(name, "")
    if value is None or "$" in value:
        raise Unknown
    return value


def _measured(asked: Requirement | None) -> tuple[str, bool]:
    """A requirement's name, and whether the measured version will do. Raises Unknown for what nobody measured."""
    packages = pip_figures().packages
    if asked is None or asked.name not in packages or asked.extras or asked.marker or asked.url:
        raise Unknown
    return asked.name, asked.pinned in ("", packages[asked.name].version)


def _in_file(followed: FollowedCommand, command: SimpleCommand, path: str) -> Iterator[Requirement | None]:
    file = followed.get(followed.path(command, path))
    if file is None or file.kind != "file" or file.opaque_id:
        raise Unknown
    yield from requirements(file.read().decode("utf-8", "replace"))
