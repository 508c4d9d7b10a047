"""The order lab: move lines of a Dockerfile, and see what a day of edits costs in that order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...building.build import Build
from ...building.records import Step
from ...building.units import count
from ...editing import changes
from ...linting.order_check import problems
from ...reading.dockerfile import Instruction
from ...reading.errors import LayerlibError
from ...reading.project import Project
from ..amounts import Time
from ..page.controls import button, spoken
from ..page.markup import Child, Markup, classes, escaped, tag
from ..worked import working_steps
from .days import day, seconds, usual_edits
from .kept import KeptLab
from .lab import if_readable

SQUARE = 21  # pixels that one takes at most
MOST = 60  # squares in a strip: a longer day has one square for several builds


class Fixed(LayerlibError):
    """An instruction that cannot go where it was asked to go."""

    head = "This cannot be moved."


@dataclass(frozen=True)
class State:
    """The Dockerfile, and how often each file is edited in a day."""

    dockerfile: str
    edits: tuple[tuple[str, int], ...]


class OrderLab(KeptLab):
    """The widget that `order` gives."""

    state: State
    work = "order"

    def __init__(self, project: Project, edits: Mapping[str, int] | None = None, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        self.usual = usual_edits(project) if edits is None else dict(edits)
        self.moved = ""
        self.revision = 0
        self.typed: Mapping[str, Any] = {}
        super().__init__("Order lab", project.name, State(project.dockerfile, tuple(self.usual.items())))
        self.begin()

    @property
    def now(self) -> Project:
        """The project in the order that the learner made."""
        return self.project.with_dockerfile(self.state.dockerfile)

    def edits(self) -> dict[str, int]:
        """How often each file is edited."""
        return dict(self.state.edits)

    def do_move(self, arg: Any, message: Mapping[str, Any]) -> None:
        """Move the instruction at a place, counted from 0: by a key, by `way`, or `to` a place."""
        keys = {"ArrowUp": -1, "ArrowDown": 1}
        if "to" in message:
            self.move(int(arg), int(message["to"]) - int(arg))
            return
        place, _, way = str(arg).partition(" ")
        self.move(int(place), int(way) if way else keys.get(str(message.get("key")), 0))

    def do_edits(self, arg: Any, message: Mapping[str, Any]) -> None:
        """Another number of edits of a file."""
        text = str(message.get("value", "")).strip()
        self.typed = message
        if arg in self.edits() and re.fullmatch("[0-9]{1,4}", text):
            self.become(replace(self.state, edits=tuple((self.edits() | {arg: min(int(text), 1000)}).items())))

    def do_undo(self, _: Any, __: Mapping[str, Any]) -> None:
        self._anew()
        super().do_undo(_, __)

    def do_reset(self, _: Any, __: Mapping[str, Any]) -> None:
        self._anew()
        super().do_reset(_, __)

    def _anew(self) -> None:
        self.moved, self.typed = "", {}
        self.revision += 1

    def parts(self) -> dict[str, str]:
        edits = "\n".join(f"{path}: {number}" for path, number in self.edits().items())
        return {} if self.state == self.begun else {"Dockerfile": self.state.dockerfile, "edits in a day": edits}

    def fits(self, parts: Mapping[str, str]) -> bool:
        ours = [one.source for one in _listed(self.project)]
        theirs = [one.source for one in _listed(self.project.with_dockerfile(parts["Dockerfile"]))]
        fixed = [place for place in range(len(ours)) if self.is_fixed(place)]
        if sorted(ours) != sorted(theirs) or any(ours[place] != theirs[place] for place in fixed):
            return False
        return self._read(parts) != self.state

    def bring(self, parts: Mapping[str, str]) -> None:
        self.become(self._read(parts))

    def _read(self, parts: Mapping[str, str]) -> State:
        lines = parts.get("edits in a day", "").splitlines()
        found = [re.fullmatch("(.+): ([0-9]{1,4})", line) for line in lines]
        numbers = {one[1]: min(int(one[2]), 1000) for one in found if one and one[1] in self.usual}
        return State(parts["Dockerfile"], tuple((self.usual | numbers).items()))

    def is_fixed(self, place: int) -> bool:
        """Whether an instruction stays: FROM, and an ARG above the first FROM."""
        above = _listed(self.project)[: place + 1]
        return not any(one.keyword == "FROM" for one in above) or above[-1].keyword == "FROM"

    def move(self, at: int, by: int) -> None:
        """Move the instruction at a place by so many places. Raises LayerlibError where it cannot go."""
        way = 1 if by > 0 else -1
        moved = self.now
        one = _listed(moved)[at] if 0 <= at < len(_listed(moved)) else None
        if one is None or self.is_fixed(at) or not 0 <= at + by < len(_listed(moved)) or not by:
            return
        for place in range(at, at + by, way):
            here, other = _listed(moved)[place], _listed(moved)[place + way]
            if other.keyword == "FROM":
                raise Fixed(f"{here} stays in its stage: beyond {other} it would belong to another one.")
            moved = changes.move(moved, here.line, other.line if way < 0 else other.last_line + 1)
        where = _listed(moved)[at + by - way if by else at]
        said = "above" if by < 0 else "below"
        neighbour = _listed(moved)[at + by + 1] if by < 0 else where
        self.moved = f"“{one}” is line {_listed(moved)[at + by].line} now, {said} “{neighbour}”."
        self.become(replace(self.state, dockerfile=moved.dockerfile))

    def result(self) -> Markup:
        lost = problems(self.now, self.project, self.effects)
        edits = self.edits()
        builds = {"as it was": day(self.project, edits, self.effects)}
        if not lost:
            builds["in your order"] = day(self.now, edits, self.effects)
        shown = _Day(builds.get("in your order"), lost, tuple(edits.items()))
        top = tag("div", self._compared(builds, shown), _saved(builds, lost), class_="top", data_key="top")
        said = self.moved or (" ".join(lost) if lost else "")
        note = tag("p", said, class_="note", data_key="moved") if said and not lost else None
        told = f"{self.moved} {' '.join(lost)}" if lost else self.moved
        foot = tag(
            "div",
            tag(
                "div",
                tag("span", tag("span", class_="sw rebuilt"), "rebuilt"),
                " ",
                tag("span", tag("span", class_="sw kept"), "taken from the cache"),
                " ",
                tag("span", shown.letters()),
                class_="legend",
            ),
            tag(
                "div", button("Undo", "undo", off=not self.past),
                button("Start over", "reset", off=self.state == self.begun), class_="bar-of-buttons",
            ),
            class_="spread",
        )  # fmt: skip
        return escaped([top, spoken(told), self._table(shown), note, foot])

    def _compared(self, builds: Mapping[str, list[Build]], shown: _Day) -> Markup:
        times = {label: seconds(made) for label, made in builds.items()}
        most = max((time.known for time in times.values()), default=0) or 1
        bars = []
        for label, time in times.items():
            was = label == "as it was"
            width = max(0.4, time.known / most * 100)
            bars.append((
                tag("span", label), " ", tag("i", class_="was" if was else None, style=f"width: {width:.1f}%"),
                tag("b", str(time)), " ",
            ))  # fmt: skip
        fields = [
            tag(
                "label", "edits of ", tag("code", path), " ",
                tag(
                    "input", type="number", min=0, max=1000, value=number, data_do="edits", data_arg=path,
                    data_key=f"edits-{path}", data_rev=self.revision, data_by=str(self.typed.get("view", "")),
                    data_seen=str(self.typed.get("edits", "")), aria_label=f"edits of {path}",
                ),
            )
            for path, number in self.edits().items()
        ]  # fmt: skip
        return tag(
            "div",
            tag("div", tag("b", "A day at work: "), f"{count(shown.number, 'build')} a day. Drag a line, or move it "
                "with the arrow keys or its buttons."),
            tag("div", fields, class_="edits", style="margin-top: 6px"),
            tag("div", bars, class_="cmp", role="img", aria_label=_in_words(times)),
            style="flex: 1 1 420px",
        )  # fmt: skip

    def _table(self, shown: _Day) -> Markup:
        heads = [
            tag("th", tag("span", "move", class_="hidden"), scope="col"),
            tag("th", tag("span", "line", class_="hidden"), scope="col"),
            tag("th", "your order", scope="col"),
            tag("th", f"{count(shown.number, 'build')}, morning to evening", scope="col"),
            tag("th", "rebuilt", scope="col"),
            tag("th", "time", scope="col", class_="number"),
        ]
        rows = [self._row(place, one, shown) for place, one in enumerate(_listed(self.now))]
        caption = tag("caption", "Each square is one build of the day: rebuilt or taken from the cache")
        return tag(
            "table", caption, tag("thead", tag("tr", heads)), tag("tbody", rows), class_="listing day", data_key="day"
        )

    def _row(self, place: int, one: Instruction, shown: _Day) -> Markup:
        fixed = self.is_fixed(place)
        text = " ".join(one.source.split())
        problem = next((said for said in shown.lost if said.startswith(text)), "")
        row = shown.row(one)
        keyword = one.source[: len(one.keyword)]
        cells: list[Child] = []
        if problem:
            cells = [tag("td", problem, colspan=3, class_="why wide")]
        elif one.keyword == "FROM" and one.line == _listed(self.now)[0].line:
            cells = [_strip(shown.days(), "strip days"), tag("td", class_="times"), tag("td", class_="cost")]
        elif row is None:
            words = "" if shown.lost else "no step"
            cells = [tag("td"), tag("td", words, class_="times"), tag("td", class_="cost")]
        else:
            cells = [
                _strip(row.squares(), "strip"),
                tag("td", row.often, class_="times"),
                tag("td", str(row.time), class_="cost"),
            ]
        plain = row is None and not shown.lost
        return tag(
            "tr",
            tag("td", self._grip(place, text) if not fixed else None, class_="grip"),
            tag("td", one.line, class_="no"),
            tag("th", tag("span", keyword, class_="k"), one.source[len(keyword) :], class_="code", scope="row"),
            cells,
            class_=classes("setting" if plain else "line", problem and "lost"),
            data_key=f"line-{_key(self.project, self.now, place)}",
            data_do=None if fixed else "move",
            data_arg=None if fixed else place,
            data_drag=None if fixed else True,
        )

    def _grip(self, place: int, text: str) -> list[Markup]:
        last = len(_listed(self.now)) - 1
        handle = tag(
            "button", "⠿", type="button", class_="handle", data_grip=True, data_key="handle", data_do="move",
            data_arg=place, data_keys="ArrowUp ArrowDown", aria_label=f"Move {text}: arrow keys up and down",
        )  # fmt: skip
        ways = [("↑", -1, "up", place == 0), ("↓", 1, "down", place == last)]
        return [
            handle,
            *(
                tag(
                    "button", sign, type="button", data_do="move", data_arg=f"{place} {way}", data_key=words,
                    aria_label=f"Move {text} {words}", aria_disabled="true" if off else None,
                )
                for sign, way, words, off in ways
            ),
        ]  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """A line in a day: what became of it in each build, and the time in all."""

    verdicts: tuple[str, ...]
    time: Time

    @property
    def often(self) -> str:
        again = sum(one == "rebuilt" for one in self.verdicts)
        hang = sum(one == "depends" for one in self.verdicts)
        said = f"{again} of {len(self.verdicts)}" if again else "never"
        return f"{said}, {hang} depend" if hang else said

    def squares(self) -> list[Markup]:
        step = -(-len(self.verdicts) // MOST) or 1
        shown = [self.verdicts[start : start + step] for start in range(0, len(self.verdicts), step)]
        kinds = ["on" if "rebuilt" in some else "depends" if "depends" in some else None for some in shown]
        return [tag("i", class_=kind) for kind in kinds]


@dataclass(frozen=True)
class _Day:
    """A day in the learner's order; no builds if the order cannot work."""

    builds: list[Build] | None
    lost: Sequence[str]
    edits: tuple[tuple[str, int], ...]

    @property
    def number(self) -> int:
        return sum(number for _, number in self.edits)

    def row(self, one: Instruction) -> _Line | None:
        if self.builds is None:
            return None
        steps = [[step for step in working_steps(build) if step.line == one.line] for build in self.builds]
        if not any(steps):
            return None
        return _Line(tuple(_verdict(some) for some in steps), _time([step for some in steps for step in some]))

    def days(self) -> list[Markup]:
        """Which file each build is after: the first letter of the files that are edited rarely."""
        often = max((number for _, number in self.edits), default=0)
        letters = [
            path[:1] if number < often else ""
            for (path, number), times in ((one, range(one[1])) for one in self.edits)
            for _ in times
        ]
        if len(letters) > MOST or not any(letters):
            return []
        return [tag("i", letter) for letter in letters]

    def letters(self) -> str:
        """What the letters mean."""
        often = max((number for _, number in self.edits), default=0)
        rare = [path for path, number in self.edits if 0 < number < often]
        return ", ".join(f"{path[:1]} marks the edit of {path}" for path in rare) if self.days() else ""


