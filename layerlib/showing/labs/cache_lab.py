"""The cache lab: switch single changes of a project on and off, and see which steps a rebuild takes from the cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.classic.builder import ClassicBuilder
from ...building.rebuilding import rebuild
from ...building.units import count
from ...editing import changes
from ...editing.change import Change
from ...reading.errors import LayerlibError
from ...reading.project import Project
from ..amounts import Amount
from ..change_words import Described, described, diff, in_words
from ..listing import Totals, listing
from ..listing_view import Shown, legend, shown_as, two_builders
from ..page.controls import button, chip, error_box, group, spoken, track
from ..page.markup import Markup, escaped, tag
from .lab import Remembering, if_readable

BUILDERS: dict[str, type[BuildKit] | type[ClassicBuilder]] = {"BuildKit": BuildKit, "classic builder": ClassicBuilder}
BOTH = "both"


@dataclass(frozen=True)
class Rebuilt:
    """A project's first build and the build after the changes, by one builder."""

    first: Build
    now: Build


def rebuilt(
    project: Project, changed: Sequence[Change] = (), builder: str = "BuildKit", effects: Any = None
) -> Rebuilt:
    """Build a project once, change it, and build it again: what the cache lab shows.

    Args:
        project: what to build.
        changed: changes, made one after the other; one that gives options gives them to the second build.
        builder: "BuildKit" or "classic builder".
        effects: what commands write, as a builder takes them.

    Raises LayerlibError for what cannot be built.
    """
    made = BUILDERS[builder](effects=effects)
    return Rebuilt(made.build(project), rebuild(project, *changed, builder=made))


@dataclass(frozen=True)
class State:
    """What is chosen: the changes by their place, the builder, the rows that are open, whether a build plays."""

    chosen: frozenset[int] = frozenset()
    builder: str = "BuildKit"
    opened: frozenset[int] = frozenset()
    plays: bool = True


