"""Why a step missed: single edits, with the reason that each builder must give.

Each row edits one thing between two builds of PROJECT. `missed` names the steps that run again, by their place in
NAMES, with the kind and the subject of the reason of the first that misses for a reason of its own.
"""

from collections.abc import Callable

import pytest

from layerlib import BuildKit, ClassicBuilder, File, Project, Step, changes
from layerlib.building.records import KINDS

DOCKERFILE = """\
ARG BASE=python
FROM $BASE
ARG VERSION=1
WORKDIR /home/app
ENV MODE=fast PORT=80
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY --chown=1:1 src ./src/
COPY app.py util.py ./
RUN --network=none python -m compileall .
LABEL maker=me
EXPOSE 80
USER 1000
SHELL ["/bin/sh", "-c"]
RUN echo $MODE
CMD ["python", "app.py"]
"""
FILES = {
    "requirements.txt": "flask\n", "src/a.py": "a\n", "src/b.py": "b\n", "app.py": "app\n", "util.py": "util\n",
    "notes.txt": "n\n",
}  # fmt: skip
PROJECT = Project.from_files(FILES, DOCKERFILE)
PLAIN = PROJECT.with_dockerfile(DOCKERFILE.replace("--network=none ", ""))  # what the classic builder can build too
LINK = File(kind="link", mode=0o777, target="a.py")

Edit = Callable[[Project], Project]


def line(old: str, new: str) -> Edit:
    def edit(project: Project) -> Project:
        assert old in project.dockerfile
        return project.with_dockerfile(project.dockerfile.replace(old, new, 1))

    return edit


def file(path: str, content: str | None = "changed\n") -> Edit:
    return lambda project: project.with_files({path: content})


def after(text: str, new: str) -> Edit:
    return line(text + "\n", f"{text}\n{new}\n")


SAME = lambda project: project  # noqa: E731 - a name for the edit that edits nothing

