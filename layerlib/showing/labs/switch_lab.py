"""A lab whose state is the values of its controls: it can go back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ipywidgets as widgets

from .parts import Lab, button, line

REMEMBERED = 100  # states


class SwitchLab(Lab):
    """A lab whose state is the values of its controls, with Undo and Reset.

    Attributes:
        controls: the widgets whose values are the state.
        past: the states before, the oldest first.
    """

    def __init__(
        self,
        kind: str,
        subject: str,
        controls: Iterable[widgets.Widget],
        rows: Iterable[widgets.Widget],
        last: Iterable[widgets.Widget] = (),
    ) -> None:
        """`rows` is what is laid out; after it comes a row with Undo, Reset and what is in `last`."""
        self.controls = tuple(controls)
        self.undo, self.reset = button("Undo"), button("Reset")
        self.past: list[tuple[Any, ...]] = []
        self._quiet = False
        super().__init__(kind, subject, [*rows, line([self.undo, self.reset, *last])])
        self._state = self._begin = self.state()
        for control in self.controls:
            control.observe(self._changed, "value")
        self.on(self.undo, self._undo)
        self.on(self.reset, lambda: self._set(self._begin))

    def state(self) -> tuple[Any, ...]:
        """The values of all controls."""
        return tuple(control.value for control in self.controls)

    def moved(self) -> None:
        """What else changes with the state."""

    def _changed(self, _: Any) -> None:
        if not self._quiet:
            self._remember()
            self.show()

    def _remember(self) -> None:
        self.past.append(self._state)
        del self.past[:-REMEMBERED]
        self._state = self.state()
        self.moved()

    def _set(self, state: tuple[Any, ...]) -> None:
        if state != self._state:
            self._put(state)
            self._remember()

    def _undo(self) -> None:
        if self.past:
            self._put(self.past.pop())
            self._state = self.state()
            self.moved()

    def _put(self, state: tuple[Any, ...]) -> None:
        self._quiet = True
        try:
            for control, value in zip(self.controls, state, strict=True):
                control.value = value
        finally:
            self._quiet = False
