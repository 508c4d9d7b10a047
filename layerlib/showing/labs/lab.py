"""What every lab is made of: a view that is made anew from its state, and acts that lose no error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ...reading.errors import LayerlibError
from ..page.controls import bug_box, error_box
from ..page.live import Live
from ..page.markup import Markup, escaped, tag

T = TypeVar("T")


class Lab(Live):
    """A lab's widget. What `body` gives is shown; an error stands above the last good result.

    A lab's acts are its methods `do_NAME(self, arg, message)`; `act("NAME", arg)` is a click.

    Attributes:
        good: the last good result.
    """

    def __init__(self, kind: str, subject: str) -> None:
        self.kind, self.subject = kind, subject
        self.good = Markup("")
        super().__init__()

    def __repr__(self) -> str:
        return f"{self.kind}: {self.subject}"

    def controls(self) -> Markup:
        """What stands above the result, whether or not there is one. Each lab may define it."""
        return Markup("")

    def result(self) -> Markup:
        """The result. Each lab defines it. Raises LayerlibError for what the learner can fix."""
        raise NotImplementedError

    def foot(self) -> Markup:
        """What stands below the result, whether or not there is one. Each lab may define it."""
        return Markup("")

    def show(self, problem: Exception | None = None) -> None:
        """Work out the result and show it; an error is shown above the last good result."""
        parts: list[Markup] = []
        if problem is None:
            try:
                self.good = self.result()
            except Exception as error:
                problem = error
        for make in (self.controls, self.foot):
            try:
                parts.append(make())
            except Exception as error:
                problem = error
                parts.append(Markup(""))
        box = None if problem is None else _box(problem)
        last = tag("p", "Below is the last result that worked.", class_="note") if problem and self.good else None
        self.html = str(escaped([parts[0], box, last, self.good, parts[1]]))

    def act(self, name: str, arg: Any = None, **message: Any) -> None:
        """Do what a reader asks for, and show the new result; what goes wrong in it is shown too."""
        done: Callable[[Any, Mapping[str, Any]], None] | None = getattr(self, f"do_{name}", None)
        if done is not None:
            self.run(lambda: done(arg, message))

    def run(self, act: Callable[[], Any]) -> None:
        """Run `act` and show the new result; what goes wrong in it is shown too."""
        try:
            act()
        except Exception as error:
            self.show(error)
        else:
            self.show()

    def told(self, message: Mapping[str, Any]) -> None:
        given = {str(key): value for key, value in message.items()}
        name = str(given.pop("do", ""))
        if name.isidentifier():
            self.act(name, given.pop("arg", None), **given)


def _box(problem: Exception) -> Markup:
    return error_box(problem) if isinstance(problem, LayerlibError) else bug_box(problem)


def if_readable(ask: Callable[[], T], otherwise: T) -> T:
    """What `ask` returns, or `otherwise` if the project cannot be read: the lab then shows the error."""
    try:
        return ask()
    except LayerlibError:
        return otherwise


class Remembering(Lab):
    """A lab whose whole state is one value that can be compared, so that it can go back.

    Attributes:
        state: what is chosen.
        past: the states before, the oldest first.
    """

    REMEMBERED = 100

    def __init__(self, kind: str, subject: str, state: Any) -> None:
        self.state, self.begun = state, state
        self.past: list[Any] = []
        super().__init__(kind, subject)

    def become(self, state: Any) -> None:
        """Take another state; the present one is remembered."""
        if state != self.state:
            self.past.append(self.state)
            del self.past[: -self.REMEMBERED]
            self.state = state

    def do_undo(self, _: Any, __: Mapping[str, Any]) -> None:
        if self.past:
            self.state = self.past.pop()

    def do_reset(self, _: Any, __: Mapping[str, Any]) -> None:
        self.become(self.begun)
