"""Stages, their names, and what a later one takes from an earlier one."""

from __future__ import annotations

from .draft import BASE, OTHER, Draft, Draw
from .lines import WRITTEN

# A script of the context, which the model cannot read: what it writes depends on a file, on nothing, or on chance.
BYTES = {"from a file": "$(cat app.py)", "the same": "same", "by chance": "$(cat /proc/sys/kernel/random/uuid)"}
SCRIPT = """mkdir -p out /made
echo "1 {bytes}" > out/one.bin
echo "2 {bytes}" > b.py
echo "3 {bytes}" > /made/three
ln -sf out/one.bin latest
"""
LOOKS = [
    "COPY --from={stage} /w/out/*.bin /f/",
    "COPY --from={stage} /w/out/one.??? /f",
    "COPY --from={stage} /w/out /f",
    "COPY --from={stage} /w /f",
    "COPY --from={stage} /w/b.py /f/",
    "COPY --from={stage} /w/app.py /f/",
    "COPY --from={stage} /w/latest /f",
    "COPY --from={stage} /made /f",
    "COPY --from={stage} /w/*.py /f/",
    "COPY --from={stage} /made/three /w/b.py /f/",
    "COPY --from={stage} /w/src /f",
]
MOUNTS = [
    "RUN --mount=type=bind,from={stage},source=/w/out,target=/m ls /m",
    "RUN --mount=from={stage},target=/m ls /m/w",
    "COPY --link --from={stage} /w/out/one.bin /f/",
    "COPY --from={stage} --exclude=out /w /f",
]


def capitals(draft: Draft, draw: Draw) -> None:
    """Keywords and stage names in other letters than they were given."""
    name = draw.one(["Tools", "tools", "TOOLS"])
    draft.stage(
        f"{draw.one(['FROM', 'from', 'From'])} {BASE} {draw.one(['AS', 'as', 'As'])} {name}", "COPY app.py /t/app.py"
    )
    other = draw.one([name, name.lower(), name.upper()])
    keyword = draw.one(["COPY", "copy", "Copy"])
    draft.add(f"{keyword} --from={other} /t/app.py /seen/")
    if draw.chance(0.4):
        draft.stages.append(
            [f"FROM {draw.one([name.lower(), name, draft.last[0].split()[1]])}", "run echo last", "Env A=1"]
        )


def written_files(draft: Draft, draw: Draw) -> None:
    """A later stage takes the file that a declared RUN wrote."""
    command = draw.one(list(WRITTEN))
    name = f"build{len(draft.stages)}"
    draft.stage(
        f"FROM {draw.one([BASE, OTHER])} AS {name}",
        draw.one(["ENV NAME=n", "ARG NAME=a", "COPY b.py /b"]),
        f"RUN {command}",
    )
    draft.add(f"COPY --from={name} {WRITTEN[command]} /f/")


def unknown_writes(draft: Draft, draw: Draw) -> None:
    """A script of the context writes, nobody declares what, and a later stage looks."""
    draft.effects = None
    draft.file("make.sh", SCRIPT.format(bytes=draw.one(list(BYTES.values()))))
    name = f"make{len(draft.stages)}"
    draft.stage(
        f"FROM {BASE} AS {name}",
        "WORKDIR /w",
        draw.one(["COPY . .", "COPY make.sh *.py ./", "COPY . ./"]),
        "RUN sh make.sh",
    )
    looks = LOOKS if draft.classic else LOOKS + MOUNTS
    draft.add(*(look.format(stage=name) for look in draw.some(looks, 1, 2)), "RUN echo after", "COPY notes.log /after/")
    if draw.chance(0.2):
        draft.stages.append([f"FROM {name}", "RUN echo on it"])


def numbers(draft: Draft, draw: Draw) -> None:
    """A stage by its number, a stage that nobody needs, and two of one name."""
    draft.stage(f"FROM {BASE} AS same", "COPY src /s")
    draft.stage(
        f"FROM {BASE} AS {draw.one(['unused'] if draft.classic else ['same', 'unused'])}", "COPY app.py /s/deep/x.txt"
    )
    draft.add(f"COPY --from={draw.one(['0', '1', 'same'])} /s/deep/x.txt /n/")


def target(draft: Draft, draw: Draw) -> None:
    """--target, by name or number."""
    draft.stage(f"FROM {BASE} AS wanted", "COPY app.py /app.py", "RUN echo wanted")
    name = draw.one(["wanted", "Wanted", str(len(draft.stages) - 2)])
    draft.later.append(lambda build: build.update(target=name))
