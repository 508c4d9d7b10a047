"""The modes of chmod, in digits and in letters.

Source: POSIX, XCU chmod; GNU coreutils, lib/modechange.c.
"""

from __future__ import annotations

import re

UMASK = 0o022  # of a RUN: what a change without u, g, o or a leaves alone
_OCTAL = re.compile("[0-7]{3,4}")
_CLAUSE = re.compile("([ugoa]*)((?:[-+=][rwx]*)+)")
_WHO = {"u": 0o700, "g": 0o070, "o": 0o007, "a": 0o777}
_PERMISSIONS = {"r": 0o444, "w": 0o222, "x": 0o111}


def changed_mode(mode: int, change: str) -> int | None:
    """A mode after a change such as "755", "u+x" or "go-w,a=r"; None for a change that is not read here.

    Read are digits, and the letters u, g, o, a with +, -, = and r, w, x.
    """
    if _OCTAL.fullmatch(change):
        return int(change, 8)
    if mode > 0o777:  # a set-user-ID or sticky bit has rules of its own
        return None
    for clause in change.split(","):
        match = _CLAUSE.fullmatch(clause)
        if not match:
            return None
        who = _union(_WHO, match[1])
        for sign, letters in re.findall("([-+=])([rwx]*)", match[2]):
            bits = _union(_PERMISSIONS, letters) & (who or 0o777 & ~UMASK)
            kept = mode & ~(who or 0o777) if sign == "=" else mode
            mode = kept & ~bits if sign == "-" else kept | bits
    return mode


def _union(table: dict[str, int], letters: str) -> int:
    bits = 0
    for letter in letters:
        bits |= table[letter]
    return bits
