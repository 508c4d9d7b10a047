"""The third verdict: a step that depends on what a RUN writes that nobody knows."""

import pytest

from layerlib import BuildKit, ClassicBuilder, Effect, Project
from layerlib.building.build import Build
from layerlib.editing.named import named
from layerlib.teaching.attempt import Attempt
from layerlib.teaching.goals.cache import at_most, exactly, runs_again, stays_cached
from layerlib.teaching.goals.goal import Goal
from layerlib.teaching.predictions import predict
from layerlib.teaching.results import Line, Result, Unknown

Builder = type[BuildKit] | type[ClassicBuilder]
BOTH = pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
FILES = {
    "src/Main.java": "1",
    "src/lib/Util.java": "1",
    "package.json": "{}",
    "README.md": "1",
    ".dockerignore": "Dockerfile",
}
BUILD = "FROM maven AS build\nWORKDIR /src\nCOPY . .\nRUN ./build.sh\nFROM eclipse-temurin\n"
EDITED = {"src/Main.java": "2"}

# How a later stage looks at what a RUN may have written, and which builders know the form. (real.md, section A)
FORMS = [
    ("COPY --from=build /src/target/*.jar app.jar\n", "both"),
    ("COPY --from=build /src/target/*.jar /app/\n", "both"),
    ("COPY --from=build /src/target/app.ja? /app/\n", "both"),
    ("COPY --from=build /src/target/[a]pp.jar /app/\n", "both"),
    ("COPY --from=build --chown=1:1 /src/target/*.jar /app/\n", "both"),
    ("COPY --from=build /src/targ* /r/\n", "both"),
    ("COPY --from=build /src/target /r\n", "both"),
    ("COPY --from=build /src/ /r/\n", "both"),
    ("COPY --from=build / /r/\n", "both"),
    ("COPY --from=build /etc/app.conf /etc/app.conf\n", "both"),
    ("COPY --from=build /src/target/app.jar /app.jar\n", "both"),
    ("COPY --from=build /src/package.json ./\n", "both"),
    ("COPY --from=build /src/*.json ./\n", "both"),
    ("COPY --from=build /src/link /k\n", "both"),
    ("COPY --from=build /src/package.json /src/README.md /both/\n", "both"),
    ("COPY --from=build --exclude=*.md /src /r\n", "buildkit"),
    ("COPY --from=build --link /src/target /r\n", "buildkit"),
    ("RUN --mount=from=build,source=/src/target/app.jar,target=/app.jar ./check\n", "buildkit"),
    ("RUN --mount=from=build,source=/src,target=/m ./check\n", "buildkit"),
    ("RUN --mount=from=build,target=/m ./check\n", "buildkit"),
    ("RUN --mount=from=build,source=/src/package.json,target=/p ./check\n", "buildkit"),
]
CASES = [
    (builder, form) for form, who in FORMS for builder in ([BuildKit, ClassicBuilder] if who == "both" else [BuildKit])
]


def project(form: str, above: str = BUILD) -> Project:
    return Project.from_files(FILES, f"{above}{form}RUN ./after\nWORKDIR /end\n")


def verdicts(build: Build, stage: int = 1) -> list[str]:
    return [step.verdict for step in build.steps if step.stage == stage and step.keyword != "FROM"]


@pytest.mark.parametrize(("builder", "form"), CASES)
def test_what_looks_at_what_a_run_wrote_depends_on_it(builder: Builder, form: str) -> None:
    built, first = builder(), project(form)
    assert set(verdicts(built.build(first))) == {"rebuilt"}
    assert set(verdicts(built.build(first))) == {"cached"}
    edited = built.build(first.with_files(EDITED))
    assert verdicts(edited, 0)[-1] == "rebuilt"
    assert verdicts(edited) == ["depends"] * 3
    look, *above = [step for step in edited.steps if step.stage == 1 and step.keyword != "FROM"]
    run = next(step for step in edited.steps if "build.sh" in step.name)
    assert look.reason is not None
    assert (look.reason.kind, look.reason.step) == ("stage-output", run)
    assert str(look.reason) == f"It is cached if {run.name} writes the same files as before."
    for step in above:
        assert step.reason is not None
        assert (step.reason.kind, step.reason.step) == ("parent", run)
        assert str(step.reason).endswith(f", which depends on {run.name}.")
    assert (look.cached, look.seconds) == (False, None)
    assert edited.depending == (look, *above)
    assert not set(edited.depending) & set(edited.missed)


@pytest.mark.parametrize(("builder", "form"), CASES)
def test_a_later_build_an_undo_and_no_cache_decide(builder: Builder, form: str) -> None:
    built, first = builder(), project(form)
    built.build(first)
    built.build(first.with_files(EDITED))
    assert set(verdicts(built.build(first.with_files(EDITED)))) == {"cached"}
    assert set(verdicts(built.build(first))) == {"cached"}
    assert set(verdicts(built.build(first, no_cache=True))) == {"rebuilt"}
    built.prune()
    assert set(verdicts(built.build(first))) == {"rebuilt"}


