"""An image that nobody described: its variables, its user and its folder are unknown, neither empty nor invented."""

from __future__ import annotations

from typing import Any

import pytest

from layerlib import BaseImage, Build, BuildKit, ClassicBuilder, ImageError, Project, catalogue

Builder = BuildKit | ClassicBuilder
FILES = {"a": "1", "b": "2", "src/c": "3"}
BUILDERS = pytest.mark.parametrize("kind", [BuildKit, ClassicBuilder])

# An instruction, the name of its step, and what the config has of it.
WORDS: list[tuple[str, str, dict[str, Any]]] = [
    ("COPY a $APP_HOME/", "COPY a $APP_HOME/", {}),
    ("COPY a ${APP_HOME:-/srv}/x", "COPY a ${APP_HOME:-/srv}/x", {}),
    ("COPY $SOURCE /x/", "COPY $SOURCE /x/", {}),
    ("COPY --chown=$USER a /x/", "COPY --chown=$USER a /x/", {}),
    ("ADD a src $APP_HOME/", "ADD a src $APP_HOME/", {}),
    ("VOLUME $DATA_DIR", "", {"Volumes": {"$DATA_DIR": {}}}),
    ("WORKDIR $APP_HOME", "WORKDIR $APP_HOME", {"WorkingDir": "$APP_HOME"}),
    ("WORKDIR src", "WORKDIR src", {"WorkingDir": "src"}),
    ("USER $X", "", {"User": "$X"}),
    ("ENV X=$Y", "", {"Env": ["X=$Y"]}),
    ("ENV PATH=/venv/bin:$PATH", "", {"Env": ["PATH=/venv/bin:$PATH"]}),
    ("EXPOSE $PORT", "", {"ExposedPorts": {"$PORT": {}}}),
    ("STOPSIGNAL $SIGNAL", "", {"StopSignal": "$SIGNAL"}),
    ("LABEL a=$B", "", {"Labels": {"a": "$B"}}),
]


def build(text: str, builder: Builder | None = None) -> Build:
    return (builder or BuildKit()).build(Project.from_files(FILES, f"FROM team/base\n{text}\n"))


@BUILDERS
@pytest.mark.parametrize(("text", "name", "config"), WORDS)
def test_a_word_shows_its_variable(kind: type[Builder], text: str, name: str, config: dict[str, Any]) -> None:
    made = build(text, kind())
    relative = text == "WORKDIR src" and kind is BuildKit
    assert not name or made.steps[-1].name.endswith(name)
    assert {key: made.image.config[key] for key in config} == config
    assert [warning.rule for warning in made.warnings] == ["WorkdirRelativePath"] * relative


@pytest.mark.parametrize(
    "text",
    [
        "COPY --chmod=$MODE a /x",
        "RUN --mount=type=cache,target=$CACHE,uid=$ID true",
        "RUN --mount=type=bind,source=$SOURCE,target=/x true",
        "COPY --exclude=$X src /x",
        "ADD --checksum=$SUM https://example.com/a /x",
        "COPY <<EOF /x\n$X\nEOF",
        "ENV A=$B\nWORKDIR $A\nCOPY a .",
        "ARG A=$B\nCOPY $A/a /x",
    ],
)
def test_nothing_is_refused_for_it(text: str) -> None:
    assert build(text).warnings == ()


@BUILDERS
def test_what_was_copied_somewhere_is_unknown_everywhere(kind: type[Builder]) -> None:
    text = "FROM team/base AS s\nCOPY a $APP_HOME/\nFROM python\nCOPY --from=s /srv/a /srv/d /x/\n"
    builder = kind()
    made = builder.build(Project.from_files(FILES, text))
    assert made.image.layers[-1].size is None
    again = builder.build(Project.from_files({**FILES, "a": "other"}, text))
    assert not again.steps[-1].cached
    first = next(step for step in made.steps if step.keyword == "COPY")
    assert first.layer is not None
    assert "nobody described" in first.layer.size_source


@BUILDERS
@pytest.mark.parametrize("known", ["python:3.14-slim", "node:24", "golang:1.26"])
def test_no_reason_blames_what_nobody_knows(kind: type[Builder], known: str) -> None:
    rest = "ENV A=/x:$PATH\nWORKDIR /w$HOME\nUSER u$U\nCOPY a b ./\nRUN ./make\nCOPY --chown=$U a $A\n"
    for first, second in ((known, "team/base"), ("team/base", known), ("team/base", "team/other")):
        builder = kind()
        builder.build(Project.from_files(FILES, f"FROM {first}\n{rest}"))
        made = builder.build(Project.from_files(FILES, f"FROM {second}\n{rest}"))
        for step in made.missed:
            assert step.reason is not None
            assert step.reason.kind in ("base-image", "parent"), step
            assert "PATH" not in step.reason.sentence


