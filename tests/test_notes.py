"""layerlib.toml: what a project's owner knows, how it is read, and what a build makes of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import layerlib
from layerlib import BaseImage, BuildKit, ClassicBuilder, Effect, LayerlibError, Project, catalogue
from layerlib.outside.cli import main
from layerlib.reading.notes import NO_NOTES, parse

WEB = """\
FROM node:24-slim AS web
WORKDIR /app
COPY . .
RUN npm run site
FROM scratch
COPY --from=web /app/dist /site
"""
FILES = {"src/a.js": "1", "package.json": "{}", ".dockerignore": "layerlib.toml\n"}
NOTE = '[[run]]\ncommand = "npm run site"\nwrites = ["dist/"]\nreads = ["src/"]\nseconds = 41\nbytes = 12_000_000\n'


def project(toml: str | None = NOTE, dockerfile: str = WEB, **files: str) -> Project:
    noted = {} if toml is None else {"layerlib.toml": toml}
    return Project.from_files({**FILES, **files, **noted}, dockerfile=dockerfile)


def looked(build: layerlib.Build) -> str:
    """The verdict of the step that looks into another stage."""
    return next(step.verdict for step in build.steps if "COPY --from" in step.name)


# ---- read


def test_everything_that_may_be_written_is_read() -> None:
    notes = parse(
        b'[[run]]\ncommand = "npm run build"\nwrites = ["dist/"]\nreads = ["src/", "package.json"]\nseconds = 4.5\n'
        b'bytes = 12_000_000\n[[run]]\ncommand = "npm test"\nwrites = []\n[[image]]\nname = "company/base:3"\n'
        b'env = { APP_HOME = "/srv/app" }\nuser = "app"\nworkdir = "/srv/app"\nprograms = ["sh"]\nabsent = ["curl"]\n'
        b'folders = ["/srv"]\nbytes = 7\nentrypoint = ["/start"]\ncmd = ["a"]\n'
    )
    assert [(run.command, run.writes, run.reads, run.seconds, run.bytes) for run in notes.runs] == [
        ("npm run build", ("dist/",), ("src/", "package.json"), 4.5, 12_000_000),
        ("npm test", (), (), None, None),
    ]
    described = BaseImage.described(
        "company/base:3", {"APP_HOME": "/srv/app"}, "app", "/srv/app", folders=["/srv"], programs=["sh"],
        absent=["curl"], size=7, entrypoint=["/start"], cmd=["a"],
    )  # fmt: skip
    assert notes.images == (described,)


def test_an_empty_file_says_nothing() -> None:
    assert parse(b"\xef\xbb\xbf# nothing\n") == NO_NOTES == project(None).notes


REFUSED = [
    ("[[run]\n", "layerlib.toml: ", "It is TOML"),
    ("[[runs]]\n", "layerlib.toml: there is no table runs; did you mean run?", ""),
    ("x = 1\n", "layerlib.toml: there is no table x; there are: run, image", ""),
    ('[run]\ncommand = "a"\n', "layerlib.toml: run is written with two brackets on each side: [[run]]", ""),
    ("[[run]]\nseconds = 1\n", "[[run]] number 1: there is no command", 'command = "npm run build"'),
    ('[[run]]\ncommand = " "\n', 'number 1, command: " " is not a text', ""),
    ('[[run]]\ncommand = "a"\nwrite = ["b"]\n', "there is no key write; did you mean writes?", ""),
    ('[[run]]\ncommand = "a"\nsize = 1\n', "there is no key size; ", "there are: command, writes, reads"),
    ('[[run]]\ncommand = "a"\nwrites = "dist/"\n', 'writes: "dist/" is not a list', 'writes = ["dist/", "app.jar"]'),
    ('[[run]]\ncommand = "a"\nwrites = [1]\n', "writes: 1 is not a text", ""),
    ('[[run]]\ncommand = "a"\nwrites = ["x/*.jar"]\n', '"x/*.jar" is no path', 'writes = ["target/"]'),
    ('[[run]]\ncommand = "a"\nwrites = []\nreads = ["$A"]\n', 'reads: "$A" is not a path', ""),
    ('[[run]]\ncommand = "a"\nreads = ["src/"]\n', "say with writes", ""),
    ('[[run]]\ncommand = "a"\nseconds = "4"\n', 'seconds: "4" is not a number of seconds', "seconds = 41"),
    ('[[run]]\ncommand = "a"\nseconds = -1\n', "seconds: -1 is not", ""),
    ('[[run]]\ncommand = "a"\nseconds = nan\n', "seconds: nan is not", ""),
    ('[[run]]\ncommand = "a"\nbytes = 1.5\n', "bytes: 1.5 is not a whole number of bytes", ""),
    ('[[run]]\ncommand = "a"\nbytes = true\n', "bytes: true is not", ""),
    ('[[run]]\ncommand = "a"\nreproducible = true\n', "reproducible is no key here", 'reads = ["src/"'),
    ('[[run]]\ncommand = "a"\n[[run]]\ncommand = "a"\n', "[[run]] number 2: number 1 has the same command, a", ""),
    ('[[image]]\nuser = "a"\n', "[[image]] number 1: there is no name", ""),
    ('[[image]]\nname = "A B"\n', "[[image]] number 1: ", ""),
    ('[[image]]\nname = "a/b"\nenv = ["A=1"]\n', "env: ['A=1'] is not a table of variables", ""),
    ('[[image]]\nname = "a/b"\nenv = { A = 1 }\n', 'env: A is 1, not a text; write it like A = "1"', ""),
    ('[[image]]\nname = "a/b"\nworkdir = "srv"\n', "'srv' in workdir does not begin with /", ""),
    ('[[image]]\nname = "a/b"\n[[image]]\nname = "a/b:latest"\n', "has the same name", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem", "cure"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_read_is_refused_with_a_cure(text: str, problem: str, cure: str) -> None:
    with pytest.raises(LayerlibError) as error:
        BuildKit().build(project(text))
    assert str(error.value).startswith("layerlib.toml")
    assert problem in str(error.value)
    assert cure in str(error.value)


def test_a_file_that_is_not_utf8() -> None:
    with pytest.raises(LayerlibError, match="not UTF-8"):
        parse(b"# \xff\n")


# ---- built


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
@pytest.mark.parametrize(
    ("toml", "edit", "verdict"),
    [
        (None, {"README.md": "x"}, "depends"),
        (NOTE, {"README.md": "x"}, "cached"),
        (NOTE, {"package.json": "[]"}, "cached"),
        (NOTE, {"src/a.js": "2"}, "depends"),
        (NOTE, {"src/b.js": "2"}, "depends"),
        (NOTE, {"Dockerfile": WEB.replace("npm run site", "npm run site -- -j2")}, "depends"),
        (NOTE, {"Dockerfile": WEB.replace("WORKDIR", "ENV A=1\nWORKDIR")}, "depends"),
        (NOTE, {"Dockerfile": WEB.replace("24-slim", "22-slim")}, "depends"),
        (NOTE.replace('["src/"]', '["src/", "package.json"]'), {"package.json": "[]"}, "depends"),
        (NOTE.replace('"dist/"', '"/app/dist/"'), {"README.md": "x"}, "cached"),
        (NOTE.replace('"dist/"', '"dist/", "log.txt"'), {"README.md": "x"}, "cached"),
        (NOTE.replace('reads = ["src/"]\n', ""), {"README.md": "x"}, "depends"),
        (NOTE.replace("npm run site", "npm run other"), {"README.md": "x"}, "depends"),
    ],
)
def test_reads_decide_whether_a_folder_is_the_same(
    builder: type[BuildKit | ClassicBuilder], toml: str | None, edit: dict[str, str], verdict: str
) -> None:
    one = builder()
    first = project(toml)
    one.build(first)
    build = one.build(first.with_files(edit))
    assert looked(build) == verdict


def test_what_is_in_a_written_folder_is_looked_for_there() -> None:
    for source in ("dist/index.html", "dist/*.html", "dist/js/", "dist"):
        builder = BuildKit()
        first = project(dockerfile=WEB.replace("/app/dist", f"/app/{source}"))
        builder.build(first)
        assert looked(builder.build(first.with_files({"README.md": "x"}))) == "cached", source
        assert looked(builder.build(first.with_files({"src/a.js": "2"}))) == "depends", source


def test_a_file_that_is_in_a_written_folder_already_may_be_another_afterwards() -> None:
    builder = BuildKit()
    first = project(dockerfile=WEB.replace("/app/dist ", "/app/dist/a.js "), **{"dist/a.js": "old"})
    builder.build(first)
    assert looked(builder.build(first.with_files({"src/a.js": "2"}))) == "depends"


def test_a_run_that_writes_nothing_leaves_all_as_it_was() -> None:
    for writes, verdict in (('["dist/"]', "cached"), ("[]", "cached"), (None, "depends")):
        note = '[[run]]\ncommand = "npm run site"\n' + (f"writes = {writes}\n" if writes else "seconds = 1\n")
        builder = BuildKit()
        first = project(note, WEB.replace("/app/dist", "/app/src/a.js"))
        builder.build(first)
        assert looked(builder.build(first.with_files({"README.md": "x"}))) == verdict


def test_a_working_directory_that_nobody_knows() -> None:
    """Where a relative path leads is unknown, and so is what is read."""
    text = "FROM company/base AS web\nCOPY . /x\nRUN npm run site\nFROM scratch\nCOPY --from=web {} /site\n"
    absolute = NOTE.replace("dist/", "/x/dist/")
    for toml, source in ((NOTE, "/x/src"), (absolute, "/x/dist")):
        builder = BuildKit()
        first = project(toml, text.format(source))
        builder.build(first)
        assert looked(builder.build(first.with_files({"README.md": "x"}))) == "depends"


def test_seconds_and_bytes_are_the_steps() -> None:
    (step,) = (step for step in BuildKit().build(project()).steps if step.keyword == "RUN")
    assert step.layer is not None
    assert (step.seconds, step.layer.size, step.layer.size_source) == (41, 12_000_000, "layerlib.toml")


def test_without_writes_what_is_known_of_programs_still_counts() -> None:
    text = "FROM python:slim\nCOPY a /a\nRUN apt-get update && apt-get install -y git\nCOPY --from=0 /a /b\n"
    two = "FROM python:slim AS one\nCOPY . /src\nRUN apt-get update && apt-get install -y git\nFROM scratch\n"
    first = project('[[run]]\ncommand = "apt-get"\nseconds = 9\n', two + "COPY --from=one /src/package.json /p\n")
    builder = BuildKit()
    builder.build(first)
    build = builder.build(first.with_files({"README.md": text}))
    assert looked(build) == "cached"
    assert [step.seconds for step in build.steps if step.keyword == "RUN"] == [9]
    assert not [found for found in build.assumptions if found.kind == "success"]


def test_an_image_is_as_described() -> None:
    text = "FROM registry.example.com/base:3\nCOPY package.json $APP_HOME/\nRUN true\n"
    toml = '[[image]]\nname = "registry.example.com/base:3"\nenv = { APP_HOME = "/srv" }\nuser = "app"\nbytes = 7\n'
    for builder in (BuildKit, ClassicBuilder):
        build = builder().build(project(toml, text))
        assert build.image.config["User"] == "app"
        assert not [found for found in build.assumptions if found.kind == "variables"]
    assert any(found.kind == "variables" for found in BuildKit().build(project(None, text)).assumptions)
    unset = text.replace("$APP_HOME", "$OTHER")
    assert [found.rule for found in layerlib.check(project(toml, unset)).warnings] == ["UndefinedVar"]
    assert not layerlib.check(project(None, unset)).warnings


def test_what_a_builder_is_given_wins() -> None:
    given = BuildKit(effects={"npm": Effect(seconds=3)}).build(project())
    assert [step.seconds for step in given.steps if step.keyword == "RUN"] == [3]
    toml = '[[image]]\nname = "company/base"\nuser = "a"\n[[image]]\nname = "python:slim"\nuser = "b"\n'
    images = catalogue().with_image(BaseImage.described("company/base", user="given"))
    for text, user, expected in (
        ("FROM company/base", None, "a"),
        ("FROM company/base", images, "given"),
        ("FROM python:slim", None, "b"),
        ("FROM python:slim", images, None),
    ):
        build = BuildKit(images=user).build(project(toml, text + "\n"))
        assert build.image.config.get("User") == expected


def test_a_described_base_moves() -> None:
    toml = '[[image]]\nname = "company/base"\nuser = "a"\n'
    first = project(toml, "FROM company/base\nRUN make\n")
    build = layerlib.rebuild(first, layerlib.changes.named("the base image moves"))
    assert "base-image" in [step.reason.kind for step in build.steps if step.reason]


# ---- where it is


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
def test_it_is_never_in_the_context(builder: type[BuildKit | ClassicBuilder]) -> None:
    one = builder()
    for files in (FILES, {**FILES, ".dockerignore": "x\n"}, {**FILES, "Dockerfile.dockerignore": "x\n"}):
        first = Project.from_files({**files, "layerlib.toml": NOTE}, dockerfile=WEB)
        assert "layerlib.toml" not in first.context
        one.build(first)
        build = one.build(first.with_files({"layerlib.toml": NOTE + "# more\n"}))
        assert not build.missed
    assert not any("layerlib.toml" in change.name for change in layerlib.changes.of(first))
    with pytest.raises(layerlib.DockerfileError, match="never part of its build context"):
        one.build(project(dockerfile="FROM scratch\nCOPY layerlib.toml /\n"))


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
def test_where_docker_would_send_it_the_build_says_so(builder: type[BuildKit | ClassicBuilder]) -> None:
    build = builder().build(project(**{".dockerignore": "*.log\n"}))
    sentence = (
        "It is assumed that layerlib.toml is not sent to the builder: add the line layerlib.toml to .dockerignore."
    )
    assert [str(found) for found in build.assumptions if found.kind == "context"] == [sentence]
    assert sentence in str(build)
    assert not [found for found in builder().build(project()).assumptions if found.kind == "context"]


def test_it_lies_beside_the_dockerfile_or_at_the_root(tmp_path: Path) -> None:
    def note(seconds: int) -> str:
        return f'[[run]]\ncommand = "make"\nseconds = {seconds}\n'

    context, inside, outside = tmp_path / "app", tmp_path / "app" / "docker", tmp_path / "other"
    for number, folder in enumerate((context, inside, outside), start=1):
        folder.mkdir()
        (folder / "Dockerfile").write_text("FROM scratch\nRUN make\n")
        (folder / "layerlib.toml").write_text(note(number))

    def seconds(found: Project) -> list[float | None]:
        return [run.seconds for run in found.notes.runs]

    assert seconds(Project.from_directory(context)) == [1]
    assert seconds(Project.from_directory(context, "docker/Dockerfile")) == [2]
    assert seconds(Project.from_directory(context, "../other/Dockerfile")) == [3]
    (inside / "layerlib.toml").unlink()
    (outside / "layerlib.toml").unlink()
    assert seconds(Project.from_directory(context, "docker/Dockerfile")) == [1]
    assert seconds(Project.from_directory(context, "../other/Dockerfile")) == [1]
    assert seconds(Project.from_text("FROM scratch\n", context)) == [1]
    before = Project.from_directory(context)
    (context / "layerlib.toml").write_text(note(55))
    assert seconds(Project.from_directory(context, before=before)) == [55]


def test_a_link_that_leads_nowhere() -> None:
    linked: dict[str, Any] = {**FILES, "layerlib.toml": {"link": "../shared.toml"}}
    with pytest.raises(LayerlibError, match="leads to no file"):
        BuildKit().build(Project.from_files(linked, dockerfile=WEB))
    linked |= {"layerlib.toml": {"link": "src/notes"}, "src/notes": NOTE}
    assert Project.from_files(linked, dockerfile=WEB).notes.runs[0].seconds == 41


# ---- layerlib notes

PRIVATE = """\
FROM company/base:3 AS web
RUN --mount=type=cache,target=/c npm ci && echo "done"
RUN <<EOF
set -e
make
EOF
FROM web AS test
RUN ./test
FROM python:slim
RUN pip install numpy
COPY --from=web /dist /dist
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "app"
    path.mkdir()
    (path / "Dockerfile").write_text(PRIVATE)
    return path


