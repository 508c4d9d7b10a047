"""What Docker refuses to read, with the line and the cure."""

from __future__ import annotations

import pytest

from layerlib import DockerfileError
from layerlib.reading import platforms
from layerlib.reading.dockerfile import parse

REFUSED = [
    # text, line, a part of what is wrong, a part of the cure
    ("RUN echo a\n", 1, "before the first FROM", "FROM"),
    ("", None, "no FROM", "FROM"),
    ("FROM python\nFOO bar\n", 2, "unknown instruction: FOO", "FROM"),
    ("FROM python\nCOPPY app.py /\n", 2, "unknown instruction: COPPY", "COPY"),
    ("\\", 1, "unknown instruction: ", "goes on with the next line"),
    ("FROM python\n\\\n\n", 2, "unknown instruction: ", "goes on with the next line"),
    ("FROM python\nRUN echo a\n    && echo b\n", 3, "unknown instruction: &&", "the line above needs a \\"),
    ("FROM python\necho hi\n", 2, "unknown instruction: echo", "RUN echo hi"),
    ("FROM python\nimport os\n", 2, "unknown instruction: import", "RUN import os"),
    ("FROM python\ncoppy a b\n", 2, "unknown instruction: coppy", "Did you mean COPY?"),
    ("FROM python\nHEALTHCHECK curl x\n", 2, "unknown type", "HEALTHCHECK CMD curl x"),
    ("FROM python\nCOPY --parents a /b\n", 2, "unknown flag: --parents", "# syntax=docker/dockerfile:1-labs"),
    ("FROM python AS 1abc\n", 1, "invalid name for build stage", "begins with a letter"),
    ("FROM python AS\n", 1, "one or three arguments", "FROM image AS name"),
    ("FROM python\nCOPY app.py\n", 2, "at least two arguments", "COPY app.py /home/app/"),
    ("FROM python\n\n# note\nCOPY --chwon=1 a /b\n", 4, "unknown flag: --chwon", "--chown"),
    ("FROM python\nCOPY --chmod=1 --chmod=2 a /b\n", 2, "duplicate flag", "Keep one"),
    ("FROM python\nRUN <<EOF\necho a\n", 2, "unterminated heredoc", "heredoc's name"),
    ("FROM python\nENV A\n", 2, "two arguments", "NAME=value"),
    ("FROM python\nENV A=1 B\n", 2, "can't find =", "quotes"),
    ('FROM python\nRUN ["echo", 1]\n', 2, "strings", "double quotes"),
    ("FROM python\nWORKDIR\n", 2, "exactly one argument", "WORKDIR /home/app"),
    ("FROM python\nHEALTHCHECK --interval=abc CMD true\n", 2, "invalid duration", "30s"),
    ("FROM python\nHEALTHCHECK NONE x\n", 2, "takes no arguments", "NONE"),
    ("FROM python\nONBUILD ONBUILD RUN x\n", 2, "ONBUILD ONBUILD", "Remove one"),
    ("FROM python\nSHELL /bin/sh\n", 2, "JSON", "/bin/bash"),
    ("# escape=x\nFROM python\n", 1, "escape token", "`"),
    ("# syntax=x\n# escape=y\nFROM python\n", 2, "escape token", "`"),
    ("# check=x\n# check=y\nFROM python\n", 1, "only one check parser directive", "Keep one"),
    ("FROM python\nCMD " + "[" * 5000 + "]" * 5000, 2, "strings only", ""),
    (f"FROM python\nHEALTHCHECK --interval={'9' * 400}h CMD true\n", 2, "invalid duration", "30s"),
    ("FROM python\nHEALTHCHECK --interval=-1h CMD true\n", 2, "less than 1ms", "30s"),
    ("FROM python\nHEALTHCHECK --interval=00 CMD true\n", 2, "invalid duration", "30s"),
    (f"FROM python\nHEALTHCHECK --retries={'9' * 5000} CMD true\n", 2, "whole number", "3"),
    ("FROM python\nHEALTHCHECK --retries=2147483648 CMD true\n", 2, "whole number", "3"),
    ("FROM python\nHEALTHCHECK --retries=-1 CMD true\n", 2, "whole number", "3"),
    ("FROM python\nHEALTHCHECK --interval=999us CMD true\n", 2, "less than 1ms", "30s"),
    ('FROM python\nHEALTHCHECK CMD [""]\n', 2, "missing command", "what to run"),
    ("FROM python\nHEALTHCHECK RUN true\n", 2, 'unknown type "RUN"', "HEALTHCHECK CMD RUN true"),
    ("FROM python\nONBUILD MAINTAINER me\n", 2, "MAINTAINER isn't allowed", "child's stage"),
    ("FROM python\nONBUILD FROM me\n", 2, "FROM isn't allowed", "child's stage"),
    ("FROM python\nONBUILD\n", 2, "at least one argument", "ONBUILD COPY"),
    ('FROM python\nVOLUME ["/a", " "]\n', 2, "empty string", "/data"),
    ("FROM python\nENV A=1 =2\n", 2, "can not be blank", "NAME=value"),
    ("FROM python\nARG A=1 =2\n", 2, "can not be blank", "ARG NAME"),
    ("FROM python\nRUN --network=bridge x\n", 2, "invalid network mode 'bridge'", "none or host"),
    ("FROM python\nCOPY --link=1 a /b\n", 2, "true or false, not '1'", "--link alone"),
    ("FROM python\nCOPY --chown a /b\n", 2, "missing a value on flag: --chown", "--chown=VALUE"),
    ("FROM python\nCOPY --from=$A a /b\n", 2, "no variables", "AS name"),
    ("FROM python\nUSER --x=1 me\n", 2, "unknown flag: --x", "USER has no flags"),
    ("FROM python\nRUN --zzz=1 me\n", 2, "unknown flag: --zzz", "RUN knows --mount, --network"),
    ("ENV A=1\nFROM python\n", 1, "before the first FROM", "Only ARG may come before"),
    ("FROM python\nRUN --mount= x\n", 2, "no value", "--mount=type"),
    ("FROM python\nRUN --mount=type=cache,from=$A x\n", 2, "variables", "AS name"),
    ('FROM python\nRUN --mount=a,\\"b\\"c x\n', 2, "quote", "without quotes"),
]


