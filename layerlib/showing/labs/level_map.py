"""The map of levels: by theme, with what is reached, and next; a click opens a level in one lab below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..page.controls import spoken, track
from ..page.markup import Markup, classes, escaped, tag
from .goal_lab import GoalLab, Task
from .keeping import Keeper
from .lab import Lab


class LevelMap(Lab):
    """The widget that `levels` gives. Its state is the level that is open."""

    def __init__(self, levels: Sequence[Task], title: str = "Challenges") -> None:
        self.levels = {_name(level): level for level in levels}
        self.reached = {name for name, level in self.levels.items() if _is_reached(name, level)}
        self.lab: GoalLab | None = None
        self.title = title
        super().__init__("Level map", title)
        self.show()

    def next(self) -> str:
        """The first level that is not reached; empty if all are."""
        return next((name for name in self.levels if name not in self.reached), "")

    def do_level(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in self.levels:
            names = list(self.levels)
            after = names[names.index(arg) + 1 :]
            following = f"“{self.levels[after[0]].title}”." if after else ""
            self.lab = _Inside(self, self.levels[arg], following)

    def act(self, name: str, arg: Any = None, **message: Any) -> None:
        """What is not about the map is about the level that is open."""
        if name == "level" or self.lab is None:
            super().act(name, arg, **message)
            return
        lab = self.lab
        lab.act(name, arg, **message)
        if lab.outcome is not None and lab.judged == lab.state and lab.outcome.passed:
            self.reached.add(lab.name)
        self.show()

    def result(self) -> Markup:
        number = len(self.levels)
        head = tag("div", tag("b", self.title), " ", tag("span", self._told(), class_="soft"), class_="spread")
        themes: dict[str, list[str]] = {}
        for name, level in self.levels.items():
            themes.setdefault(_theme(level), []).append(name)
        columns = [
            tag("div", tag("h4", theme), [self._level(name) for name in names], data_key=f"theme-{theme}")
            for theme, names in themes.items()
        ]
        inside = tag("div", Markup(self.lab.html), data_key=f"level-{self.lab.name}") if self.lab else None
        share = len(self.reached) / number if number else 0
        return escaped(
            [head, track(share, right=True), spoken(self._told()), tag("div", columns, class_="map"), inside]
        )

    def _told(self) -> str:
        return f"{len(self.reached)} of {len(self.levels)} reached"

    def _level(self, name: str) -> Markup:
        is_next, is_reached = name == self.next(), name in self.reached
        dot, word = ("✓", "reached") if is_reached else ("▶", "next") if is_next else ("", "")
        return tag(
            "button",
            tag("span", dot, class_="dot", aria_hidden="true"),
            " ",
            tag("b", self.levels[name].title),
            " ",
            tag("small", word),
            type="button",
            class_=classes("level", is_reached and "reached", is_next and "next"),
            data_do="level",
            data_arg=name,
            data_key=f"open-{name}",
            aria_current="true" if self.lab is not None and self.lab.name == name else None,
        )


class _Inside(GoalLab):
    """A goal lab that the map shows."""

    def __init__(self, above: LevelMap, level: Task, following: str) -> None:
        self.above = above
        super().__init__(level, following)

    def copy(self, text: str) -> None:
        self.above.copy(text)


def _name(level: Task) -> str:
    return str(getattr(level, "name", level.title))


def _theme(level: Task) -> str:
    return str(getattr(level, "theme", "")) or f"Lesson {getattr(level, 'lesson', '')}".strip()


def _is_reached(name: str, level: Task) -> bool:
    """Whether what is kept of a level reaches it."""
    for kept in Keeper(f"goal lab, {name}").versions()[:1]:
        try:
            return bool(level.check(level.project.with_files(dict(kept.parts))).passed)
        except Exception:  # whatever the file holds
            return False
    return False


def levels(several: Sequence[Task], title: str = "Challenges") -> LevelMap:
    """The map of levels: by theme, with what is reached, and next; a click opens a level.

    Args:
        several: levels of the course, such as `layerlib.course.levels("11")`.
        title: what stands above.
    """
    return LevelMap(several, title)
