"""Any input ends in a value or in a LayerlibError."""

from __future__ import annotations

import runpy
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from layerlib import BuildKit, LayerlibError, Project, changes
from layerlib.reading.references import normalize

build_and_show = runpy.run_path(str(Path(__file__).parent / "targets.py"))["build_and_show"]
PIECES = [
    "FROM python", "FROM scratch AS a", "FROM $X", "ARG X=1", "RUN", "COPY", "ADD", "ENV", "LABEL", "WORKDIR", "USER",
    "CMD",
    "ENTRYPOINT", "EXPOSE", "VOLUME", "HEALTHCHECK", "SHELL", "ONBUILD", "STOPSIGNAL", "MAINTAINER", "--from=a",
    "--from=0",
    "--chown=", "--chmod=", "--mount=", "type=bind,from=a,source=", "--link", "--exclude=[", "--interval=1h", "<<E",
    "E", "$",
    "${", "}", "${X:-", "${X/a/b}", "'", '"', "\\", "`", "[", "]", '["a"]', "{}", "=", ",", "/", ".", "..", "*", "[a-",
    "#",
    "# escape=`", " ", "\n", "\t", "\r\n", "\0", "é", "\ufeff", "\ud800", "0", "99999", "-1", "a.py", "http://x/y",
    "&&", "pip install",
    "rm -rf /", "chmod +x a.py", "apt-get install -y curl", "--requirement", "-r", "mkdir",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).flatmap(
    lambda parts: st.sampled_from(["", " ", "\n"]).map(lambda glue: glue.join(parts))
)


@given(text=texts, ignore=st.text(max_size=12) | st.just("*\n!a.py"))
def test_any_dockerfile(text: str, ignore: str) -> None:
    for body in (text, "FROM python\n" + text):
        files = {"a.py": "1", "d/b": "2", ".dockerignore": ignore.encode("utf-8", "replace")}
        with suppress(LayerlibError):
            build_and_show(Project.from_files({**files, "Dockerfile": body.encode("utf-8", "surrogatepass")}))


@given(text=texts)
def test_any_change(text: str) -> None:
    with suppress(LayerlibError):
        project = Project.from_files({"a.py": "1"}, "FROM python\n" + text.encode("utf-8", "replace").decode())
        for change in changes.of(project):
            with suppress(LayerlibError):
                assert change(project).dockerfile


@given(text=st.text(max_size=30) | texts)
def test_any_reference(text: str) -> None:
    with suppress(LayerlibError):
        assert normalize(normalize(text)) == normalize(text)


@given(
    paths=st.dictionaries(
        st.text(max_size=6) | st.sampled_from(["a/b", "a", "../x", "/y", ".", ""]), st.text(max_size=3)
    )
)
def test_any_files(paths: dict[str, str]) -> None:
    with suppress(LayerlibError):
        BuildKit().build(Project.from_files(paths, "FROM python\nCOPY . /a\nCOPY *[ab] /b/\n"))
