"""RUNs that are known to fail are refused as Docker prints it, and only those."""

from __future__ import annotations

import re

import pytest

from layerlib import BaseImage, BuildKit, ClassicBuilder, DockerfileError, Effect, Project, catalogue

FILES = {"a": "1", "requirements.txt": "numpy\n", "tool": "x"}
SET_E = 'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\n'

# A Dockerfile, and the exit code that Docker prints; 0 where the RUN may succeed. The engine's own codes (28.5.2) were
# read for `false`, `exit`, `set -e`, programs that are not there, and FROM scratch.
RUNS = [
    # the command itself
    ("FROM debian\nRUN false", 1),
    ("FROM debian\nRUN /bin/false", 1),
    ('FROM debian\nRUN ["false"]', 1),
    ("FROM debian\nRUN exit 1", 1),
    ("FROM debian\nRUN exit 300", 44),
    ("FROM debian\nRUN exit 256", 0),
    ("FROM debian\nRUN exit 0", 0),
    ("FROM debian\nRUN exit $CODE", 0),
    ('FROM debian\nRUN ["exit", "1"]', 0),
    ("FROM debian\nRUN echo a && exit 3", 3),
    ("FROM debian\nRUN echo a; exit 3; echo b", 3),
    ("FROM debian\nRUN make && exit 3; echo b", 0),
    ("FROM debian\nRUN <<EOF\necho a\nfalse\nEOF", 1),
    # lists
    ("FROM debian\nRUN false && true", 1),
    ("FROM debian\nRUN false || true", 0),
    ("FROM debian\nRUN false; true", 0),
    ("FROM debian\nRUN true; false", 1),
    ("FROM debian\nRUN ! false", 0),
    ("FROM debian\nRUN if false; then true; fi", 0),
    ("FROM debian\nRUN for a in b; do false; done", 0),
    ("FROM debian\nRUN f() { false; }; true", 0),
    ("FROM debian\nRUN false & wait", 0),
    ("FROM debian\nRUN exit 0; false", 0),
    ("FROM debian\nRUN trap 'exit 0' EXIT; false", 0),
    # set -e, pipes
    ("FROM debian\nRUN set -e; false; true", 1),
    ("FROM debian\nRUN set -eux; false; true", 1),
    ("FROM debian\nRUN set -e; false && true; true", 0),
    ("FROM debian\nRUN set -e; set +e; false; true", 0),
    (f"FROM debian\n{SET_E}RUN false; true", 1),
    ("FROM debian\nRUN false | true", 0),
    ("FROM debian\nRUN true | false", 1),
    (f"FROM debian\n{SET_E}RUN false | true", 1),
    # programs that are not there
    ("FROM python:3.14-slim\nRUN curl x", 127),
    ("FROM debian:trixie-slim\nRUN git clone x", 127),
    ("FROM debian:bookworm-slim\nRUN wget x", 127),
    ("FROM node:24-slim\nRUN git clone x", 127),
    ("FROM debian\nRUN sudo true", 127),
    ("FROM debian:trixie-slim\nRUN adduser a", 127),
    ("FROM debian:bookworm-slim\nRUN adduser a", 0),
    ("FROM python:3.13-slim\nRUN adduser a", 0),
    ("FROM alpine\nRUN useradd a", 127),
    ("FROM alpine\nRUN bash -c ls", 127),
    ("FROM alpine\nRUN httpd -f", 127),
    ("FROM alpine\nRUN wget x", 0),
    ("FROM alpine:3.22\nRUN apt-get update", 127),
    ("FROM golang:1.26-alpine\nRUN git clone x", 127),
    ("FROM python:3.14-slim\nRUN frobnicate", 0),
    ("FROM python:3.14\nRUN curl x", 0),
    ("FROM team/base\nRUN curl x", 0),
    ('FROM python:3.14-slim\nRUN ["curl", "x"]', 1),
    ('FROM alpine\nSHELL ["/bin/bash", "-c"]\nRUN true', 1),
    # ... unless something may have brought them
    ("FROM python:3.14-slim\nRUN apt-get update && apt-get install -y curl && curl x", 0),
    ("FROM python:3.14-slim\nRUN apt-get update && apt-get install -y curl\nRUN curl x", 0),
    ("FROM python:3.14-slim\nRUN ./get-tools\nRUN curl x", 0),
    ("FROM python:3.14-slim\nRUN echo 'ls' > /bin/curl; curl x", 0),
    ("FROM python:3.14-slim\nRUN curl() { ls; }; curl x", 0),
    ("FROM python:3.14-slim\nCOPY tool /usr/local/bin/curl\nRUN curl x", 0),
    ("FROM python:3.14-slim\nCOPY tool /usr/local/bin/tool\nRUN curl x", 127),
    ("FROM python:3.14-slim\nCOPY --from=busybox /bin /opt/bin\nRUN curl x", 0),
    ("FROM alpine\nRUN apk add --no-cache bash && bash -c ls", 0),
    # apt-get that asks
    ("FROM debian\nRUN apt-get update && apt-get install curl", 1),
    ("FROM debian\nRUN apt-get update && apt-get install --no-install-recommends curl git", 1),
    ("FROM debian\nRUN apt-get update\nRUN apt-get install curl", 1),
    ("FROM debian\nRUN apt-get update && apt-get install -y curl", 0),
    ("FROM debian\nRUN apt-get update && apt-get install -qqy curl", 0),
    ("FROM debian\nRUN apt-get update && apt-get install -qq curl", 0),
    ("FROM debian\nRUN apt-get update && apt-get --assume-yes install curl", 0),
    ("FROM debian\nRUN apt-get update && apt-get -o x=y install curl", 0),
    ("FROM debian\nRUN apt-get update && apt-get install tree", 0),
    ("FROM debian\nRUN apt-get update && yes | apt-get install curl", 0),
    ("FROM debian\nCOPY a /etc/apt/apt.conf.d/90yes\nRUN apt-get update && apt-get install curl", 0),
    ("FROM python\nRUN apt-get update && apt-get install curl", 0),
    # requirements
    ("FROM python\nRUN pip install -r requirements.txt", 1),
    ("FROM python\nWORKDIR /app\nRUN pip install --no-cache-dir -r requirements.txt", 1),
    ("FROM python\nWORKDIR /app\nCOPY a .\nRUN pip3 install -r requirements.txt", 1),
    ("FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt", 0),
    ("FROM python\nWORKDIR /tmp\nRUN pip install -r requirements.txt", 0),
    ("FROM python\nWORKDIR /app\nRUN ./make\nRUN pip install -r requirements.txt", 0),
    ("FROM python\nRUN touch requirements.txt\nRUN pip install -r requirements.txt", 0),
    ("FROM python\nWORKDIR /app\nCOPY --from=busybox / .\nRUN pip install -r requirements.txt", 0),
    ("FROM python\nRUN --mount=type=bind,target=/app pip install -r /app/requirements.txt", 0),
    ("FROM python\nRUN pip install -r $FILE", 0),
    ("FROM team/base\nWORKDIR /app\nRUN pip install -r requirements.txt", 0),
    # FROM scratch
    ("FROM scratch\nRUN true", 1),
    ("FROM scratch\nCOPY a /\nRUN true", 1),
    ('FROM scratch\nCOPY a /\nRUN ["true", "x y"]', 1),
    ('FROM scratch\nRUN ["/bin/true"]', 1),
    ("FROM scratch\nCOPY tool /bin/sh\nRUN true", 0),
    ("FROM scratch\nCOPY --from=busybox / /\nRUN true", 0),
    ("FROM scratch\nADD https://example.com/root.tar /\nRUN true", 0),
    ('FROM scratch\nCOPY tool /\nRUN ["/tool"]', 0),
]


