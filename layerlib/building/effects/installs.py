"""pip install and apt-get, from measurements: `figures/installs.json`, with their source."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from ...reading.file import File
from ...reading.package_data import FIGURES
from .run import Run, Unknown

SITE_PACKAGES = "usr/local/lib/python/site-packages"
PIP_CACHE = "root/.cache/pip"
APT_LISTS = "var/lib/apt/lists"


@cache
def figures() -> dict[str, Any]:
    """The measurements, read once."""
    text = (FIGURES / "installs.json").read_text(encoding="utf-8")
    measured: dict[str, Any] = json.loads(text)
    return measured


def pip(run: Run, words: list[str]) -> None:
    """pip install: each distribution once, its download in pip's cache, and what the first pip leaves behind."""
    if words[:1] != ["install"]:
        raise Unknown
    if run.below.origin and not re.search(r"/python:", run.below.origin):
        raise Unknown  # no pip there, or one that nobody measured
    packages, keep = [], True
    rest = iter(words[1:])
    for word in rest:
        if word == "--no-cache-dir":
            keep = False
        elif word in ("-r", "--requirement"):
            packages += _requirements(run, next(rest, ""))
        elif word in ("-q", "--quiet", "--disable-pip-version-check", "--prefer-binary", "--no-input"):
            continue
        elif word.startswith("-"):
            raise Unknown
        else:
            packages.append(word)
    if not packages:
        raise Unknown
    measured, wanted = figures()["pip"], dict(map(_requirement, packages))
    exact = len(wanted) == 1 and all(wanted.values()) and "alpine" not in run.below.origin
    for name in wanted:
        found = measured["packages"][name]
        new = [one for one in found["distributions"] if run.get(f"{SITE_PACKAGES}/{one}") is None]
        exact = exact and len(new) == len(found["distributions"])
        if not any(name in measured["packages"][other]["distributions"] for other in wanted if other != name):
            run.seconds += found["seconds" if keep else "seconds_no_cache_dir"] if new else 0
        for one in new:
            facts = measured["distributions"][one]
            _write(run, f"{SITE_PACKAGES}/{one}", f"{one} {facts['version']}", facts["installed_bytes"])
            if keep:
                _write(run, f"{PIP_CACHE}/{one}", f"{one} {facts['version']}", facts["cache_bytes"])
    if run.below.origin and run.get(f"{SITE_PACKAGES}/.pyc") is None:
        _write(run, f"{SITE_PACKAGES}/.pyc", "first run", measured["first_run_bytes"])
    run.sources.append(f"{'' if exact else 'estimated: '}measured on {_measured_on()}")
    run.doubts |= {"usr", "root"}


def _requirement(text: str) -> tuple[str, bool]:
    """A requirement's name, and whether its version is the measured one. Raises Unknown for what nobody measured."""
    match = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(?:==\s*([\w.]+)|[<>=!~].*)?", text)
    name = re.sub(r"[-_.]+", "-", match[1]).lower() if match else ""
    packages = figures()["pip"]["packages"]
    if match is None or name not in packages:
        raise Unknown
    return name, match[2] in (None, packages[name]["version"])


def _measured_on() -> str:
    facts = figures()["measured"]
    return f"{facts['base']}, {facts['date']} (figures/installs.json)"


def _requirements(run: Run, path: str) -> list[str]:
    file = run.get(run.path(path)) if path else None
    if file is None or file.kind != "file" or file.opaque_id:
        raise Unknown
    lines = (line.partition("#")[0].strip() for line in file.read().decode("utf-8", "replace").splitlines())
    found = [line for line in lines if line]
    if any(line.startswith("-") for line in found):
        raise Unknown
    return found


def _write(run: Run, path: str, identity: str, size: int) -> None:
    run.written[path] = File(opaque_id=identity, known_size=size)


def apt(run: Run, words: list[str]) -> None:
    """apt-get update and install on Debian."""
    origin = run.below.origin
    if not re.search(r"/debian:|slim", origin):
        raise Unknown  # other systems; and the full images already hold much of what apt would install
    measured = figures()["apt"]
    action, options = words[0] if words else "", [word for word in words[1:] if word.startswith("-")]
    packages = [word for word in words[1:] if not word.startswith("-")]
    if action == "update" and not packages:
        facts = measured["update"]["official_settings"]
        _write(run, APT_LISTS, "apt lists", facts["layer_bytes"])
        run.seconds += facts["seconds"]
    elif action == "install" and len(packages) == 1 and packages[0] in measured["packages"]:
        if set(options) - {"-y", "--yes", "-q", "-qq", "--no-install-recommends"} or run.get(APT_LISTS) is None:
            raise Unknown
        kind = "no_recommends_clean" if "--no-install-recommends" in options else "install_clean"
        facts = measured["packages"][packages[0]]["official_settings"][kind]
        _write(run, f"usr/share/doc/{packages[0]}", f"{packages[0]} {kind}", facts["layer_bytes"])
        run.seconds += max(facts["seconds"] - measured["update"]["official_settings"]["seconds"], 0)
    elif action != "clean":
        raise Unknown
    run.sources.append(f"measured on {_measured_on()}")
    run.doubts |= {"bin", "etc", "lib", "opt", "root", "sbin", "usr", "var"}
