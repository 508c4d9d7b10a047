"""Values as Go prints them, because Docker's history does."""

from __future__ import annotations

from collections.abc import Iterable

from ...reading.durations import UNITS

ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 92: "\\\\"}


def _escaped(character: str, mark: str) -> str:
    code = ord(character)
    if character == mark:
        return "\\" + mark
    if code in ESCAPES:
        return ESCAPES[code]
    if code < 32 or code == 127:
        return f"\\x{code:02x}"
    return character if character.isprintable() else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted(text: str) -> str:
    """A string under %q."""
    return '"' + "".join(_escaped(character, '"') for character in text) + '"'


def quoted_list(words: Iterable[str]) -> str:
    """A list of strings under %q: spaces between the items, no commas."""
    return "[" + " ".join(map(quoted, words)) + "]"


def quoted_number(number: int) -> str:
    """A whole number under %q: the character with that code in single quotes."""
    return "'" + _escaped(chr(number), "'") + "'" if number < 0x110000 else "'\ufffd'"


def duration(nanos: int) -> str:
    """A duration under %v: 5m0s, 1m30s, 500ms, 0s."""
    if nanos == 0:
        return "0s"
    if nanos < 0:
        return "-" + duration(-nanos)
    if nanos < 10**9:
        unit = "ms" if nanos >= 10**6 else "µs" if nanos >= 10**3 else "ns"
        return f"{_decimal(nanos, UNITS[unit])}{unit}"
    hours, rest = divmod(nanos, UNITS["h"])
    minutes, rest = divmod(rest, UNITS["m"])
    seconds = f"{_decimal(rest, 10**9)}s"
    return f"{hours}h{minutes}m{seconds}" if hours else f"{minutes}m{seconds}" if minutes else seconds


def _decimal(value: int, unit: int) -> str:
    whole, part = divmod(value, unit)
    fraction = str(part).rjust(len(str(unit)) - 1, "0").rstrip("0") if part else ""
    return f"{whole}.{fraction}" if fraction else str(whole)