def code(builder: BuildKit | ClassicBuilder, text: str) -> int:
    try:
        builder.build(Project.from_files(FILES, text))
    except DockerfileError as error:
        found = re.search(r"(?:exit code|non-zero code): (\d+)", error.problem)
        said = error.cure and error.line
        return (int(found[1]) if found else 1) if said else -1
    return 0


@pytest.mark.parametrize(("text", "expected"), RUNS, ids=[text.replace("\n", "; ") for text, _ in RUNS])
def test_runs(text: str, expected: int) -> None:
    assert code(BuildKit(), text) == expected
    if "--mount" not in text and "<<" not in text:
        assert code(ClassicBuilder(), text) == expected


# Source: Docker Engine 28.5.2.
@pytest.mark.parametrize(
    ("text", "buildkit", "classic"),
    [
        (
            'FROM debian\nRUN echo a "b" && false',
            'process "/bin/sh -c echo a "b" && false" did not complete successfully: exit code: 1',
            "The command '/bin/sh -c echo a \"b\" && false' returned a non-zero code: 1",
        ),
        (
            "FROM scratch\nRUN true",
            'process "/bin/sh -c true" did not complete successfully: exit code: 1',
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
            "failed: unable to start container process: error during container init: "
            'exec: "/bin/sh": stat /bin/sh: no such file or directory',
        ),
        (
            'FROM debian\nRUN ["curl", "a"]',
            'process "curl a" did not complete successfully: exit code: 1',
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
            "failed: unable to start container process: error during container init: "
            'exec: "curl": executable file not found in $PATH',
        ),
    ],
)
def test_it_reads_as_docker_prints_it(text: str, buildkit: str, classic: str) -> None:
    for builder, expected in ((BuildKit(), buildkit), (ClassicBuilder(), classic)):
        with pytest.raises(DockerfileError) as refused:
            builder.build(Project.from_files(FILES, text))
        assert refused.value.problem == expected


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("FROM debian\nRUN sudo ls", "debian:latest has no sudo, and a RUN is root unless USER says otherwise"),
        ("FROM alpine\nRUN useradd a", "Use adduser -D NAME"),
        ("FROM debian\nRUN adduser a", "Use useradd NAME"),
        ("FROM alpine\nRUN apt-get update", "Its packages come with apk add"),
        ("FROM debian\nRUN apk add x", "Its packages come with apt-get"),
        ("FROM python:slim\nRUN curl x", "apt-get update && apt-get install -y"),
        ("FROM debian\nRUN apt-get update && apt-get install git", "apt-get install -y"),
        ("FROM python\nWORKDIR /app\nRUN pip install -r dev.txt", "There is no /app/dev.txt: COPY dev.txt above"),
        ("FROM scratch\nRUN ls", "FROM scratch has no files, so no shell"),
        ("FROM scratch\nCOPY requirements.txt /\nRUN ls", "only the files that a named context, COPY or ADD brought"),
        ("FROM gcr.io/distroless/static\nRUN ls", "has no sh, and no package manager: COPY what the image needs"),
        ('FROM gcr.io/distroless/base-debian12\nRUN ["bash", "-c", "ls"]', "has no bash, and no package manager"),
        ("FROM php:8.4-fpm\nRUN composer install", "php:8.4-fpm has no composer"),
        ("FROM php:8.4-fpm-alpine\nRUN git clone x", "php:8.4-fpm-alpine has no git"),
        ("FROM python:3.11-alpine\nRUN gcc a.c", "apk add --no-cache NAME"),
        ("FROM ruby:3.4-slim\nRUN make", "ruby:3.4-slim has no make"),
        ("FROM rust:slim\nRUN pkg-config x", "rust:slim has no pkg-config"),
    ],
)
def test_the_cure(text: str, cure: str) -> None:
    with pytest.raises(DockerfileError) as refused:
        BuildKit().build(Project.from_files(FILES, text))
    assert cure in refused.value.cure


