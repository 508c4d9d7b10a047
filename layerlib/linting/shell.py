"""Reading the commands of a RUN, as far as the levels need it: which program runs where, and which files it opens."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


@dataclass(frozen=True)
class Command:
    """One simple command: its program's name, its arguments, the folder that it runs in, and where the program is.

    `path` is the folder of the program if it was written with one, such as "/venv/bin". `variables` are set before it.
    """

    program: str
    arguments: tuple[str, ...]
    folder: str
    path: str = ""
    variables: tuple[str, ...] = ()

    def resolve(self, path: str) -> str:
        """A path as the command sees it, made absolute."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    def option(self, *names: str) -> str:
        """The value of an option, written `--name value`, `--name=value` or `-nvalue`; empty if it is not there."""
        for index, word in enumerate(self.arguments):
            for name in names:
                if word == name and index + 1 < len(self.arguments):
                    return self.arguments[index + 1]
                if name.startswith("--") and word.startswith(name + "="):
                    return word.partition("=")[2]
                if not name.startswith("--") and word.startswith(name) and not word.startswith("--") and word != name:
                    return word.removeprefix(name)
        return ""

    def plain(self, *valued: str) -> list[str]:
        """The arguments that are no options; `valued` are the options that are followed by a value."""
        found, skip = [], False
        for word in self.arguments:
            if skip:
                skip = False
            elif word in valued:
                skip = True
            elif not word.startswith("-"):
                found.append(word)
        return found


def commands(argv: list[str], folder: str) -> Iterator[Command]:
    """The simple commands of a RUN, `cd` followed."""
    shell = len(argv) > 2 and argv[0].rpartition("/")[2] in ("sh", "bash", "ash") and argv[1].endswith("c")
    for words in _parts(argv[2]) if shell else [argv]:
        variables = []
        while words and (ASSIGNMENT.match(words[0]) or words[0] in ("exec", "export", "sudo")):
            variables.append(words[0])
            words = words[1:]
        if not words:
            continue
        if words[0] == "cd":
            folder = posixpath.normpath(posixpath.join(folder, words[1] if len(words) > 1 else "/root"))
            continue
        where, slash, name = words[0].rpartition("/")
        where = where or slash
        name = re.fullmatch(r"(python|pip)3(\.\d+)?", name)[1] if re.fullmatch(r"(python|pip)3(\.\d+)?", name) else name  # type: ignore[index]
        rest = words[1:]
        if name == "python" and rest[:2] == ["-m", "pip"]:
            name, rest = "pip", rest[2:]
        yield Command(name, tuple(rest), folder, where, tuple(variables))


def _parts(text: str) -> Iterator[list[str]]:
    """The words of each simple command of a shell's text."""
    text = re.sub(r"\\\n", " ", text).replace("\n", " ; ")
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        for word in lexer:
            if set(word) <= set("();|&"):
                yield words
                words = []
            else:
                words.append(word)
    except ValueError:
        pass
    yield words
