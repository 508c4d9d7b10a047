"""What a shell text is made of: lists, pipelines, groups, choices, loops and functions, around simple commands.

`shell.py` reads a text as a row of commands, which is enough to ask what stands in it. To follow a line, one must know
where a subshell ends, and what may or may not run.

Source: the grammar of POSIX (XCU 2.10, Shell Grammar), and bash's `[[ ]]` and `(( ))` as far as they are needed to find
their ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .shell_words import Redirection, Unclosed, Word, tokens

DEEPEST = 30  # groups in groups; nobody writes more
MOST_TOKENS = 20_000


class Unreadable(Exception):
    """A text that is no shell text, or one that is not read here."""


class Item(NamedTuple):
    """A command of a list.

    Attributes:
        joint: the operator before it: "", "&&", "||", ";" or "|". A newline is a ";", and so is an "&".
        node: the command.
        background: whether it ends in `&`.
    """

    joint: str
    node: Node
    background: bool = False


Commands = tuple[Item, ...]


@dataclass(frozen=True)
class Simple:
    """Words, assignments among them, and redirections."""

    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Group:
    """`{ ...; }`, or `( ... )`, which is a subshell."""

    body: Commands
    subshell: bool
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Choice:
    """`if` and `case`: what is always run, words that are expanded, and bodies of which at most one runs."""

    first: Commands
    words: tuple[Word, ...]
    bodies: tuple[Commands, ...]
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Loop:
    """`for`, `while` and `until`: the variable and its words, or none, and what runs any number of times."""

    variable: str
    words: tuple[Word, ...]
    body: Commands
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True)
class Function:
    """`name() { ...; }`."""

    name: str
    body: Commands


Node = Simple | Group | Choice | Loop | Function


def shell_tree(text: str) -> Commands:
    """The commands of a text. Raises Unreadable."""
    reader = _Reader(text)
    commands = reader.commands()
    if reader.token is not None:
        raise Unreadable
    return commands


_JOINTS = {"&&": "&&", "||": "||", "|": "|", "|&": "|", ";": ";", "\n": ";", "&": ";"}
_CLOSERS = {"then", "do", "done", "fi", "elif", "else", "esac", "}"}


class _Reader:
    """Reads tokens from left to right; `token` is the next one, None at the end."""

    def __init__(self, text: str) -> None:
        self._tokens: Iterator[Word | Redirection | str] = tokens(text)
        self.token: Word | Redirection | str | None = None
        self.depth = self.read = 0
        self.next()

    def next(self) -> None:
        """Go on to the next token."""
        self.read += 1
        if self.read > MOST_TOKENS:
            raise Unreadable
        try:
            self.token = next(self._tokens, None)
        except Unclosed:
            raise Unreadable from None

    def _reserved(self) -> str:
        return self.token.text if isinstance(self.token, Word) and self.token.bare else ""

    def _is_end(self) -> bool:
        closes = isinstance(self.token, str) and (
            self.token == ")" or self.token.startswith(";;") or self.token == ";&"
        )
        return self.token is None or closes or self._reserved() in _CLOSERS

    def _expect(self, word: str) -> None:
        if self._reserved() != word and self.token != word:
            raise Unreadable
        self.next()

    def _lines(self) -> None:
        while self.token in ("\n", ";"):
            self.next()

    def commands(self) -> Commands:
        """A list, up to what closes it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable
        items: list[Item] = []
        joint = ""
        self._lines()
        while not self._is_end():
            negated = self._reserved() == "!"
            while self._reserved() == "!":
                self.next()
            node = self._node()
            items.append(Item(joint, Choice((Item("", node),), (), ()) if negated else node))
            sign = self.token
            if not isinstance(sign, str) or sign not in _JOINTS:
                break
            if sign == "&":
                items[-1] = items[-1]._replace(background=True)
            joint = _JOINTS[sign]
            self.next()
            self._lines()
        self.depth -= 1
        return tuple(items)

    def _node(self) -> Node:
        word = self._reserved()
        if word == "if":
            return self._if()
        if word == "case":
            return self._case()
        if word in ("for", "select"):
            return self._for()
        if word in ("while", "until"):
            return self._while()
        if word == "{" or self.token == "(":
            return self._group("}" if word else ")")
        if word == "[[":
            return self._test()
        return self._named_function() if word == "function" else self._simple()

    def _while(self) -> Loop:
        self.next()
        condition = self.commands()
        self._expect("do")
        body = self.commands()
        self._expect("done")
        return Loop("", (), _joined(condition, body), self._redirections())

    def _group(self, closer: str) -> Group:
        self.next()
        if closer == ")" and self.token == "(":  # bash's (( )), or a subshell in one
            raise Unreadable
        body = self.commands()
        self._expect(closer)
        return Group(body, closer == ")", self._redirections())

    def _named_function(self) -> Function:
        """bash's `function name { ...; }`."""
        self.next()
        name = self._reserved()
        self.next()
        if self.token == "(":
            self.next()
            self._expect(")")
        return self._function(name)

    def _simple(self) -> Node:
        words: list[Word] = []
        redirections: list[Redirection] = []
        while isinstance(self.token, Word | Redirection):
            if isinstance(self.token, Word):
                words.append(self.token)
            else:
                redirections.append(self.token)
            self.next()
        if self.token == "(" and len(words) == 1 and not redirections:
            self.next()
            self._expect(")")
            return self._function(words[0].text)
        if self.token == "(" or not (words or redirections):
            raise Unreadable
        return Simple(tuple(words), tuple(redirections))

    def _function(self, name: str) -> Function:
        self._lines()
        if self._reserved() != "{" and self.token != "(":
            raise Unreadable
        body = self._node()
        if not isinstance(body, Group) or body.redirections:
            raise Unreadable
        return Function(name, body.body if not body.subshell else (Item("", body),))

    def _test(self) -> Simple:
        """bash's `[[ ... ]]`, with its words and without its operators."""
        words: list[Word] = []
        while self._reserved() != "]]":
            if self.token is None:
                raise Unreadable
            if isinstance(self.token, Word):
                words.append(self.token)
            elif isinstance(self.token, Redirection):  # `<` and `>` compare
                words.append(Word(self.token.target, raw=self.token.raw))
            self.next()
        self.next()
        return Simple(tuple(words), self._redirections())

    def _if(self) -> Choice:
        self.next()
        first = self.commands()
        self._expect("then")
        bodies = [self.commands()]
        while self._reserved() == "elif":
            self.next()
            condition = self.commands()
            self._expect("then")
            bodies.append(_joined(condition, self.commands()))
        if self._reserved() == "else":
            self.next()
            bodies.append(self.commands())
        self._expect("fi")
        return Choice(first, (), tuple(bodies), self._redirections())

    def _case(self) -> Choice:
        self.next()
        words = [self._word()]
        self._lines()
        self._expect("in")
        self._lines()
        bodies: list[Commands] = []
        while self._reserved() != "esac":
            if self.token == "(":
                self.next()
            words.append(self._word())
            while self.token == "|":
                self.next()
                words.append(self._word())
            self._expect(")")
            bodies.append(self.commands())
            if isinstance(self.token, str) and self.token.startswith(";"):
                self.next()
            elif self._reserved() != "esac":
                raise Unreadable
            self._lines()
        self.next()
        return Choice((), tuple(words), tuple(bodies), self._redirections())

    def _word(self) -> Word:
        word = self.token
        if not isinstance(word, Word):
            raise Unreadable
        self.next()
        return word

    def _for(self) -> Loop:
        self.next()
        variable = self._word().text
        words: list[Word] = []
        self._lines()
        if self._reserved() == "in":
            self.next()
            while isinstance(self.token, Word):
                words.append(self._word())
            self._lines()
        else:
            words.append(Word("$@", raw='"$@"'))
        self._expect("do")
        body = self.commands()
        self._expect("done")
        return Loop(variable, tuple(words), body, self._redirections())

    def _redirections(self) -> tuple[Redirection, ...]:
        found: list[Redirection] = []
        while isinstance(self.token, Redirection):
            found.append(self.token)
            self.next()
        return tuple(found)


def _joined(first: Commands, then: Commands) -> Commands:
    return (*first, *(item._replace(joint=item.joint or ";") for item in then))
