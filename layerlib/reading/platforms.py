"""Platforms, such as linux/arm64/v8: what Docker reads as one, and how it writes it.

Source: github.com/containerd/platforms (platforms.go, database.go).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import DockerfileError

HERE = "linux/amd64"  # where the model's builders run

SYSTEMS = """
    aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris windows zos
"""
MACHINES = """
    386 aarch64 amd64 amd64p32 arm arm64 arm64be armbe armel armhf i386 loong64 mips mips64 mips64le mips64p32
    mips64p32le mipsle ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm x86-64 x86_64
"""
_OTHER_NAMES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386", "macos": "darwin"}
_SAME = {  # machine and variant, each in small letters: how they are written
    ("armhf", ""): ("arm", "v7"), ("armel", ""): ("arm", "v6"), ("arm", ""): ("arm", "v7"),
    ("arm64", "v8"): ("arm64", ""), ("amd64", "v1"): ("amd64", ""),
}  # fmt: skip


class PlatformParts(NamedTuple):
    """What TARGETOS, TARGETARCH and TARGETVARIANT hold."""

    system: str
    machine: str
    variant: str


def parse(text: str) -> str:
    """A platform as Docker writes it: linux/aarch64 is linux/arm64. Raises DockerfileError for what is none."""
    system, *rest = text.split("/")
    form = r"([A-Za-z0-9_-]+)(\([A-Za-z0-9_.-]*\))?" if rest else r"[\w.-]+"
    valid = re.fullmatch(form, system) and all(re.fullmatch(r"[A-Za-z0-9_.-]+", part) for part in rest)
    if not valid or len(rest) > 2:
        raise DockerfileError(f"failed to parse platform {text}: it is written like linux/amd64")
    if not rest and text.lower() not in SYSTEMS.split() + MACHINES.split():
        raise DockerfileError(f"failed to parse platform {text}: unknown operating system or architecture")
    if rest:
        return _written(system, rest[0], rest[1] if len(rest) > 1 else "")
    here = parts(HERE)
    return _written(system, here.machine, "") if text.lower() in SYSTEMS.split() else _written(here.system, system, "")


def parts(platform: str) -> PlatformParts:
    """The parts of a platform that `parse` gave."""
    system, machine, *variant = platform.split("/")
    return PlatformParts(system, machine, *(variant or [""]))


def suits(image: str, wanted: str) -> bool:
    """Whether an image for a platform does for another: an older variant of one machine, and 386 for amd64."""
    system, machine, variant = parts(image)
    other = parts(wanted)
    if system != other.system:
        return False
    if machine != other.machine:
        return (machine, other.machine) in (("386", "amd64"), ("arm", "arm64"))
    usual = {"arm": "v7", "arm64": "v8", "amd64": "v1"}.get(machine, "")
    return (variant or usual) <= (other.variant or usual)


def arrow(build: str, target: str) -> str:
    """What a step's name says of another platform than the one it is built on: ->arm64. Source: BuildKit,
    frontend/dockerfile/dockerfile2llb/convert.go (formatTargetPlatform)."""
    here, there = parts(build), parts(target)
    if suits(target, build):
        return ""
    if here.system != there.system:
        return f"->{target}"
    return "->" + "/".join(filter(None, there[1:])) if here.machine != there.machine else ""


def _written(system: str, machine: str, variant: str) -> str:
    system, machine, variant = (word.lower() for word in (system, machine, variant))
    system, machine = _OTHER_NAMES.get(system, system), _OTHER_NAMES.get(machine, machine)
    if machine in ("arm", "arm64") and re.fullmatch("[5-8]", variant):
        variant = f"v{variant}"
    machine, variant = _SAME.get((machine, variant), (machine, variant))
    return "/".join(filter(None, (system, machine, variant)))
