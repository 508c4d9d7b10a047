"""Dockerfiles with many steps and stages: a build needs no deep stack, and neither does what it gives."""

import sys

import pytest

from layerlib import BuildKit, ClassicBuilder, Project

LONG = "FROM python\n" + "".join(f"RUN echo {number}\nENV A{number % 9}=x\n" for number in range(1000))
STAGES = "FROM python AS s0\n" + "".join(
    f"FROM s{number}\nCOPY --from=s{number} / /x\nRUN echo\nFROM s{number} AS s{number + 1}\nCOPY app.py /{number}\n"
    for number in range(200)
)


def depth() -> int:
    """How many frames are on the stack."""
    frame, count = sys._getframe(), 0
    while frame.f_back:
        frame, count = frame.f_back, count + 1
    return count


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
@pytest.mark.parametrize("text", [LONG, STAGES], ids=["steps", "stages"])
def test_a_long_build_needs_no_deep_stack(builder: type[BuildKit] | type[ClassicBuilder], text: str) -> None:
    project = Project.from_files({"app.py": "1\n"}, dockerfile=text)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth() + 100)
    try:
        built = builder()
        built.build(project)
        again = built.build(project)
        assert again.missed == ()
        last = again.image.layers[-5:]
        assert len({layer.digest for layer in last}) == len(last)
        edited = built.build(project.with_dockerfile(text.replace("FROM python", "FROM debian")))
        assert edited.missed[-1].reason is not None
        assert str(edited)
        assert edited.log()
    finally:
        sys.setrecursionlimit(limit)


def test_a_long_dockerfile_is_read_in_the_classic_builder_too() -> None:
    text = "FROM python\n" + "".join(f"LABEL l{number}=x\n" for number in range(3000))
    assert len(ClassicBuilder().build(Project.from_files({}, text)).steps) == 3001
