"""How true the model is: its agreement with recorded builds as records, and as the page docs/fidelity.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .agreement import ASPECTS, Agreement, Count, compare
from .traces import read

# What the columns of counts are called.
_SHOWN = ("steps", "cached", "history", "sizes", "config", "warned", "refused", "line")
HEADINGS = dict(zip(ASPECTS, _SHOWN, strict=True))
# Files of which every answer must agree; in the others, one cached flag of a thousand may differ, since the engine may
# print either of two equal steps as cached.
STRICT = ("curated", "rules", "hard", "malformed", "options")
LEAST_CACHED = 0.999


@dataclass(frozen=True)
class Row:
    """The agreement with the builds of one file.

    Attributes:
        name: the file's name, without what follows its first dot.
        engine: the engine's version, its builder and its image store; several are separated by commas.
        agreement: what was compared.
    """

    name: str
    engine: str
    agreement: Agreement

    @property
    def counts(self) -> list[Count]:
        """The answers that agree, by aspect, in the order of HEADINGS."""
        return [self.agreement.count(aspect) for aspect in HEADINGS]

    @property
    def good(self) -> bool:
        """Whether the agreement is as good as it must be."""
        may_differ = {"cached"} if not self.name.startswith(STRICT) else set()
        counts = zip(HEADINGS, self.counts, strict=True)
        return all(count.share >= (LEAST_CACHED if aspect in may_differ else 1) for aspect, count in counts)


def row(path: Path) -> Row:
    """Build the traces of a file again and compare. Raises LayerlibError for a file that holds none."""
    traces = read(path)
    return Row(path.name.partition(".")[0], _engine(traces), compare(traces))


def _engine(traces: Iterable[Mapping[str, Any]]) -> str:
    engines = {(trace["engine"].partition("+")[0], trace["builder"], trace["store"]) for trace in traces}
    return ", ".join(sorted(f"{version} {builder}, {store}" for version, builder, store in engines))


def columns() -> list[str]:
    """The headings of a table of rows."""
    return ["recorded builds", "engine", "builds", *HEADINGS.values()]


def cells(row: Row) -> list[str]:
    """A row's texts, under `columns`: a number where all answers agree, otherwise how many of how many."""
    return [row.name, row.engine, f"{row.agreement.builds:,}", *map(_cell, row.counts)]


def _cell(count: Count) -> str:
    if not count.compared:
        return ""
    return f"{count.agreed:,}" if count.complete else f"{count.agreed:,} of {count.compared:,}"


MEANING = """\
- **steps**: which steps a build has, their order, and their names as printed, without digests.
- **cached**: whether a step came from the cache, for every step but FROM.
- **history**: the rows of `docker history`: CREATED BY, order, comment.
- **sizes**: the size of every row that the inputs determine: COPY, ADD, WORKDIR and the empty rows.
- **config**: what `docker image inspect` prints under Config.
- **warned**: what the build warns of: rule, line and text.
- **refused**: whether the engine accepts the Dockerfile at all.
- **line**: the line that the engine points at when it refuses.
"""