# name, edit, options, BuildKit: first step that misses (None: none does), kind, subject; classic: the same
EDITS: list[tuple[str, Edit, dict[str, object], tuple[str, str, str] | None, tuple[str, str, str] | None]] = [
    ("nothing", SAME, {}, None, None),
    ("comment", after("FROM $BASE", "# a comment"), {}, None, None),
    ("blank line", after("FROM $BASE", ""), {}, None, None),
    ("keyword's case", line("WORKDIR", "workdir"), {}, None, None),
    ("continuation", line("RUN echo $MODE", "RUN echo \\\n$MODE"), {}, None, None),
    ("stage gets a name", line("FROM $BASE", "FROM $BASE AS app"), {}, None, None),
    ("touch", lambda p: changes.touch(p, "app.py"), {}, None, None),
    ("unrelated file", file("notes.txt"), {}, None, None),
    ("new unrelated file", file("more.txt"), {}, None, None),
    ("argument nobody declared", SAME, {"args": {"NOBODY": "1"}}, None, None),
    ("source spelled otherwise", line("COPY app.py", "COPY ./app.py"), {}, None, None),
    ("LABEL", line("maker=me", "maker=you"), {}, None, ("LABEL", "command", "maker=you")),
    ("LABEL added", after("ENV MODE=fast PORT=80", "LABEL a=b"), {}, None, ("LABEL a=b", "new-step", "LABEL a=b")),
    ("EXPOSE", line("EXPOSE 80", "EXPOSE 81"), {}, None, ("EXPOSE", "command", "81")),
    ("CMD", line('"app.py"]', '"b.py"]'), {}, None, ("CMD", "command", 'CMD ["python", "b.py"]')),
    ("CMD to shell form", line('CMD ["python", "app.py"]', "CMD python app.py"), {}, None,
     ("CMD", "command", "CMD python app.py")),
    ("ENTRYPOINT added", after("USER 1000", 'ENTRYPOINT ["x"]'), {}, None,
     ("ENTRYPOINT", "new-step", 'ENTRYPOINT ["x"]')),
    ("HEALTHCHECK added", after("USER 1000", "HEALTHCHECK CMD true"), {}, None,
     ("HEALTHCHECK", "new-step", "HEALTHCHECK CMD true")),
    ("VOLUME added", after("USER 1000", "VOLUME /v"), {}, None, ("VOLUME", "new-step", "VOLUME /v")),
    ("STOPSIGNAL added", after("USER 1000", "STOPSIGNAL SIGINT"), {}, None,
     ("STOPSIGNAL", "new-step", "STOPSIGNAL SIGINT")),
    ("ONBUILD added", after("USER 1000", "ONBUILD RUN x"), {}, None, ("ONBUILD", "new-step", "ONBUILD RUN x")),
    ("MAINTAINER added", after("USER 1000", "MAINTAINER me"), {}, None, ("MAINTAINER", "new-step", "MAINTAINER me")),
    ("LABEL moved", lambda p: changes.move(p, 11, 8), {}, None, ("LABEL", "order", "LABEL maker=me")),
    ("ENV value", line("MODE=fast", "MODE=slow"), {}, ("RUN pip", "environment", "MODE"),
     ("ENV", "environment", "MODE")),
    ("ENV added", after("ENV MODE=fast PORT=80", "ENV NEW=1"), {}, ("RUN pip", "environment", "NEW"),
     ("ENV NEW", "new-step", "ENV NEW=1")),
    ("ENV removed", line("ENV MODE=fast PORT=80", "ENV MODE=fast"), {}, ("RUN pip", "environment", "PORT"),
     ("ENV", "environment", "PORT")),
    ("ENV order", line("MODE=fast PORT=80", "PORT=80 MODE=fast"), {}, ("RUN pip", "order", "PORT"),
     ("ENV", "order", "PORT")),
    ("ENV split, same order", line("ENV MODE=fast PORT=80", "ENV MODE=fast\nENV PORT=80"), {}, None,
     ("ENV", "environment", "PORT")),
    ("ENV set again", after("ENV MODE=fast PORT=80", "ENV MODE=fast PORT=80"), {}, None,
     ("ENV", "new-step", "ENV MODE=fast PORT=80")),
    ("ENV below all RUNs", after("RUN echo $MODE", "ENV LATE=1"), {}, None, ("ENV LATE", "new-step", "ENV LATE=1")),
    ("build argument", SAME, {"args": {"VERSION": "2"}}, ("RUN pip", "build-argument", "VERSION"),
     ("RUN pip", "build-argument", "VERSION")),
    ("ARG's default", line("VERSION=1", "VERSION=2"), {}, ("RUN pip", "build-argument", "VERSION"),
     ("ARG VERSION", "build-argument", "VERSION")),
    ("ARG added", after("ARG VERSION=1", "ARG NEW=1"), {}, ("RUN pip", "build-argument", "NEW"),
     ("ARG NEW", "new-step", "ARG NEW=1")),
    ("ARG without a value added", after("ARG VERSION=1", "ARG NEW"), {}, None, ("ARG NEW", "new-step", "ARG NEW")),
    ("ARG removed", line("ARG VERSION=1\n", ""), {}, ("RUN pip", "build-argument", "VERSION"),
     ("WORKDIR", "order", "WORKDIR /home/app")),
    ("another base", line("BASE=python", "BASE=node"), {}, ("WORKDIR", "parent", "FROM"),
     ("ARG VERSION", "parent", "FROM")),
    ("base by build argument", SAME, {"args": {"BASE": "node"}}, ("WORKDIR", "parent", "FROM"),
     ("ARG VERSION", "parent", "FROM")),
    ("same base, other name", line("BASE=python", "BASE=docker.io/library/python:latest"), {}, None, None),
    ("WORKDIR", line("/home/app", "/srv"), {}, ("WORKDIR", "working-directory", "/srv"),
     ("WORKDIR", "working-directory", "/srv")),
    ("WORKDIR with a slash", line("/home/app", "/home/app/"), {}, ("RUN pip", "working-directory", "/home/app/"), None),
    ("WORKDIR added", after("WORKDIR /home/app", "WORKDIR /tmp"), {}, ("WORKDIR /tmp", "new-step", "WORKDIR /tmp"),
     ("WORKDIR /tmp", "new-step", "WORKDIR /tmp")),
    ("file's content", file("requirements.txt"), {}, ("COPY requirements", "file-content", "requirements.txt"),
     ("COPY requirements", "file-content", "requirements.txt")),
    ("one of two files", file("util.py"), {}, ("COPY app.py", "file-content", "util.py"),
     ("COPY app.py", "file-content", "util.py")),
    ("file in a folder", file("src/b.py"), {}, ("COPY --chown", "file-content", "src/b.py"),
     ("COPY --chown", "file-content", "src/b.py")),
    ("file's mode", lambda p: changes.set_mode(p, "app.py", 0o755), {}, ("COPY app.py", "file-mode", "app.py"),
     ("COPY app.py", "file-mode", "app.py")),
    ("file added to a folder", file("src/c.py"), {}, ("COPY --chown", "file-added", "src/c.py"),
     ("COPY --chown", "file-added", "src/c.py")),
    ("file removed from a folder", file("src/b.py", None), {}, ("COPY --chown", "file-removed", "src/b.py"),
     ("COPY --chown", "file-removed", "src/b.py")),
    ("file renamed in a folder", lambda p: changes.rename_file(p, "src/b.py", "src/z.py"), {},
     ("COPY --chown", "file-renamed", "src/z.py"), ("COPY --chown", "file-renamed", "src/z.py")),
    ("file becomes a link", lambda p: p.with_files({"src/b.py": None}).with_files({"src/b.py": LINK}), {},
     ("COPY --chown", "file-content", "src/b.py"), ("COPY --chown", "file-content", "src/b.py")),
    ("source renamed", lambda p: line("COPY requirements.txt", "COPY reqs.txt")(
        changes.rename_file(p, "requirements.txt", "reqs.txt")), {},
     ("COPY reqs", "file-renamed", "reqs.txt"), ("COPY reqs", "file-renamed", "reqs.txt")),
    ("destination", line("./src/", "./lib/"), {}, ("COPY --chown", "destination", "/home/app/lib/"),
     ("COPY --chown", "destination", "./lib/")),
    ("destination spelled otherwise", line("requirements.txt .", "requirements.txt /home/app/"), {}, None,
     ("COPY requirements", "destination", "/home/app/")),
    ("sources swapped", line("app.py util.py", "util.py app.py"), {}, ("COPY util.py", "order", "util.py app.py"),
     ("COPY util.py", "order", "util.py app.py")),
    ("another source", line("COPY app.py util.py", "COPY app.py notes.txt"), {},
     ("COPY app.py", "source", "app.py notes.txt"), ("COPY app.py", "source", "notes.txt")),
    ("chown", line("--chown=1:1", "--chown=2:2"), {}, ("COPY --chown", "user", "2:2"),
     ("COPY --chown", "flags", "--chown")),
    ("COPY to ADD", line("COPY requirements.txt", "ADD requirements.txt"), {},
     ("ADD requirements", "flags", "ADD"), ("ADD requirements", "new-step", "ADD requirements.txt .")),
    ("dockerignore", file(".dockerignore", "src/b.py\n"), {}, ("COPY --chown", "file-removed", "src/b.py"),
     ("COPY --chown", "file-removed", "src/b.py")),
    ("dockerignore of what nobody copies", file(".dockerignore", "notes.txt\n"), {}, None, None),
    ("RUN", line("RUN pip install", "RUN pip install -q"), {},
     ("RUN pip", "command", "RUN pip install -q -r requirements.txt"),
     ("RUN pip", "command", "RUN pip install -q -r requirements.txt")),
    ("a blank in RUN", line("echo $MODE", "echo  $MODE"), {}, ("RUN echo", "command", "RUN echo  $MODE"),
     ("RUN echo", "command", "RUN echo  $MODE")),
    ("RUN added in the middle", after("RUN pip install -r requirements.txt", "RUN date"), {},
     ("RUN date", "new-step", "RUN date"), ("RUN date", "new-step", "RUN date")),
    ("RUN added at the end", after("RUN echo $MODE", "RUN date"), {}, ("RUN date", "new-step", "RUN date"),
     ("RUN date", "new-step", "RUN date")),
    ("RUN removed", line("RUN pip install -r requirements.txt\n", ""), {},
     ("COPY --chown", "order", "COPY --chown=1:1 src ./src/"), ("COPY --chown", "order",
     "COPY --chown=1:1 src ./src/")),
    ("COPY before RUN", lambda p: changes.move(p, 8, 7), {},
     ("COPY --chown", "order", "COPY --chown=1:1 src ./src/"), ("COPY --chown", "order",
     "COPY --chown=1:1 src ./src/")),
    ("USER", line("USER 1000", "USER 1001"), {}, ("RUN echo", "user", "1001"), ("USER", "user", "1001")),
    ("SHELL", line('"-c"]', '"-ec"]'), {}, ("RUN echo", "shell", "/bin/sh -ec"), ("SHELL", "shell", "/bin/sh -ec")),
    ("no cache", SAME, {"no_cache": True}, ("COPY requirements", "no-cache", "--no-cache"),
     ("ARG VERSION", "no-cache", "--no-cache")),
]  # fmt: skip

