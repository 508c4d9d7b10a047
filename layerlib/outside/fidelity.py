"""How true the model is: the agreement with recorded builds as a table, and what it does not know, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .agreement import ASPECTS, Agreement, compare
from .traces import read

HEADS = {
    "steps": "steps",
    "cached": "cached",
    "history": "history",
    "sizes": "sizes",
    "config": "config",
    "refusals": "refused",
    "lines": "line",
}
STRICT = ("curated", "rules", "malformed")
LEAST = dict.fromkeys(ASPECTS, 1.0) | {"cached": 0.999}

MEANING = """\
- **steps**: which steps a build has, their order, and their names as printed, digests aside.
- **cached**: whether a step came from the cache, for every step but FROM.
- **history**: the rows of `docker history`: CREATED BY, order, comment.
- **sizes**: the size of every row whose bytes the inputs tell: COPY, ADD, WORKDIR and the empty rows.
- **config**: what `docker image inspect` prints under Config.
- **refused**: whether the engine accepts the Dockerfile at all.
- **line**: the line that it points at when it refuses.
"""

UNKNOWN = """\
- What a RUN writes, unless it was measured (`layerlib/figures/installs.json`) or you declare it: its size and its
  seconds are shown as unknown. A RUN that nobody knows counts as writing other bytes each time, in places nobody
  knows.
- What is inside a base image: its files, its users' names, whether a folder exists. Its layers and their sizes are
  known for the images of the catalogue; any other image is opaque.
- Whether FROM prints CACHED or DONE. Docker prints either, and it tells nothing.
- What a command that fails would have done, and which steps of a failed build had run already.
- How far a build had come when a missing file stopped it: the context is looked at while the first RUN is running, and
  sometimes that RUN ends in time to be kept. The model keeps it.
- Which of two equal steps of one build is printed as cached, and in which order independent stages print.
- Files that were changed without a change of size or time: Docker does not always notice them; the model does.
- A stage that begins with a named build context (`FROM name` with `--build-context name=...`): it is refused. COPY and
  mounts from a named context are built.
- Another frontend than the engine's own: `# syntax=` is read, and changes nothing.
- The network: what an ADD from a URL or a git repository brings is assumed to stay the same.
- Platforms other than linux/amd64, Windows containers, cache import and export, attestations, and image IDs.
- Which of two missing files a build names, and the warnings of `docker build --check`: `# check=error=true` is read,
  and changes nothing.
- Times: the model has no clock. Seconds are measurements of one machine and one network.
"""


def table(files: Sequence[Path]) -> tuple[list[str], bool, list[Agreement]]:
    """The agreement with the builds of some files.

    Returns the lines of a Markdown table, whether the agreement is as good as it must be, and the agreements. It must
    be complete for curated, rules and malformed builds; elsewhere 99.9% of the cached flags may do.
    """
    lines = [
        "| recorded builds | engine | builds | " + " | ".join(HEADS.values()) + " |",
        "|---|---|---|" + "---|" * len(HEADS),
    ]
    good, found = True, []
    for path in files:
        traces = read(path)
        agreement = compare(traces)
        found.append(agreement)
        name = path.name.partition(".")[0]
        cells = [_cell(agreement, aspect) for aspect in HEADS]
        lines.append(f"| {name} | {_engine(traces)} | {agreement.builds:,} | " + " | ".join(cells) + " |")
        strict = name.startswith(STRICT)
        good = good and all(agreement.share(one) >= (1.0 if strict else LEAST[one]) for one in ASPECTS)
    return lines, good, found


def _cell(agreement: Agreement, aspect: str) -> str:
    count = agreement.compared[aspect]
    if not count:
        return ""
    agreed = count - agreement.differing[aspect]
    return f"{agreed:,}" if agreed == count else f"**{agreed:,} of {count:,}**"


def _engine(traces: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(sorted({f"{one['engine'].partition('+')[0]} {one['builder']}, {one['store']}" for one in traces}))


def page(files: Sequence[Path]) -> str:
    """The page docs/fidelity.md."""
    lines, _, found = table(files)
    builds = sum(agreement.builds for agreement in found)
    answers = sum(agreement.compared[aspect] for agreement in found for aspect in ASPECTS)
    differing = sum(agreement.differing[aspect] for agreement in found for aspect in ASPECTS)
    said = "all of them agree" if not differing else f"{differing} of them differ"
    return f"""\
# How true is it?

layerlib builds nothing. It says what Docker would do. To know whether that is true, builds were recorded from a real
Docker Engine, and the model builds each of them again from its inputs alone. Below is every kind of answer that can be
compared, and how many there are: {answers:,} answers of {builds:,} builds; {said}.

This page is made by `layerlib verify --page docs/fidelity.md`. A number alone means that all agree; otherwise the cell
says how many of how many.

{chr(10).join(lines)}

{MEANING}
## What the model does not know

{UNKNOWN}
## Check it yourself

- `layerlib verify` replays the recorded builds and prints the table.
- `layerlib record made.json` builds new projects with the Docker on your machine and compares them. Another version of
  Docker may answer otherwise; then the table shows where.
"""