def _strip(squares: Sequence[Markup], look: str) -> Markup:
    """Squares in a row, none wider than it is high."""
    return tag("td", tag("span", squares, style=f"max-width: {SQUARE * len(squares)}px"), class_=look)


def _verdict(steps: Sequence[Step]) -> str:
    said = {step.verdict for step in steps}
    return "rebuilt" if "rebuilt" in said else "depends" if "depends" in said else "cached"


def _time(steps: Sequence[Step]) -> Time:
    again = [step.seconds for step in steps if step.verdict == "rebuilt"]
    return Time(sum(one or 0 for one in again), int(None in again))


def _saved(builds: Mapping[str, list[Build]], lost: Sequence[str]) -> Markup:
    """The large figure: how much less waiting."""
    if lost:
        words = [tag("div", "✗ ", tag("small", "This order cannot work."), class_="big"), tag("p", " ".join(lost))]
        return tag("div", words, class_="verdict", role="alert")
    was, now = (seconds(made) for made in builds.values())
    if was == now:
        big: Child = [str(now), " ", tag("small", "of waiting in a day, the same as before")]
    elif now.known and was.known >= now.known and not (was.unknown or now.unknown):
        big = [f"{was.known / now.known:.3g} × ", tag("small", "less waiting in a day")]
    else:
        big = [str(now), " ", tag("small", f"in a day; it was {was}")]
    return tag("div", tag("div", big, class_="big"), tag("p", _most_saved(builds), class_="small"), class_="verdict")


