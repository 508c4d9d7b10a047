"""A layer's digest: the same for the same files on the same layers, and for nothing else."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerlib import Build, BuildKit, ClassicBuilder, Effect, File, Project
from layerlib.building.files.snapshot import Snapshot

TEXT = "FROM python:slim\nWORKDIR /home/app\nCOPY app.py .\nCOPY lib ./lib/\n"
FILES = {"app.py": "print(1)\n", "lib/a.py": "a\n"}
BUILDERS = [BuildKit, ClassicBuilder]


def digests(build: Build) -> list[str]:
    return [layer.digest for layer in build.image.layers]


def built(text: str = TEXT, files: dict[str, str | File] | None = None, builder: BuildKit | None = None) -> Build:
    return (builder or BuildKit()).build(Project.from_files({**FILES, **(files or {})}, dockerfile=text))


def same(one: Build, other: Build) -> int:
    """How many layers two images have in common, from the bottom."""
    pairs = zip(digests(one), digests(other), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(digests(one)), len(digests(other))))


BASE = len(built("FROM python:slim").image.layers)
OTHERS: dict[str, tuple[Callable[[], Build], int]] = {
    # another build, and how many of the three layers above the base it has in common
    "the same": (built, 3),
    "another text, the same files": (lambda: built(TEXT.replace("COPY app.py .", "COPY ./app.py /home/app/")), 3),
    "another app.py": (lambda: built(files={"app.py": "print(2)\n"}), 1),
    "another mode": (lambda: built(files={"app.py": File(b"print(1)\n", 0o755)}), 1),
    "a link": (lambda: built(files={"app.py": File(kind="link", target="lib")}), 1),
    "another owner": (lambda: built(TEXT.replace("COPY app", "COPY --chown=1 app")), 1),
    "another file of a folder": (lambda: built(files={"lib/a.py": "b\n"}), 2),
    "one more file": (lambda: built(files={"lib/b.py": "b\n"}), 2),
    "another folder": (lambda: built(TEXT.replace("/home/app", "/srv/app")), 0),
    "another base": (lambda: built(TEXT.replace("slim", "alpine")), -BASE),
    "other layers below": (lambda: built(TEXT.replace("WORKDIR", "RUN true\nWORKDIR")), 0),
    "another order": (lambda: built("FROM python:slim\nWORKDIR /home/app\nCOPY lib ./lib/\nCOPY app.py .\n"), 1),
}


@pytest.mark.parametrize(("other", "shared"), OTHERS.values(), ids=OTHERS)
def test_layers_in_common(other: Callable[[], Build], shared: int) -> None:
    assert same(built(), other()) == BASE + shared


def test_two_builders_with_other_histories_make_the_same_layers() -> None:
    builder = BuildKit()
    for text in ("FROM python:slim\nRUN x\nCOPY lib /y\n", "FROM scratch\nCOPY . /\n"):
        built(text, builder=builder)
    assert digests(built(builder=builder)) == digests(built())


@pytest.mark.parametrize("builder", BUILDERS)
def test_what_a_run_writes_is_the_same_only_for_one_execution(builder: type[BuildKit] | type[ClassicBuilder]) -> None:
    project = Project.from_files({}, dockerfile="FROM python:slim\nRUN ./make\nWORKDIR /app\n")
    one, other = builder(), builder()
    first = one.build(project)
    assert same(first, one.build(project)) == BASE + 2
    assert same(first, other.build(project)) == BASE
    assert same(first, one.build(project, no_cache=True)) == BASE


def test_a_reproducible_run_makes_the_same_layer_wherever_it_runs() -> None:
    effects = {"make": Effect(writes=("/out",), reproducible=True), "date": Effect(writes=("/out",))}
    for command, shared in (("make", 1), ("date", 0)):
        project = Project.from_files({}, dockerfile=f"FROM python:slim\nRUN {command}\n")
        assert same(BuildKit(effects=effects).build(project), BuildKit(effects=effects).build(project)) == BASE + shared


WRITES = st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, File(b"1"), File(b"2")]), max_size=3)


@given(WRITES, WRITES)
def test_a_digest_is_equal_if_and_only_if_the_writes_are(
    one: dict[str, File | None], other: dict[str, File | None]
) -> None:
    first, second = Snapshot().after(one), Snapshot().after(other)
    assert (first.digest == second.digest) == (one == other)
    assert first.after(one).digest != first.digest
    assert (first.after(other).digest == second.after(other).digest) == (one == other)


def test_a_long_stage_needs_no_deep_stack() -> None:
    snapshot = Snapshot()
    for number in range(5000):
        snapshot = snapshot.after({f"f{number}": File(b"x")})
    assert len(snapshot.tree) == 5000
    assert len(snapshot.digest) == 64


def test_the_same_files_on_another_base_are_another_layer() -> None:
    slim, alpine = built(), built(TEXT.replace("slim", "alpine"))
    assert not set(digests(slim)) & set(digests(alpine))
