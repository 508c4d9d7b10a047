"""A stack as HTML: heights to one scale, small layers at a height that can be read, unknown ones hatched."""

from __future__ import annotations

from collections.abc import Sequence

from ..building.units import count, human_size
from .amounts import Size
from .page.markup import Child, Markup, classes, tag
from .stack import Slab

HIGHEST = 270  # pixels of the largest stack
LEAST = 24  # pixels that a line of text takes
TWO_LINES = 44  # pixels that a name and a note below it take; where there are fewer, the note stands beside the name


def known(slabs: Sequence[Slab]) -> float:
    """The bytes of a stack that are known."""
    return sum(slab.size or 0 for slab in slabs)


def total(slabs: Sequence[Slab]) -> Size:
    """The bytes of a stack."""
    return Size.of(slab.size for slab in slabs if slab.is_layer)


def stack_view(
    slabs: Sequence[Slab], title: str = "", most: float = 0, opened: bool = False, act: str = "", key: str = ""
) -> Markup:
    """A stack, the last layer on top.

    Args:
        slabs: bottom first.
        title: what stands above it, with the size of all.
        most: the bytes that fill the height; two stacks beside each other share it.
        opened: whether the base shows its parts; `act` is asked for when somebody clicks on it.
        key: tells it from another stack of the same view.
    """
    most = most or known(slabs) or 1
    size = total(slabs)
    words = human_size(size.known) if not size.unknown else f"{human_size(size.known)} + ?" if size.known else "unknown"
    head = tag("h4", tag("span", title), " ", tag("b", words)) if title else None
    unknown = tag("p", f"{count(size.unknown, 'layer')} of unknown size, on no scale", class_="small soft")
    rows = [
        part for at, slab in reversed(list(enumerate(slabs))) for part in _slab(slab, most, opened, act, f"{key}-{at}")
    ]
    return tag("div", head, unknown if size.unknown and title else None, rows, class_="stack", data_key=f"stack-{key}")


def _slab(slab: Slab, most: float, opened: bool, act: str, key: str) -> list[Markup]:
    height = LEAST if slab.is_layer else 20
    if slab.size is not None and slab.is_layer:
        height = max(LEAST, round(slab.size / most * HIGHEST))
    size = "size unknown" if slab.size is None else human_size(slab.size)
    words: list[Child] = [tag("span", slab.name, class_="nm"), " ", tag("span", slab.said or size, class_="sz")]
    parts = " · ".join(part.name for part in slab.parts)
    note = slab.note or (parts if not opened else "")
    note = f"{parts}; {slab.note}" if slab.note and parts and not opened else note
    gone = f"{human_size(slab.gone)} of it deleted above, still stored" if slab.gone else ""
    if note or gone:
        words += [" ", tag("span", gone or note, class_="nt")]
    thin = height < TWO_LINES and "thin"
    look = classes("slab", slab.kind, slab.size is None and "unknown", bool(slab.gone) and "gone", thin)
    style = None if slab.size is None else f"min-height: {height}px"
    can_open = bool(slab.parts and act)
    expanded = ("true" if opened else "false") if can_open else None
    if slab.parts and opened:
        inside = [
            tag(
                "div",
                tag("span", part.name, class_="nm"),
                " ",
                tag("span", "size unknown" if part.size is None else human_size(part.size), class_="sz"),
                class_=classes("slab", "base", "part", part.size is None and "unknown"),
                style=None if part.size is None else f"min-height: {max(LEAST, round(part.size / most * HIGHEST))}px",
                data_key=f"part-{key}-{part.name}",
            )
            for part in reversed(slab.parts)
        ]
        style = f"min-height: {LEAST}px"
        words = words[:3]
    else:
        inside = []
    made = (
        tag("button", words, type="button", class_=look, style=style, data_do=act, data_key=f"slab-{key}",
            aria_expanded=expanded)
        if can_open
        else tag("div", words, class_=look, style=style, data_key=f"slab-{key}")
    )  # fmt: skip
    return [*inside, made]
