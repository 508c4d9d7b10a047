"""Controls as HTML: chips, buttons, meters, error boxes. Each says by `data-do` what it asks for."""

from __future__ import annotations

from collections.abc import Sequence

from ...reading.errors import DockerfileError, LayerlibError
from .markup import Child, Markup, classes, spaced, tag


def chip(words: str, act: str, arg: str, pressed: bool, tip: Child = None, said: str = "", by: bool = False) -> Markup:
    """A chip that is on or off. `tip` is shown while it has the focus or the pointer; `said` is heard with it."""
    made = tag(
        "button", words, type="button", class_=classes("chip", by and "by"), data_do=act, data_arg=arg,
        data_key=f"chip-{arg}", aria_pressed="true" if pressed else "false", aria_description=said or None,
    )  # fmt: skip
    if tip is None:
        return made
    return tag(
        "span", made, tag("span", tip, class_="tip", style="display: none"), class_="holds-tip", data_key=f"tip-{arg}"
    )


def group(name: str, chips: Sequence[Markup]) -> Markup:
    """Chips with the name of their group in front."""
    return tag("b", name) + tag("div", spaced(chips), role="group", aria_label=name)


def button(words: str, act: str, arg: str | None = None, kind: str = "", off: bool = False) -> Markup:
    """A button that says what it does."""
    return tag(
        "button", words, type="button", class_=classes("btn", kind), data_do=act, data_arg=arg,
        data_key=f"btn-{act}-{arg or ''}", aria_disabled="true" if off else None,
    )  # fmt: skip


def track(share: float | None, right: bool = False) -> Markup:
    """A bar that is filled to a share from 0 to 1; hatched if nobody knows."""
    width = "100" if share is None else f"{min(max(share, 0), 1) * 100:.1f}"
    filled = tag("i", class_=classes(share is None and "unknown"), style=f"width: {width}%")
    return tag("span", filled, class_=classes("track", right and "right"))


def spoken(words: str) -> Markup:
    """A sentence that a screen reader says when it changes."""
    return tag("p", words, class_="hidden", aria_live="polite", data_key="spoken")


def error_box(error: LayerlibError) -> Markup:
    """What is wrong, with its line and the cure, as in the error's message."""
    head = tag("b", getattr(error, "head", "This cannot be built."))
    if isinstance(error, DockerfileError):  # with the line, and a caret below the spot
        return tag("div", head, tag("pre", str(error)), class_="error", role="alert", data_key="error")
    lines = [tag("p", line) for line in str(error).splitlines()]
    return tag("div", head, lines, class_="error", role="alert", data_key="error")


def bug_box(error: Exception) -> Markup:
    """A bug of ours, in a sentence: no error may vanish."""
    return tag(
        "div",
        tag("b", "This is a bug in layerlib, not a mistake of yours."),
        tag("pre", f"{type(error).__name__}: {error}"),
        "Please report it with the Dockerfile.",
        class_="error", role="alert", data_key="error",
    )  # fmt: skip