BUILDKIT_ONLY: list[tuple[str, str, Edit, tuple[str, str, str] | None]] = [
    # name, Dockerfile below FROM python, edit, first step that misses
    ("network", "RUN echo 1", line("RUN", "RUN --network=none"), ("RUN", "flags", "--network")),
    ("cache mount", "RUN --mount=type=cache,target=/a echo", line("/a", "/b"), ("RUN", "mount", "/b")),
    ("bind mount's file", "RUN --mount=source=app.py,target=/x echo", file("app.py"), ("RUN", "file-content",
    "app.py")),
    ("bind mount, another file", "RUN --mount=source=app.py,target=/x echo", file("util.py"), None),
    ("chmod", "COPY --chmod=644 app.py /", line("644", "755"), ("COPY", "flags", "--chmod")),
    ("chmod spelled otherwise", "COPY --chmod=644 app.py /", line("644", "0644"), None),
    ("exclude", "COPY --exclude=*.txt . /x/", line("*.txt", "*.py"), ("COPY", "flags", "--exclude")),
    ("link", "COPY --link app.py /x/", line("--link ", ""), None),
    ("heredoc", "COPY <<E /f\na\nE", line("\na\n", "\nb\n"), ("COPY", "file-content", "E")),
    ("RUN heredoc", "RUN <<E\necho\nE", line("\necho\n", "\necho 2\n"), ("RUN", "command", "RUN <<E")),
    ("wildcard", "COPY *.py /x/", file("new.py"), ("COPY", "file-added", "new.py")),
    ("wildcard, other file", "COPY *.py /x/", file("new.txt"), None),
    ("COPY . . and the Dockerfile", "COPY . .", after("COPY . .", "# a comment"), ("COPY", "file-content",
    "Dockerfile")),
    ("stage's output", "RUN true\nFROM busybox\nCOPY --from=0 /etc/passwd /p", line("true", "./make"),
     ("COPY", "stage-output", "/etc/passwd")),
    ("stage rebuilt to the same files", "COPY app.py /a\nFROM busybox\nCOPY --from=0 /a /a",
     line("app.py /a", "app.py util.py /a/"), ("COPY --from", "stage-output", "/a")),
    ("unused stage", "FROM busybox AS unused\nRUN x\nFROM busybox\nRUN y", line("RUN x", "RUN z"), None),
    ("SOURCE_DATE_EPOCH declared", "ARG SOURCE_DATE_EPOCH=1\nRUN x", line("=1", "=2"),
     ("RUN", "build-argument", "SOURCE_DATE_EPOCH")),
]  # fmt: skip


