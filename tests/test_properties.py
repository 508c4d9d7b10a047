"""What must hold for every project and every edit, on generated ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from layerlib import Build, BuildKit, ClassicBuilder, LayerlibError, Project, changes

PATHS = ["app.py", "b.py", "src/a.txt", "src/deep/x.txt"]
BOTH = [
    "WORKDIR /w", "WORKDIR sub", "WORKDIR /w/../v", "COPY app.py /c/", "COPY ./b.py .", "COPY src /s", "COPY *.py /p/",
    "COPY --chown=1:2 app.py /o/", 'COPY ["app.py", "b.py", "/two/"]', "ADD b.py /a", "RUN echo 1", "RUN echo $A $B",
    'RUN ["ls", "-l"]', "ENV A=1", "ENV A=2 B=$A", "ENV B=x", "ARG C=1", "ARG A=9", "LABEL l=$A", "USER 1000",
    "USER root",
    "EXPOSE 80", "VOLUME /v", "STOPSIGNAL SIGINT", 'CMD ["x"]', "CMD y", 'ENTRYPOINT ["e"]', 'SHELL ["/bin/sh", "-ec"]',
    "HEALTHCHECK CMD true", "MAINTAINER me", "ONBUILD RUN x",
]  # fmt: skip
ONLY_BUILDKIT = [
    "COPY --chmod=600 app.py /m", "COPY --exclude=*.txt src /x", "COPY --link b.py /l/",
    "RUN --mount=source=src,target=/m ls",
    "RUN --mount=type=cache,target=/k ls", "RUN <<E\necho $A\nE", "COPY <<E /h\n$A\nE",
]  # fmt: skip
BUILDERS: dict[str, type[BuildKit] | type[ClassicBuilder]] = {"buildkit": BuildKit, "classic": ClassicBuilder}


def projects(lines: list[str]) -> st.SearchStrategy[Project]:
    stage = st.lists(st.sampled_from(lines), max_size=7)
    files = st.fixed_dictionaries({path: st.sampled_from(["", "1\n", "2\n"]) for path in PATHS})

    def make(one: list[str], two: list[str] | None, content: dict[str, str]) -> Project:
        text = ["FROM python AS one", *one]
        if two is not None:
            text += ["FROM debian", "COPY --from=one /c /c", *two]
        return Project.from_files(content, "\n".join(text) + "\n")

    return st.builds(make, stage, st.none() | stage, files)


@st.composite
def edits(draw: st.DrawFn, project: Project, lines: list[str]) -> Project:
    """One edit of a project: of a file, or of a line below the first."""
    bodies = [one for stage in project.parsed.stages for one in stage.instructions if "--from" not in one.source]
    kind = draw(st.sampled_from(["file", "mode", "line", "insert", "remove", "nothing"]))
    path = draw(st.sampled_from(PATHS))
    if kind == "file":
        return project.with_files({path: draw(st.sampled_from(["", "1\n", "2\n", "3\n"]))})
    if kind == "mode":
        return changes.set_mode(project, path, draw(st.sampled_from([0o644, 0o755])))
    if kind == "insert":
        return changes.insert(project, 2, draw(st.sampled_from(lines)))
    if bodies and kind in ("line", "remove"):
        text = draw(st.sampled_from(lines)) if kind == "line" else ""
        return changes.set_instruction(project, draw(st.sampled_from(bodies)).line, text)
    return project


def buildable(builder: BuildKit | ClassicBuilder, project: Project) -> Build:
    """Build, or skip the example: what is refused is another test's business."""
    try:
        return builder.build(project)
    except LayerlibError:
        reject()


LINES = {"buildkit": BOTH + ONLY_BUILDKIT, "classic": BOTH}


@pytest.mark.parametrize("name", BUILDERS)
@given(data=st.data())
def test_the_same_build_twice(name: str, data: st.DataObject) -> None:
    project = data.draw(projects(LINES[name]))
    builder = BUILDERS[name]()
    first = buildable(builder, project)
    again = builder.build(project)
    assert not again.missed
    assert again.image == first.image


@pytest.mark.parametrize("name", BUILDERS)
@given(data=st.data())
def test_a_change_and_its_undoing(name: str, data: st.DataObject) -> None:
    project = data.draw(projects(LINES[name]))
    edited = data.draw(edits(project, LINES[name]))
    builder = BUILDERS[name]()
    buildable(builder, project)
    buildable(builder, edited)
    assert not builder.build(project).missed


def comment(project: Project) -> Project:
    return changes.insert(project, 2, "# a comment")


def blank_line(project: Project) -> Project:
    return changes.insert(project, 2, "")


def lower_case(project: Project) -> Project:
    one = project.parsed.stages[0].first
    return changes.set_instruction(project, 1, one.source.replace("FROM", "from").replace("AS", "as"))


def touched(project: Project) -> Project:
    return changes.touch(project, "app.py")


def unrelated(project: Project) -> Project:
    return project.with_files({"nobody/copies.md": "x"})


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("edit", [comment, blank_line, lower_case, touched, unrelated])
@given(data=st.data())
def test_what_changes_nothing(edit: Callable[[Project], Project], name: str, data: st.DataObject) -> None:
    project = data.draw(projects(LINES[name]))
    builder = BUILDERS[name]()
    first = buildable(builder, project)
    again = builder.build(edit(project))
    assert not again.missed
    assert again.image == first.image


