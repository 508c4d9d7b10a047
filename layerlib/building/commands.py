"""What common commands do, from measurements: pip install, apt-get, and those that change files that are known.

The numbers are in `figures/installs.json` with their source. A command line is taken apart at `&&`, `;` and line ends;
if any part of it is not known here, the whole is unknown.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from ..reading.tree import File, clean
from .snapshot import Snapshot

SITE_PACKAGES = "usr/local/lib/python/site-packages"
PIP_CACHE = "root/.cache/pip"
APT_LISTS = "var/lib/apt/lists"
NOTHING = {"true", ":", "echo", "cd", "set", "pwd", "ls", "date", "cat", "test"}


class Unknown(Exception):
    """Nobody knows what a command does."""


@dataclass
class Run:
    """A command line while it is followed.

    Attributes:
        below: the files under it.
        directory: where it works.
        written: path to file, None for a deleted one. Its size is the layer's.
        seconds: how long it took so far.
        sources: where the numbers come from.
        doubts: folders in which it writes files whose bytes nobody knows.
    """

    below: Snapshot
    directory: str
    written: dict[str, File | None] = field(default_factory=dict)
    seconds: float = 0.0
    sources: list[str] = field(default_factory=list)
    doubts: set[str] = field(default_factory=set)

    def get(self, path: str) -> File | None:
        """A file as the command sees it."""
        return self.written[path] if path in self.written else self.below.get(path)

    def path(self, word: str) -> str:
        """A path as the command writes it, from the root."""
        return clean(word if word.startswith("/") else f"{self.directory}/{word}")


def follow(command: str, below: Snapshot, directory: str) -> Run | None:
    """What a command line writes and how long it takes, or None if nobody knows."""
    run = Run(below, directory)
    try:
        for words in _simple_commands(command):
            rule = RULES.get(words[0])
            if rule is None:
                return None
            rule(run, words[1:])
    except Unknown:
        return None
    if not run.sources:
        run.sources.append("recorded: a command that writes nothing")
    return run


def _simple_commands(command: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(command.replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    try:
        tokens = list(lexer)
    except ValueError:
        raise Unknown from None
    for token in [*tokens, ";"]:
        if token in ("&&", ";"):
            if words:
                yield words[2:] if words[:2] == ["python", "-m"] else words
            words = []
        elif re.fullmatch(r"[();<>|&]+", token):
            raise Unknown
        else:
            words.append(token)


@cache
def figures() -> dict[str, Any]:
    """The measurements, read once."""
    text = files("layerlib").joinpath("figures", "installs.json").read_text(encoding="utf-8")
    measured: dict[str, Any] = json.loads(text)
    return measured


def _nothing(run: Run, words: list[str]) -> None:
    if words and run.directory and words[0].startswith("$("):
        raise Unknown


def _pip(run: Run, words: list[str]) -> None:
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
    measured, exact = figures()["pip"], len(packages) == 1
    for package in packages:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)(\[[^]]*\])?\s*(?:(==)\s*([\w.]+)|[<>=!~].*)?", package)
        name = re.sub(r"[-_.]+", "-", match[1]).lower() if match and not match[2] else ""
        if name not in measured["packages"]:
            raise Unknown
        found = measured["packages"][name]
        exact = exact and (not match or match[4] in (None, found["version"]))
        new = [one for one in found["distributions"] if run.get(f"{SITE_PACKAGES}/{one}") is None]
        run.seconds += (found["seconds"] if keep else found["seconds_no_cache_dir"]) if new else 0.4
        for one in new:
            facts = measured["distributions"][one]
            _write(run, f"{SITE_PACKAGES}/{one}", f"{one} {facts['version']}", facts["installed_bytes"])
            if keep:
                _write(run, f"{PIP_CACHE}/{one}", f"{one} {facts['version']}", facts["cache_bytes"])
    if run.below.origin and run.get(f"{SITE_PACKAGES}/.pyc") is None:
        _write(run, f"{SITE_PACKAGES}/.pyc", "first run", measured["first_run_bytes"])
    exact = exact and "alpine" not in run.below.origin
    run.sources.append(f"{'measured' if exact else 'estimated from measurements'}: {_measured_on()}")
    run.doubts |= {"usr", "root"}


def _measured_on() -> str:
    facts = figures()["measured"]
    return f"{facts['base']}, {facts['date']} (figures/installs.json)"


def _requirements(run: Run, path: str) -> list[str]:
    file = run.get(run.path(path)) if path else None
    if file is None or file.kind != "file" or file.identity:
        raise Unknown
    lines = (line.partition("#")[0].strip() for line in file.read().decode("utf-8", "replace").splitlines())
    found = [line for line in lines if line]
    if any(line.startswith("-") for line in found):
        raise Unknown
    return found


def _write(run: Run, path: str, identity: str, size: int) -> None:
    run.written[path] = File(identity=identity, known_size=size)


def _apt(run: Run, words: list[str]) -> None:
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
    run.sources.append(f"measured: {_measured_on()}")
    run.doubts |= {"bin", "etc", "lib", "opt", "root", "sbin", "usr", "var"}


def _rm(run: Run, words: list[str]) -> None:
    """rm: the files are gone from here on. What lies in a layer below stays there, and goes on weighing."""
    for word in words:
        if word.startswith("-"):
            continue
        path = run.path(word.removesuffix("/*"))
        known = [one for one in (path, *run.below.tree.below(path), *run.written) if f"{one}/".startswith(f"{path}/")]
        for one in dict.fromkeys(known):
            if run.below.get(one) is not None:
                run.written[one] = None
            else:
                run.written.pop(one, None)
    run.sources.append("computed: a deletion writes no bytes")


def _chmod(run: Run, words: list[str]) -> None:
    """chmod and chown: a file that is changed is stored again, whole."""
    recursive = any(word in ("-R", "--recursive") for word in words)
    change, *targets = [word for word in words if not word.startswith("-")] or [""]
    for target in targets:
        path = run.path(target)
        file = run.get(path)
        if file is None:
            raise Unknown
        for one in [path, *(run.below.tree.below(path) if recursive else ())]:
            old = run.get(one)
            if old is not None and old.kind != "link":
                run.written[one] = _changed(old, change)
    if not targets:
        raise Unknown
    run.sources.append("computed: a file whose mode or owner changes is stored again")


def _changed(file: File, change: str) -> File:
    if re.fullmatch(r"[0-7]{3,4}", change):
        return replace(file, mode=int(change, 8))
    if re.fullmatch(r"[ugoa]*[+]x", change):
        return replace(file, mode=file.mode | 0o111)
    user, colon, group = change.partition(":")
    return file.owned_by(user, group if colon else file.gid)


def _mkdir(run: Run, words: list[str]) -> None:
    for word in words:
        if not word.startswith("-"):
            run.written.update(run.below.with_folder(run.path(word)))


RULES: dict[str, Callable[[Run, list[str]], None]] = {
    **dict.fromkeys(NOTHING, _nothing),
    "pip": _pip,
    "pip3": _pip,
    "apt-get": _apt,
    "rm": _rm,
    "chmod": _chmod,
    "chown": _chmod,
    "mkdir": _mkdir,
}
