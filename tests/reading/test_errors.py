"""What comes out of a build that is refused: one family of errors, with the line; a bug of ours is none of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerlib import BuildKit, ClassicBuilder, ContextError, DockerfileError, ImageError, LayerlibError, Project
from layerlib.building.image import config
from layerlib.reading.errors import MissingFile, closest_name

BUILDERS = [BuildKit, ClassicBuilder]

# A Dockerfile, the class that its error also has, the line, and a part of the message.
REFUSED = {
    "a reference that is none": ("FROM Python:3", ImageError, 1, "capital letter"),
    "the image of a later stage": ("FROM scratch\nFROM a:b:c", ImageError, 2, "is not a tag"),
    "a file that is not there": ("FROM scratch\nCOPY nothing.py /", ContextError, 2, '"/nothing.py": not found'),
    "a signal": ("FROM scratch\nSTOPSIGNAL NO", DockerfileError, 2, "invalid signal: NO"),
    "a port": ("FROM scratch\nEXPOSE 70000", DockerfileError, 2, "invalid containerPort"),
    "a word": ("FROM scratch\nENV A=${B", DockerfileError, 2, "missing '}'"),
    "a platform": ("FROM --platform=moon scratch", DockerfileError, 1, "failed to parse platform"),
    "an instruction": ("FROM scratch\nCOPPY . /", DockerfileError, 2, "Did you mean COPY?"),
    "a directory that is too long": (f"FROM scratch\nWORKDIR /{'a' * 300}", ContextError, 2, "file name too long"),
}


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_refused_build_names_the_line_and_keeps_its_kind(
    case: tuple[str, type[LayerlibError], int, str], builder: type[BuildKit] | type[ClassicBuilder]
) -> None:
    text, kind, line, message = case
    project = Project.from_files({"app.py": "pass"}, dockerfile=text)
    with pytest.raises(DockerfileError) as caught:
        builder().build(project)
    assert isinstance(caught.value, kind)
    assert (caught.value.line, caught.value.text) == (line, text.split("\n")[line - 1])
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"Dockerfile, line {line}: {caught.value.problem}\n")


def test_an_exclude_that_cannot_be_read_is_an_error_of_the_context() -> None:
    project = Project.from_files({"app.py": "pass"}, dockerfile="FROM scratch\nCOPY --exclude=[ . /")
    with pytest.raises(ContextError) as caught:
        BuildKit().build(project)
    assert isinstance(caught.value, DockerfileError)
    assert caught.value.line == 2


def test_a_file_that_dockerignore_leaves_out_gets_its_cure() -> None:
    files = {"app.py": "pass", ".dockerignore": "*.py"}
    with pytest.raises(ContextError, match="not found") as caught:
        BuildKit().build(Project.from_files(files, dockerfile="FROM scratch\nCOPY app.py /"))
    assert isinstance(caught.value, DockerfileError)
    assert ".dockerignore leaves app.py out" in caught.value.cure


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("bug", [ValueError("zip() argument 2 is shorter"), KeyError("x"), IndexError("y")])
def test_a_bug_of_ours_does_not_read_as_a_mistake_in_the_dockerfile(
    bug: Exception, builder: type[BuildKit] | type[ClassicBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise bug

    monkeypatch.setitem(config.RULES, "USER", broken)
    with pytest.raises(type(bug)) as caught:
        builder().build(Project.from_files({}, dockerfile="FROM scratch\nUSER app"))
    assert caught.value is bug


@given(st.text(max_size=50), st.text(max_size=10), st.text(max_size=20), st.one_of(st.none(), st.integers(1, 99999)))
def test_the_first_line_to_be_named_stays(text: str, spot: str, cure: str, line: int | None) -> None:
    error = DockerfileError("it is wrong", spot=spot, cure=cure)
    assert error.at(line, text) is error
    again = error.at(7, "RUN other", "do something else")
    assert again is error
    assert error.line == (7 if line is None else line)
    assert str(error).startswith(f"Dockerfile, line {error.line}: it is wrong")
    assert error.cure in str(error)


@pytest.mark.parametrize("error", [LayerlibError("so"), ContextError("so"), MissingFile("so"), ImageError("so")])
def test_every_error_can_be_given_a_line(error: LayerlibError) -> None:
    located = error.at(3, "COPY so /", "Look at the path.")
    assert isinstance(located, DockerfileError)
    assert (located.line, located.text, located.cure, located.problem) == (
        3,
        "COPY so /",
        "Look at the path.",
        str(error),
    )
    kinds = [kind for kind in (ContextError, ImageError) if isinstance(error, kind)]
    assert [kind for kind in (ContextError, ImageError) if isinstance(located, kind)] == kinds


def test_the_caret_is_below_the_spot() -> None:
    error = DockerfileError("unknown flag: --chwon", spot="--chwon=1", cure="Did you mean --chown?")
    assert str(error.at(12, "COPY --chwon=1 a b")) == (
        "Dockerfile, line 12: unknown flag: --chwon\n"
        "  12 | COPY --chwon=1 a b\n"
        "     |      ^^^^^^^^^\n"
        "Did you mean --chown?"
    )


def test_the_first_cure_stays_and_a_missing_one_is_added() -> None:
    assert DockerfileError("so", cure="first").at(1, "x", "second").cure == "first"
    assert DockerfileError("so").at(1, "x", "second").cure == "second"


def test_a_long_line_is_cut() -> None:
    error = DockerfileError("so", line=1, text="RUN " + "x" * 200)
    assert str(error).split("\n")[1] == "   1 | RUN " + "x" * 156


@pytest.mark.parametrize(
    ("word", "likeness", "closest"), [("COPPY", 0.6, "COPY"), ("CP", 0.5, "COPY"), ("CP", 0.8, ""), ("zzz", 0.5, "")]
)
def test_the_closest_name(word: str, likeness: float, closest: str) -> None:
    assert closest_name(word, ["COPY", "RUN"], likeness) == closest
