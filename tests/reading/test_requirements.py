"""Requirements as pip reads them, on a command line and in a file."""

from __future__ import annotations

import pytest

from layerlib.reading.requirements import Requirement, requirement, requirements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numpy", Requirement("numpy")),
        ("Flask_SQLAlchemy", Requirement("flask-sqlalchemy")),
        ("zope.interface", Requirement("zope-interface")),
        ("numpy == 2.3", Requirement("numpy", "==2.3")),
        ("numpy>=2.1,<3", Requirement("numpy", "<3,>=2.1")),
        ("uvicorn[standard, Dev_Tools]>=0.30", Requirement("uvicorn", ">=0.30", ("dev-tools", "standard"))),
        ('tomli; python_version < "3.11"', Requirement("tomli", marker='python_version < "3.11"')),
        ("app @ https://example.com/app.whl", Requirement("app", url="https://example.com/app.whl")),
        ("numpy==2.3 --hash=sha256:00 --hash=sha256:11", Requirement("numpy", "==2.3")),
        ("-r base.txt", None),
        ("-e .", None),
        ("--index-url https://example.com/simple", None),
        ("https://example.com/app.whl", None),
        ("git+https://example.com/app.git", None),
        ("./app", None),
        ("/wheels/*", None),
        ("numpy --config-settings=a=b", None),
        ("${NAME}==1", None),
        ("numpy=2.3", None),
        ("", None),
        ("x; " + "(" * 5000, None),
    ],
)
def test_one_requirement(text: str, expected: Requirement | None) -> None:
    assert requirement(text) == expected


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("numpy", ""),
        ("numpy==2.3", "2.3"),
        ("numpy===2.3", "2.3"),
        ("numpy==2.*", ""),
        ("numpy>=2.3", ""),
        ("numpy~=2.3", ""),
        ("numpy==2.3,!=2.3.1", ""),
    ],
)
def test_the_version_that_a_requirement_pins(text: str, version: str) -> None:
    parsed = requirement(text)
    assert parsed is not None
    assert parsed.pinned == version


NUMPY, FLASK = Requirement("numpy"), Requirement("flask", "==3.1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("numpy\nflask==3.1\n", (NUMPY, FLASK)),
        ("numpy\r\nflask==3.1", (NUMPY, FLASK)),
        ("# what we need\n\n  numpy  # arrays\n", (NUMPY,)),
        ("flask==3.1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nnumpy\n", (FLASK, NUMPY)),
        ("numpy\\", (NUMPY,)),
        ("# a comment is not continued \\\nnumpy", (NUMPY,)),
        ("app @ https://example.com/a#sha256=00", (Requirement("app", url="https://example.com/a#sha256=00"),)),
        ("-r base.txt\nnumpy\n", (None, NUMPY)),
    ],
)
def test_a_file_of_requirements(text: str, expected: tuple[Requirement | None, ...]) -> None:
    assert requirements(text) == expected
