"""A lab that keeps the learner's work: beside the notebook, and one click away after a restart."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from .keeping import FOLDER, Keeper, Kept
from .parts import Lab, button, line


class KeptLab(Lab):
    """A lab with work to keep. Its own part: `parts` gives the work, `fits` judges kept work, `bring` takes it.

    Attributes:
        work: what the work is called, such as "text".
        way_out: what else saves the work where nothing can be kept.
        offer: kept work that is not on the screen, or None.
    """

    work = "work"
    way_out = "Note it down before you leave."

    def __init__(self, kind: str, subject: str, controls: Iterable[widgets.Widget], key: str = "") -> None:
        self.keeper = Keeper(f"{kind.lower()}, {key or subject}")
        self.note = widgets.HTML(layout=widgets.Layout(flex="0 1 auto", display="none"))
        self.bring_back = button(f"Bring back my last {self.work}")
        self._held = True
        self.offer: Kept | None = None
        super().__init__(kind, subject, [*controls, line([self.bring_back, self.note])])
        self.on(self.bring_back, self._bring)

    def begin(self) -> None:
        """Show the lab as new, and offer what is kept. Nothing is written before the learner changes something."""
        self.show()
        self.offer = next((one for one in self._versions() if self._fits(one)), None)
        self._held = False
        self._tell()

    def parts(self) -> Mapping[str, str]:
        """The work as texts with names; nothing while there is no work. Each lab defines it."""
        raise NotImplementedError

    def fits(self, parts: Mapping[str, str]) -> bool:
        """Whether kept work belongs to this lab, and differs from what it shows."""
        raise NotImplementedError

    def bring(self, parts: Mapping[str, str]) -> None:
        """Put kept work on the screen."""
        raise NotImplementedError

    def run(self, act: Callable[[], Any]) -> None:
        """Run `act`, keep the work whether or not it succeeded, and show the result."""

        def kept() -> None:
            try:
                act()
            finally:
                self._keep()

        super().run(kept)

    def _keep(self) -> None:
        if self._held:
            return
        said = ""
        try:
            parts = self.parts()
            if parts and _for_many_readers():
                said = f"This page has one folder for all its readers, so your {self.work} is not kept. {self.way_out}"
            elif parts:
                self.keeper.keep(parts)
        except OSError:
            said = f"Nothing can be written to the folder {FOLDER}, so your {self.work} is not kept. {self.way_out}"
        except Exception as error:
            said = f"Your {self.work} was not saved, because of a bug in layerlib ({error}). {self.way_out}"
        self._tell(said)

    def _versions(self) -> list[Kept]:
        return [] if _for_many_readers() else self.keeper.versions()

    def _fits(self, kept: Kept) -> bool:
        try:
            return self.fits(kept.parts)
        except Exception:  # whatever the file holds
            return False

    def _bring(self) -> None:
        if self.offer is None:
            return
        self._held = True
        try:
            self.bring(self.offer.parts)
        finally:
            self._held = False
        self.keeper.go_on(self.offer, self.parts())
        self.offer = None

    def _tell(self, problem: str = "") -> None:
        """Say where the work is, what is not on the screen, or why nothing is kept."""
        mine = self.keeper.mine
        said = [problem] if problem else []
        if mine and not problem:
            said.append(f"Your {self.work} is kept in {mine.name} beside this notebook.")
        if self.offer:
            said.append(f"Your last {self.work} is still there, in {self.offer.name} beside this notebook.")
        self.bring_back.layout.display = None if self.offer else "none"
        self.note.layout.display = None if said else "none"
        self.note.value = f'<div class="layerlib-view">{escape(" ".join(said))}</div>'


def _for_many_readers() -> bool:
    """Whether a server shows the notebook as a page to anybody, as Voilà does."""
    return "VOILA_PREHEAT" in os.environ
