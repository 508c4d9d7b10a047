"""The inputs of a recorded build as words of `docker build`. What they name is written into a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

MTIME = 1_700_000_000  # of every file that does not say otherwise, in seconds

# Keys of a build whose values are pairs: the option, and what stands between name and value.
PAIRS = {
    "args": ("--build-arg", "="),
    "labels": ("--label", "="),
    "add_hosts": ("--add-host", ":"),
    "ulimits": ("--ulimit", "="),
}
TEXTS = {
    "target": "--target", "platform": "--platform", "shm_size": "--shm-size", "cgroup_parent": "--cgroup-parent",
}  # fmt: skip


def words(build: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """The options of one build.

    Args:
        build: its keys are those of a trace's build (`traces.schema.json`).
        folder: where the files of named contexts and the secrets are written.
    """
    for key, (option, between) in PAIRS.items():
        for text in _texts(build.get(key) or (), between):
            yield f"{option}={text}"
    if build.get("no_cache"):
        yield "--no-cache"
    for stage in build.get("no_cache_filter") or ():
        yield f"--no-cache-filter={stage}"
    for key, option in TEXTS.items():
        if build.get(key):
            yield f"{option}={build[key]}"
    for name in build.get("ssh") or ():
        yield f"--ssh={name}"
    yield from _secrets(build, folder)
    yield from _contexts(build, folder)


def _secrets(build: Mapping[str, Any], folder: Path) -> Iterator[str]:
    secrets = build.get("secrets") or {}
    for number, name in enumerate(secrets):
        secret = folder / f"secret-{number}"
        secret.write_text(secrets[name] if isinstance(secrets, Mapping) else name, encoding="utf-8")
        yield f"--secret=id={name},src={secret}"


def _contexts(build: Mapping[str, Any], folder: Path) -> Iterator[str]:
    for number, (name, files) in enumerate((build.get("contexts") or {}).items()):
        if isinstance(files, str):
            yield f"--build-context={name}={files}"
            continue
        context = folder / f"context-{number}"
        context.mkdir()
        write(context, files)
        yield f"--build-context={name}={context}"


def _texts(given: Mapping[str, Any] | Iterable[str], between: str) -> Iterator[str]:
    if not isinstance(given, Mapping):
        yield from given
        return
    for name, value in given.items():
        yield name if value is None else f"{name}{between}{value}"


def write(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the files of a build context, with their modes and times; hard links ("same_as") after what they name."""
    for name, file in sorted(files.items(), key=lambda item: "same_as" in item[1]):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "same_as" in file:
            path.hardlink_to(folder / file["same_as"])
            continue
        if "link" in file:
            path.symlink_to(file["link"])
            continue
        if file.get("dir"):
            path.mkdir(exist_ok=True)
        else:
            path.write_text(file["content"], encoding="utf-8", newline="")
        path.chmod(int(file.get("mode", "755" if file.get("dir") else "644"), 8))
        os.utime(path, (file.get("mtime", MTIME),) * 2)
