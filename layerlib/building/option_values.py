"""How the values of `docker build`'s options are read: as Python has them, or as the command line writes them.

Sources: docker/buildx, commands/build.go and build/opt.go; docker/cli, opts; docker/go-units. Recorded
(tests/traces/options-*).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..reading import context
from ..reading.errors import ContextError, DockerfileError, LayerlibError
from ..reading.platforms import HERE, parse
from ..reading.project import Project
from ..reading.tree import Tree

Pairs = Mapping[str, Any] | Iterable[str]  # name to value, or texts such as name=value

ULIMITS = """
    as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack
"""
_SIZE = re.compile(r"((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?) ?([bkmgtp]?)i?b?", re.IGNORECASE)
_POWERS = {unit: 1024**power for power, unit in enumerate(["", "k", "m", "g", "t", "p"])} | {"b": 1}


def names(given: Iterable[str]) -> tuple[str, ...]:
    """Names given as a list, or as one text with commas, as on the command line."""
    return tuple(given.split(",")) if isinstance(given, str) else tuple(given)


def labels(given: Pairs) -> dict[str, str]:
    """--label: name to value; a label without a value is empty."""
    return {name: value or "" for name, value in _pairs(given, "=")}


def hosts(given: Pairs) -> tuple[str, ...]:
    """--add-host: the names, in lower case. Raises LayerlibError for what is no name with an address."""
    found = []
    for name, address in _pairs(given, "=:"):
        if not name or not _is_address(address or ""):
            raise LayerlibError(
                f"invalid host {name}:{address or ''}; --add-host is written like db:10.0.0.2, a name and an IP address"
            )
        found.append(name.lower())
    return tuple(found)


def _is_address(text: str) -> bool:
    """Whether a host may have a text as its address."""
    if text == "host-gateway":
        return True
    import ipaddress  # takes a while to load, and few builds have a host

    try:
        ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def ulimits(given: Pairs) -> tuple[str, ...]:
    """--ulimit: each as name=soft:hard, by name; of two with one name, the last. Raises LayerlibError."""
    limits = {}
    for name, value in _pairs(given, "="):
        text = f"{name}={value}" if value is not None else name
        if name not in ULIMITS.split():
            raise LayerlibError(f"invalid ulimit type: {name}; it is one of {', '.join(ULIMITS.split())}")
        soft, _, hard = (value or "").partition(":")
        hard = hard or soft
        if not all(re.fullmatch("-1|[0-9]{1,18}", limit) for limit in (soft, hard)) or (value or "").endswith(":"):
            raise LayerlibError(f"invalid ulimit: {text}; it is written like nofile=1024 or nofile=1024:2048")
        if int(hard) != -1 and (int(soft) > int(hard) or int(soft) == -1):
            raise LayerlibError(f"invalid ulimit: {text}: the soft limit must not be above the hard one")
        limits[name] = f"{name}={int(soft)}:{int(hard)}"
    return tuple(limits[name] for name in sorted(limits))


def size(given: int | str | None, option: str = "--shm-size") -> int:
    """A number of bytes, or a text such as 64m or 1.5g; 0 for None. Raises LayerlibError for anything else."""
    if given is None:
        return 0
    if match := _SIZE.fullmatch(str(given)):
        number = float(match[1]) * _POWERS[match[2].lower()]
        if number < 2**63:
            return int(number)
    raise LayerlibError(f"invalid size {given!r} for {option}; it is written like 64m or 1g")


def platform(given: str | None) -> str:
    """--platform, one of them. Raises LayerlibError for what is none, and for several."""
    if not given or given == "local":
        return HERE
    if "," in given:
        raise LayerlibError(
            f"--platform {given}: a build for several platforms at once is not modelled; build for one at a time"
        )
    try:
        found = parse(given)
    except DockerfileError as error:
        raise LayerlibError(f"--platform {given}: {error.problem}") from None
    if not found.startswith("linux/"):
        raise LayerlibError(f"--platform {given}: operating system is not supported; only linux is, here")
    return found


def contexts(given: Mapping[str, Any]) -> dict[str, Tree | str]:
    """--build-context: name to files, or to the reference of an image. Raises ContextError for what is neither."""
    return {name: _context(name, value) for name, value in given.items()}


def _context(name: str, value: Any) -> Tree | str:
    if isinstance(value, Tree):
        return value
    if isinstance(value, Project):
        return value.context
    if isinstance(value, str):
        scheme = re.match("([a-z-]+)://|git@", value)
        if scheme and scheme[1] == "docker-image":
            return value.removeprefix("docker-image://")
        if scheme:
            raise ContextError(
                f"--build-context {name}={value}: URLs, git repositories and OCI layouts are not modelled as named "
                "contexts; folders and docker-image:// are"
            )
    if isinstance(value, str | Path):
        return context.ignore(context.from_directory(value))
    return context.ignore(context.from_mapping(value))


def _pairs(given: Pairs, separators: str) -> list[tuple[str, str | None]]:
    """Names with their values; None for a text without a separator."""
    if isinstance(given, str):
        given = [given]
    if isinstance(given, Mapping):
        return [(name, None if value is None else str(value)) for name, value in given.items()]
    found: list[tuple[str, str | None]] = []
    for text in given:
        parts = re.split(f"[{separators}]", text, maxsplit=1)
        found.append((parts[0], parts[1] if len(parts) > 1 else None))
    return found
