"""An order of instructions in which a command lacks what it needs."""

from __future__ import annotations

import pytest

from layerlib import Project
from layerlib.linting.order_check import problems


@pytest.mark.parametrize(
    ("dockerfile", "order", "said"),
    [
        ("FROM a\nCOPY app.py /x/\nRUN python /x/app.py\n", (0, 2, 1), "there is no /x/app.py"),
        ("FROM node\nCOPY package.json .\nRUN npm install\n", (0, 2, 1), "needs package.json"),
        ("FROM a\nWORKDIR /w\nCOPY app.py .\nCMD python app.py\n", (0, 2, 1, 3), "at its start there is no /w/app.py"),
        ("FROM a\nENV V=1\nRUN echo $V\n", (0, 2, 1), "uses $V"),
        ("FROM a\nCOPY . .\nCMD python app.py\n", (0, 2, 1), ""),
        ("FROM a\nCOPY app.py .\nRUN echo hi\n", (0, 2, 1), ""),
        ("FROM a\nRUN python app.py\nCOPY . .\n", (0, 1, 2), ""),
        ("FROM python\nCOPY app.py .\nRUN sh app.py\n", (0, 2, 1), "RUN sh app.py needs app.py, and when it runs"),
        ("FROM python\nCOPY app.py .\nRUN ls -l app.py\nRUN ls\n", (0, 2, 3, 1), "RUN ls -l app.py needs app.py"),
        (
            "FROM python\nWORKDIR /w\nCOPY app.py .\nRUN ls /w/app.py\n",
            (0, 2, 1, 3),
            "there is no /w/app.py. There is a /app.py.",
        ),
        ("FROM a\nARG D=/x\nWORKDIR $D\n", (0, 2, 1), "WORKDIR $D uses $D, and no ENV or ARG above sets it."),
        ("FROM a AS b\nENV V=1\nFROM b\nRUN echo $V\nRUN ls\n", (0, 1, 2, 4, 3), ""),
        ("FROM debian\nRUN apt-get update\nRUN apt-get install curl\n", (0, 2, 1), "finds no package lists"),
        ("FROM debian\nUSER app\nRUN apt-get update\n", (0, 2, 1), ""),
        ("FROM debian\nRUN apt-get update\nUSER app\n", (0, 2, 1), "installs for everybody, and runs as app"),
        # What the build refuses is a problem, unless it refused the order before as well.
        ("FROM a\nENV F=app.py\nCOPY ${F:?none} .\n", (0, 2, 1), "none"),
        ("FROM a\nCOPY nowhere.py .\nRUN ls\n", (0, 2, 1), ""),
    ],
)
def test_an_order_that_cannot_work_is_found(dockerfile: str, order: tuple[int, ...], said: str) -> None:
    before = Project.from_files({"app.py": "", "package.json": "{}"}, dockerfile)
    lines = dockerfile.splitlines()
    now = before.with_dockerfile("\n".join(lines[number] for number in order) + "\n")
    found = problems(now, before)
    assert (said in " ".join(found)) if said else found == ()


def test_declared_effects_count() -> None:
    before = Project.from_files({"app.py": ""}, "FROM a\nRUN make\nRUN python made.py\n")
    now = before.with_dockerfile("FROM a\nRUN python made.py\nRUN make\n")
    assert problems(now, before) == ()
    (lost,) = problems(now, before, {"make": {"writes": ["/made.py"]}})
    assert lost.startswith("RUN python made.py needs made.py, and when it runs there is no /made.py.")
