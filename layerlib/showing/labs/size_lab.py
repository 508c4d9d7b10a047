"""The size lab: what makes an image big, measure by measure, as two stacks beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.units import count, human_size
from ...editing import changes
from ...reading.base_image import BaseImage
from ...reading.project import Project
from ...reading.shipped_images import catalogue
from .. import size_edits
from ..amounts import Size
from ..page.controls import button, chip, group, spoken
from ..page.markup import Markup, escaped, tag
from ..shared import shared_layers
from ..stack import stack
from ..stack_view import known, stack_view
from ..wording import called
from .lab import Remembering, if_readable

SIZES = ("a pull moves", "sum of the files", "on disk, in blocks")
PACKAGES = ("numpy", "pandas", "scikit-learn", "flask")


def three_sizes(project: Project, effects: Any = None) -> dict[str, list[int | None]]:
    """The sizes of an image's layers in bytes, bottom first, in three ways; None for those that nobody knows."""
    files = BuildKit(effects=effects).build(project).image.layers
    blocks = BuildKit(effects=effects, store="containerd").build(project).image.layers
    lists = ([layer.compressed for layer in files], [layer.size for layer in files], [layer.size for layer in blocks])
    return dict(zip(SIZES, lists, strict=True))


@dataclass(frozen=True)
class State:
    """What is chosen: the base, the packages, the measures, the image to compare with, whether the bases are open."""

    base: str
    packages: str
    measures: frozenset[str]
    other: str
    opened: bool = False


