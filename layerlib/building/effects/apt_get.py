"""apt-get update and install on Debian, from measurements."""

from __future__ import annotations

from .followed import FollowedCommand, Unknown
from .measurements import apt_figures, measured_on
from .programs import table
from .shell import SimpleCommand

LISTS = "var/lib/apt/lists/all"  # stands for them all
DOCUMENTATION = "usr/share/doc"  # where every package of Debian has a folder
KNOWN_OPTIONS = {"-y", "--yes", "-q", "-qq", "--no-install-recommends"}


def apt_get(followed: FollowedCommand, command: SimpleCommand) -> None:
    """apt-get update, install of one measured package, and clean."""
    if not followed.is_root or not _is_measured_base(followed):
        raise Unknown
    action, *packages = command.operands() or [""]
    if command.arguments[:1] != (action,):
        raise Unknown
    source = measured_on()
    if action == "update" and not packages:
        _update(followed)
    elif action == "install" and len(packages) == 1:
        if _install(followed, packages[0], {word for word in command.arguments if word.startswith("-")}):
            source = f"estimated: {source}"
    elif action != "clean":
        raise Unknown
    followed.sources.append(source)
    followed.unknown_writes |= set(table().system)


def _is_measured_base(followed: FollowedCommand) -> bool:
    """Debian, or an official slim image on it: the full images already hold much of what apt would install."""
    base = followed.base
    return base.repository == "debian" or (bool(base.repository) and "slim" in base.variants)


def _update(followed: FollowedCommand) -> None:
    update = apt_figures().update
    followed.write(LISTS, "apt lists", update.layer_bytes)
    followed.seconds += update.seconds


def _install(followed: FollowedCommand, package: str, options: set[str]) -> bool:
    """Install a package that is not there yet. Returns whether its size is an estimate: others may share a part of it.

    What was measured is `apt-get update && apt-get install`: the seconds of the update are taken off again.
    """
    figures = apt_figures()
    recommended = "--no-install-recommends" not in options
    if (package, recommended) not in figures.installs or options - KNOWN_OPTIONS or followed.get(LISTS) is None:
        raise Unknown
    installed = {name for name, _ in figures.installs if followed.get(f"{DOCUMENTATION}/{name}") is not None}
    if package not in installed:
        cost = figures.installs[package, recommended]
        content_id = f"{package} {'with' if recommended else 'without'} recommended packages"
        followed.write(f"{DOCUMENTATION}/{package}", content_id, cost.layer_bytes)
        followed.seconds += max(cost.seconds - figures.update.seconds, 0)
    return bool(installed)
