"""What a terminal shows in the end, and when each piece of it came: a small reader of control sequences.

It knows those that command lines use: carriage return, backspace, tab, moving the cursor, and erasing. Colours and what
else there is are left out. Long lines are not broken: who shows them does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from .cast import MARKER, Event

# ECMA-48: control sequences, with their numbers and their letter; strings to the terminal; other escapes.
_PIECES = re.compile(r"\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()].|\x1b.|(.)", re.DOTALL)

_BEGUN = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*|[()]|\][^\x07\x1b]*)?\Z")


@dataclass(frozen=True)
class Piece:
    """Neighbouring characters that came at once.

    Attributes:
        start: seconds from the start of the session to the first of them.
        end: to the last of them: later only if they were typed.
        typed: whether a person typed them.
    """

    text: str
    start: float
    end: float
    typed: bool


@dataclass
class Cell:
    """A character on the screen."""

    text: str
    seconds: float
    typed: int  # which typed command it is of; 0: none


@dataclass
class Screen:
    """Lines of cells, and a cursor."""

    lines: list[list[Cell]] = field(default_factory=lambda: [[]])
    row: int = 0
    column: int = 0

    def put(self, cell: Cell) -> None:
        """Write a character at the cursor."""
        line = self.lines[self.row]
        while len(line) < self.column:
            line.append(Cell(" ", cell.seconds, 0))
        line[self.column : self.column + 1] = [cell]
        self.column += 1

    def move(self, rows: int) -> None:
        """Move the cursor up or down; below the last line are new ones."""
        self.row = max(0, self.row + rows)
        while len(self.lines) <= self.row:
            self.lines.append([])

    def control(self, letter: str, number: int | None) -> None:
        """Obey a control sequence."""
        count = 1 if number is None else number
        if letter in "ABEF":
            self.move(count if letter in "BE" else -count)
            self.column = 0 if letter in "EF" else self.column
        elif letter in "CD":
            self.column = max(0, self.column + (count if letter == "C" else -count))
        elif letter == "G":
            self.column = max(0, count - 1)
        elif letter in "JK":
            self.erase(number or 0, below=letter == "J")

    def erase(self, how: int, below: bool) -> None:
        """Erase to the end of the line (0), to the cursor (1), or all of it (2); with `below`, the lines below too."""
        line = self.lines[self.row]
        if how == 0:
            del line[self.column :]
        elif how == 1:
            line[: self.column + 1] = [Cell(" ", 0.0, 0) for _ in line[: self.column + 1]]
        else:
            line.clear()
        if below:
            del self.lines[self.row + 1 :]


def read(events: Iterable[Event]) -> list[list[Piece]]:
    """The lines of a session, each as the pieces that came together."""
    screen, command, typing, rest = Screen(), 0, False, ""
    for event in events:
        if event.kind == MARKER:
            command, typing = command + 1, True
            continue
        whole, rest = _cut(rest + event.text)
        for found in _PIECES.finditer(whole):
            numbers, letter, character = found.groups()
            if letter:
                number = numbers.partition(";")[0]
                screen.control(letter, int(number) if number.isdigit() else None)
            elif character == "\n":
                screen.move(1)
                typing = False
            elif character == "\r":
                screen.column = 0
            elif character == "\b":
                screen.column = max(0, screen.column - 1)
            elif character == "\t":
                screen.column += 8 - screen.column % 8
            elif character and character >= " ":
                screen.put(Cell(character, event.seconds, command if typing else 0))
    return [_pieces(line) for line in _without_empty_end(screen.lines)]


def text(events: Iterable[Event]) -> str:
    """What a session shows in the end, as plain text."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in read(events))


def _cut(shown: str) -> tuple[str, str]:
    """A text up to a control sequence that it does not end, and the beginning of that."""
    begun = _BEGUN.search(shown)
    return (shown, "") if begun is None else (shown[: begun.start()], begun[0])


def _without_empty_end(lines: list[list[Cell]]) -> list[list[Cell]]:
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _pieces(line: list[Cell]) -> list[Piece]:
    pieces = []
    for (typed, _), cells in groupby(line, lambda cell: (cell.typed, 0.0 if cell.typed else cell.seconds)):
        found = list(cells)
        shown = "".join(cell.text for cell in found)
        pieces.append(Piece(shown, found[0].seconds, found[-1].seconds, bool(typed)))
    return pieces
