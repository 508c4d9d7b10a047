"""Permissions as --chmod writes them: a number, or letters such as u+x,go-w.

Source: BuildKit reads the letters with tonistiigi/dchapes-mode; recorded.
"""

from __future__ import annotations

import re
from functools import lru_cache

SYMBOLIC = re.compile(r"[ugoa]*([-+=][rwxXstugo]*)+(,[ugoa]*([-+=][rwxXstugo]*)+)*")
CHANGE = re.compile(r"([-+=])([rwxXstugo]*)")
SHIFTS = {"u": 6, "g": 3, "o": 0}
BITS = {"r": 4, "w": 2, "x": 1}
SPECIAL = {"u": 0o4000, "g": 0o2000, "o": 0}
STICKY = 0o1000


@lru_cache(maxsize=512)
def permissions(chmod: int | str, mode: int, is_folder: bool) -> int:
    """The permission bits of a file that had others, after --chmod."""
    if isinstance(chmod, int):
        return chmod
    for clause in chmod.split(","):
        who = clause[: len(clause) - len(clause.lstrip("ugoa"))]
        for sign, what in CHANGE.findall(clause):
            mode = _changed(mode, "ugo" if not who or "a" in who else who, sign, what, is_folder)
    return mode


def _changed(mode: int, who: str, sign: str, what: str, is_folder: bool) -> int:
    bits = sum(BITS[letter] for letter in set(what) & BITS.keys())
    for group in set(what) & SHIFTS.keys():
        bits |= mode >> SHIFTS[group] & 7
    if "X" in what and (is_folder or mode & 0o111):
        bits |= BITS["x"]
    given, touched = ("t" in what) * STICKY, 0
    for group in set(who):
        given |= bits << SHIFTS[group] | ("s" in what) * SPECIAL[group]
        touched |= 7 << SHIFTS[group] | SPECIAL[group]
    if sign == "=":
        return mode & ~touched | given
    return mode | given if sign == "+" else mode & ~given
