"""Generate builds to record: small projects and edits of them, from a seed.

They exercise the rules that the recorded builds in tests/traces exercise, in other combinations, so that anyone can ask
a newer engine (`layerlib record`) whether it still does what the model says. `CLASSES` has what they are made of.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from . import copying, options, stages
from .draft import BASE, CLOCK, OTHER, Draft, Draw
from .edits import edit, no_cache
from .lines import EFFECTS, line

# Every class of scenario, and what makes it.
CLASSES: dict[str, Callable[[Draft, Draw], None]] = {
    "several sources": copying.several_sources,
    "missing before wildcards": copying.missing_before_wildcards,
    "links": copying.links,
    "links in the destination": copying.links_in_the_destination,
    "hard links": copying.hard_links,
    "file over folder": copying.file_over_folder,
    "folder over file": copying.folder_over_file,
    "symbolic modes": copying.modes,
    "excludes": copying.excludes,
    ".dockerignore": copying.ignored,
    "capitals": stages.capitals,
    "files that RUN wrote": stages.written_files,
    "files that nobody declared": stages.unknown_writes,
    "stages by number": stages.numbers,
    "target": stages.target,
    "moved base": options.moved_base,
    "pruned": options.pruned,
    "no-cache-filter": options.no_cache_filter,
    "platforms": options.platforms,
    "secrets": options.secrets,
    "named contexts": options.named_contexts,
    "replaced images": options.replaced_images,
    "labels": options.labels,
    "hosts and limits": options.hosts_and_limits,
}
ONLY_BUILDKIT = {"symbolic modes", "excludes", "secrets", "named contexts", "replaced images", "no-cache-filter"}


def generate(
    seed: int, count: int, classic: bool = False, prune: bool = False, without: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Scenarios from a seed: the same seed, the same scenarios.

    Args:
        seed: any number.
        count: how many.
        classic: leave out what only BuildKit builds.
        prune: let some prune the engine's build cache in between, and not only what was recorded.
        without: classes to leave out. A smaller mix makes other scenarios of the same seeds.
    """
    left_out = {*without, *(ONLY_BUILDKIT if classic else ()), *(() if prune else ("pruned",))}
    classes = [name for name in CLASSES if name not in left_out]
    return [scenario(seed * 100_000 + number, number, classes, classic) for number in range(count)]


def counts(scenarios: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """How often each class of CLASSES is in some scenarios, and each edit."""
    return Counter(name for scenario in scenarios for name in scenario["classes"])


def scenario(seed: int, number: int, classes: list[str], classic: bool) -> dict[str, Any]:
    """A project's first build, and one to three more after edits, made of one or two of some classes."""
    draw = Draw(seed)
    draft = Draft([[f"FROM {draw.one([BASE, BASE, OTHER])}"]], _files(draw), dict(EFFECTS), classic)
    chosen = draw.some(classes, 1, 2)
    draft.add(*(line(draw, classic) for _ in range(draw.number(0, 3))))
    for name in chosen:
        CLASSES[name](draft, draw)
        draft.add(*(line(draw, classic) for _ in range(draw.number(0, 1))))
    done = list(chosen)
    if draw.chance(0.15):
        draft.later.append(no_cache)
    builds: list[dict[str, Any]] = []
    for step in range(draw.number(2, 4)):
        for again in range(draw.number(0, 2) if step else 0):
            done.append(
                "edit: " + edit(draft, draw, CLOCK + 60 * (100 * number + 10 * step + again + 1)).replace("_", " ")
            )
        builds.append(copy.deepcopy({"dockerfile": draft.text, "files": draft.files, **draft.options}))
    for change in draft.later:
        change(draw.one(builds[1:]))
    images = {BASE: {}, OTHER: {"changes": ["ENV FROM_BASE=1", "WORKDIR /srv"], "files": {"etc/other": "o\n"}}}
    return {"name": f"made-{number}", "classes": done, "images": images, "effects": draft.effects, "builds": builds}


def _files(draw: Draw) -> dict[str, Any]:
    """The files of a build context, in the format of the recorded builds."""
    paths = ["app.py", "b.py", "src/a.txt", "src/main.py", "src/deep/x.txt", "notes.log"]
    return {path: {"content": draw.text()} for path in paths}
