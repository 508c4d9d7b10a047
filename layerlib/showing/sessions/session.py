"""A recorded session in a notebook: a terminal that plays, and its text where nothing runs."""

from __future__ import annotations

from ..page.live import Live
from ..page.still import still
from .cast import load
from .screen import text
from .session_view import source, view


class Session(Live):
    """What `course.session(name)` gives.

    Attributes:
        name: of the session.
        text: what the terminal shows in the end, without control sequences.
    """

    def __init__(self, name: str) -> None:
        self._cast = load(name)
        super().__init__()
        self.name = name
        self.text = text(self._cast.events)
        self.html = view(self._cast, playing=True)

    def __repr__(self) -> str:
        return f"{self._cast.title}\n\n{self.text}\n\n{source(self._cast)}"

    def _repr_html_(self) -> str:
        return still(view(self._cast, playing=False))