class SizeLab(Remembering):
    """The widget that `size` gives."""

    state: State

    def __init__(self, project: Project, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        self.bases: list[str] = if_readable(lambda: size_edits.bases(project), [])
        self.others = list(dict.fromkeys((*self.bases, "debian:trixie-slim", "alpine", "node")))
        self.measures: dict[str, Callable[[Project], Project]] = if_readable(lambda: size_edits.measures(project), {})
        packages = if_readable(lambda: size_edits.packages(project), "")
        self.typed: Mapping[str, Any] = {}
        self.revision = 0
        base = self.bases[0] if self.bases else ""
        super().__init__("Size lab", project.name, State(base, packages, frozenset(), self.others[0]))
        self.show()

    @cached_property
    def before(self) -> Build:
        """The build of the project as it was."""
        return BuildKit(effects=self.effects).build(self.project)

    def do_base(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in self.bases:
            self.become(replace(self.state, base=arg))

    def do_other(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in self.others:
            self.become(replace(self.state, other=arg))

    def do_measure(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in self.measures:
            self.become(replace(self.state, measures=self.state.measures ^ {arg}))

    def do_package(self, arg: Any, _: Mapping[str, Any]) -> None:
        """Add a package to the list, or take it out; one always stays."""
        names = self.state.packages.split()
        left = [name for name in names if name != arg] if arg in names else [*names, str(arg)]
        self.typed, self.revision = {}, self.revision + 1
        if left:
            self.become(replace(self.state, packages=" ".join(left)))

    def do_packages(self, _: Any, message: Mapping[str, Any]) -> None:
        self.typed = message
        self.become(replace(self.state, packages=str(message.get("value", ""))))

    def do_open(self, _: Any, __: Mapping[str, Any]) -> None:
        self.state = replace(self.state, opened=not self.state.opened)

    def do_undo(self, _: Any, __: Mapping[str, Any]) -> None:
        self.typed, self.revision = {}, self.revision + 1
        super().do_undo(_, __)

    def do_reset(self, _: Any, __: Mapping[str, Any]) -> None:
        self.typed, self.revision = {}, self.revision + 1
        super().do_reset(_, __)

    def changed(self) -> Project:
        """The project with the measures that are chosen."""
        made = self.project
        if self.state.packages != size_edits.packages(made):
            made = size_edits.with_packages(made, self.state.packages)
        for name, measure in self.measures.items():
            if name in self.state.measures:
                made = measure(made)
        if self.state.base != made.parsed.stages[-1].base:
            made = changes.set_base(made, self.state.base)
        return made

    def result(self) -> Markup:
        before = self.before
        now = BuildKit(effects=self.effects).build(self.changed())
        shared = shared_layers(before, now)
        note = "stored once: both are built on it" if shared else ""
        stacks = stack(before), stack(now, note)
        most = max(map(known, stacks)) or 1
        pair = [
            stack_view(slabs, title, most, self.state.opened, "open", key)
            for slabs, title, key in zip(stacks, ("as it was", "now"), ("was", "now"), strict=True)
        ]
        sizes = three_sizes(self.project, self.effects), three_sizes(now.project, self.effects)
        told = _sizes_sentence(before, now)
        other = catalogue().resolve(self.state.other)
        verdict = _verdict(before, now, *sizes)
        words = tag("p", _shared(now, other), class_="small soft", data_key="shared")
        scale = tag("p", "Heights to one scale; small layers at a height that can be read.", class_="small soft")
        stays = tag("div", verdict, words, scale, class_="three")
        drawn = tag("div", pair, stays, class_="pair", data_key="pair")
        return escaped([spoken(told), drawn, _new_lines(self.project, now.project)])

    def controls(self) -> Markup:
        return tag("div", self._chips(), class_="top", data_key="top")

    def foot(self) -> Markup:
        return tag(
            "div", button("Undo", "undo", off=not self.past), button("Reset", "reset", off=self.state == self.begun),
            class_="bar-of-buttons",
        )  # fmt: skip

    def _chips(self) -> Markup:
        state = self.state
        rows = [group("base", [chip(name, "base", name, name == state.base) for name in self.bases])]
        if self.begun.packages:
            names = state.packages.split()
            offered = dict.fromkeys((*self.begun.packages.split(), *PACKAGES, *names))
            field = tag(
                "input", type="text", value=state.packages, data_do="packages", data_key="packages", size=18,
                data_rev=self.revision, data_by=str(self.typed.get("view", "")),
                data_seen=str(self.typed.get("edits", "")), aria_label="packages, with spaces between them",
            )  # fmt: skip
            rows.append(group("packages", [*(chip(name, "package", name, name in names) for name in offered), field]))
        if self.measures:
            ways = [chip(name, "measure", name, name in state.measures) for name in self.measures]
            rows.append(group("ways", ways))
        others = [chip(name, "other", name, name == state.other, by=True) for name in self.others]
        rows.append(group("shared with", others))
        return tag("div", rows, class_="chips")


def _new_lines(before: Project, now: Project) -> Markup:
    """The Dockerfile as it is now, new lines marked."""
    old = before.dockerfile.splitlines()
    lines = [
        tag("span" if line in old else "ins", line, style="display: block") for line in now.dockerfile.splitlines()
    ]
    words = "The Dockerfile now" if before.dockerfile != now.dockerfile else "The Dockerfile"
    return tag("details", tag("summary", words), tag("div", lines, class_="code"), data_key="dockerfile")


def _verdict(
    before: Build, now: Build, was: Mapping[str, Sequence[int | None]], is_: Mapping[str, Sequence[int | None]]
) -> Markup:
    own = Size.of(layer.size for layer in now.image.layers if not layer.base)
    rows = [_figure(name, Size.of(is_[name]), len(is_[name])) for name in SIZES]
    rows.append(_figure("own layers", own, sum(not layer.base for layer in now.image.layers)))
    old, new = before.image.size, now.image.size
    if old is None or new is None:
        size = Size.of_layers(now.image.layers)
        big = tag("div", human_size(size.known), " ", tag("small", "is known of this image"), class_="big")
    elif old == new:
        big = tag("div", human_size(new), " ", tag("small", "as before"), class_="big")
    else:
        factor, word = (old / new, "smaller") if new < old else (new / old, "larger")
        figure = f"{factor:.2g} × " if factor >= 1.5 else f"{human_size(abs(old - new))} "
        big = tag("div", figure, tag("small", word), class_="big")
    return tag("div", big, tag("dl", rows), class_="verdict", data_key="verdict")


def _figure(name: str, size: Size, layers: int) -> tuple[Markup, Markup]:
    """A size; if a part is unknown, what is known, and of how many layers nobody knows it."""
    unknown = tag("small", f"{size.unknown} of {count(layers, 'layer')} unknown") if size.unknown else None
    words = human_size(size.known) if size.known or not size.unknown else "?"
    if size.unknown:
        words = "?" if str(size).startswith("unknown") else f"{words} + ?"
    return tag("dt", name, " ", unknown), tag("dd", words)


def _sizes_sentence(before: Build, now: Build) -> str:
    was, is_ = (str(Size.of_layers(build.image.layers)) for build in (before, now))
    return f"The image has {is_}." if was == is_ else f"The image has {is_}; it had {was}."


def _shared(build: Build, image: BaseImage) -> str:
    shared = shared_layers(build, image)
    if not shared:
        return f"It has no layer in common with {called(image)}."
    held = Size.of_layers(shared)
    return f"It shares {count(len(shared), 'layer')}, {held}, with {called(image)}: stored once, pulled once."


def size(project: Project, effects: Any = None) -> SizeLab:
    """The size lab: base image, packages, RUNs and stages, and what each measure does to the image's size.

    Args:
        project: any project.
        effects: what commands write, as `BuildKit` takes them.
    """
    return SizeLab(project, effects)
