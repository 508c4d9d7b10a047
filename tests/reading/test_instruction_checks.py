"""What Docker refuses to read, with the line and the cure."""

from __future__ import annotations

import pytest

from layerlib import DockerfileError
from layerlib.reading.dockerfile import parse

REFUSED = [
    # text, line, a part of what is wrong, a part of the cure
    ("RUN echo a\n", 1, "before the first FROM", "FROM"),
    ("", None, "no FROM", "FROM"),
    ("FROM python\nFOO bar\n", 2, "unknown instruction: FOO", "FROM"),
    ("FROM python\nCOPPY app.py /\n", 2, "unknown instruction: COPPY", "COPY"),
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
    ("FROM python\nONBUILD ONBUILD RUN x\n", 2, "ONBUILD ONBUILD", "away"),
    ("FROM python\nSHELL /bin/sh\n", 2, "JSON", "/bin/bash"),
    ("# escape=x\nFROM python\n", 1, "escape token", "`"),
    ("# syntax=x\n# escape=y\nFROM python\n", 2, "escape token", "`"),
    ("# check=x\n# check=y\nFROM python\n", 1, "only one check parser directive", "Keep one"),
    ("FROM python\nCMD " + "[" * 5000 + "]" * 5000, 2, "strings only", ""),
    (f"FROM python\nHEALTHCHECK --interval={'9' * 400}h CMD true\n", 2, "invalid duration", "30s"),
    ("FROM python\nHEALTHCHECK --interval=-1h CMD true\n", 2, "less than 1ms", "30s"),
    ("FROM python\nHEALTHCHECK --interval=00 CMD true\n", 2, "invalid duration", "30s"),
    (f"FROM python\nHEALTHCHECK --retries={'9' * 5000} CMD true\n", 2, "whole number", "3"),
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
