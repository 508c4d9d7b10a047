"""HTML made in Python: every text is escaped where it is put in, and nothing else makes HTML.

    tag("p", "2 < 3", class_="note")    # <p class="note">2 &lt; 3</p>

Children are texts, numbers, Markup, or lists of these; None and False are left out. An attribute's name may end in an
underscore (`class_`), and underscores inside it are hyphens (`data_key`); an attribute that is None or False is left
out, and True gives it no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

Child = str | int | float | None | Iterable["Child"]
Value = str | int | float | bool | None

VOID = frozenset({"br", "img", "input", "path"})
_NAME = re.compile(r"[a-z][a-z0-9-]*")


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()

    def __add__(self, other: str) -> Markup:
        return Markup(str(self) + str(escaped(other)))


def escaped(child: Child) -> Markup:
    """A child as HTML: Markup as it is, any other text escaped."""
    return Markup("".join(_pieces(child)))


def _pieces(child: Child) -> Iterator[str]:
    if child is None or child is False:
        return
    if isinstance(child, Markup):
        yield child
    elif isinstance(child, str):
        yield escape(child)
    elif isinstance(child, Iterable):
        for one in child:
            yield from _pieces(one)
    else:
        yield escape(str(child))


def tag(name: str, *children: Child, **attributes: Value) -> Markup:
    """An element. Raises ValueError for a name that is not one of HTML's, and for children of a void element."""
    inside = "".join(_pieces(children))
    start = _checked(name) + "".join(
        f" {_checked(_attribute(key))}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in VOID:
        if inside:
            raise ValueError(f"<{name}> has no children")
        return Markup(f"<{start}>")
    # The first line break in a textarea or a pre is not part of its text, so that one is put in front.
    first = "\n" if name in ("textarea", "pre") else ""
    return Markup(f"<{start}>{first}{inside}</{name}>")


@lru_cache(maxsize=256)
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


@lru_cache(maxsize=256)
def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name.startswith("on") or name in ("script", "srcdoc"):
        raise ValueError(f"{name!r} is no name for an element or an attribute here")
    return name


def spaced(children: Iterable[Child]) -> list[Child]:
    """Children with a space after each, so that their words stay apart where there is no style sheet."""
    parts: list[Child] = []
    for child in children:
        if child is not None:
            parts += (child, " ")
    return parts[:-1]


def classes(*names: str | bool | None) -> str | None:
    """The value of a class attribute: the names that are there; None if there are none."""
    return " ".join(name for name in names if name and name is not True) or None
