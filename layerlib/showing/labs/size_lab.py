"""The size lab: what makes an image big, measure by measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from html import escape
from typing import Any

import ipywidgets as widgets

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.records import Layer
from ...building.units import count, human_size, total_in_words
from ...editing import changes
from ...reading.base_image import BaseImage
from ...reading.project import Project
from ...reading.shipped_images import catalogue
from .. import palette, size_edits
from ..amounts import Size
from ..shared import shared_layers
from ..wording import called, command
from . import tables
from .livechart import LiveChart, Row, longest
from .parts import checkbox, choice, if_readable, line, text
from .switch_lab import SwitchLab

SIZES = ("compressed, what a pull moves", "sum of the files", "on disk, in blocks")


def three_sizes(project: Project, effects: Any = None) -> dict[str, list[int | None]]:
    """The sizes of an image's layers in bytes, bottom first, in three ways; None for those that nobody knows."""
    files = BuildKit(effects=effects).build(project).image.layers
    blocks = BuildKit(effects=effects, store="containerd").build(project).image.layers
    lists = ([layer.compressed for layer in files], [layer.size for layer in files], [layer.size for layer in blocks])
    return dict(zip(SIZES, lists, strict=True))


class SizeLab(SwitchLab):
    """The widget that `size` gives. Its state is the base image, the packages, and the measures taken."""

    def __init__(self, project: Project, effects: Any = None) -> None:
        self.project, self.effects = project, effects
        bases: list[str] = if_readable(lambda: size_edits.bases(project), [])
        self.base = choice("Base image:", bases)
        self.packages = widgets.Text(
            value=if_readable(lambda: size_edits.packages(project), ""),
            description="Packages:",
            continuous_update=False,
            style={"description_width": "initial"},
        )
        self.measures: dict[str, Callable[[Project], Project]] = if_readable(lambda: size_edits.measures(project), {})
        self.toggles = [checkbox(name) for name in self.measures]
        others = list(dict.fromkeys((*bases, "debian:trixie-slim", "alpine", "node")))
        self.other = choice("Compare with:", others)
        self.chart = LiveChart()
        named = [self.packages] if self.packages.value else []
        super().__init__(
            "Size lab",
            project.name,
            (self.base, self.packages, *self.toggles, self.other),
            [
                text("What makes the image big? Change one thing at a time."),
                line([self.base, *named, self.other]),
                line(self.toggles),
            ],
        )
        self.show()

    @cached_property
    def before(self) -> Build:
        """The build of the project as it was."""
        return BuildKit(effects=self.effects).build(self.project)

    def changed(self) -> Project:
        """The project with the measures that are chosen."""
        made = self.project
        if self.packages.value != size_edits.packages(made):
            made = size_edits.with_packages(made, self.packages.value)
        for toggle, measure in zip(self.toggles, self.measures.values(), strict=True):
            if toggle.value:
                made = measure(made)
        if self.base.value != made.parsed.stages[-1].base:
            made = changes.set_base(made, self.base.value)
        return made

    def result(self) -> str:
        before = self.before
        project = self.changed()
        now = BuildKit(effects=self.effects).build(project)
        marked = tables.plain_dockerfile(project.dockerfile, self.project.dockerfile)
        sizes = _sizes_table(three_sizes(self.project, self.effects), three_sizes(project, self.effects))
        shared = escape(_shared(now, catalogue().resolve(self.other.value)))
        return (
            f"<p><b>{_sizes_sentence(before, now)}</b> {shared}</p>"
            f'<div class="sides"><div class="narrow">{marked}{sizes}</div><div>{_layers(now)}</div></div>'
            f"{self._chart(now)}"
        )

    def _chart(self, now: Build) -> str:
        stacks = {"as it was": self.before.image.layers, "now": now.image.layers}
        sizes = {label: tuple(layer.size for layer in stack) for label, stack in stacks.items()}
        most = longest(sizes)
        rows = []
        for label, stack in stacks.items():
            parts = {"base image": True, "own layers": False}
            rows.append(Row(label, (), str(Size.of_layers(stack))))
            for part, base in parts.items():
                values = tuple(layer.size for layer in stack if layer.base is base)
                colour = palette.BASE if base else palette.OWN
                rows.append(Row(f"    {part}", values, str(Size.of(values)), colour, most))
        said = "; ".join(f"{label}, {Size.of_layers(stack)}" for label, stack in stacks.items())
        return self.chart.svg(rows, f"Size of the image, base image and own layers: {said}.")


def _sizes_sentence(before: Build, now: Build) -> str:
    was, is_ = (str(Size.of_layers(build.image.layers)) for build in (before, now))
    return f"The image has {is_}." if was == is_ else f"The image has {is_}; it had {was}."


def _shared(build: Build, image: BaseImage) -> str:
    shared = shared_layers(build, image)
    if not shared:
        return f"It has no layer in common with {called(image)}."
    held = Size.of_layers(shared)
    return f"It shares {count(len(shared), 'layer')}, {held}, with {called(image)}: stored once, pulled once."


def _layers(build: Build) -> str:
    rows = "".join(_layer_row(layer) for layer in reversed(build.image.layers))
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("layer", "from", "size", "where the size is from"))
    caption = "Layers, the last on top"
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _layer_row(layer: Layer) -> str:
    source = re.split(r":|[(]| on ", layer.size_source)[0]
    return (
        f'<tr class="{"hit" if layer.base else "own"}"><th scope="row"><code>{escape(command(layer))}</code></th>'
        f'<td class="word">{"base image" if layer.base else "this Dockerfile"}</td>'
        f'<td class="number">{human_size(layer.size)}</td><td>{escape(source)}</td></tr>'
    )


def _sizes_table(before: dict[str, list[int | None]], now: dict[str, list[int | None]]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{_sum(before[name])}</td><td>{_sum(now[name])}</td></tr>' for name in SIZES
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("size", "as it was", "now"))
    return f"<table><caption>Three sizes</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _sum(sizes: Sequence[int | None]) -> str:
    return total_in_words(sizes)


def size(project: Project, effects: Any = None) -> SizeLab:
    """The size lab: base image, packages, RUNs and stages, and what each measure does to the image's size.

    Args:
        project: any project.
        effects: what commands write, as `BuildKit` takes them.
    """
    return SizeLab(project, effects)
