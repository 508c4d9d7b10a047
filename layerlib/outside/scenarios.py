"""Generate builds to record: small projects and edits of them, from a seed.

They exercise the rules that the recorded builds in tests/traces exercise, in other combinations, so that anyone can ask
a newer engine (`layerlib record`) whether it still does what the model says.
"""

from __future__ import annotations

import random
from typing import Any

BASE = "layerlib-record/base"
OTHER = "layerlib-record/other"

# What the commands below write, in the words of a trace: see `layerlib/recorded/traces.schema.json`.
EFFECTS: dict[str, dict[str, Any]] = {
    "echo same > /tmp/same.txt": {"writes": ["/tmp/same.txt"], "reproducible": True},
    "echo $NAME > /tmp/name.txt": {"writes": ["/tmp/name.txt"], "reproducible": True},
    "cat /proc/sys/kernel/random/uuid > /tmp/id.txt": {"writes": ["/tmp/id.txt"], "reproducible": False},
    "mkdir -p /tmp/t && echo t > /tmp/t/bin": {"writes": ["/tmp/t/bin"], "reproducible": True},
}
WRITTEN = {text: effect["writes"][0] for text, effect in EFFECTS.items()}

LINES = [
    "WORKDIR /w{n}", "WORKDIR sub{n}", "COPY app.py /c{n}/", "COPY ./app.py .", "COPY src /s{n}", "COPY src/ /s{n}/",
    "COPY *.py /p{n}/", "COPY . /all{n}/", 'COPY ["app.py", "b.py", "/two{n}/"]', "COPY --chmod=75{n} app.py /m{n}",
    "COPY --chown=1000:1000 src /o{n}", "COPY --exclude=*.txt src /x{n}", "COPY --link b.py /l{n}/", "ADD b.py /a{n}/",
    "COPY <<E /h{n}.txt\nhello {n} $NAME\nE", "RUN <<E\necho {n}\nE", "RUN echo {n}", "RUN echo $NAME {n}",
    "RUN true \\\n  && echo {n}", 'RUN ["echo", "{n}"]', "RUN --mount=type=bind,source=b.py,target=/b echo {n}",
    "RUN --mount=type=cache,target=/cache{n} echo {n}", "ENV NAME=v{n}", "ENV A{n}=1 B=2", "ARG NAME=d{n}",
    "ARG OPT{n}", "LABEL l{n}=x", "USER 100{n}", "USER root", "EXPOSE 80{n}", "VOLUME /v{n}", "STOPSIGNAL SIGINT",
    'CMD ["a{n}"]', "CMD b{n}", 'ENTRYPOINT ["e{n}"]', "HEALTHCHECK --interval={n}s CMD true",
    'SHELL ["/bin/sh", "-ec"]',
    'SHELL ["/bin/sh", "-c"]', "# comment {n}", "ONBUILD RUN echo {n}", "MAINTAINER m{n}",
]  # fmt: skip
IGNORED = ["*.log\n", "src/deep\n", "**/*.txt\n!src/a.txt\n", "b.py\nnotes.log\n", "Dockerfile\n"]