@pytest.mark.parametrize("name", BUILDERS)
def test_copy_of_the_dockerfile_itself_names_it(name: str) -> None:
    builder = BUILDERS[name]()
    project = Project.from_files({"app.py": ""}, "FROM python\nCOPY . .\n")
    builder.build(project)
    (step,) = builder.build(comment(project)).missed
    assert step.reason is not None
    assert (step.reason.kind, step.reason.subject) == ("file-content", "Dockerfile")


@pytest.mark.parametrize("name", BUILDERS)
@given(data=st.data())
def test_nothing_is_cached_below_a_miss(name: str, data: st.DataObject) -> None:
    """On overlay2 --link does nothing, and a match by content is only between stages."""
    project = data.draw(projects(LINES[name]))
    edited = data.draw(edits(project, LINES[name]))
    builder = BUILDERS[name]()
    buildable(builder, project)
    build = buildable(builder, edited)
    for stage in {step.stage for step in build.steps}:
        flags = [step.cached for step in build.steps if step.stage == stage and step.keyword not in ("FROM", "ARG")]
        below = flags[flags.index(False) :] if False in flags else []
        assert not any(below)


@given(data=st.data())
def test_every_miss_has_a_reason_that_is_true(data: st.DataObject) -> None:
    """A reason of a step's own names something that differs; "parent" names a step that missed."""
    project = data.draw(projects(LINES["buildkit"]))
    edited = data.draw(edits(project, LINES["buildkit"]))
    builder = BuildKit()
    buildable(builder, project)
    build = buildable(builder, edited)
    for step in build.missed:
        assert step.reason is not None
        if step.reason.kind == "parent":
            assert step.reason.step in build.steps
            assert not step.reason.step.cached
        if step.reason.kind in ("file-content", "file-mode"):
            path = step.reason.subject
            before, now = (p.context.get(path) for p in (project, edited))
            assert before is None or now is None or before.digest != now.digest
    if project == edited:
        assert not build.missed


@given(data=st.data())
def test_buildkit_never_rebuilds_more_than_the_classic_builder(data: st.DataObject) -> None:
    """Except for the cases below, each of which has a test of its own."""
    lines = [line for line in BOTH if not line.startswith(("ARG A", "WORKDIR /w/.."))]
    project = data.draw(projects(lines))
    edited = data.draw(edits(project, lines))
    missed = []
    for builder in (BuildKit(), ClassicBuilder()):
        buildable(builder, project)
        missed.append({step.line for step in buildable(builder, edited).missed})
    assert missed[0] <= missed[1]


EXCEPTIONS = [
    # name, Dockerfile, edited, options of the second build, what BuildKit rebuilds
    ("a working directory spelled otherwise", "WORKDIR /a\nRUN x\n", "WORKDIR /a/\nRUN x\n", {}, ["RUN"]),
    (
        "ARG below an ENV of its name",
        "ENV V=1\nARG V\nRUN x\n",
        "ENV V=1\nARG V\nRUN x\n",
        {"args": {"V": "2"}},
        ["RUN"],
    ),
    ("SOURCE_DATE_EPOCH", "WORKDIR /w\n", "WORKDIR /w\n", {"args": {"SOURCE_DATE_EPOCH": "2"}}, ["WORKDIR"]),
]


@pytest.mark.parametrize(("name", "text", "edited", "options", "more"), EXCEPTIONS, ids=[row[0] for row in EXCEPTIONS])
def test_where_buildkit_rebuilds_more(
    name: str, text: str, edited: str, options: dict[str, Any], more: list[str]
) -> None:
    before, now = (Project.from_files({}, f"FROM python\n{body}") for body in (text, edited))
    rebuilt = []
    for builder in (BuildKit(), ClassicBuilder()):
        builder.build(before)
        rebuilt.append([step.keyword for step in builder.build(now, **options).missed])
    assert rebuilt == [more, []]


def test_where_buildkit_rebuilds_more_a_link_spelled_otherwise() -> None:
    """BuildKit compares a link's text, the classic builder what it points at."""
    before, now = (
        Project.from_files({"d/a": "1", "d/l": {"link": target}}, "FROM python\nCOPY d /d\n") for target in ("a", "./a")
    )
    rebuilt = []
    for builder in (BuildKit(), ClassicBuilder()):
        builder.build(before)
        rebuilt.append([step.keyword for step in builder.build(now).missed])
    assert rebuilt == [["COPY"], []]


def test_a_folders_permissions_count_for_the_classic_builder_alone() -> None:
    """What BuildKit is sent again is a folder that is there already."""
    before, now = (
        Project.from_files({"d/a": "1", "d": {"dir": True, "mode": mode}}, "FROM python\nCOPY d /d\n")
        for mode in ("755", "700")
    )
    for builder, missed in ((BuildKit(), 0), (ClassicBuilder(), 1)):
        builder.build(before)
        assert len(builder.build(now).missed) == missed