def _most_saved(builds: Mapping[str, list[Build]]) -> str:
    """How often the dearest step is rebuilt, before and now."""
    dear: dict[str, float] = {}
    times: dict[str, list[int]] = {}
    for at, made in enumerate(builds.values()):
        for build in made:
            for step in working_steps(build):
                again = step.verdict == "rebuilt"
                times.setdefault(step.text, [0, 0])[at] += again
                dear[step.text] = max(dear.get(step.text, 0), (step.seconds or 0) if again else 0)
    most = max(dear, key=lambda text: dear[text], default="")
    if not most or not dear[most]:
        return ""
    was, now = times[most]
    often = f"{most} is rebuilt {count(now, 'time')} a day"
    return f"{often}." if was == now else f"{often} instead of {count(was, 'time')}."


def _in_words(times: Mapping[str, Time]) -> str:
    return f"Waiting in a day: {'; '.join(f'{label}, {time}' for label, time in times.items())}."


def _listed(project: Project) -> tuple[Instruction, ...]:
    nothing: tuple[Instruction, ...] = ()
    return if_readable(lambda: project.parsed.instructions, nothing)


def _key(begun: Project, now: Project, place: int) -> str:
    """Which of the lines at the beginning a line is: of equal ones, the first stays the first."""
    shown = _listed(now)
    text = shown[place].source
    nth = sum(one.source == text for one in shown[:place])
    places = [at for at, one in enumerate(_listed(begun)) if one.source == text]
    return str(places[nth]) if nth < len(places) else f"new-{place}"


def order(project: Project, edits: Mapping[str, int] | None = None, effects: Any = None) -> OrderLab:
    """The order lab: what a day of edits costs in this order of the instructions, and in yours.

    Args:
        project: any project.
        edits: the path of a file to how often it is edited in a day, such as {"app.py": 20, "requirements.txt": 1};
            without it, 20 edits of a source file and one of a list of packages.
        effects: what commands write and how long they take, as `BuildKit` takes them.
    """
    return OrderLab(project, edits, effects)
