"""What installs weigh and how long they take, as measured: `figures/installs.json`, described in figures/README.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ...reading.package_data import FIGURES

# The official images' own settings of apt: see figures/README.md.
SETTINGS = "official_settings"


class Distribution(NamedTuple):
    """A distribution as pip installs it; sizes in bytes."""

    version: str
    installed_bytes: int
    cache_bytes: int


class PipPackage(NamedTuple):
    """A package that pip was asked for.

    Attributes:
        version: the one that was measured.
        distributions: what is installed with it, itself included.
        seconds, seconds_no_cache_dir: how long the install took.
    """

    version: str
    distributions: tuple[str, ...]
    seconds: float
    seconds_no_cache_dir: float


@dataclass(frozen=True)
class PipFigures:
    """pip install on the official Python image.

    Attributes:
        first_run_bytes: what the first pip leaves behind besides: bytecode of pip and of the standard library.
        distributions, packages: by name.
    """

    first_run_bytes: int
    distributions: Mapping[str, Distribution]
    packages: Mapping[str, PipPackage]


class Cost(NamedTuple):
    """Bytes of a layer, and the seconds that it took."""

    layer_bytes: int
    seconds: float


@dataclass(frozen=True)
class AptFigures:
    """apt-get on the official Debian image.

    Attributes:
        update: `apt-get update`.
        installs: by package and whether recommended packages came along: `apt-get update && apt-get install`, with
            the lists deleted again.
    """

    update: Cost
    installs: Mapping[tuple[str, bool], Cost]


@cache
def pip_figures() -> PipFigures:
    """What was measured of pip."""
    measured = _measured()["pip"]
    return PipFigures(
        measured["first_run_bytes"],
        {
            name: Distribution(facts["version"], facts["installed_bytes"], facts["cache_bytes"])
            for name, facts in measured["distributions"].items()
        },
        {
            name: PipPackage(
                facts["version"], tuple(facts["distributions"]), facts["seconds"], facts["seconds_no_cache_dir"]
            )
            for name, facts in measured["packages"].items()
        },
    )


@cache
def apt_figures() -> AptFigures:
    """What was measured of apt-get."""
    measured = _measured()["apt"]
    variants = {True: "install_clean", False: "no_recommends_clean"}
    return AptFigures(
        _cost(measured["update"][SETTINGS]),
        {
            (name, recommended): _cost(facts[SETTINGS][variant])
            for name, facts in measured["packages"].items()
            for recommended, variant in variants.items()
        },
    )


def measured_on() -> str:
    """Where and when they were taken, in words."""
    facts = _measured()["measured"]
    return f"measured on {facts['base']}, {facts['date']} (figures/installs.json)"


def _cost(facts: Mapping[str, Any]) -> Cost:
    return Cost(facts["layer_bytes"], facts["seconds"])


@cache
def _measured() -> dict[str, Any]:
    measured: dict[str, Any] = json.loads((FIGURES / "installs.json").read_text(encoding="utf-8"))
    return measured
