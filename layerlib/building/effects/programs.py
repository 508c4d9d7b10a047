"""Where known programs write: the table `figures/programs.toml`, described in figures/README.md."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ...reading.package_data import FIGURES
from .shell_values import Field

_TAR_KEYS = re.compile("[A-Za-z]+")


@dataclass(frozen=True)
class Rule:
    """When a program writes where.

    Attributes:
        commands: subcommands that it is for; empty for all.
        given, absent: options of which one must be there, and options of which none may be.
        values: a pattern that every operand must match whole; empty for any operands.
        writes: where, in the words of figures/README.md; empty for nowhere.
        unset: variables that may not be set.
        installs: whether the programs that it then installs are what their names say.
    """

    commands: frozenset[str]
    given: frozenset[str]
    absent: frozenset[str]
    values: str
    writes: tuple[str, ...]
    unset: frozenset[str] = frozenset()
    installs: bool = False


@dataclass(frozen=True)
class Program:
    """A row of the table.

    Attributes:
        source: where it is written down.
        valued: options that take a value.
        folder: options that name the folder that it works in.
        long: whether options of several letters have one dash: `go build -ldflags x`.
        keys: whether the first word may be letters without a dash: `tar xzf`.
        pairs: whether its words are `name=value`, which are read as options: `of=x` is `-of`.
        steady: whether no option changes where it writes.
        keeps: whether it puts no programs of others anywhere: it makes folders, deletes, or changes modes and owners.
        installs: whether it installs programs that are what their names say.
        itself: whether it follows no link at the end of a path that it is given.
        links: where links that it makes may lead: "" for none, "inside" for where it writes, "anywhere".
        rules: the first that fits holds; if none does, it may write anywhere.
    """

    source: str
    valued: frozenset[str] = frozenset()
    folder: tuple[str, ...] = ()
    long: bool = False
    keys: bool = False
    pairs: bool = False
    steady: bool = False
    keeps: bool = False
    installs: bool = False
    itself: bool = False
    links: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def is_harmless(self) -> bool:
        """Whether it writes nothing, whatever its words are."""
        return self.rules == (Rule(frozenset(), frozenset(), frozenset(), "", ()),)

    def rule(self, call: Call, variables: Collection[str] = ()) -> Rule | None:
        """The rule that a call falls under, where these variables are set."""
        return next((rule for rule in self.rules if rule.unset.isdisjoint(variables) and _fits(rule, call)), None)


class Call(NamedTuple):
    """A program's words, sorted.

    Attributes:
        options: name and value, in order; the value is None for an option without one.
        operands: the others.
    """

    options: tuple[tuple[str, Field | None], ...]
    operands: tuple[Field, ...]

    def values(self, names: Iterable[str]) -> list[Field]:
        """The values of some options."""
        wanted = frozenset(names)
        return [value for name, value in self.options if name in wanted and value is not None]


class Table(NamedTuple):
    """The whole table.

    Attributes:
        programs: by name.
        system: folders that packages of a distribution write in.
        folders: folders that every image has, or that are no links where they are there.
        links: folders and files that are links in most images, and where they lead.
    """

    programs: Mapping[str, Program]
    system: tuple[str, ...]
    folders: frozenset[str]
    links: tuple[tuple[str, str], ...]


@cache
def table() -> Table:
    """The table, read and checked once. Raises ValueError for a row that is not as figures/README.md says."""
    data = tomllib.loads((FIGURES / "programs.toml").read_text(encoding="utf-8"))
    programs: dict[str, Program] = {}
    for row in data["program"]:
        program = _program(row)
        for name in row["names"].split():
            if name in programs:
                raise ValueError(f"programs.toml: {name} has two rows")
            programs[name] = program
    links = tuple((link, target) for link, target in data["links"].items())
    return Table(programs, tuple(data["system"]), frozenset(data["folders"].split()), links)


_ITEMS = re.compile(
    r"anywhere|system|prefixes|clone|last|operands( \d+)?|operand \d+|beside operands|top|[.~/][\w./~-]*"
    r"|option( -[\w-]+)+|env [A-Z_]+(/[\w./-]+)?|archive"
)
_FLAGS = {"long", "keys", "pairs", "steady", "keeps", "installs", "itself"}
_ROW = {"names", "source", "valued", "folder", "links", "rules"} | _FLAGS
_RULE = {"commands", "with", "without", "values", "unset", "writes", "installs"}


def _program(row: Mapping[str, Any]) -> Program:
    if not row.get("source") or row.keys() - _ROW or row.get("links", "") not in ("", "inside", "anywhere"):
        raise ValueError(f"programs.toml: the row {row.get('names')!r} has no source, or a key that is not read")
    return Program(
        source=row["source"],
        valued=frozenset(row.get("valued", "").split()),
        folder=tuple(row.get("folder", "").split()),
        long=row.get("long", False),
        keys=row.get("keys", False),
        pairs=row.get("pairs", False),
        steady=row.get("steady", False),
        keeps=row.get("keeps", False),
        installs=row.get("installs", False),
        itself=row.get("itself", False),
        links=row.get("links", ""),
        rules=tuple(_rule(rule, row["names"]) for rule in row.get("rules", ())),
    )


def _rule(row: Mapping[str, Any], names: str) -> Rule:
    writes = tuple(row["writes"])
    if row.keys() - _RULE or not all(_ITEMS.fullmatch(item) for text in writes for item in text.split(" or ")):
        raise ValueError(f"programs.toml: a rule of {names} is not one that is read: {dict(row)}")
    commands = frozenset(part.strip() for part in row.get("commands", "").split(",") if part.strip())
    given, absent = frozenset(row.get("with", "").split()), frozenset(row.get("without", "").split())
    unset = frozenset(row.get("unset", "").split())
    return Rule(commands, given, absent, row.get("values", ""), writes, unset, row.get("installs", False))


def _fits(rule: Rule, call: Call) -> bool:
    names = {name for name, _ in call.options}
    named = {f"{name}={value.text}" for name, value in call.options if value is not None}
    operands = [field.text for field in call.operands]
    if rule.commands and not any(operands[: len(words)] == words for words in map(str.split, rule.commands)):
        return False
    if (rule.given and rule.given.isdisjoint(names | named)) or not rule.absent.isdisjoint(names | named):
        return False
    return not rule.values or all(re.fullmatch(rule.values, text) for text in operands)


def sorted_words(program: Program, words: Sequence[Field]) -> Call:
    """Which words are options, which are their values, and which are neither. Source: getopt(3), and Go's flag."""
    options: list[tuple[str, Field | None]] = []
    operands: list[Field] = []
    rest = list(words)
    if program.keys and rest and _TAR_KEYS.fullmatch(rest[0].text):
        for letter in rest.pop(0).text:
            valued = f"-{letter}" in program.valued
            options.append((f"-{letter}", rest.pop(0) if valued and rest else None))
    while rest:
        word = rest.pop(0)
        text = word.text
        if text == "--":
            operands += rest
            break
        if program.pairs and "=" in text:
            name, _, value = text.partition("=")
            options.append((f"-{name}", Field(value, word.pattern)))
        elif len(text) < 2 or text[0] != "-":
            operands.append(word)
        elif text.startswith("--") or program.long:
            name, equals, value = text.partition("=")
            if program.long and name not in program.valued and text[:2] == "-o":
                options.append(("-o", Field(text[2:], word.pattern)))
            elif equals:
                options.append((name, Field(value, word.pattern)))
            else:
                options.append((name, rest.pop(0) if name in program.valued and rest else None))
        else:
            options += _letters(program, word, rest)
    return Call(tuple(options), tuple(operands))


def _letters(program: Program, word: Field, rest: list[Field]) -> list[tuple[str, Field | None]]:
    """The options of `-abc`; the first that takes a value takes what follows, in the word or in the next one."""
    found: list[tuple[str, Field | None]] = []
    for place, letter in enumerate(word.text[1:], 2):
        name, value = f"-{letter}", word.text[place:]
        if name not in program.valued:
            found.append((name, None))
            continue
        found.append((name, Field(value, word.pattern) if value else (rest.pop(0) if rest else None)))
        break
    return found