def test_a_change_of_the_dockerfile_is_blamed_as_ever() -> None:
    builder = BuildKit()
    build("ENV A=1\nRUN make", builder)
    made = build("ENV A=2\nRUN make", builder)
    assert "The variable A changed from '1' to '2'" in str(made.missed[0].reason)
    made = build("ENV A=2\nWORKDIR /app\nRUN make", builder)
    assert made.missed[-1].reason is not None
    assert "'/'" not in made.missed[-1].reason.sentence


def test_a_relative_path_after_an_absolute_one_is_known() -> None:
    made = build("WORKDIR /app\nCOPY a .\nWORKDIR src")
    assert made.image.config["WorkingDir"] == "/app/src"
    assert made.image.layers[-2].size == 1


def test_the_build_says_what_it_does_not_know() -> None:
    made = build("COPY a $APP_HOME/\nCOPY a .\nVOLUME $APP_HOME\nRUN make\nRUN pyton x")
    kinds = [(found.kind, found.subject) for found in made.assumptions]
    assert kinds == [("success", "RUN make"), ("success", "RUN pyton x"), ("variables", "APP_HOME"), ("variables", "")]
    lines = str(made).splitlines()[-2:]
    assert lines == [
        "Assumed to succeed: [4/5] and [5/5]. Nobody ran them.",
        "Not known of team/base:latest, which nobody described: $APP_HOME and its working directory.",
    ]
    assert all(line in made._repr_html_() for line in lines)
    assert not any(line in made.log() for line in lines)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("FROM python\nRUN pip install numpy", True),
        ("FROM python\nRUN make", False),
        ("FROM python\nRUN mkdir /x && true", True),
    ],
)
@BUILDERS
def test_what_is_known_is_not_assumed(kind: type[Builder], text: str, known: bool) -> None:
    builder = kind()
    for _ in range(2):  # a cached step was assumed to succeed, too
        assert (builder.build(Project.from_files({}, text)).assumptions == ()) is known
    declared = kind(effects={"make": {"size": 1}})
    assert declared.build(Project.from_files({}, text)).assumptions == ()


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("pyhton:3.12", "python:3.12"), ("pyton", "python"), ("pythonn", "python"), ("debain:12", "debian:12"),
        ("alpin", "alpine"), ("ngix", "nginx"), ("node2", "node"), ("python:3.7", ""), ("ruby", ""), ("mariadb", ""),
        ("team/pyhton", ""), ("registry.example.com/pyton", ""),
    ],
)  # fmt: skip
@BUILDERS
def test_an_image_one_letter_from_a_known_one(kind: type[Builder], name: str, close: str) -> None:
    made = kind().build(Project.from_files({}, f"FROM {name}\n"))
    hints = [str(found) for found in made.assumptions if found.kind == "image"]
    assert [hint.rpartition("Did you mean ")[2] for hint in hints] == ([f"{close}?"] if close else [])
    assert all(hint in str(made) for hint in hints)


# An image as a user describes it.


@BUILDERS
def test_a_described_image(kind: type[Builder]) -> None:
    image = BaseImage.described(
        "registry.example.com/base:3", {"APP_HOME": "/srv/app", "PATH": "/x"}, user="app", workdir="/srv",
        folders=["/srv/app"], cmd=["serve"], size=1000,
    )  # fmt: skip
    text = "FROM registry.example.com/base:3\nCOPY a $APP_HOME/\nWORKDIR sub\nRUN make\n"
    made = kind(catalogue().with_image(image)).build(Project.from_files(FILES, text))
    assert made.image.config["Env"] == ["APP_HOME=/srv/app", "PATH=/x"]
    assert made.image.config["User"] == "app"
    assert made.image.config["WorkingDir"] == "/srv/sub"
    assert made.image.config["Cmd"] == ["serve"]
    assert made.image.layers[1].size == 1
    assert [found.kind for found in made.assumptions] == ["success"]


@pytest.mark.parametrize(
    ("reference", "facts", "problem"),
    [
        ("Team/Base", {}, "capital letter"),
        ("a", {"env": ["A=1"]}, "is not a mapping"),
        ("a", {"env": {"A=B": "1"}}, "is not the name of a variable"),
        ("a", {"env": {"": "1"}}, "is not the name of a variable"),
        ("a", {"workdir": "app"}, "does not begin with /"),
        ("a", {"folders": "/app"}, "give a list"),
        ("a", {"folders": ["app"]}, "does not begin with /"),
        ("a", {"programs": ["/bin/sh"]}, "is not the name of a program"),
        ("a", {"absent": "curl"}, "give a list"),
        ("a", {"cmd": "serve"}, "give a list"),
        ("a", {"size": -1}, "is not a number of bytes"),
        ("a", {"size": "1 MB"}, "is not a number of bytes"),
        ("a", {"digest": "sha256:1"}, "is not a digest"),
    ],
)
def test_nonsense_in_a_description(reference: str, facts: dict[str, Any], problem: str) -> None:
    with pytest.raises(ImageError, match=problem):
        BaseImage.described(reference, **facts)