UNKNOWN = """\
- What a RUN writes, unless it was measured (`layerlib/figures/installs.json`) or you declare it: its size and its
  seconds are shown as unknown. Where it can write is known for some 400 programs (`layerlib/figures/programs.toml`,
  each row with its source), through variables, pipes, redirections and loops. A RUN that runs code of the project or
  of packages (npm ci, make, pip with source distributions) may write anywhere, and other bytes each time or the same.
  What looks at files that such a RUN may have written *depends* on it (`step.verdict`), and so does what stands on it,
  until a later build, an undo, `--no-cache` or a prune decides. Declare what a command `reads` to know more,
  in `layerlib.toml`. What is declared there or with `effects=` is taken to be true.
- `layerlib.toml`, to Docker, is a file like any other: unless .dockerignore leaves it out, `COPY . .` sends it, and an
  edit of it is an edit of the context. To the model it is never part of the context; `build.assumptions` says so.
- Links that nobody saw. In a base image a path is taken to lead where it is written, but for the usual links (`/bin`
  is `/usr/bin`); a link in an unpacked archive or a clone, into the same folder; packages of a distribution are taken
  to keep to the system's folders, and a RUN that may write anywhere to leave the image's own programs alone. A program
  that a COPY or a RUN has certainly put there, or may have put there by writing into a folder of programs, is unknown.
  An image that nobody described is taken to have the usual programs, and no variables that lead their caches elsewhere.
- Whether a RUN succeeds. It is assumed to, and `build.assumptions` says which are; only those that certainly fail are
  refused: `false`, `exit 1`, a program that is known not to be there (`layerlib/figures/programs.json`),
  `apt-get install` that asks and gets no answer, `pip install -r` of a file that is not there, any program on
  `FROM scratch`. A command that runs only if another one fails, or in a loop, is never among them.
- What is inside a base image: its files, its users' names, whether a folder exists. For the images of the catalogue the
  variables, the user, the folder, some of the programs and the layers are known, as they were in the summer of 2026.
- Everything about any other image, its variables, its user and its working directory too. A word that needs such a
  variable shows it as it is written and is never refused for it, and where it writes is unknown: what is copied from
  there may be anything. A COPY from a source with such a variable counts as looking at all files. Describe the image
  to know more: `BaseImage.described`, or `[[image]]` in `layerlib.toml`.
- Whether an image exists. One whose name is a letter away from a known one gets a hint.
- Whether FROM prints CACHED or DONE. Docker prints either, and it means nothing.
- What a command that fails would have done, and which steps of a failed build had already run.
- How far a build had come when a missing file stopped it: BuildKit looks at the context while the first RUN is running,
  and sometimes that RUN ends in time to be kept. The model keeps it.
- Which of two equal steps of one build is printed as cached, and in which order independent stages print.
- Files that were changed without a change of size or time: Docker does not always notice them; the model does.
- A WORKDIR that comes first after `FROM scratch`: Docker prints DONE for it even where it did nothing, if a step
  follows. The model prints CACHED.
- `docker builder prune` on the containerd store: what was recorded is that only steps on an empty base and the copies
  of COPY --link stay, though an image uses the others too. Why is not known; other versions may keep more. With
  `--filter`, prune is not modelled, nor is an image that is removed: every image that was built stays.
- Pipes and devices in the build context: Docker sends them, the model leaves them out.
- Four slips with the classic builder. It takes `EXPOSE 80/tcp/udp`; the model refuses it. It refuses `COPY d*/ /o/`,
  `COPY f ../../z` above the root and `--chown=:`; the model takes them. No Dockerfile that works there has one of them.
- A build for another platform on the containerd store: `docker history` shows 0 for its rows, a copy that was cached
  by a build for this platform among them. For that copy the model shows its size.
- An engine that fails on its own: after a prune on the containerd store, a build sometimes ends with
  `parent snapshot ... does not exist`, and the same build again is fine.
- Users' names where an image's own /etc/passwd was copied into it: it is not read.
- Any other frontend than the engine's own: `# syntax=` is read, and changes nothing.
- The network: what an ADD from a URL or a git repository brings is assumed to stay the same. The classic builder
  shows its hash in the history; the model shows `unknown` there. A named context that is a URL, a git repository or an
  OCI layout is refused, and so are a URL and an archive as the build context.
- Images for other platforms than linux/amd64: they exist, and the config is taken to be the same; their layers and
  sizes are unknown. The model builds on linux/amd64, for one platform at a time. Several at once are refused; the
  classic builder for any other is refused too.
- Windows containers, cache import and export, attestations, and image IDs.
- Which of two missing files a build names.
- Warnings about variables in a stage on an image that nobody described: it may set any of them. The rule
  InvalidBaseImagePlatform: it looks at the image that is there, and the model takes it that an image for the asked
  platform is. On the containerd store Docker gives this warning for an imported image of another platform.
- In which order a build prints its warnings: Docker prints them in any; the model, in that of `docker build --check`.
- Times: the model has no clock. Seconds were measured on one machine and one network.
"""


def page(rows: Sequence[Row]) -> str:
    """The page docs/fidelity.md."""
    counts = [count for row in rows for count in row.counts]
    builds = sum(row.agreement.builds for row in rows)
    answers = sum(count.compared for count in counts)
    differing = answers - sum(count.agreed for count in counts)
    outcome = "all of them agree" if not differing else f"{differing:,} of them differ"
    lines = [columns(), ["---"] * len(columns()), *map(cells, rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"""\
# How true is it?

layerlib builds nothing. It says what Docker would do. To know whether that is true, builds were recorded from a real
Docker Engine, and the model builds each of them again from its inputs alone. The table has every kind of answer that
can be compared, and how many there are: {answers:,} answers of {builds:,} builds; {outcome}.

`layerlib verify --page docs/fidelity.md` writes this page. A number alone means that all answers agree; otherwise the
cell says how many of how many.

{table}

{MEANING}
## What the model does not know

{UNKNOWN}
## Check it yourself

- `layerlib verify` replays the recorded builds and prints the table.
- `layerlib record new.json` builds new projects with the Docker on your machine and compares them. Another version of
  Docker may answer differently; then the table shows where.
"""
