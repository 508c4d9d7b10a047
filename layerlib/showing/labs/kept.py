"""A lab that keeps the learner's work beside the notebook; after a restart the work is there again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ..page.markup import Markup, escaped, tag
from .keeping import FOLDER, Keeper, Kept
from .lab import Remembering


class KeptLab(Remembering):
    """A lab with work to keep. Its own part: `parts` gives the work, `fits` judges kept work, `bring` takes it.

    Attributes:
        work: what the work is called, such as "text".
        way_out: what else saves the work where nothing can be kept.
        note: where the work is, or why nothing is kept.
    """

    work = "work"
    way_out = "Note it down before you leave."

    def __init__(self, kind: str, subject: str, state: Any, key: str = "") -> None:
        self.keeper = Keeper(f"{kind.lower()}, {key or subject}")
        self.note = ""
        super().__init__(kind, subject, state)

    def begin(self) -> None:
        """Show the lab, with the work that is kept. Nothing is written before the learner changes something."""
        for kept in self._versions():
            if self._taken(kept):
                self.note = f"Your last {self.work} is here again, from {kept.name} beside this notebook."
                break
        self.show()

    def parts(self) -> Mapping[str, str]:
        """The work as texts with names; nothing while there is no work. Each lab defines it."""
        raise NotImplementedError

    def fits(self, parts: Mapping[str, str]) -> bool:
        """Whether kept work belongs to this lab, and differs from what it shows."""
        raise NotImplementedError

    def bring(self, parts: Mapping[str, str]) -> None:
        """Put kept work on the screen."""
        raise NotImplementedError

    def do_reset(self, _: Any, __: Mapping[str, Any]) -> None:
        """Start over. The work so far stays in its file."""
        self.keeper.leave()
        super().do_reset(_, __)

    def run(self, act: Callable[[], Any]) -> None:
        """Run `act`, keep the work whether or not it succeeded, and show the result."""

        def kept() -> None:
            try:
                act()
            finally:
                self._keep()

        super().run(kept)

    def foot(self) -> Markup:
        return escaped(tag("p", self.note, class_="note", data_key="note") if self.note else None)

    def _taken(self, kept: Kept) -> bool:
        before, past = self.state, list(self.past)
        try:
            if not self.fits(kept.parts):
                return False
            self.bring(kept.parts)
            self.keeper.go_on(kept, self.parts())
        except Exception:  # whatever the file holds
            self.state, self.past = before, past
            return False
        return True

    def _keep(self) -> None:
        try:
            parts = self.parts()
            if parts and _for_many_readers():
                self.note = (
                    f"This page has one folder for all its readers, so your {self.work} is not kept. {self.way_out}"
                )
            elif parts:
                self.keeper.keep(parts)
                mine = self.keeper.mine
                self.note = f"Your {self.work} is kept in {mine.name} beside this notebook." if mine else ""
        except OSError:
            self.note = (
                f"Nothing can be written to the folder {FOLDER}, so your {self.work} is not kept. {self.way_out}"
            )
        except Exception as error:
            self.note = f"Your {self.work} was not saved, because of a bug in layerlib ({error}). {self.way_out}"

    def _versions(self) -> list[Kept]:
        return [] if _for_many_readers() else self.keeper.versions()


def _for_many_readers() -> bool:
    """Whether a server shows the notebook as a page to anybody, as Voilà does."""
    return "VOILA_PREHEAT" in os.environ
