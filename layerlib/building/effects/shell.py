"""What common commands do: pip install and apt-get as measured, and those that change files that are known.

A command line is taken apart at `&&`, `;` and line ends;
if any part of it is not known here, the whole is unknown.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace

from ...reading.file import File
from ...reading.paths import parents
from ..files.snapshot import Snapshot
from . import installs
from .run import Run, Unknown

NOTHING = {"true", ":", "echo", "set", "pwd", "ls", "date", "cat", "test"}


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
        elif re.fullmatch(r"[();<>|&]+", token) or "$" in token or "`" in token:
            raise Unknown
        else:
            words.append(token)


def _nothing(run: Run, words: list[str]) -> None:
    """A command that writes nothing."""


def _cd(run: Run, words: list[str]) -> None:
    if len(words) != 1 or words[0].startswith("-"):
        raise Unknown
    run.directory = "/" + run.path(words[0])
    if len(run.directory) > 4095:
        raise Unknown


def _rm(run: Run, words: list[str]) -> None:
    """rm: the files are gone from here on. What lies in a layer below stays there, and goes on weighing."""
    paths = {run.path(word.removesuffix("/*")) for word in words if not word.startswith("-")} - {""}
    known = [*paths, *(one for path in paths for one in run.below.tree.below(path))]
    known += [one for one in run.written if not paths.isdisjoint(parents(one))]
    for one in sorted(set(known)):
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
        if file is None or (recursive and run.below.unknown_content(path)):
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
    "cd": _cd,
    "pip": installs.pip,
    "pip3": installs.pip,
    "apt-get": installs.apt,
    "rm": _rm,
    "chmod": _chmod,
    "chown": _chmod,
    "mkdir": _mkdir,
}
