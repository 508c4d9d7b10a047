"""Which files a command certainly opens."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..reading.tree import Tree
from .programs import requirement_files
from .shell import Command


def needs(one: Command, files: Tree) -> Iterator[tuple[str, str]]:
    """The absolute paths that a command needs, each with what to call it. A path may begin its name with `*`."""
    words = one.arguments
    if one.program == "pip" and {"install", "wheel", "download"} & set(words):
        for path in requirement_files(one):
            yield one.resolve(path), "its list of packages"
        if "." in words:
            yield one.resolve("pyproject.toml" if not _has(one, files, "setup.py") else "setup.py"), "the package"
    if one.program in ("npm", "yarn") and words:
        named = [word for word in words[1:] if not word.startswith("-")]
        if words[0] in ("ci", "start", "run", "test") or (words[0] in ("install", "i") and not named):
            yield one.resolve("package.json"), "package.json"
        if words[0] == "ci":
            yield one.resolve("package-lock.json"), "the lock file"
    if one.program == "go" and words:
        if words[0] in ("build", "test", "vet", "mod"):
            yield one.resolve("go.mod"), "go.mod"
        if words[0] == "build":
            yield from _go_sources(one)
    if one.program == "rm" and not any(word.startswith("-") and "f" in word for word in words):
        for path in one.plain():
            if not set("*?[$") & set(path):
                yield one.resolve(path), "the file to delete"
    if one.program in ("python", "node"):
        script = next((word for word in words if not word.startswith("-")), "")
        if script.endswith((".py", ".js", ".mjs", ".cjs")) and not {"-m", "-c", "-e"} & set(words):
            yield one.resolve(script), script


def _has(one: Command, files: Tree, name: str) -> bool:
    return one.resolve(name).strip("/") in files


def _go_sources(one: Command) -> Iterator[tuple[str, str]]:
    named = [word for word in one.plain("-o", "-ldflags", "-tags")[1:] if word.startswith(".")]
    folder = named[0].removesuffix("...") if named else "."
    yield posixpath.join(one.resolve(folder), "*.go"), "its source"
