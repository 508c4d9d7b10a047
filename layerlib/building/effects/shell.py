"""The one reader of shell lines: which simple commands a RUN, CMD or ENTRYPOINT holds, and how they are joined.

It reads and never runs: variables, patterns and `$(...)` stay as they are written. A command inside `if`, a loop,
a subshell or a function is read too, but marked as `inside` it, because nobody knows whether or how often it runs.

Source: the grammar of POSIX (XCU 2.10, Shell Grammar) as far as Dockerfiles use it, and bash's `[[ ]]`.
It is written here because no library fits: bashlex is under the GPL and refuses `case` and `$(( ))`, just-bash is a
whole interpreter that needs aiohttp, Parable is not on PyPI, the other parsers are compiled and so do not run in a
browser, and shlex of the standard library cannot tell a quoted `;` from a bare one and takes `a#b` for a comment.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from .shell_words import Redirection, Unclosed, Word, tokens

Joint = Literal["", "&&", "||", ";", "|", "&", "\n"]

SHELLS = {"sh", "bash", "ash", "dash"}
HOME = "/root"

PATH_LIMIT = 4095  # characters that Linux takes in a path

# Reserved words that open something, and the word that closes it.
_COMPOUNDS = {"if": "fi", "for": "done", "select": "done", "while": "done", "until": "done", "case": "esac", "{": "}"}
_ALWAYS = {"(", "{"}  # what they hold runs whenever they are reached
_BETWEEN = {"then", "elif", "else", "do", "!"}
# No command begins between these words: the list of a `for`, the word of a `case`, a test of bash.
_HEADERS = {"for": "do", "select": "do", "case": "in", "[[": "]]"}
_WRAPPERS = {"exec", "sudo"}


@dataclass(frozen=True)
class SimpleCommand:
    """A program with its arguments: what is left of a shell line between its operators.

    Attributes:
        program: its name without a folder: "python" for "/venv/bin/python3.13", "pip" for "pip3" and for
            "python -m pip". Empty if the command only sets variables or opens files.
        arguments: the words after it, without their quotes.
        folder: the absolute folder that it works in, after each `cd` before it.
        program_folder: the folder that the program was written with, such as "/venv/bin"; empty if the PATH decides.
        variables: name and value of each variable that is set in front of it or exported before it in the same line.
        redirections: in the order written.
        joined: the operator between the command before it and this one; empty for the first.
        background: whether it ends in `&`, so that the line goes on without it.
        inside: what holds it: "if", "for", "case", "function", "(", "{" and so on, or "unclosed quote". Empty for a
            command of the line itself.
        optional: whether the line may succeed without it: in a condition, a loop, a function, or a list with `||` or
            `!`.
        wrapped: the words in front of the program that run it: "exec", "sudo".
        expands: whether the shell replaces something in its words: a variable, a `$(...)`, a `~` or a `{a,b}`.
        patterns: the arguments in whose place the shell looks for file names, such as `*.py`.
    """

    program: str
    arguments: tuple[str, ...] = ()
    folder: str = "/"
    program_folder: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    redirections: tuple[Redirection, ...] = ()
    joined: Joint = ""
    background: bool = False
    inside: str = ""
    optional: bool = False
    wrapped: tuple[str, ...] = ()
    expands: bool = False
    patterns: tuple[str, ...] = ()

    def resolve(self, path: str) -> str:
        """A path as the command sees it, made absolute."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    def option(self, *names: str) -> str:
        """The value of an option, written `--name value`, `--name=value` or `-nvalue`; empty if it is not there."""
        for word, following in zip(self.arguments, [*self.arguments[1:], None], strict=True):
            for name in names:
                if word == name and following is not None:
                    return following
                if name.startswith("--") and word.startswith(f"{name}="):
                    return word.partition("=")[2]
                if not name.startswith("--") and word.startswith(name) and not word.startswith("--") and word != name:
                    return word.removeprefix(name)
        return ""

    def operands(self, *valued: str) -> list[str]:
        """The arguments that are neither options nor the values of those in `valued`."""
        found, is_value = [], False
        for word in self.arguments:
            if not is_value and not word.startswith("-"):
                found.append(word)
            is_value = not is_value and word in valued
        return found


def commands_of(argv: Sequence[str], folder: str) -> tuple[SimpleCommand, ...]:
    """The commands of a RUN, CMD or ENTRYPOINT in either form, where `folder` is its working directory.

    In shell form, `argv` begins with the SHELL: `["/bin/sh", "-c", "make all"]`. Any other list is one command, whose
    words no shell has changed.
    """
    if not argv:
        return ()
    if posixpath.basename(argv[0]) in SHELLS:
        for option, text in pairwise(argv[1:]):
            if re.fullmatch(r"-[A-Za-z]*c", option):
                return shell_commands(text, folder)
    return (simple_command([Word(word) for word in argv], {}, folder=folder),)


def shell_commands(text: str, folder: str = "/") -> tuple[SimpleCommand, ...]:
    """The simple commands of a shell's text, in the order written. Nothing is refused: see `inside`."""
    return _Reader(folder).read(text)


@dataclass(frozen=True)
class _Compound:
    """Something that holds commands: the word that opened it, the one that closes it, and the folder before it."""

    opener: str
    closer: str
    folder: str


