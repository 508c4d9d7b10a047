"""apt-get update and install on Debian, from measurements."""

from __future__ import annotations

import re

from .followed import FollowedCommand, Unknown
from .measurements import measured_on, measurements
from .shell import SimpleCommand

LISTS = "var/lib/apt/lists"
# The official images' own settings of apt: see figures/README.md.
SETTINGS = "official_settings"
KNOWN_OPTIONS = {"-y", "--yes", "-q", "-qq", "--no-install-recommends"}


def apt_get(followed: FollowedCommand, command: SimpleCommand) -> None:
    """apt-get update, install of one measured package, and clean."""
    if not re.search(r"/debian:|slim", followed.below.origin):
        raise Unknown  # other systems; and the full images already hold much of what apt would install
    action, *packages = command.operands() or [""]
    if command.arguments[:1] != (action,):
        raise Unknown
    if action == "update" and not packages:
        _update(followed)
    elif action == "install" and len(packages) == 1:
        _install(followed, packages[0], {word for word in command.arguments if word.startswith("-")})
    elif action != "clean":
        raise Unknown
    followed.sources.append(measured_on())
    followed.unknown_writes |= {"bin", "etc", "lib", "opt", "root", "sbin", "usr", "var"}


def _update(followed: FollowedCommand) -> None:
    facts = measurements()["apt"]["update"][SETTINGS]
    followed.write(LISTS, "apt lists", facts["layer_bytes"])
    followed.seconds += facts["seconds"]


def _install(followed: FollowedCommand, package: str, options: set[str]) -> None:
    """What was measured is `apt-get update && apt-get install`: the seconds of the update are taken off again."""
    measured = measurements()["apt"]
    if package not in measured["packages"] or options - KNOWN_OPTIONS or followed.get(LISTS) is None:
        raise Unknown
    variant = "no_recommends_clean" if "--no-install-recommends" in options else "install_clean"
    facts = measured["packages"][package][SETTINGS][variant]
    followed.write(f"usr/share/doc/{package}", f"{package} {variant}", facts["layer_bytes"])
    followed.seconds += max(facts["seconds"] - measured["update"][SETTINGS]["seconds"], 0)
