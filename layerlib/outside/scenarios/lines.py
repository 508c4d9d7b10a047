"""Lines of a Dockerfile, one rule or two each, to be put together by chance."""

from __future__ import annotations

from typing import Any

from .draft import Draw

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


def needs_buildkit(line: str) -> bool:
    """Whether the classic builder refuses a line."""
    return any(word in line for word in ("<<", "--mount", "--chmod", "--link", "--exclude"))


def line(draw: Draw, classic: bool) -> str:
    """An instruction."""
    if draw.chance(0.3):
        return "RUN " + draw.one(list(EFFECTS))
    lines = [text for text in LINES if not classic or not needs_buildkit(text)]
    return draw.one(lines).replace("{n}", str(draw.number(1, 7)))