class _Reader:
    """Reads the tokens of one shell text from left to right."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.exported: dict[str, str] = {}
        self.compounds: list[_Compound] = []
        self.awaited = ""  # the token up to which no command begins
        self.defines = False  # whether a function's name has just been read
        self.words: list[Word] = []
        self.redirections: list[Redirection] = []
        self.joined: Joint = ""
        self.negated = False  # whether a `!` stands in front of the command
        self.commands: list[SimpleCommand] = []

    def read(self, text: str) -> tuple[SimpleCommand, ...]:
        """The commands of a text."""
        try:
            for token in tokens(text):
                if self.awaited:
                    self._wait(token)
                elif isinstance(token, Redirection):
                    self.redirections.append(token)
                elif isinstance(token, Word):
                    self._word(token)
                else:
                    self._operator(token)
        except Unclosed:
            self.words = self.words or [Word("")]
            self.compounds.append(_Compound("unclosed quote", "", self.folder))
        self._end("")
        return _with_optional(self.commands)

    def _wait(self, token: Word | Redirection | str) -> None:
        text = token.text if isinstance(token, Word) else token
        if self.awaited == ")" and text == "esac":
            self._close()
        elif text == self.awaited:
            self.awaited = ")" if text == "in" else ""  # `in` is followed by a pattern, up to its `)`

    def _word(self, word: Word) -> None:
        first = word.bare and not self.words and not self.redirections
        if first and self.compounds and word.text == self.compounds[-1].closer:
            self._close()
        elif first and word.text in _COMPOUNDS:
            opener = "function" if self.defines else word.text
            self.compounds.append(_Compound(opener, _COMPOUNDS[word.text], self.folder))
            self.defines = False
        elif not first or word.text not in _BETWEEN:
            self.words.append(word)
        elif word.text == "!":
            self.negated = True
        if first:
            self.awaited = self.awaited or _HEADERS.get(word.text, "")

    def _operator(self, sign: str) -> None:
        if sign == "(":
            opener = "function" if self.defines else "("  # the body of `name() (...)`
            self.defines = bool(self.words)  # `name()`
            self.words.clear()
            self.compounds.append(_Compound(opener, ")", self.folder))
            return
        self._end(_JOINTS.get(sign, ";"))
        closer = self.compounds[-1].closer if self.compounds else ""
        if sign == ")" and closer == ")":
            self.folder = self.compounds[-1].folder
            self._close()
        if sign.startswith(";") and len(sign) > 1 and closer == "esac":
            self.awaited = ")"

    def _close(self) -> None:
        self.compounds.pop()
        self.awaited = ""

    def _end(self, joint: Joint) -> None:
        """The end of a command, if there is one; `joint` joins the next one to it."""
        if self.words or self.redirections:
            command = simple_command(
                self.words,
                self.exported,
                folder=self.folder,
                redirections=tuple(self.redirections),
                joined=self.joined,
                background=joint == "&",
                inside=self.compounds[-1].opener if self.compounds else "",
                optional=self.negated or any(compound.opener not in _ALWAYS for compound in self.compounds),
            )
            self.negated = False
            self.commands.append(command)
            self._remember(command)
        elif joint == "\n":
            return  # a line may end after an operator
        self.words, self.redirections, self.joined = [], [], joint

    def _remember(self, command: SimpleCommand) -> None:
        """What a command changes for those after it: the folder, and the variables that they see."""
        if command.program == "export":
            self.exported |= {word.assigned: word.text.partition("=")[2] for word in self.words if word.assigned}
        if command.program == "cd":
            folder = command.resolve((command.operands() or [HOME])[-1])
            self.folder = folder if len(folder) <= PATH_LIMIT else self.folder


_JOINTS: dict[str, Joint] = {"&&": "&&", "||": "||", "|": "|", "|&": "|", "&": "&", "\n": "\n"}


def simple_command(words: Sequence[Word], exported: Mapping[str, str], **context: Any) -> SimpleCommand:
    """The command that words make up; `context` are its fields that do not depend on them."""
    variables = dict(exported)
    wrapped: list[str] = []
    place = 0
    for word in words:
        if word.assigned:
            variables[word.assigned] = word.text.partition("=")[2]
        elif word.text in _WRAPPERS:
            wrapped.append(word.text)
        else:
            break
        place += 1
    program, *arguments = [word.text for word in words[place:]] or [""]
    folder, slash, name = program.rpartition("/")
    if match := re.fullmatch(r"(python|pip)3(\.\d+)?", name):
        name = match[1]
    if name == "python" and arguments[:2] == ["-m", "pip"]:
        name, arguments = "pip", arguments[2:]
    return SimpleCommand(
        program=name,
        arguments=tuple(arguments),
        program_folder=folder or slash,
        variables=tuple(variables.items()),
        wrapped=tuple(wrapped),
        expands=any(word.expands for word in words),
        patterns=tuple(word.text for word in words[place + 1 :] if word.pattern),
        **context,
    )


def _with_optional(commands: Sequence[SimpleCommand]) -> tuple[SimpleCommand, ...]:
    """The commands, those marked as optional that the line may succeed without."""
    lists: list[list[SimpleCommand]] = []
    for command in commands:
        if not lists or command.joined not in ("&&", "||", "|"):
            lists.append([])
        lists[-1].append(command)
    marked: list[SimpleCommand] = []
    for members in lists:
        alternatives = any(command.joined == "||" or (command.optional and not command.inside) for command in members)
        marked += [replace(command, optional=True) for command in members] if alternatives else members
    return tuple(marked)