def first_of_its_own(steps: tuple[Step, ...]) -> Step | None:
    return next((step for step in steps if step.reason is not None and step.keyword != "FROM"), None)


def check(build_steps: tuple[Step, ...], expected: tuple[str, str, str] | None, stage: str = "") -> None:
    missed = first_of_its_own(tuple(step for step in build_steps if stage in step.name))
    if expected is None:
        assert missed is None, str(missed)
        return
    assert missed is not None
    assert missed.reason is not None
    where, kind, subject = expected
    assert where.upper() in missed.name.upper(), str(missed)
    assert missed.reason.kind == kind, str(missed)
    assert subject in missed.reason.subject, str(missed)
    for step in build_steps:
        if step.cached:
            assert step.reason is None
        elif step.reason is not None:
            assert step.reason.kind in KINDS
            assert str(step.reason).endswith((".", ")", ".)")), str(step.reason)
            if step.reason.kind == "parent":
                assert step.reason.step is not None


@pytest.mark.parametrize(("name", "edit", "options", "buildkit", "classic"), EDITS, ids=[row[0] for row in EDITS])
def test_buildkit(name, edit, options, buildkit, classic) -> None:  # type: ignore[no-untyped-def]
    builder = BuildKit()
    builder.build(PROJECT)
    check(builder.build(edit(PROJECT), **options).steps, buildkit)


