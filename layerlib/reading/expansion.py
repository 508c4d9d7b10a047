"""How Docker expands variables and removes quotes, in each of the places where it does.

The lexer is BuildKit's (frontend/dockerfile/shell), as ported by e2b-dockerfile-utils. Every function takes the
variables as a mapping from name to value, and the Dockerfile's escape character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .errors import DockerfileError
from .parser_adapter import shell_lex

Variables = Mapping[str, str]


class Environment(dict[str, str]):
    """The variables at one place of a stage, on an image that may have more of them than anybody knows.

    Attributes:
        open: whether other variables may be set: the image was never described. A word then keeps such a variable as
            it is written.
        vague: names whose value holds one.
    """

    def __init__(self, variables: Variables | None = None, open: bool = False) -> None:
        super().__init__(variables or {})
        self.open = open
        self.vague: set[str] = set()

    def set(self, name: str, value: str, vague: bool = False) -> None:
        """Set a variable. The last one set comes last."""
        self.pop(name, None)
        self.put(name, value, vague)

    def put(self, name: str, value: str, vague: bool = False) -> None:
        """Set a variable. One that is there keeps its place."""
        self[name] = value
        (self.vague.add if vague else self.vague.discard)(name)

    def copy(self) -> Environment:
        """The same variables, to be changed by another stage."""
        other = Environment(self, self.open)
        other.vague |= self.vague
        return other


class Lookups(Mapping[str, str]):
    """Variables that note which names a word asks for.

    Attributes:
        found, missing: the names that are set and those that are not, each once, in order.
    """

    def __init__(self, variables: Variables) -> None:
        self._variables = variables
        self.found: list[str] = []
        self.missing: list[str] = []

    def __getitem__(self, name: str) -> str:
        names = self.found if name in self._variables else self.missing
        if name not in names:
            names.append(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


LONGEST = 1 << 24  # characters; "ENV A=$A$A" doubles a value, and no engine takes one beyond that

_SPECIAL = re.compile(r"[$'\"\\`<]")  # a word without one of these is its own value


def _lexed(text: str, variables: Variables, escape: str, skip_unset_env: bool = False, **options: bool) -> str:
    if not _SPECIAL.search(text):
        return text
    try:
        value: str = shell_lex(escape, env=variables, skip_unset_env=skip_unset_env, **options).process_word(text)
    except ValueError as error:
        raise _refused(error) from None
    if len(value) > LONGEST:
        raise DockerfileError(f"the value of {text[:40]} is larger than the 16 MiB that Docker's parts send each other")
    return value


def is_vague(word: str, variables: Variables, escape: str = "\\") -> bool:
    """Whether the value of a word depends on a variable that nobody knows."""
    if not (isinstance(variables, Environment) and (variables.open or variables.vague)) or "$" not in word:
        return False
    seen = Lookups(variables)
    try:
        expand(word, seen, escape)
    except DockerfileError:
        return variables.open
    return (variables.open and bool(seen.missing)) or not variables.vague.isdisjoint(seen.found)


def _is_open(variables: Variables) -> bool:
    return isinstance(variables, Environment) and variables.open


def expand(word: str, variables: Variables, escape: str = "\\") -> str:
    """The value of a word: variables replaced (an unset one by nothing), quotes and escapes removed.

    In an open `Environment` a variable that is not set stays as it is written.

    Raises DockerfileError for a word that Docker refuses, such as `${A` or `${A^x}`.
    """
    return _lexed(word, variables, escape, skip_unset_env=_is_open(variables))


def expand_to_words(word: str, variables: Variables, escape: str = "\\") -> list[str]:
    """As `expand`, but whitespace in a variable's value separates words. Only EXPOSE reads its arguments like that.

    Raises DockerfileError as `expand` does.
    """
    try:
        lexer = shell_lex(escape, env=variables, skip_unset_env=_is_open(variables))
        words: list[str] = lexer.process_words(word)
    except ValueError as error:
        raise _refused(error) from None
    return words


def _refused(error: ValueError) -> DockerfileError:
    """What the lexer complains about, with a cure."""
    problem = str(error)
    if "quote" in problem:
        return DockerfileError(problem, cure='Close the quote, or write \\" for a quote that opens nothing.')
    cure = "Write ${NAME}, ${NAME:-default} or ${NAME:+other}, with the } at the end; for a plain $, write \\$."
    return DockerfileError(problem, cure=cure)


def expand_body(text: str, variables: Variables) -> str:
    """The body of an unquoted COPY or ADD heredoc: variables replaced, quotes kept."""
    return _lexed(text, variables, "\\", skip_unset_env=_is_open(variables), skip_process_quotes=True)


def expand_run_name(text: str, variables: Variables, escape: str = "\\") -> str:
    """A RUN as a step's name shows it: set variables replaced, unset ones and quotes kept."""
    try:
        return _lexed(text, variables, escape, skip_unset_env=True, raw_quotes=True)
    except DockerfileError:
        return text


def expand_name(text: str, variables: Variables, escape: str = "\\") -> str:
    """Any other instruction as a step's name shows it; one that cannot be expanded shows its source."""
    try:
        return expand(text, variables, escape)
    except DockerfileError:
        return text
