"""A lab whose answers are judged when the reader asks for it."""

from __future__ import annotations

from ..page.controls import button
from ..page.markup import Markup, tag
from .kept import KeptLab


class JudgedLab(KeptLab):
    """A lab with answers to check.

    Attributes:
        asked_for_more: whether a check was asked for before there was enough to judge.
    """

    work = "answer"
    asked_for_more = False

    def score_bar(self, words: str, judged: bool) -> Markup:
        """How the answers stand, and the buttons below them."""
        return tag(
            "div",
            tag("span", words, class_="score" if judged else None),
            tag(
                "span", button("Undo", "undo", off=not self.past), " ",
                button("Start over", "reset", off=self.state == self.begun), " ",
                button("Check", "check", kind="first"),
            ),
            class_="q",
            data_key="score",
        )  # fmt: skip