@pytest.mark.parametrize(("text", "line", "problem", "cure"), REFUSED)
def test_a_mistake_has_its_line_and_its_cure(text: str, line: int | None, problem: str, cure: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        parse(text)
    error = caught.value
    assert error.line == line
    assert problem in error.problem
    assert cure in error.cure
    assert error.problem in str(error)
    assert error.cure in str(error)
    if line:
        assert error.text == text.split("\n")[line - 1]
        assert "^" in str(error)


def test_the_caret_stands_under_the_mistake() -> None:
    with pytest.raises(DockerfileError) as caught:
        parse("FROM python\nCOPPY app.py /\n")
    assert str(caught.value).split("\n")[1:3] == ["   2 | COPPY app.py /", "     | ^^^^^"]


@pytest.mark.parametrize(
    "line",
    [
        "HEALTHCHECK --interval=1ms --timeout=0s --start-period= CMD true",
        "HEALTHCHECK --retries=2147483647 CMD true",
        "HEALTHCHECK --retries= CMD true",
        "HEALTHCHECK none",
        "STOPSIGNAL --x=1 SIGINT",
        "ARG --x=1 A",
        "RUN --network=none --mount=type=cache,target=/a --mount=type=cache,target=/b x",
        "COPY --exclude=a --exclude=b . /c",
        "ADD --keep-git-dir=false a /b",
        "ONBUILD NONSENSE",
        'COPY ["a b", "/c"]',
        "FROM python as Two",
    ],
)
def test_what_docker_takes(line: str) -> None:
    instruction = parse(f"FROM python\n{line}\n").instructions[-1]
    assert (instruction.line, instruction.source) == (2, line)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("linux/amd64", ""),
        ("linux", ""),
        ("AMD64", ""),
        ("linux/arm/v7", ""),
        ("windows(10.0.17763)/amd64", ""),
        ("linux/arm/v7/x", "written like linux/amd64"),
        ("linux/", "written like linux/amd64"),
        ("", "written like linux/amd64"),
        ("a b", "written like linux/amd64"),
        ("moon", "unknown operating system"),
    ],
)
def test_platforms(text: str, problem: str) -> None:
    if not problem:
        platforms.parse(text)
        return
    with pytest.raises(DockerfileError, match=problem):
        platforms.parse(text)
