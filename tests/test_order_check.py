"""An order of instructions in which a command lacks what it needs."""

from __future__ import annotations

import pytest

from layerlib import Project
from layerlib.linting.order_check import problems


@pytest.mark.parametrize(
    ("dockerfile", "order", "said"),
    [
        ("FROM a\nCOPY app.py /x/\nRUN python /x/app.py\n", (0, 2, 1), "there is no /x/app.py"),
        ("FROM a\nCOPY package.json .\nRUN npm install\n", (0, 2, 1), "needs package.json"),
        ("FROM a\nWORKDIR /w\nCOPY app.py .\nCMD python app.py\n", (0, 2, 1, 3), "at its start there is no /w/app.py"),
        ("FROM a\nENV V=1\nRUN echo $V\n", (0, 2, 1), "uses $V"),
        ("FROM a\nCOPY . .\nCMD python app.py\n", (0, 2, 1), ""),
        ("FROM a\nCOPY app.py .\nRUN echo hi\n", (0, 2, 1), ""),
        ("FROM a\nRUN python app.py\nCOPY . .\n", (0, 1, 2), ""),
    ],
)
def test_an_order_that_cannot_work_is_found(dockerfile: str, order: tuple[int, ...], said: str) -> None:
    before = Project.from_files({"app.py": "", "package.json": "{}"}, dockerfile)
    lines = dockerfile.splitlines()
    now = before.with_dockerfile("\n".join(lines[number] for number in order) + "\n")
    found = problems(now, before)
    assert (said in " ".join(found)) if said else found == ()