# What ships.


@pytest.mark.parametrize("reference", sorted(catalogue()))
def test_every_image_of_the_catalogue(reference: str) -> None:
    image = catalogue().resolve(reference)
    assert image.known
    assert len(image.diff_ids) == len(image.layers)
    assert all(row.size_source for row in image.layers)
    assert image.listed <= image.directories
    assert isinstance(image.config, dict)


@pytest.mark.parametrize(
    "reference",
    [
        "python:3.11-slim", "python:3.13", "python:3.13-slim", "python:3.13-alpine", "python:3.14-slim", "node:22-slim",
        "node:22-alpine", "node:24", "node:24-slim", "node:24-alpine", "node:26", "golang", "golang:1.26-alpine",
        "alpine:3.22", "alpine:3.23", "debian:bookworm-slim", "ubuntu:22.04", "nginx", "postgres:18", "redis:8",
        "eclipse-temurin:21-jdk", "rust:1", "ruby", "maven", "python:3.10-slim", "python:3.10", "python:3.11-alpine",
        "node:20", "node:20-alpine", "node:22", "node:23-slim", "node:25-slim", "node:alpine", "php:8.4", "php:8.4-fpm",
        "php:8.4-apache", "php:8.4-fpm-alpine", "composer:2", "debian:bullseye-slim", "ubuntu:26.04", "nginx:alpine",
        "postgres:16", "postgres:17", "redis:alpine", "rust:1-slim", "ruby:3.4-slim", "golang:alpine",
        "mcr.microsoft.com/dotnet/sdk:10.0", "mcr.microsoft.com/dotnet/aspnet:10.0", "gcr.io/distroless/static",
        "mcr.microsoft.com/dotnet/runtime:10.0", "gcr.io/distroless/base-debian12:nonroot",
        "gcr.io/distroless/python3-debian12", "gcr.io/distroless/nodejs22-debian13",
    ],
)  # fmt: skip
def test_tags_that_people_write(reference: str) -> None:
    image = catalogue().resolve(reference)
    assert image.known
    assert any(entry.startswith("PATH=") for entry in image.config["Env"]) or "golang" not in reference


@pytest.mark.parametrize(
    ("reference", "config"),
    [
        ("gcr.io/distroless/static", {"User": "0", "WorkingDir": "/"}),
        ("gcr.io/distroless/cc-debian12:nonroot", {"User": "65532", "WorkingDir": "/home/nonroot"}),
        ("gcr.io/distroless/nodejs24", {"Entrypoint": ["/nodejs/bin/node"], "User": "0"}),
        ("php:8.4-fpm", {"WorkingDir": "/var/www/html", "StopSignal": "SIGQUIT"}),
        ("nginx:alpine", {"ExposedPorts": {"80/tcp": {}}}),
    ],
)
def test_what_a_build_takes_over(reference: str, config: dict[str, Any]) -> None:
    made = BuildKit().build(Project.from_files(FILES, f"FROM {reference}\nCOPY a .\n"))
    assert {key: made.image.config[key] for key in config} == config
    assert made.assumptions == ()


@pytest.mark.parametrize("reference", ["gcr.io/distroless/static", "node:23-slim", "mcr.microsoft.com/dotnet/sdk:10.0"])
def test_layers_that_nobody_lists_are_one_row_of_unknown_size(reference: str) -> None:
    image = catalogue().resolve(reference)
    (row,) = image.layers
    assert (row.size, row.compressed, row.digest, image.size) == (None, None, None, None)
    assert "all layers, which nobody lists" in row.created_by


def test_the_variables_of_dotnet() -> None:
    sdk, aspnet, runtime = (
        list(catalogue().resolve(f"mcr.microsoft.com/dotnet/{name}:10.0").config["Env"])
        for name in ("sdk", "aspnet", "runtime")
    )
    assert sdk[: len(aspnet)] == aspnet
    assert aspnet == [*runtime, "ASPNET_VERSION=10.0.1"]


def test_a_root_that_is_not_all_known() -> None:
    assert catalogue().resolve("ubuntu:24.04").listed == {"/"}
    for reference in ("ubuntu:26.04", "gcr.io/distroless/static"):
        assert catalogue().resolve(reference).listed == frozenset()


def test_a_published_total_counts() -> None:
    assert catalogue().resolve("node:26-slim").size == 257_880_000
    assert catalogue().resolve("python:3.13").size is None
    assert catalogue().resolve("python:3.13").compressed == 412_872_069