@pytest.mark.parametrize(("name", "edit", "options", "buildkit", "classic"), EDITS, ids=[row[0] for row in EDITS])
def test_classic(name, edit, options, buildkit, classic) -> None:  # type: ignore[no-untyped-def]
    builder = ClassicBuilder()
    builder.build(PLAIN)
    check(builder.build(edit(PLAIN), **options).steps, classic)


@pytest.mark.parametrize(("name", "text", "edit", "expected"), BUILDKIT_ONLY, ids=[row[0] for row in BUILDKIT_ONLY])
def test_buildkit_only(name: str, text: str, edit: Edit, expected: tuple[str, str, str] | None) -> None:
    project = Project.from_files(FILES, f"FROM python\n{text}\n")
    builder = BuildKit()
    builder.build(project)
    check(builder.build(edit(project)).steps, expected, "[stage-1" if "stage" in name and expected else "")


def test_parent_names_the_step_that_missed_first() -> None:
    builder = BuildKit()
    builder.build(PROJECT)
    build = builder.build(file("requirements.txt")(PROJECT))
    copy, *below = build.missed
    assert copy.reason is not None
    assert copy.reason.kind == "file-content"
    for step in below:
        assert step.reason is not None
        assert (step.reason.kind, step.reason.step) == ("parent", copy)


def test_a_stage_output_names_the_step_behind_it() -> None:
    text = "FROM python AS build\nCOPY app.py /a\nRUN make\nFROM busybox\nCOPY --from=build /a /a\n"
    project = Project.from_files(FILES, text)
    builder = BuildKit()
    builder.build(project)
    build = builder.build(file("app.py")(project))
    reason = next(step.reason for step in build.steps if "--from" in step.name)
    assert reason is not None
    assert reason.kind == "stage-output"
    assert reason.step is not None
    assert reason.step.name == "[build 3/3] RUN make"


def test_a_base_that_moves() -> None:
    builder = BuildKit()
    builder.build(PROJECT)
    builder.images = changes.moved_base(builder.images, "python")
    first, workdir = builder.build(PROJECT).steps[:2]
    assert first.reason is not None
    assert (first.reason.kind, first.reason.subject) == ("base-image", "docker.io/library/python:latest")
    assert workdir.reason is not None
    assert (workdir.reason.kind, workdir.reason.step) == ("parent", first)


def test_a_command_that_ran_only_on_something_else() -> None:
    """Two files and two commands, never built in this combination."""
    project = Project.from_files({"app.py": "1"}, "FROM python\nCOPY app.py /\nRUN one\n")
    other = changes.set_instruction(file("app.py")(project), 3, "RUN two")
    builder = BuildKit()
    builder.build(project)
    builder.build(other)
    (missed,) = builder.build(changes.set_instruction(project, 3, "RUN two")).missed
    assert missed.reason is not None
    assert (missed.reason.kind, missed.reason.subject) == ("command", "RUN two")
