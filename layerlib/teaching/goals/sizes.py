"""Goals about sizes and layers. Every size is in bytes."""

from __future__ import annotations

from collections.abc import Callable

from ...building.units import count, human_size, total_in_words
from ...linting.inspected import quoted
from ..attempt import Attempt
from ..results import Unknown
from .goal import Goal


def image_below(size: int) -> Goal:
    """The whole image weighs less than so many bytes."""

    def check(attempt: Attempt) -> str:
        return _too_heavy(size, [(layer.size, layer.created_by) for layer in attempt.build.image.layers])

    return Goal(f"The image is below {human_size(size)}.", check)


def base_below(size: int) -> Goal:
    """The layers that come with the final stage's base image weigh less than so many bytes."""

    def check(attempt: Attempt) -> str:
        layers = [(layer.size, layer.created_by) for layer in attempt.build.image.layers if layer.base]
        return _too_heavy(size, layers, "The base image is")

    return Goal(f"The base image of the final image is below {human_size(size)}.", check)


def _too_heavy(size: int, layers: list[tuple[int | None, str]], what: str = "The image is") -> str:
    unknown = [text for number, text in layers if number is None]
    known = sum(number or 0 for number, _ in layers)
    if known < size and not unknown:
        return ""
    if not layers:
        return ""
    biggest = max(layers, key=lambda layer: layer[0] or 0)
    shown = " ".join(biggest[1].split())[:90]
    if known >= size:
        over = human_size(known - size)
        begin = f"{what} {human_size(known)}: {over} over the limit."
        return f"{begin} The biggest layer has {human_size(biggest[0])}: {shown}"
    first = " ".join(unknown[0].split())[:90]
    words = total_in_words([number for number, _ in layers])
    if words == "unknown":
        words = f"of unknown size: nobody knows {count(len(unknown), 'layer')}"
    return Unknown(f"{what} {words}. Look at {quoted(first)}.")


def own_layers(most: int) -> Goal:
    """The Dockerfile adds no more than so many layers to its base."""

    def check(attempt: Attempt) -> str:
        own = [layer.created_by for layer in attempt.build.image.layers if not layer.base]
        if len(own) <= most:
            return ""
        names = "\n".join(f"- {' '.join(text.split())[:90]}" for text in own)
        return f"It adds {count(len(own), 'layer')}, {len(own) - most} too many:\n{names}"

    return Goal(f"The Dockerfile adds at most {count(most, 'layer')} to its base image.", check)


def context_below(size: int) -> Goal:
    """The files that are sent to the builder weigh less than so many bytes."""

    def check(attempt: Attempt) -> str:
        files = {path: file.size or 0 for path, file in attempt.project.context.items() if file.kind == "file"}
        total = sum(files.values())
        if total < size:
            return ""
        biggest = max(files, key=lambda path: files[path])
        begin = f"{count(len(files), 'file')} with {human_size(total)} in all would be sent."
        return f"{begin} The biggest is {biggest}: {human_size(files[biggest])}."

    return Goal(f"Less than {human_size(size)} of files is sent to the builder.", check)


CHECKS: dict[str, Callable[..., Goal]] = {
    "image_below": image_below,
    "base_below": base_below,
    "own_layers": own_layers,
    "context_below": context_below,
}