@BOTH
def test_what_was_first_built_on_something_open_is_open_after_an_undo(builder: Builder) -> None:
    """If the RUN wrote the same, the new step stands on the old result and an undo finds it; if not, not."""
    text = f"{BUILD}COPY --from=build /src/target/app.jar /\n"
    built, first = builder(), Project.from_files(FILES, text)
    built.build(first)
    longer = Project.from_files(FILES, f"{text}RUN ./new\n")
    edited = built.build(longer.with_files(EDITED))
    assert verdicts(edited) == ["depends", "rebuilt"]
    undone = built.build(longer)
    assert verdicts(undone) == ["cached", "depends"]
    assert verdicts(built.build(longer)) == ["cached", "cached"]


@BOTH
def test_what_certainly_differs_is_rebuilt(builder: Builder) -> None:
    """A file that was written after the RUN is known, whatever the RUN did."""
    above = "FROM maven AS build\nRUN ./build.sh\nCOPY package.json README.md /src/\nFROM eclipse-temurin\n"
    for form, expected in (
        ("COPY --from=build /src /r\n", "rebuilt"),
        ("COPY --from=build /src/package.json /r/\n", "rebuilt"),
        ("COPY --from=build /src/README.md /r/\n", "cached"),
    ):
        built, first = builder(), project(form, above)
        built.build(first)
        edited = built.build(first.with_files({"package.json": "2"}))
        assert set(verdicts(edited)) == {expected}, form
        reason = next(step.reason for step in edited.steps if step.stage == 1 and step.keyword != "FROM")
        assert reason is None or str(reason) == "/src/package.json from build is not what it was."


@BOTH
def test_a_stage_that_begins_with_a_rebuilt_one_is_rebuilt(builder: Builder) -> None:
    built, first = builder(), project("", BUILD.replace("FROM eclipse-temurin", "FROM build"))
    built.build(first)
    assert set(verdicts(built.build(first.with_files(EDITED)))) == {"rebuilt"}


@BOTH
def test_a_stage_that_begins_with_an_open_one_is_open(builder: Builder) -> None:
    text = f"{BUILD.strip()} AS app\nCOPY --from=build /src/target /r\nFROM app\nRUN ./last\n"
    built, first = builder(), Project.from_files(FILES, text)
    built.build(first)
    edited = built.build(first.with_files(EDITED))
    assert verdicts(edited, 2) == ["depends"]
    assert all(step.keyword != "FROM" for step in edited.depending)


@BOTH
def test_what_came_from_an_open_copy_stays_in_doubt_in_the_next_stage(builder: Builder) -> None:
    text = (
        f"{BUILD.strip()} AS middle\nCOPY --from=build /src/target/app.jar /opt/app/\n"
        "FROM busybox\nCOPY --from=middle /opt/app/app.jar /\n"
    )
    built, first = builder(), Project.from_files(FILES, text)
    built.build(first)
    edited = built.build(first.with_files(EDITED))
    assert verdicts(edited, 2) == ["depends"]
    reason = edited.steps[-1].reason
    assert reason is not None
    assert reason.step is not None
    assert reason.step.name.endswith("RUN ./build.sh")


@BOTH
def test_an_unknown_path_refuses_nothing_and_has_no_size(builder: Builder) -> None:
    """Whether it is a file or a folder, nobody knows. (real.md, B1)"""
    text = (
        "FROM node AS build\nWORKDIR /build\nRUN ./install\nFROM node\nWORKDIR /app\n"
        "COPY --from=build /build/node_modules ./node_modules\n"
        "COPY --from=build /build/node_modules/.prisma/ ./node_modules/.prisma/\n"
        "COPY package.json ./node_modules/.prisma/client/package.json\n"
        "COPY --from=build /build/*.x /y/\n"
    )
    build = builder().build(Project.from_files(FILES, text))
    sizes = [step.layer.size if step.layer else None for step in build.steps if "--from" in step.name]
    assert sizes == [None, None, None]


# What is known of an effect.

TEXT = "FROM rust AS build\nWORKDIR /src\nCOPY . .\nRUN ./make\nFROM debian\nCOPY --from=build /src/out /out\n"


def rebuilt_with(effect: Effect, edit: dict[str, str], builder: Builder) -> str:
    built = builder(effects={"./make": effect})
    first = Project.from_files(FILES, TEXT)
    built.build(first)
    return built.build(first.with_files(edit)).steps[-1].verdict


