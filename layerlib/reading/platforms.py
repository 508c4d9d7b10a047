"""FROM --platform: what Docker reads as a platform. Source: github.com/containerd/platforms."""

from __future__ import annotations

import re

from .errors import DockerfileError

SYSTEMS = """
    aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris windows zos
"""
MACHINES = """
    386 aarch64 amd64 amd64p32 arm arm64 arm64be armbe armel armhf i386 loong64 mips mips64 mips64le mips64p32
    mips64p32le mipsle ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm x86-64 x86_64
"""


def refuse_platform(text: str) -> None:
    """Raise DockerfileError for a text that is not a platform."""
    system, *rest = text.split("/")
    form = r"([A-Za-z0-9_-]+)(\([A-Za-z0-9_.-]*\))?" if rest else r"[\w.-]+"
    valid = re.fullmatch(form, system) and all(re.fullmatch(r"[A-Za-z0-9_.-]+", part) for part in rest)
    if not valid or len(rest) > 2:
        raise DockerfileError(f"failed to parse platform {text}: it is written like linux/amd64")
    if not rest and text.lower() not in SYSTEMS.split() + MACHINES.split():
        raise DockerfileError(f"failed to parse platform {text}: unknown operating system or architecture")