def test_the_cure_of_a_stage_on_a_named_context() -> None:
    project = Project.from_files(FILES, "FROM tools\nRUN ls")
    with pytest.raises(DockerfileError) as refused:
        BuildKit().build(project, contexts={"tools": {"f": "1"}})
    assert refused.value.cure.startswith("This stage has only the files that a named context, COPY or ADD brought")


@pytest.mark.parametrize(
    "text",
    [
        "FROM gcr.io/distroless/static:debug\nRUN ls",  # has busybox
        'FROM gcr.io/distroless/python3-debian12\nRUN ["python", "a"]',
        'FROM gcr.io/distroless/nodejs22\nRUN ["/nodejs/bin/node", "a"]',
        "FROM gcr.io/distroless/static\nCOPY --from=busybox / /\nRUN ls",
        "FROM php:8.4-fpm\nRUN apt-get update && apt-get install wget",  # curl has brought what wget depends on
        "FROM php:8.4-fpm\nRUN curl x | tar xJ && docker-php-ext-install zip",
        "FROM php:8.4-apache\nRUN ps && a2enmod rewrite",
        "FROM php:8.4-fpm\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/\nRUN composer install",
        "FROM python:3.11-alpine\nRUN pip list",
        "FROM nginx:alpine\nRUN curl x && envsubst < a",
        "FROM rust:slim\nRUN gcc a.c && cargo build",
        "FROM ruby:3.4-slim\nRUN gem install x && bundle",
        "FROM composer:2\nRUN git clone x && composer install",
    ],
)
def test_what_an_image_may_have(text: str) -> None:
    assert BuildKit().build(Project.from_files(FILES, text)).steps


def test_what_is_declared_never_fails() -> None:
    project = Project.from_files(FILES, "FROM python:3.14-slim\nRUN curl x && false")
    assert BuildKit(effects={"curl x": Effect(size=1)}).build(project).image.size


def test_the_steps_before_it_stay_in_the_cache() -> None:
    builder = BuildKit()
    with pytest.raises(DockerfileError):
        builder.build(Project.from_files(FILES, "FROM debian\nCOPY a /\nRUN false"))
    build = builder.build(Project.from_files(FILES, "FROM debian\nCOPY a /\nRUN true"))
    assert [step.cached for step in build.steps[1:]] == [True, False]


def test_a_user_says_what_is_not_there() -> None:
    images = catalogue().with_image(BaseImage.described("team/base", absent={"make"}))
    with pytest.raises(DockerfileError, match="exit code: 127"):
        BuildKit(images).build(Project.from_files(FILES, "FROM team/base\nRUN make"))
