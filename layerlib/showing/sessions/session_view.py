"""A recorded session as HTML: all of its text, and on each piece when it came, for the script that plays it."""

from __future__ import annotations

from ..page.markup import Markup, tag
from .cast import MARKER, Cast
from .screen import Piece, read

KEYS = "Space plays and pauses, the arrow keys go from command to command, End shows all."


def view(cast: Cast, playing: bool) -> Markup:
    """A terminal. With `playing`, it has the controls of a player."""
    bar = _bar() if playing else None
    lines = read(cast.events)
    starts = " ".join(f"{event.seconds:.2f}" for event in cast.events if event.kind == MARKER)
    shown = [[*(_piece(piece, playing) for piece in line), "\n"] for line in lines]
    focus = {"tabindex": "0", "aria_label": f"Terminal: {cast.title}"} if playing else {}
    terminal = tag("pre", shown, class_="terminal", **focus)
    return tag(
        "div",
        tag("p", tag("b", cast.title), class_="session-title"),
        bar,
        terminal,
        tag("p", source(cast), class_="note"),
        class_="session",
        data_player=starts if playing else None,
        data_length=f"{cast.events[-1].seconds:.2f}" if playing and cast.events else None,
    )


def source(cast: Cast) -> str:
    """When, on what, and with which base images a session was recorded."""
    said = [f"Recorded on {cast.date} with Docker Engine {cast.engine}; long pauses are shortened."]
    settings = [f"{name}={value}" for name, value in cast.environment.items() if name not in ("TERM", "SHELL")]
    if settings:
        said.append(f"Set before: {', '.join(settings)}.")
    said += [f"The image {name} was {what}." for name, what in cast.images.items()]
    return " ".join(said)


def _bar() -> Markup:
    buttons = [("play", "Play"), ("back", "Previous command"), ("next", "Next command"), ("end", "Show all")]
    return tag(
        "div",
        [tag("button", label, type="button", class_="btn", data_player_do=act) for act, label in buttons],
        tag("button", "Speed: 1", type="button", class_="btn", data_player_do="speed"),
        tag("span", KEYS, class_="small soft"),
        class_="row player",
    )


def _piece(piece: Piece, playing: bool) -> Markup | str:
    if not playing:
        return tag("b", piece.text) if piece.typed else piece.text
    length = f"{piece.end - piece.start:.2f}" if piece.typed else None
    return tag("b" if piece.typed else "span", piece.text, data_at=f"{piece.start:.2f}", data_typing=length)
