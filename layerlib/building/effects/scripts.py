"""Which scripts of sed and awk write files or run commands of their own.

Source: GNU sed's manual (w, W, e, s///w, s///e); POSIX, XCU awk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .shell_values import Field

_ADDRESS = re.compile(r"(?:\d+(?:~\d+)?|\$|/(?:\\.|\[[^\]]*\]|[^/\\\[])*/[IM]*|\+\d+|~\d+)")
_HARMLESS = "dDpPnNgGhHxlqQzF="
_AWK_WRITES = re.compile(r">|(?<!\|)\|(?!\|)|system|getline|@load|@include")


def sed_script_writes(script: str) -> bool:
    """Whether a script of sed may write a file or run a command; True for one that is not read here."""
    place = 0
    while place < len(script):
        if script[place] in " \t\n;{}":
            place += 1
            continue
        if script[place] == "#":
            place = _line_end(script, place)
            continue
        place = _after_addresses(script, place)
        command, place = script[place : place + 1], place + 1
        if command in ("s", "y"):
            end = _after_substitution(script, place)
            flags = re.compile("[gpiIM0-9]*").match(script, end)
            place = flags.end() if flags else end
            if script[place : place + 1] not in ("", " ", ";", "}", "\n", "\t", "#"):
                return True
        elif command in ("a", "i", "c", "r", "R", ":", "b", "t", "T"):
            place = _line_end(script, place) if command in "aicrR" else _label_end(script, place)
        elif not command or command not in _HARMLESS + "{}":
            return bool(command)
        else:
            digits = re.compile("[0-9]*").match(script, place)
            place = digits.end() if digits else place
    return False


def _after_addresses(script: str, place: int) -> int:
    for _ in range(2):
        match = _ADDRESS.match(script, place)
        place = match.end() if match else place
        if not script.startswith(",", place):
            break
        place += 1
    while place < len(script) and script[place] in " \t!":
        place += 1
    return place


def _after_substitution(script: str, place: int) -> int:
    """Where the flags of s/a/b/ begin."""
    delimiter, place, parts = script[place : place + 1], place + 1, 0
    while place < len(script) and parts < 2:
        sign = script[place]
        if sign == "\\":
            place += 1
        elif sign == "\n" and delimiter == "\n":
            return len(script)
        elif sign == delimiter:
            parts += 1
        place += 1
    return place


def _line_end(script: str, place: int) -> int:
    while (end := script.find("\n", place)) > 0 and script[end - 1] == "\\":
        place = end + 1
    return len(script) if end < 0 else end


def _label_end(script: str, place: int) -> int:
    match = re.compile(r"[^;\n}]*").match(script, place)
    return match.end() if match else place


def awk_writes(words: Sequence[Field]) -> bool:
    """Whether an awk may write a file or run a command, as far as its program is in the command line."""
    rest = [word.text for word in words]
    while rest and rest[0].startswith("-") and rest[0] != "-":
        option = rest.pop(0)
        if option in ("-F", "-v") and rest:
            rest.pop(0)
        elif not re.match(r"-[Fv].", option):
            return True
    return not rest or _AWK_WRITES.search(rest[0]) is not None
