"""The first picture of the course: one comma changes, a button, and what falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...building.units import human_size
from ...editing import changes
from ...editing.change import Change
from ...reading.project import Project
from ..listing import Listing, Row, listing
from ..listing_view import reason
from ..page.controls import button, spoken
from ..page.markup import Markup, escaped, tag
from ..stack import Slab, SlabKind, stack
from ..stack_view import stack_view
from .cache_lab import rebuilt
from .lab import Remembering

EDITS = 20  # a day
KINDS: dict[str, SlabKind] = {"kept": "kept", "cause": "cause", "again": "again", "open": "open"}
MARKS = {"kept": "✓ cached", "cause": "● rebuilt", "again": "↓ rebuilt", "open": "? depends"}


class Opening(Remembering):
    """The widget that `opening` gives. Its state is whether the file was edited."""

    state: bool

    def __init__(self, project: Project | None = None, path: str = "app.py", effects: Any = None) -> None:
        self.project, self.path, self.effects = project or Project.load("sales-report"), path, effects
        self.played = 0
        super().__init__("Opening", self.project.name, False)
        self.show()

    def do_build(self, _: Any, __: Mapping[str, Any]) -> None:
        self.played += 1
        self.become(True)

    def result(self) -> Markup:
        edited = changes.edit_file(self.project, self.path)
        one = rebuilt(self.project, [Change(f"edit {self.path}", lambda _: edited)], effects=self.effects)
        seconds = sum(step.seconds or 0 for step in one.now.steps)
        shown = listing(one.now)
        told = f"{shown.totals}" if self.state else "The image is built. Nothing has changed yet."
        act = button("Start over", "reset") if self.state else button(f"Edit {self.path} and build", "build", kind="go")
        words = tag(
            "div",
            tag("h3", "One line changed. Why does the build install everything again?"),
            tag("p", f"A team edits one Python file {EDITS} times a day. Each time, Docker installs the packages from "
                f"the start: {seconds:.0f} seconds, {seconds * EDITS / 60:.1f} minutes of waiting a day. Nobody "
                "changed the list of packages."),
            tag("div", tag("b", "What happened"), _answer(shown), class_="told", data_key="answer")
            if self.state
            else tag("p", "Press the button, watch what falls, and find out why. At the end of this "
                "lesson you know how to stop it."),
            act,
        )  # fmt: skip
        container = Slab("a container, started from the image", 0, "container", said="writes here, and only here")
        slabs = [self._slab(slab, shown) for slab in stack(one.now, settings=False)]
        picture = tag(
            "div",
            stack_view([*slabs, container], most=10 * sum(slab.size or 0 for slab in slabs), key="opening"),
            tag("div", "an image is a stack: each layer builds on the one below", class_="cap"),
            data_play=str(self.played),
            data_key="picture",
        )
        return escaped([spoken(told), tag("div", words, picture, class_="hero", data_key="hero")])

    def _slab(self, slab: Slab, shown: Listing) -> Slab:
        if slab.kind == "base":
            return replace(slab, said=f"{human_size(slab.size)}, fetched once")
        steps = [row for row in shown.rows if row.steps]
        at = next((at for at, row in enumerate(steps) if _one_line(row) == slab.name), None)
        if at is None or not self.state:
            return slab
        below = _one_line(steps[at - 1]) if at else ""
        return replace(slab, kind=KINDS.get(steps[at].kind, "own"), said=_said(steps[at], below))


def _said(row: Row, below: str) -> str:
    if row.kind == "again" and below:
        return f"{MARKS[row.kind]}: builds on {below}"
    why = row.why[:1].lower() + row.why[1:].removesuffix(".")
    return f"{MARKS.get(row.kind, '')}: {why}".removesuffix(": ")


def _answer(shown: Listing) -> list[Markup]:
    cause = next((row for row in shown.rows if row.kind == "cause"), None)
    again = [row for row in shown.rows if row.kind == "again" and any(step.verdict == "rebuilt" for step in row.steps)]
    if cause is None or not again:
        return []
    first = tag("code", cause.text.strip())
    then = tag("code", again[-1].text.strip())
    return [
        tag("p", reason(cause.why), " So ", first, " is done again."),
        tag("p", then, " builds on it, so it runs again too."),
    ]


def _one_line(row: Row) -> str:
    return " ".join(row.text.split())


def opening(project: Project | None = None, path: str = "app.py", effects: Any = None) -> Opening:
    """The first picture of the course: the stack of an image, a button that edits a file and builds, and what falls.

    Args:
        project: what is built; without one, sales-report, which copies everything and then installs two packages.
        path: the file that is edited.
        effects: what commands write and how long they take, as `BuildKit` takes them.
    """
    return Opening(project, path, effects)