@BOTH
@pytest.mark.parametrize(
    ("effect", "edit", "verdict"),
    [
        (Effect(writes=("/src/out",)), EDITED, "depends"),
        (Effect(writes=("/src/out",), reproducible=True), EDITED, "cached"),
        (Effect(writes=("/src/out",), reads=("package.json",)), EDITED, "cached"),
        (Effect(writes=("/src/out",), reads=("/src/package.json",)), EDITED, "cached"),
        (Effect(writes=("/src/out",), reads=("src/",)), EDITED, "depends"),
        (Effect(writes=("/src/out",), reads=("src/lib",)), EDITED, "cached"),
        (Effect(writes=("/src/out",), reads=("package.json", "src")), EDITED, "depends"),
        (Effect(writes=("/src/out",), reads=("package.json",)), {"package.json": "2"}, "depends"),
        (Effect(writes=("/src/out",), reads=("gone",)), EDITED, "cached"),
        (Effect(writes=("/src/out",), reads=("gone",)), {"gone": "now there"}, "depends"),
    ],
)
def test_a_command_that_reads_known_files_writes_the_same_as_long_as_they_are(
    effect: Effect, edit: dict[str, str], verdict: str, builder: Builder
) -> None:
    assert rebuilt_with(effect, edit, builder) == verdict


@BOTH
def test_both_costs_are_shown(builder: Builder) -> None:
    text = f"{BUILD}COPY --from=build /src/target /r\nRUN ./slow\n"
    built = builder(effects={"./slow": Effect(seconds=41, size=1)})
    first = Project.from_files(FILES, text)
    built.build(first)
    edited = built.build(first.with_files(EDITED))
    slow = edited.steps[-1]
    assert (slow.seconds, slow.seconds_if_rebuilt) == (None, 41)
    assert "depends (0.0s or 41.0s): It builds on" in str(edited)
    assert "<b>depends (0.0s or 41.0s)</b>" in edited._repr_html_()
    assert edited._repr_html_().count("steps rebuilt, 2 depend<") == 1
    assert ("CACHED or DONE 41.0s" if builder is BuildKit else "Using cache, or ---> Running (41.0s)") in edited.log()


# Goals and predictions.

LOOKS = f"{BUILD}COPY --from=build /src/target/app.jar /\nRUN ./check\n"
EDIT = "edit src/Main.java"


@pytest.mark.parametrize(
    ("goal", "verdict", "problem"),
    [
        (at_most(4, EDIT), "reached", ""),
        (at_most(2, EDIT), "unknown", "2 steps are rebuilt, and 2 more may be."),
        (at_most(1, EDIT), "not yet", "2 steps are rebuilt: 1 too many."),
        (exactly(1, EDIT), "not yet", "2 steps are rebuilt, not 1."),
        (exactly(3, EDIT), "unknown", "2 steps are rebuilt, and 2 more may be."),
        (exactly(5, EDIT), "not yet", "2 steps are rebuilt, not 5."),
        (stays_cached("check", EDIT), "unknown", "may be cached or not."),
        (stays_cached("build.sh", EDIT), "not yet", "runs again."),
        (stays_cached("check", "nothing"), "reached", ""),
        (runs_again("check", EDIT), "unknown", "may be cached or not."),
        (runs_again("build.sh", EDIT), "reached", ""),
        (runs_again("check", "nothing"), "not yet", "is cached, so the image keeps what it had."),
    ],
)
def test_a_goal_that_depends_is_unknown(goal: Goal, verdict: str, problem: str) -> None:
    line = Line(goal.text, goal.check(Attempt(Project.from_files(FILES, LOOKS))))
    assert (line.verdict, line.reached) == (verdict, verdict == "reached")
    assert problem in line.problem


def test_a_result_is_unknown_if_nobody_knows_of_a_goal_and_the_others_are_reached() -> None:
    reached, unknown, not_yet = Line("a"), Line("b", Unknown("who knows")), Line("c", "no")
    assert Result("t", (reached, reached)).verdict == "reached"
    assert Result("t", (reached, unknown)).verdict == "unknown"
    assert Result("t", (unknown, not_yet)).verdict == "not yet"
    assert not Result("t", (reached, unknown)).passed
    assert "  unknown  b\n            who knows" in Result("t", (unknown,)).text
    assert "<b>unknown</b>" in Result("t", (unknown,))._repr_html_()


@pytest.mark.parametrize(("answer", "right"), [("r r depends d", 4), ("r r cached rebuilt", 2)])
def test_depends_is_an_answer_to_predict(answer: str, right: int) -> None:
    before = Project.from_files(FILES, LOOKS.replace("WORKDIR /src\nCOPY . .", "COPY . /src"))
    prediction = predict(before, named(EDIT), answer)
    assert prediction.score == right
    assert "It depends. It is cached if [build 3/3] RUN ./build.sh writes the same files as before." in str(prediction)
