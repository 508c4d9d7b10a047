"""What the answers of a build assume: that RUNs succeed which nobody ran, that an image exists whose name looks like a
typo, that layerlib.toml is not sent. And which variables of an image nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..reading.catalogue import Catalogue
from ..reading.project import Project
from ..reading.references import familiar_name
from .cache.results import Solved
from .records import Assumption

MANY = 3  # so many steps or variables are named, and the others counted


def of_runs(solved: Iterable[Solved]) -> Iterator[Assumption]:
    """The RUNs of a build that nobody ran."""
    for step in solved:
        if step.result.assumed and step.name.full:
            sentence = f"It is assumed that {step.name.full} succeeds: nobody ran it."
            yield Assumption("success", step.name.text, sentence, step.name.full)


def of_variables(unknown: Mapping[str, Mapping[str, str]]) -> Iterator[Assumption]:
    """The variables that a build uses and that nobody knows: image to variable to the instruction that uses it."""
    for image, names in unknown.items():
        for name, text in names.items():
            what = (
                f"What ${name} is in {familiar_name(image)}"
                if name
                else f"The working directory of {familiar_name(image)}"
            )
            yield Assumption("variables", name, f"{what} is not known; {text} needs it.", image=familiar_name(image))


def of_images(references: Iterable[str], images: Catalogue) -> Iterator[Assumption]:
    """The images that nobody described and whose name is close to one that is known."""
    for reference in dict.fromkeys(references):
        if close := close_image(reference, images):
            name = familiar_name(reference)
            yield Assumption("image", name, f"It is assumed that there is an image {name}. Did you mean {close}?")


def of_context(project: Project) -> Iterator[Assumption]:
    """A layerlib.toml that Docker would send to the builder, and that the model leaves out."""
    for path in project.notes_sent:
        sentence = f"It is assumed that {path} is not sent to the builder: add the line {path} to .dockerignore."
        yield Assumption("context", path, sentence)


def close_image(reference: str, images: Catalogue) -> str:
    """The known image that a misspelt name probably means, as people write it; an empty string if there is none.

    Only the name counts: of a known repository, any tag may be there.
    """
    name, _, tag = familiar_name(reference.partition("@")[0]).partition(":")
    known = {familiar_name(full.partition("@")[0]).partition(":")[0] for full in images}
    if name in known or "/" in name or len(name) < 4:
        return ""
    close = min((other for other in known if _one_letter(name, other)), default="")
    return close + (f":{tag}" if close and tag and tag != "latest" else "")


def _one_letter(one: str, other: str) -> bool:
    """Whether one letter added, dropped, replaced, or two neighbours exchanged, make one name of another."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[start:], other[start:]
    swapped = len(one) > 1 and one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]


def lines(assumptions: Sequence[Assumption]) -> list[str]:
    """The assumptions of a build as lines below its steps: one for all RUNs, one for each of the others."""
    steps = [_place(found.step) for found in assumptions if found.kind == "success"]
    shown = []
    if steps:
        shown.append(f"Assumed to succeed: {_listed(steps)}. Nobody ran {'it' if len(steps) == 1 else 'them'}.")
    unknown: dict[str, list[str]] = {}
    for found in assumptions:
        if found.kind == "variables":
            name = f"${found.subject}" if found.subject else "its working directory"
            unknown.setdefault(found.image, []).append(name)
    shown += [f"Not known of {image}, which nobody described: {_listed(names)}." for image, names in unknown.items()]
    return [*shown, *dict.fromkeys(found.sentence for found in assumptions if found.kind in ("image", "context"))]


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence: the first of them, and how many more there are."""
    shown = list(names) if len(names) <= MANY + 1 else [*names[:MANY], f"{len(names) - MANY} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _place(step: str) -> str:
    """The part of a step's name that tells it from the others: [build 2/4], or Step 3."""
    if step.startswith("["):
        return step[: step.index("]") + 1]
    return step.partition("/")[0]
