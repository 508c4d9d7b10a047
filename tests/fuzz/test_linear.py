"""Twice the input, twice the work: counted in lines of Python that run, so that no clock decides.

What C code does inside one line is not counted; sizes up to two megabytes were timed by hand (README.md).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from layerlib import BuildKit, ClassicBuilder, LayerlibError, Project, changes
from layerlib.building.files.selecting import select
from layerlib.reading import context
from layerlib.reading import expansion as words
from layerlib.reading.dockerfile import parse

F = "FROM python\n"

DOCKERFILES: dict[str, Callable[[int], str]] = {
    "long lines": lambda n: F + f"RUN {'x' * 200}\n" * n,
    "a long line": lambda n: F + f"RUN echo {'word ' * n}\n",
    "continuations": lambda n: F + "RUN x" + " \\\n x" * n,
    "empty continuations": lambda n: F + "RUN x \\\n" + "\n" * n + "x\n",
    "comments": lambda n: F + "# c\n" * n + "RUN x\n",
    "comments in an instruction": lambda n: F + "RUN x \\\n" + " # c\n" * n + "y\n",
    "a long comment": lambda n: F + "#" + " c" * n + "\nRUN x\n",
    "blanks in a directive": lambda n: "# syntax=a" + " " * n + "b\n" + F,
    "heredocs on one line": lambda n: F + "RUN " + "<<E " * n + "\n" + "x\nE\n" * n,
    "heredocs on many lines": lambda n: F + "RUN <<E\nx\nE\n" * n,
    "heredocs copied": lambda n: F + f"COPY {' '.join(f'<<E{i}' for i in range(n))} /d/\n" + "".join(
        f"x$A\nE{i}\n" for i in range(n)),
    "a long heredoc": lambda n: F + "COPY <<E /x\n" + "echo $x\n" * n + "E\n",
    "variables in a word": lambda n: F + "ENV A=1\nENV B=" + "$A" * n + "\n",
    "ENV pairs": lambda n: F + f"ENV {' '.join(f'A{i}=1' for i in range(n))}\n",
    "ENV lines": lambda n: F + "".join(f"ENV A{i}=1\n" for i in range(n)),
    "LABEL pairs": lambda n: F + f"LABEL {' '.join(f'A{i}=1' for i in range(n))}\n",
    "ARG lines": lambda n: F + "".join(f"ARG A{i}=1\n" for i in range(n)),
    "ARG lines above FROM": lambda n: "".join(f"ARG A{i}=$B\n" for i in range(n)) + F,
    "RUN lines": lambda n: F + "".join(f"RUN echo {i}\n" for i in range(n)),
    "COPY lines": lambda n: F + "".join(f"COPY a.py /d/{i}\n" for i in range(n)),
    "the same COPY": lambda n: F + "COPY a.py /x\n" * n,
    "COPY sources": lambda n: F + f"COPY {'a.py ' * n} /d/\n",
    "ADD from the web": lambda n: F + "".join(f"ADD http://x/{i} /\n" for i in range(n)),
    "WORKDIR lines": lambda n: F + "".join(f"WORKDIR /w{i}\n" for i in range(n)),
    "a deep WORKDIR": lambda n: F + f"WORKDIR {'/a' * n}\n",
    "a deep COPY": lambda n: F + f"COPY a.py {'/a' * n}/\n",
    "stages": lambda n: "".join(f"FROM scratch AS s{i}\nCOPY a.py /\n" for i in range(n)),
    "stages on stages": lambda n: "FROM scratch AS s0\n" + "".join(f"FROM s{i} AS s{i + 1}\n" for i in range(n)),
    "stages from stages": lambda n: "FROM scratch AS s0\nCOPY a.py /\n" + "".join(
        f"FROM scratch AS s{i + 1}\nCOPY --from=s{i} /a.py /\n" for i in range(n)),
    "COPY from images": lambda n: F + "".join(f"COPY --from=i{i} /a /\n" for i in range(n)),
    "quotes": lambda n: F + "ENV A=" + "'\"'\"'\"" * n + "\n",
    "open quotes": lambda n: F + "COPY " + "'\"" * n + " /\n",
    "backslashes": lambda n: F + "ENV A=" + "\\" * n + "x\n",
    "backslashes and blanks": lambda n: F + "RUN " + "\\ " * n + "x\n",
    "a JSON array": lambda n: F + 'CMD ["x"' + ', "x"' * n + "]\n",
    "deep JSON": lambda n: F + "CMD " + "[" * n + "]" * n + "\n",
    "mounts": lambda n: F + "RUN " + "".join(f"--mount=type=cache,target=/m{i} " for i in range(n)) + "x\n",
    "excludes": lambda n: F + "COPY " + "".join(f"--exclude=m{i} " for i in range(n)) + ". /x\n",
    "ports": lambda n: F + f"EXPOSE {' '.join(str(1000 + i) for i in range(n))}\n",
    "volumes": lambda n: F + f"VOLUME {' '.join(f'/v{i}' for i in range(n))}\nRUN x\n",
    "triggers": lambda n: "FROM scratch AS a\n" + "ONBUILD RUN x\n" * n + "FROM a\n",
    "HEALTHCHECK": lambda n: F + "HEALTHCHECK --interval=" + "1s" * n + " CMD x\n",
    "commands": lambda n: F + f"RUN {' && '.join(['true'] * n)}\n",
    "made and deleted": lambda n: F + "".join(
        f"RUN {word} {' '.join(f'/x{i}' for i in range(n))}\n" for word in ("mkdir", "rm")),
    "a pattern with many stars": lambda n: F + f"ENV A={'a' * n}\nENV B=${{A/{'*a' * 9}*b/x}}${{A##{'*a' * 9}b}}\n",
    "a long reference": lambda n: "FROM " + "a-" * n + "_\n",
    "an unknown instruction": lambda n: F + "A" * n + " x\n",
}  # fmt: skip


def build(text: str) -> None:
    for builder in (BuildKit(), ClassicBuilder()):
        project = Project.from_files({"a.py": "1"}, text)
        for _ in range(2):
            with suppress(LayerlibError):
                str(builder.build(project))


def ignored(patterns: str, *paths: str) -> None:
    context.ignore(context.from_mapping({**dict.fromkeys(paths, ""), ".dockerignore": patterns}))


def selected(path: str, *paths: str, **links: str) -> None:
    tree = context.from_mapping({**dict.fromkeys(paths, ""), **{name: {"link": to} for name, to in links.items()}})
    with suppress(LayerlibError):
        select(tree, path)


REST: dict[str, Callable[[int], object]] = {
    "patterns": lambda n: ignored("\n".join(f"x{i:03}\n!y{i:03}" for i in range(n)), "a", "b/c"),
    "ignored files": lambda n: ignored("x\n*.log\n**/d\n!a1", *(f"a{i}" for i in range(n))),
    "stars in a pattern": lambda n: ignored("*a" * 9 + "b", "a" * n),
    "double stars in a pattern": lambda n: ignored("**/a*" * 9 + "b", "a/" * 9 + "a" * n),
    "a long pattern": lambda n: ignored("a?" * n + "\n" + "[a]" * n, "a"),
    "stars in COPY": lambda n: selected("*a" * 9 + "b", "a" * n),
    "a chain of links": lambda n: selected("l0", f"l{n}", **{f"l{i}": f"l{i + 1}" for i in range(n)}),
    "links that grow": lambda n: selected("l0", **{f"l{i}": f"l{i + 1}/l{i + 1}" for i in range(n)}),
    "a name as words": lambda n: words.expand_to_words("$A" * n, {"A": "a b"}),
    "all that can be replaced": lambda n: words.expand("${A//a?/b}", {"A": "ab" * n}),
    "pairs that are set": lambda n: changes.set_env(
        Project.from_files({}, F + f"ENV {' '.join(f'A{i}=1' for i in range(n))}\n"), "A1", "2"),
}  # fmt: skip


def work(run: Callable[[], Any]) -> int:
    """How many lines of Python run."""
    count = 0

    def local(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return local

    old = sys.gettrace()
    sys.settrace(lambda frame, event, arg: local)
    try:
        run()
    finally:
        sys.settrace(old)
    return count


def grows(run: Callable[[int], Any], size: int) -> tuple[int, int]:
    """How much the first doubling of an input adds, and the second; that is twice as much."""
    run(1)
    parse.cache_clear()
    one, two, four = (work(lambda n=n: run(n)) for n in (size, 2 * size, 4 * size))  # type: ignore[misc]
    return two - one, four - two


@pytest.mark.parametrize("name", DOCKERFILES)
def test_a_dockerfile_takes_linear_time(name: str) -> None:
    first, second = grows(lambda n: build(DOCKERFILES[name](n)), 40)
    assert second <= 2.3 * max(first, 500)


@pytest.mark.parametrize("name", REST)
def test_the_rest_takes_linear_time(name: str) -> None:
    first, second = grows(REST[name], 50)
    assert second <= 2.3 * max(first, 500)


def test_more_than_linear_is_seen() -> None:
    def slow(n: int) -> None:
        for _ in range(n):
            for _ in range(n):
                pass

    first, second = grows(slow, 50)
    assert second > 2.3 * first
