"""What every lab is made of: labelled controls, a view for HTML, and callbacks that lose no error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any, TypeVar

import ipywidgets as widgets

from ...reading.errors import DockerfileError, LayerlibError
from .style import CSS

T = TypeVar("T")


class Lab(widgets.VBox):  # type: ignore[misc]
    """A lab's widget. It shows what `show` gives, and an error above the last good result.

    Attributes:
        view: the widget that holds the result as HTML.
        good: the last good result as HTML.
    """

    def __init__(self, kind: str, subject: str, controls: Iterable[widgets.Widget]) -> None:
        self.kind, self.subject, self.good = kind, subject, ""
        self.view = widgets.HTML()
        super().__init__([_style(), *controls, self.view])
        self.add_class("layerlib-lab")

    def __repr__(self) -> str:
        return f"{self.kind}: {self.subject}"

    def result(self) -> str:
        """The result as HTML. Each lab defines it. Raises LayerlibError for what the learner can fix."""
        raise NotImplementedError

    def show(self) -> None:
        """Work out the result and show it; an error is shown above the last good result."""
        try:
            self.good = self.result()
            shown = self.good
        except LayerlibError as error:
            shown = error_box(error) + self._last()
        except Exception as error:
            shown = bug_box(error) + self._last()
        self.view.value = f'<div class="layerlib-view">{self.above()}{shown}</div>'

    def above(self) -> str:
        """What is shown above the result and above an error, as HTML."""
        return ""

    def _last(self) -> str:
        return f"<p>Below is the last result that worked.</p>{self.good}" if self.good else ""

    def on(self, button: widgets.Button, act: Callable[[], Any]) -> None:
        """Run `act` at a click and show the new result; what goes wrong in it is shown too."""
        button.on_click(lambda _: self.run(act))

    def run(self, act: Callable[[], Any]) -> None:
        """Run `act` and show the new result; what goes wrong in it is shown too."""
        try:
            act()
        except LayerlibError as error:
            self.view.value = f'<div class="layerlib-view">{error_box(error)}{self._last()}</div>'
        except Exception as error:
            self.view.value = f'<div class="layerlib-view">{bug_box(error)}{self._last()}</div>'
        else:
            self.show()


def _style() -> widgets.HTML:
    return widgets.HTML(CSS, layout=widgets.Layout(display="none"))


def if_readable(ask: Callable[[], T], otherwise: T) -> T:
    """What `ask` returns, or `otherwise` if the project cannot be read: the lab then shows the error."""
    try:
        return ask()
    except LayerlibError:
        return otherwise


def button(words: str, hint: str = "") -> widgets.Button:
    """A button that says what it does."""
    return widgets.Button(description=words, tooltip=hint, layout=widgets.Layout(width="auto"))


def checkbox(words: str, value: bool = False) -> widgets.Checkbox:
    """A checkbox with its words to the right; the words are text, never HTML."""
    return widgets.Checkbox(value=value, description=words, indent=False, layout=widgets.Layout(width="auto"))


def choice(words: str, options: Iterable[str]) -> widgets.Dropdown:
    """A drop-down list, with its full label."""
    return widgets.Dropdown(options=list(options), description=words, style={"description_width": "initial"})


def line(children: Iterable[widgets.Widget]) -> widgets.Box:
    """Controls side by side; they wrap where the page is narrow."""
    return widgets.Box(
        list(children), layout=widgets.Layout(display="flex", flex_flow="row wrap", align_items="center")
    )


def text(words: str) -> widgets.HTML:
    """A heading or a sentence between controls; plain text."""
    return widgets.HTML(f'<div class="layerlib-view">{escape(words)}</div>')


def error_box(error: LayerlibError) -> str:
    """What is wrong, with its line and the cure, as in the error's message."""
    head = getattr(error, "head", "This cannot be built.")
    if isinstance(error, DockerfileError):  # with the line, and a caret below the spot
        return f'<div class="error"><b>{escape(head)}</b><pre>{escape(str(error))}</pre></div>'
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in str(error).splitlines())
    return f'<div class="error"><b>{escape(head)}</b>{sentences}</div>'


def bug_box(error: Exception) -> str:
    """A bug of ours, in a sentence: no error may vanish."""
    said = escape(f"{type(error).__name__}: {error}")
    return (
        '<div class="error"><b>This is a bug in layerlib, not a mistake of yours.</b>'
        f"<pre>{said}</pre>Please report it with the Dockerfile.</div>"
    )
