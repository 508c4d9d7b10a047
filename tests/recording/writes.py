"""Stages whose RUNs really write, and the ways in which a later stage looks at what they wrote.

No effect is declared: what the model does not know it must leave open, and what it says for certain must be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

CLOCK = 1_700_000_000
NAMES = {"maven": "mvn", "gcc": "make", "gradle": "gradle"}

# What each program's output is made of: a source file, nothing (the same every time), or chance.
BYTES = {
    "mvn": "$(cat src/Main.java)",
    "make": "always the same",
    "gradle": "$(cat /proc/sys/kernel/random/uuid)",
}

# One program that writes in every place at once: the work folder, over a copied file, links, /etc, a folder of its own.
PROGRAM = """#!/bin/sh
set -e
bytes="{bytes}"
mkdir -p target /k/deep
echo "jar $bytes" > target/app.jar
echo "library $bytes" > target/lib.so
echo "version $bytes" > version.txt
ln -sfn target/app.jar current
ln -sfn target out
echo "config $bytes" > /etc/app.conf
echo "k $bytes" > /k/f.txt
echo "deep $bytes" > /k/deep/g.txt
chmod 755 run.sh
"""
IMAGES = {
    **{
        image: {"files": {f"bin/{program}": {"content": PROGRAM.format(bytes=BYTES[program]), "mode": "755"}}}
        for image, program in NAMES.items()
    },
    "eclipse-temurin": {},
}

FILES: dict[str, Any] = {
    "src/Main.java": {"content": "class Main {}\n"},
    "src/notes.txt": {"content": "notes\n"},
    "version.txt": {"content": "1.0\n"},
    "other.txt": {"content": "other\n"},
    "README.md": {"content": "read me\n"},
    "run.sh": {"content": "#!/bin/sh\n", "mode": "644"},
}

# The last stage's way to look, by name.
LOOKS = {
    "wildcard into a folder": "COPY --from=build /src/target/*.jar /app/",
    "wildcard into a file": "COPY --from=build /src/target/*.jar app.jar",
    "question marks": "COPY --from=build /src/target/app.??? /app/",
    "a class of letters": "COPY --from=build /src/target/[a]pp.jar /app/",
    "wildcard with --chown": "COPY --from=build --chown=1000:1000 /src/target/*.jar /app/",
    "wildcard with --chmod": "COPY --from=build --chmod=750 /src/target/*.jar /app/",
    "wildcard over a folder": "COPY --from=build /src/targ* /r/",
    "wildcard over all": "COPY --from=build /src/* /r/",
    "wildcard over copied files": "COPY --from=build /src/*.txt /t/",
    "wildcard over scripts": "COPY --from=build /src/*.sh /s/",
    "wildcard in a new folder": "COPY --from=build /k/* /k2/",
    "folder": "COPY --from=build /src /out",
    "folder with a slash": "COPY --from=build /src/ /out/",
    "folder less a pattern": "COPY --from=build --exclude=*.txt /src /out",
    "folder less what was written": "COPY --from=build --exclude=target --exclude=version.txt /src /out",
    "everything": "COPY --from=build / /all/",
    "written folder": "COPY --from=build /src/target ./target",
    "new folder": "COPY --from=build /k /k",
    "folder of copied files": "COPY --from=build /src/src /only-sources",
    "file": "COPY --from=build /src/target/app.jar /app.jar",
    "file by stage number": "COPY --from=0 /src/target/app.jar /app.jar",
    "rewritten file": "COPY --from=build /src/version.txt ./",
    "file that nobody wrote over": "COPY --from=build /src/other.txt ./",
    "file below /etc": "COPY --from=build /etc/app.conf /etc/",
    "file of the base": "COPY --from=build /etc/layerlib-record /seen",
    "file with another mode": "COPY --from=build /src/run.sh /run.sh",
    "link to a file": "COPY --from=build /src/current /app.jar",
    "through a link to a folder": "COPY --from=build /src/out/app.jar /app.jar",
    "several sources": "COPY --from=build /src/target/app.jar /k/f.txt /both/",
    "several, one of them known": "COPY --from=build /src/other.txt /src/target/app.jar /both/",
    "--link": "COPY --from=build --link /src/target/app.jar /l/",
    "--link of a wildcard": "COPY --from=build --link /src/target/* /l/",
    "mount of a file": "RUN --mount=type=bind,from=build,source=/src/target/app.jar,target=/m cat /m",
    "mount of a folder": "RUN --mount=type=bind,from=build,source=/src,target=/m ls /m",
    "mount of everything": "RUN --mount=type=bind,from=build,target=/m ls /m",
    "mount of a rewritten file": "RUN --mount=type=bind,from=build,source=/src/version.txt,target=/m cat /m",
    "mount that is copied from": "RUN --mount=type=bind,from=build,source=/src/target,target=/m cp /m/app.jar /app.jar",
}
AFTER = "RUN ls /\nCOPY other.txt /after/\nWORKDIR /after\nRUN echo done\n"

# A stage's RUN: one program, or what it does spelled out with programs that everybody knows.
SPELLED = {
    "ln": "RUN {tool} && ln -sfn target/app.jar current",
    "mkdir": "RUN {tool}\nRUN mkdir -p /k/more && cp target/app.jar /k/more/",
    "sed": "RUN {tool}\nRUN sed -i s/notes/words/ src/notes.txt",
    "set": "RUN set -eux; \\\n    {tool} -q package; \\\n    chmod 755 run.sh",
    "SHELL": 'SHELL ["/bin/sh", "-e", "-c"]\nRUN {tool} package',
    "exec form": 'RUN ["{tool}", "package"]',
    "USER": "USER 0:0\nRUN {tool}",
    "ARG": "ARG PROFILE=dev\nRUN {tool} -P$PROFILE",
    "second RUN": "RUN {tool}\nRUN echo tested",
    "only echo": "RUN echo nothing",
}


def _builds(first: str, number: int, classic: bool) -> Iterator[dict[str, Any]]:
    """First, again, edits of which one changes the output, an undo, --no-cache, now and then more."""

    def edited(path: str, text: str) -> dict[str, Any]:
        return {**FILES, path: {**FILES[path], "content": text, "mtime": CLOCK + 60 * (number + 1)}}

    def build(files: dict[str, Any] = FILES, text: str = first, **more: Any) -> dict[str, Any]:
        return {"dockerfile": text, "files": files, **more}

    yield build()
    yield build()
    yield build(edited("src/Main.java", "class Main { int x; }\n"))
    yield build(edited("README.md", "read this\n"))
    yield build()
    yield build(no_cache=True)
    yield build()
    if number % 3 == 1:
        yield build(edited("src/Main.java", "class Main { int x; }\n"))
        yield build(edited("src/notes.txt", "more notes\n"))
    if number % 4 == 2:
        yield build(text=first.replace("&& true", "&& echo changed"))
        yield build(edited("README.md", "read all\n"), first.replace("&& true", "&& echo changed"))
    if number % 3 == 0 and not classic:
        yield build(prune="all")
        yield build(edited("README.md", "read much\n"))
    if number % 5 == 4 and not classic:
        yield build(no_cache_filter=["build"])
        yield build(edited("other.txt", "another\n"))


def _dockerfiles(classic: bool) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """A name, a Dockerfile, and the images that it stands on."""
    for kind, (image, tool) in enumerate(NAMES.items()):
        head = f"FROM {image} AS build\nWORKDIR /src\nCOPY . .\nRUN {tool} && true\n"
        last = "FROM eclipse-temurin\n"
        for number, (name, look) in enumerate(LOOKS.items()):
            if kind and number % 2 == kind % 2:
                continue  # every look with mvn, and with one of the other two
            if classic and any(word in look for word in ("--mount", "--link", "--exclude", "--chmod")):
                continue
            yield f"{tool}: {name}", f"{head}{last}{look}\n{AFTER}", (image, "eclipse-temurin")
        yield f"{tool}: FROM the stage", f"{head}FROM build\n{AFTER}", (image,)
        looks = f"{LOOKS['file']}\nCOPY --from=test /src/ver* /v/\n"
        yield (
            f"{tool}: FROM the stage, and a COPY from it",
            f"{head}FROM build AS test\nRUN echo test\nFROM eclipse-temurin\n{looks}{AFTER}",
            (image, "eclipse-temurin"),
        )
        yield (
            f"{tool}: three stages",
            (
                f"{head}FROM eclipse-temurin AS pack\n{LOOKS['wildcard into a folder']}\nRUN echo packed\n"
                f"FROM eclipse-temurin\nCOPY --from=pack /app /srv\nCOPY --from=pack /app/*.jar /srv2/\n{AFTER}"
            ),
            (image, "eclipse-temurin"),
        )
        for name, run in SPELLED.items() if kind != 1 else ():
            stage = f"FROM {image} AS build\nWORKDIR /src\nCOPY . .\n{run.format(tool=tool)}\n"
            look = LOOKS["folder" if len(name) % 2 else "wildcard over all"]
            yield (
                f"{tool}: RUN with {name}",
                (f"{stage}{last}{look}\nCOPY --from=build /src/src/*.txt /t/\n{AFTER}"),
                (image, "eclipse-temurin"),
            )


def scenarios(builder: str) -> Iterator[dict[str, Any]]:
    """The scenarios for a builder, in the format of the recorder."""
    classic = builder == "classic"
    for number, (name, dockerfile, bases) in enumerate(_dockerfiles(classic)):
        yield {
            "name": f"writes: {name}",
            "images": {base: IMAGES[base] for base in bases},
            "effects": None,
            "builds": list(_builds(dockerfile, number, classic)),
        }