class CacheLab(Remembering):
    """The widget that `cache` gives."""

    state: State

    def __init__(self, project: Project, effects: Any = None, offered: Iterable[Change | str] | None = None) -> None:
        self.project, self.effects = project, effects
        self.changes: tuple[Change, ...] = if_readable(lambda: _offered(project, offered), ())
        self.played = 0
        self.made: list[Shown] = []
        super().__init__("Cache lab", project.name, State())
        self.show()

    @cached_property
    def described(self) -> list[Described]:
        """What each change does, in words."""
        return [described(self.project, change) for change in self.changes]

    def chosen(self) -> list[Change]:
        """The changes that are switched on."""
        return [change for place, change in enumerate(self.changes) if place in self.state.chosen]

    def do_toggle(self, arg: Any, _: Mapping[str, Any]) -> None:
        names = [change.name for change in self.changes]
        if arg in names:
            self.played += 1
            self.become(replace(self.state, chosen=self.state.chosen ^ {names.index(arg)}, opened=frozenset()))

    def do_builder(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in (*BUILDERS, BOTH):
            self.become(replace(self.state, builder=arg, opened=frozenset()))

    def do_open(self, arg: Any, _: Mapping[str, Any]) -> None:
        self.state = replace(self.state, opened=self.state.opened ^ {int(arg)})

    def do_play(self, _: Any, __: Mapping[str, Any]) -> None:
        self.played += 1

    def do_plays(self, _: Any, __: Mapping[str, Any]) -> None:
        self.state = replace(self.state, plays=not self.state.plays)

    def do_undo(self, _: Any, __: Mapping[str, Any]) -> None:
        self.played += 1
        super().do_undo(_, __)

    def result(self) -> Markup:
        names = list(BUILDERS) if self.state.builder == BOTH else [self.state.builder]
        self.made, refused = [], {}
        for name in names:
            try:
                one = rebuilt(self.project, self.chosen(), name, self.effects)
            except LayerlibError as error:
                refused[name] = error
            else:
                self.made.append(Shown(name, listing(one.now, self.project), one.first))
        if not self.made:
            raise refused[names[0]]
        errors = [tag("div", tag("b", name), error_box(error)) for name, error in refused.items()]
        drawn = two_builders(self.made) if len(self.made) > 1 else shown_as(self.made[0], self.state.opened)
        plays = str(self.played) if self.state.plays else "off"
        return escaped([errors, tag("div", drawn, data_play=plays, data_key="listing")])

    def controls(self) -> Markup:
        told = " ".join(f"{one.builder}: {one.listing.totals}" for one in self.made)
        verdicts = [_verdict(one, len(self.made) > 1) for one in self.made]
        stays = tag("div", verdicts, class_="stays", data_key="verdicts") if verdicts else None
        return escaped([tag("div", self._chips(), class_="top", data_key="top"), stays, spoken(told)])

    def foot(self) -> Markup:
        return tag("div", legend(self.made), self._buttons(), class_="spread", data_key="below")

    def _chips(self) -> Markup:
        rows = []
        for name in ("files", "Dockerfile", "outside"):
            chips = [
                chip(change.name, "toggle", change.name, place in self.state.chosen, _tip(words), in_words(words))
                for place, (change, words) in enumerate(zip(self.changes, self.described, strict=True))
                if words.group == name
            ]
            if chips:
                rows.append(group(name, chips))
        builders = [chip(name, "builder", name, name == self.state.builder, by=True) for name in (*BUILDERS, BOTH)]
        return tag("div", rows, group("builder", builders), class_="chips")

    def _buttons(self) -> Markup:
        return tag(
            "div",
            button("Undo", "undo", off=not self.past),
            button("Reset", "reset", off=self.state == self.begun),
            button("▶ Play", "play") if self.state.plays else None,
            tag(
                "button", "play each build", type="button", class_="switch", data_do="plays", data_key="plays",
                aria_pressed="true" if self.state.plays else "false",
            ),
            class_="bar-of-buttons",
        )  # fmt: skip


def _offered(project: Project, offered: Iterable[Change | str] | None) -> tuple[Change, ...]:
    every = changes.of(project)
    if offered is None:
        return every
    known = {change.name: change for change in every}
    return tuple(
        one if isinstance(one, Change) else known[one] if one in known else changes.named(one) for one in offered
    )


def _tip(words: Described) -> Markup:
    return tag("span", words.sentence) + diff(words)


def _verdict(shown: Shown, named: bool) -> Markup:
    now = shown.listing.totals
    first = Totals.of(shown.first) if shown.first else now
    big = tag("div", f"{now.rebuilt} of {now.steps} ", tag("small", "steps rebuilt"), class_="big")
    if not now.rebuilt:
        big = tag("div", "0 ", tag("small", f"of {count(now.steps, 'step')} rebuilt"), class_="big")
    hang = (
        tag(
            "div",
            f"{now.depends} ",
            tag("small", "depends" if now.depends == 1 else "depend", " on what a RUN writes"),
            class_="big",
        )
        if now.depends
        else None
    )
    amounts = tag(
        "div",
        _compared("time", now.seconds, first.seconds),
        " ",
        _compared("written", now.size, first.size),
        class_="amounts",
    )
    head = tag("h4", shown.builder) if named else None
    more = tag("p", "You know more than the model? Say which files the command reads, and it decides.", class_="note")
    return tag(
        "div",
        head,
        big,
        hang,
        amounts,
        more if now.depends else None,
        class_="verdict",
        data_key=f"verdict-{shown.builder}",
    )


def _compared(name: str, now: Amount, first: Amount) -> Markup:
    """An amount, of that of the first build, and its share as a bar."""
    parts = [tag("span", name, class_="soft"), track(_share(now, first)), tag("b", _amount(now))]
    of = None if first.unknown else tag("span", f"of {first} at first", class_="soft")
    return tag("span", [(one, " ") for one in parts], of)


def _share(now: Amount, first: Amount) -> float | None:
    if now.unknown and not now.known:
        return None
    return now.known / first.known if first.known else 0.0


def _amount(amount: Amount) -> str:
    return (
        str(amount) if not amount.unknown else ("unknown" if not amount.known else f"{type(amount)(amount.known)} + ?")
    )


def cache(project: Project, effects: Any = None, offered: Iterable[Change | str] | None = None) -> CacheLab:
    """The cache lab: switch changes of a project on and off, and see what a rebuild takes from the cache, and why.

    Args:
        project: any project.
        effects: what commands write and how long they take, as `BuildKit` takes them.
        offered: the changes that can be chosen, each a `Change` or the name of one, such as "edit app.py"; without
            it, all that `layerlib.changes.of` finds.
    """
    return CacheLab(project, effects, offered)