def test_notes_has_a_place_for_each_unknown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notes", "app"]) == 0
    text = (folder / "layerlib.toml").read_text()
    assert capsys.readouterr().out == (
        f"wrote {Path('app') / 'layerlib.toml'}\n"
        "Docker sends it with the build context: add the line layerlib.toml to .dockerignore.\n"
    )
    assert tomllib.loads(text) == {}
    shown = "\n".join(line.removeprefix("# ") for line in text.splitlines()[2:])
    notes = parse(shown.encode())
    assert [run.command for run in notes.runs] == ['npm ci && echo "done"', "make", "./test"]
    assert [image.reference for image in notes.images] == ["docker.io/company/base:3"]
    assert all(run.writes and run.reads and run.seconds and run.bytes for run in notes.runs)
    (folder / "layerlib.toml").write_text(shown)
    build = BuildKit().build(Project.from_directory(folder))
    assert [found.kind for found in build.assumptions] == ["context"]
    assert main(["build", "app"]) == 0
    assert "DONE 41.0s" in capsys.readouterr().out


def test_notes_never_overwrites(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "layerlib.toml").write_text("# mine\n")
    assert main(["notes", "app"]) == 2
    assert "is there already, and is not overwritten" in capsys.readouterr().err
    assert main(["notes", "app", "--ignore"]) == 0
    assert (folder / "layerlib.toml").read_text() == "# mine\n"
    assert (folder / ".dockerignore").read_text() == "layerlib.toml\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "layerlib.toml\n"),
        ("*.log", "*.log\nlayerlib.toml\n"),
        ("*.log\n!layerlib.toml\n", "*.log\n!layerlib.toml\nlayerlib.toml\n"),
        ("*.toml\n", "*.toml\n"),
    ],
)
def test_notes_adds_the_line_only_if_it_is_needed(folder: Path, before: str | None, after: str) -> None:
    if before is not None:
        (folder / ".dockerignore").write_text(before)
    assert main(["notes", "--ignore", "app"]) == 0
    assert (folder / ".dockerignore").read_text() == after
    assert not Project.from_directory(folder).notes_sent


def test_notes_beside_another_dockerfile(folder: Path) -> None:
    (folder / "docker").mkdir()
    (folder / "docker" / "web.Dockerfile").write_text("FROM scratch\nCOPY . .\n")
    (folder / "docker" / "web.Dockerfile.dockerignore").write_text("*.log\n")
    assert main(["notes", "app", "-f", "app/docker/web.Dockerfile", "--ignore"]) == 0
    assert "Nothing is missing here" in (folder / "docker" / "layerlib.toml").read_text()
    ignored = (folder / "docker" / "web.Dockerfile.dockerignore").read_text()
    assert ignored == "*.log\ndocker/layerlib.toml\n"


def test_notes_of_a_dockerfile_that_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "Dockerfile").write_text("FROM scratch\nCOPPY a b\n")
    assert main(["notes", "app"]) == 2
    assert "COPPY" in capsys.readouterr().err
    assert not (folder / "layerlib.toml").exists()
