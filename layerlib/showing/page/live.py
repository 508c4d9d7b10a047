"""The widget that shows a lab: HTML from Python, and back what a reader does there.

One script, `widget.js`, brings the HTML to the page. The same HTML, with the style sheet, is what a saved notebook
holds (`_repr_html_`), so that there is one renderer.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from .markup import Markup
from .still import STYLE, still

SCRIPT = (files(__package__) / "widget.js").read_text(encoding="utf-8")


class Live(anywidget.AnyWidget):
    """A widget whose view is HTML.

    Attributes:
        html: what it shows.
        answered: which message this is the answer to: the view that sent it, and its number there.
    """

    _esm = SCRIPT
    _css = STYLE
    html = traitlets.Unicode().tag(sync=True)
    answered = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.on_msg(self._heard)

    def told(self, message: Mapping[str, Any]) -> None:
        """What a reader did: "do" and "arg" as the element says them, and "value", "key" or "to"."""
        raise NotImplementedError

    def copy(self, text: str) -> None:
        """Put a text on the reader's clipboard."""
        self.send({"copy": text})

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        if not isinstance(message, Mapping):
            return
        with self.hold_sync():
            try:
                self.told(message)
            finally:
                self.answered = {"view": message.get("view", ""), "number": message.get("number", 0)}

    def _repr_html_(self) -> str:
        return still(Markup(self.html), "Run this cell, and you can use it. Until then, it is a picture.")