class _Generator:
    """Makes one scenario by chance. The order of the draws is part of it: the same seed, the same scenario."""

    def __init__(self, seed: int, classic: bool) -> None:
        self.random, self.classic = random.Random(seed), classic
        self.lines = [line for line in LINES if not classic or not self._needs_buildkit(line)]

    @staticmethod
    def _needs_buildkit(line: str) -> bool:
        return "<<" in line or "--mount" in line or "--chmod" in line

    def text(self) -> str:
        """What a file may hold."""
        return "".join(self.random.choice("abcdef \n") for _ in range(self.random.randint(1, 40)))

    def line(self) -> str:
        """An instruction."""
        if self.random.random() < 0.3:
            return "RUN " + self.random.choice(list(EFFECTS))
        return self.random.choice(self.lines).replace("{n}", str(self.random.randint(1, 7)))

    def stages(self) -> list[list[str]]:
        """The lines of one stage, or of two of which the last copies from the first."""
        head = ["ARG BASE=" + BASE] if self.random.random() < 0.2 else []
        first = "$BASE" if head else self.random.choice([BASE, BASE, OTHER])
        if self.random.random() < 0.6:
            return [[*head, f"FROM {first}", *(self.line() for _ in range(self.random.randint(1, 6)))]]
        command = self.random.choice(list(WRITTEN))
        build = [*head, f"FROM {first} AS build", *(self.line() for _ in range(2)), f"RUN {command}"]
        last = [f"FROM {self.random.choice([BASE, 'build'])}", f"COPY --from=build {WRITTEN[command]} /f/"]
        return [build, [*last, *(self.line() for _ in range(self.random.randint(0, 3)))]]

    def files(self) -> dict[str, Any]:
        """The files of a build context, in the format of the recorded builds."""
        paths = ["app.py", "b.py", "src/a.txt", "src/main.py", "src/deep/x.txt", "notes.log"]
        files: dict[str, Any] = {path: {"content": self.text()} for path in paths}
        if self.random.random() < 0.3:
            files["link.py"] = {"link": "app.py"}
        if self.random.random() < 0.4:
            files[".dockerignore"] = {"content": self.random.choice(IGNORED)}
        return files

    def edit(self, stages: list[list[str]], build: dict[str, Any], clock: int) -> None:
        """Change one thing of a build, in place."""
        files, stage = build["files"], self.random.choice(stages)
        inside = [i for i, line in enumerate(stage) if not line.startswith(("FROM", "ARG BASE", "COPY --from"))]
        path = self.random.choice(["app.py", "b.py", "src/a.txt", "src/deep/x.txt", "notes.log"])
        match self.random.randint(0, 11):
            case 0 | 1:
                files[path] = {"content": self.text(), "mtime": clock}
            case 2:
                files[path] = {**files[path], "mtime": clock}
            case 3:
                files[path] = {**files[path], "mode": self.random.choice(["644", "755", "600"])}
            case 4:
                files[f"new{clock % 7}.py"] = {"content": self.text(), "mtime": clock}
            case 5 | 6 if inside:
                stage[self.random.choice(inside)] = self.line()
            case 7 if inside:
                del stage[self.random.choice(inside)]
            case 8:
                stage.append(self.line())
            case 9 if len(inside) > 1:
                a, b = self.random.sample(inside, 2)
                stage[a], stage[b] = stage[b], stage[a]
            case 10:
                build["args"] = {"NAME": f"arg{clock % 5}"}
            case _:
                build["no_cache"] = True

    def scenario(self, number: int) -> dict[str, Any]:
        """A project's first build, and one to three more after edits."""
        stages, build = self.stages(), {"files": self.files()}
        builds: list[dict[str, Any]] = []
        for step in range(self.random.randint(2, 4)):
            build = {"files": dict(build["files"]), **({"args": build["args"]} if "args" in build else {})}
            for edit in range(self.random.randint(1, 2) if step else 0):
                self.edit(stages, build, 1_700_000_000 + 60 * (100 * number + 10 * step + edit + 1))
            text = "".join(line + "\n" for stage in stages for line in stage)
            builds.append({"dockerfile": text, **build})
        images = {BASE: {}, OTHER: {"changes": ["ENV FROM_BASE=1", "WORKDIR /srv"], "files": {"etc/other": "o\n"}}}
        return {"name": f"made-{number}", "images": images, "effects": EFFECTS, "builds": builds}


def generate(seed: int, count: int, classic: bool = False) -> list[dict[str, Any]]:
    """Scenarios from a seed: the same seed, the same scenarios.

    Args:
        seed: any number.
        count: how many.
        classic: leave out what only BuildKit builds.
    """
    return [_Generator(seed * 100_000 + number, classic).scenario(number) for number in range(count)]
