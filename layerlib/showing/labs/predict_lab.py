"""The predict lab: first say which steps are rebuilt, then look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from ...building.records import Step
from ...building.report import verdict, why
from ...editing.change import Change
from ...reading.project import Project
from ..worked import working_steps
from . import tables
from .cache_lab import BUILDERS, rebuilt
from .kept_lab import KeptLab
from .parts import button, checkbox, choice, line, text


class PredictLab(KeptLab):
    """The widget that `predict` gives. Its state is an answer, one toggle a step, and whether it was checked."""

    work = "answer"

    def __init__(self, project: Project, change: Change | Project, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        self.change = _as_change(change)
        self.builder = choice("Builder:", BUILDERS)
        self.answers = widgets.VBox()
        self.toggles: list[widgets.Checkbox] = []
        self.check, self.again = button("Check"), button("Answer again")
        self.checked = False
        super().__init__(
            "Predict lab",
            f"{project.name}, {self.change.name}",
            [
                text(
                    f"The project has been built once. Then: {self.change.name}. "
                    "Tick every step that is rebuilt; leave those that come from the cache."
                ),
                self.builder,
                self.answers,
                line([self.check, self.again]),
            ],
        )
        self.builder.observe(lambda _: self.run(self._ask), "value")
        self.on(self.check, lambda: self._cover(False))
        self.on(self.again, self._ask)
        self.run(self._ask)
        self.begin()

    def _ask(self) -> None:
        """Cover the answer, and lay out one toggle for each step."""
        self.checked = False
        self.toggles = [checkbox(step.name) for step in self.steps()]
        for toggle in self.toggles:
            toggle.observe(lambda _: self.run(lambda: self._cover(True)), "value")
        self.answers.children = self.toggles

    def parts(self) -> dict[str, str]:
        rebuilt = [_named(toggle) for toggle in self.toggles if toggle.value]
        return {"builder": self.builder.value, "rebuilt": "\n".join(rebuilt)} if rebuilt else {}

    def fits(self, parts: Mapping[str, str]) -> bool:
        if parts["builder"] not in BUILDERS or dict(parts) == self.parts():
            return False
        steps = self.steps(parts["builder"])
        return bool({_one_line(step.name) for step in steps} & set(parts["rebuilt"].splitlines()))

    def bring(self, parts: Mapping[str, str]) -> None:
        self.builder.value = parts["builder"]
        for toggle in self.toggles:
            toggle.value = _named(toggle) in parts["rebuilt"].splitlines()

    def _cover(self, covered: bool) -> None:
        self.checked = not covered

    def steps(self, builder: str = "") -> Sequence[Step]:
        """The steps to predict: all but FROM."""
        made = rebuilt(self.project, [self.change], builder or self.builder.value, self.effects)
        return working_steps(made.now)

    def score(self) -> tuple[int, int]:
        """How many steps are answered right, and how many there are."""
        steps = self.steps()
        right = sum(toggle.value != step.cached for toggle, step in zip(self.toggles, steps, strict=True))
        return right, len(steps)

    def result(self) -> str:
        now = rebuilt(self.project, [self.change], self.builder.value, self.effects).now
        if not self.checked:
            return f'<div class="sides"><div class="narrow">{_bare(now.project, self.project)}</div></div>'
        right, number = self.score()
        rows = "".join(_row(toggle.value, step) for toggle, step in zip(self.toggles, self.steps(), strict=True))
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("step", "your answer", "the builder", "why"))
        caption = f"{right} of {number} right"
        table = f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        marked = tables.dockerfile(now, self.project.dockerfile)
        return f'<div class="sides"><div class="narrow">{marked}</div><div>{table}</div></div>'


def _named(toggle: widgets.Checkbox) -> str:
    return _one_line(toggle.description)


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _as_change(change: Change | Project) -> Change:
    if isinstance(change, Change):
        return change
    return Change(f"the project becomes {change.name}", lambda _: change)


def _row(said_rebuilt: bool, step: Step) -> str:
    right = said_rebuilt != step.cached
    said = f"{'rebuilt' if said_rebuilt else 'cached'}: {'right' if right else 'wrong'}"
    reason = escape(why(step)) or ("All that it depends on is as it was." if step.cached else "")
    return (
        f'<tr class="{"hit" if right else "missed cause"}"><th scope="row"><code>{escape(step.name)}</code></th>'
        f'<td class="word">{said}</td><td class="word"><b>{verdict(step)}</b></td><td>{reason}</td></tr>'
    )


def _bare(now: Project, before: Project) -> str:
    """The changed Dockerfile, without a word about the result."""
    return tables.plain_dockerfile(now.dockerfile, before.dockerfile)


def predict(project: Project, change: Change | Project, effects: Any = None) -> PredictLab:
    """The predict lab: say which steps a change rebuilds, then check.

    Args:
        project: what was built first.
        change: a change of it, as `layerlib.changes.of` lists them, or the project as it is afterwards.
        effects: what commands write and how long they take, as `BuildKit` takes them.
    """
    return PredictLab(project, change, effects)
