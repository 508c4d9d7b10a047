"""Building: what is refused and how, and rules that no recorded build shows. Checked by hand against Engine 28.5.2."""

from pathlib import Path

import pytest
from small_project import FILES

from layerlib import BuildKit, ClassicBuilder, ContextError, DockerfileError, File, Project
from layerlib.building.files.copying import CopyOptions, copied
from layerlib.building.files.selecting import select
from layerlib.building.files.snapshot import Snapshot
from layerlib.reading.tree import Tree

Builder = type[BuildKit] | type[ClassicBuilder]


def build(text: str, builder: Builder = BuildKit, files: dict[str, str] = FILES, **options: object):  # type: ignore[no-untyped-def]
    return builder().build(Project.from_files(files, text), **options)  # type: ignore[arg-type]


REFUSED = [
    # Dockerfile, line, a part of what is wrong, a part of the cure
    ("FROM python\nCOPY requirement.txt /\n", 2, '"/requirement.txt": not found', "Did you mean requirements.txt?"),
    ("FROM python\nCOPY secret.md /\n", 2, "not found", ".dockerignore leaves secret.md out"),
    ("FROM python\nCOPY zzz /\n", 2, "not found", "copied. Look at the path, letter by letter"),
    ("FROM python\nRUN --mount=source=zzz,target=/x ls\n", 2, "not found", "can be mounted"),
    ("FROM python\nCOPY ../app.txt /x\n", 2, "not found", "cannot leave the build context"),
    ("FROM python\nCOPY -r src /x\n", 2, "not found", "COPY needs no -r"),
    ("FROM python\nCOPY /etc/passwd /x\n", 2, "not found", "/etc/passwd is etc/passwd there"),
    ("FROM python\nCOPY ~/app.py /x\n", 2, "not found", "~ is not replaced"),
    ("FROM python\nCOPY app.py /x/ /y/\n", 2, "not found", "the last word is the destination"),
    ("FROM python\nCOPY a /\n", 2, "not found", "Did you mean src/a?"),
    ("FROM python\nCOPY lib/a.txt /\n", 2, "not found", "letter by letter"),
    ("FROM python\nCOPY ['app.py', '/x/']\n", 2, "is not a pattern", "double quotes"),
    ("FROM python;\n", 1, "ends in ;", "Remove that"),
    ("FROM python\nEXPOSE 99999\n", 2, "invalid containerPort", "from 0 to 65535"),
    ("FROM python\nEXPOSE 80/http\n", 2, "invalid proto", "tcp, udp or sctp"),
    ("FROM python\nCOPY --chmod=999 app.py /\n", 2, "invalid chmod", "--chmod=755"),
    ('FROM python\nENV A="x\n', 2, "double-quote", "Close the quote"),
    ("FROM python\nENV A=${B\n", 2, "missing '}'", "${NAME}"),
    ("FROM python\nVOLUME $NOPE\n", 2, "empty string", "not set"),
    ("FROM python\nRUN --mount=type=cach,target=/c ls\n", 2, 'unsupported mount type "cach"', "Did you mean cache?"),
    ("FROM python\nRUN --mount=type=xyzzy,target=/c ls\n", 2, "unsupported mount type", "A mount is bind, cache"),
    ("FROM python AS build\nFROM python\nCOPY --from=biuld /a /b\n", 3, "no stage", "Did you mean build?"),
    ("FROM python\nCOPY app.py /x\nCOPY src /x\n", 3, "is a file, not a folder", ""),
    ("FROM python\nCOPY app.py /x\nCOPY src/a /x/b/\n", 3, "is a file, not a folder", ""),
    ("FROM python AS a\nCOPY --from=z /a /b\nFROM python AS z\nFROM a\n", 2, "needs to be defined before", "Move"),
    ("FROM python AS a\nCOPY --from=a /a /b\n", 2, "circular dependency", "cannot copy from itself"),
    ("FROM python AS a\nONBUILD COPY nope /\nLABEL c=3\nFROM a\nRUN echo\n", 4, "not found", ""),
    ("FROM python\nRUN --mount=type=cache,target=/a,uid=x ls\n", 2, "invalid value x for uid", ""),
    ("FROM python\nRUN --mount=type=cache,target=/a,sharing=all ls\n", 2, "invalid value all for sharing", ""),
    ("FROM python\nRUN --security=sandbox ls\n", 2, "unknown flag: --security", ""),
    ("FROM python\nHEALTHCHECK --interval=0.5ms CMD x\n", 2, "cannot be less than 1ms", ""),
    ('FROM python\nCOPY ["app.py" "/app/"]\n', 2, "is not a pattern", "comma"),
    ("FROM $NOTHING\n", 1, "should not be blank", "default"),
    (f"FROM python\nFROM python\nCOPY --from={'9' * 5000} a /\n", 3, "invalid image reference", ""),
    ("FROM python\nEXPOSE ٣\n", 2, "invalid containerPort", ""),
    ("FROM python AS a\nONBUILD #\nFROM a\n", 3, "is not an instruction", ""),
    *((f"FROM python\nRUN --mount={mount} ls\n", 2, problem, "") for mount, problem in {
        "size=1k,type=tmpfs,target=/m": "unexpected key 'size' for mount type 'bind'",
        "type=cache,target=/m,required": "unexpected key 'required' for mount type 'cache'",
        "type=tmpfs,target=/m,size=x": "invalid value x for size",
        "type=cache,target=/m,ro=maybe": "invalid value maybe for ro",
        "type=cache,target=/m,uid": "invalid field 'uid'",
        "type=bind,target=/m,mode=755": "mode not allowed",
        "type=bind,target=/m,sharing=locked": "invalid cache sharing",
        "type=secret,env=A": "invalid secret mount",
        "type=ssh,source=a.py": "does not support source",
        ",": "invalid field ''",
    }.items()),
]  # fmt: skip


CHECKSUM = "FROM python\nADD --checksum={} https://example.com/x /\n"
STOPSIGNAL = "FROM python\nSTOPSIGNAL {}\n"
REFUSED += [
    ("FROM python AS Builder\nFROM Builder\n", 2, "has a capital letter", "Write 'builder'"),
    ("FROM python\nRUN --network= x\n", 2, "invalid network mode ''", "none or host"),
    ("FROM --platform=$NOPE python\n", 1, "$NOPE is empty", "linux/amd64"),
    (CHECKSUM.format("sha256:xyz"), 2, "invalid checksum digest length", "64 hexadecimal digits"),
    (CHECKSUM.format("md5:aa"), 2, "unsupported digest algorithm: md5", "sha256sum"),
    (CHECKSUM.format("sha256:" + "A" * 64), 2, "invalid checksum digest format", "lower case"),
    ("FROM python\nADD --checksum=sha256:xyz app.py /\n", 2, "needs a source that is a URL", "Remove"),
    ("FROM python\nADD --checksum=sha256:xyz ftp://x/y /\n", 2, "needs a source that is a URL", "Remove"),
    ("FROM python\nADD ftp://x/y /\n", 2, "not found", ""),
    ("FROM python\nADD HTTP://x/y /\n", 2, "not found", ""),
    ("FROM python\nCOPY https://x/y /\n", 2, "can't be a URL", "ADD"),
    *((f"FROM python\nCOPY {source} /\n", 2, "can't be a git ref", "ADD") for source in (
        "git://x/y", "GIT://x/y", "ssh://x/y", "me@x:y", "https://x/y.git")),
    *((STOPSIGNAL.format(signal), 2, f"invalid signal: {signal}", "SIGINT") for signal in (
        "0", "-0", "00", "1.5", "SIGFOO", "SIGRTMIN+16", "SIGRTMIN+0", "RTMAX-15", "SIGRTMAX+1", "RTMIN+03")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "problem", "cure"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refusals(text: str, line: int, problem: str, cure: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        build(text)
    assert caught.value.line == line
    assert problem in str(caught.value)
    assert cure in str(caught.value)


@pytest.mark.parametrize("text", [
    *(STOPSIGNAL.format(signal) for signal in ("-1", "+5", "007", "99", "sigint", "SIGRTMIN+15", "RTMAX-14")),
    'FROM python\nARG A B=1 "C\nRUN true\n', "FROM python\nARG 'C\n", "FROM python\nARG A$\n",
    CHECKSUM.format("$NOPE"), CHECKSUM.format("sha512:" + "a" * 128),
    "FROM python AS Builder\nFROM builder\nCOPY --from=Builder /bin /x\n",
])  # fmt: skip
def test_what_looks_wrong_and_is_not(text: str) -> None:
    assert build(text)


def test_the_name_of_an_argument_is_taken_as_it_is() -> None:
    rows = build('FROM python\nENV X=5\nARG "A"=1\nARG $X=3\nRUN env\n').history()
    assert [row.created_by for row in rows][:3] == [
        'RUN |2 "A"=1 $X=3 /bin/sh -c env # buildkit', "ARG $X=3", 'ARG "A"=1'
    ]  # fmt: skip


def test_the_classic_builder_expands_the_name_of_an_argument() -> None:
    rows = build("FROM python\nENV X=B\nARG $X=3\nRUN env\n", ClassicBuilder).history()
    assert rows[0].created_by == "|1 B=3 /bin/sh -c env"


def test_a_trigger_may_hold_a_heredoc() -> None:
    text = "FROM python AS a\nONBUILD RUN <<E\necho 1\nE\n"
    assert build(text).image.config["OnBuild"] == ["RUN <<E\necho 1\nE"]
    child = build(text + "FROM a\nRUN echo hi\n")
    assert [step.text for step in child.steps[1:]] == ["ONBUILD RUN <<E (echo 1)", "RUN echo hi"]
    assert child.history()[1].created_by == "RUN /bin/sh -c echo 1\n # buildkit"
    assert build("FROM python AS a\nONBUILD COPY <<E /x\nhi\nE\nFROM a\n").image.layers[-1].size == 3


# The classic builder's own answers.

CLASSIC_REFUSED = [
    ("FROM --platform=$BUILDPLATFORM python\n", 1, "failed to parse platform", "no value. Remove --platform"),
    ("FROM python\nWORKDIR $NOPE\n", 2, "cannot normalize nothing", "WORKDIR /home/app"),
    ('FROM python\nWORKDIR ""\n', 2, "cannot normalize nothing", "WORKDIR /home/app"),
    ("ARG X=$TARGETARCH\nFROM python:$X\n", 2, "is not a tag", ""),
    ("FROM python\nRUN --mount=type=cache,target=/c x\n", 2, "--mount option requires BuildKit", "Remove it"),
]


@pytest.mark.parametrize(("text", "line", "problem", "cure"), CLASSIC_REFUSED)
def test_refusals_of_the_classic_builder(text: str, line: int, problem: str, cure: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        build(text, ClassicBuilder)
    assert caught.value.line == line
    assert problem in caught.value.problem
    assert cure in caught.value.cure


CLASSIC_ROWS = [
    # Dockerfile, the newest rows of the history, a part of the config
    ("FROM python\nCMD\n", ['CMD ["/bin/sh" "-c"]'], {"Cmd": ["/bin/sh", "-c"]}),
    ("FROM python\nCMD a\nENTRYPOINT\n", ["ENTRYPOINT []", 'CMD ["/bin/sh" "-c" "a"]'], {"Entrypoint": None}),
    ("FROM python\nARG TARGETARCH\nARG TARGETSTAGE\n", ["ARG TARGETSTAGE", "ARG TARGETARCH"], {}),
]


@pytest.mark.parametrize(("text", "rows", "config"), CLASSIC_ROWS, ids=[row[0] for row in CLASSIC_ROWS])
def test_history_and_config_of_the_classic_builder(text: str, rows: list[str], config: dict[str, object]) -> None:
    built = build(text, ClassicBuilder)
    shown = [row.created_by.removeprefix("/bin/sh -c #(nop)  ") for row in built.history()]
    assert shown[: len(rows)] == rows
    assert {key: built.image.config.get(key) for key in config} == config


def test_platform_arguments_have_no_value_in_the_classic_builder() -> None:
    built = build("FROM python\nARG TARGETARCH\nARG BUILDPLATFORM=x\nRUN env\n", ClassicBuilder)
    assert built.history()[0].created_by == "|1 BUILDPLATFORM=x /bin/sh -c env"


SENT = [
    # .dockerignore, its name, what docker/Dockerfile copies, the hash that Engine 28.5.2 shows in the history
    ("docker\n", ".dockerignore", ".", "5ecd67c84920c60ad55691dd478a34232fa840ff79617cde71f0abd56307fa0c"),
    (
        "docker/\n.dockerignore",
        ".dockerignore",
        ".",
        "a43fe039bdf2b35f2dc8f7b3bda94fea4d03f887cd86bd3ea9ade17672f21984",
    ),
    ("docker/Dockerfile\n", ".dockerignore", ".", "41f5d99890bb182693ac8fe07c002bd679427d354dce7617f165b0436ec7ebed"),
    ("*\n!a\n", ".dockerignore", ".", "a43fe039bdf2b35f2dc8f7b3bda94fea4d03f887cd86bd3ea9ade17672f21984"),
    ("a\n", "docker/Dockerfile.dockerignore", ".", "940ebf56d04ff0376cbcef2e896e7c9e7698920bed14e01856fc54ef184b7078"),
    ("docker\n", ".dockerignore", "docker", "d548c5b83fa61d8e3bd86ad42a7ffea9b7c86e3f9d8095c1577d3e1270bb9420"),
]


@pytest.mark.parametrize(("ignored", "name", "source", "digest"), SENT)
def test_what_the_classic_client_sends(ignored: str, name: str, source: str, digest: str, tmp_path: Path) -> None:
    text = f"FROM python\nCOPY {source} /o/\n"
    for path, content in {"a": "1", "docker/Dockerfile": text, name: ignored}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content)
        (tmp_path / path).chmod(0o644)
    (tmp_path / "docker").chmod(0o755)
    row = ClassicBuilder().build(Project.from_directory(tmp_path, "docker/Dockerfile")).history()[0]
    assert row.created_by == f"/bin/sh -c #(nop) COPY dir:{digest} in /o/ "


FETCHED = [
    # an ADD, what history shows of the sources; None where the classic builder refuses it
    ("ADD https://example.com/t.txt /x/", "unknown"),
    ("ADD https://example.com/t.txt?a=b /x", "unknown"),
    ("ADD https://example.com/t.txt app.py /x/", "multi:unknown"),
    ("ADD https://example.com/t.txt app.py /x", None),
    ("ADD https://example.com/ /x/", None),
    ("ADD git://example.com/x /x/", None),
    ("ADD ftp://example.com/x /x/", None),
    ("COPY https://example.com/t.txt /x/", None),
]


@pytest.mark.parametrize(("add", "shown"), FETCHED)
def test_the_classic_builder_fetches_urls(add: str, shown: str | None) -> None:
    builder, project = ClassicBuilder(), Project.from_files(FILES, f"FROM python\n{add}\n")
    if shown is None:
        with pytest.raises(DockerfileError):
            builder.build(project)
        return
    row = builder.build(project).history()[0]
    assert row.created_by == f"/bin/sh -c #(nop) ADD {shown} in {add.split()[-1]} "
    assert row.size is None
    assert not builder.build(project).missed
    other = project.with_dockerfile(project.dockerfile.replace("example.com", "example.org"))
    assert builder.build(other).missed


@pytest.mark.parametrize(
    ("dockerfile", "printed"),
    [
        ("ARG TAG=latest\nFROM python:$TAG\nRUN echo a > /a.txt\n", ["ARG", "FROM", "RUN"]),
        ("ARG A\nARG B=2\nFROM python\nCOPY app.py /\n", ["ARG", "ARG", "FROM", "COPY"]),
    ],
)
def test_an_arg_above_from_is_printed_but_never_missed(dockerfile: str, printed: list[str]) -> None:
    """The engine prints no "Using cache" for it (Docker 28.5, classic); it makes nothing that could be cached."""
    builder, project = ClassicBuilder(), Project.from_files(FILES, dockerfile)
    assert [step.keyword for step in builder.build(project).missed] == printed[printed.index("FROM") + 1 :]
    again = builder.build(project)
    assert [step.keyword for step in again.steps] == printed
    assert not again.missed


def test_a_classic_builder_takes_a_stages_name_in_capitals() -> None:
    assert len(build("FROM python AS Builder\nRUN a\nFROM Builder\nRUN b\n", ClassicBuilder).steps) == 4


@pytest.mark.parametrize("mount", [
    "type=tmpfs,size=1.5g,target=/m", "type=cache,target=/m,sharing=LOCKED", "type=Cache,TARGET=/m", "type=secret,id=x",
    "type=cache,env=X,target=/m", "type=cache,target=//m,ro=0", "uid=1,type=cache,target=/m", "type=ssh,required=F",
])  # fmt: skip
def test_mounts_that_look_wrong(mount: str) -> None:
    assert build(f"FROM python\nRUN --mount={mount} ls\n")


def test_a_stage_that_is_not_needed_may_be_wrong() -> None:
    assert build("FROM python AS a\nCOPY --from=z /a /b\nFROM python AS z\n")


def test_a_mount_goes_into_the_working_directory() -> None:
    assert build("FROM python\nWORKDIR /w\nRUN --mount=type=cache,target=. ls\n")


@pytest.mark.parametrize("builder", [BuildKit, ClassicBuilder])
def test_an_emptied_cache_is_not_another_image(builder: Builder) -> None:
    one, project = builder(), Project.from_files(FILES, "FROM python\nCOPY app.py /\nRUN ls\n")
    one.build(project)
    one.prune()
    reasons = [step.reason for step in one.build(project).steps]
    assert {reason.kind for reason in reasons if reason} == {"pruned"}


def test_a_trigger_stands_on_the_line_of_its_from() -> None:
    step = build("FROM python AS a\nLABEL a=1\nONBUILD RUN ls\nLABEL b=1\nFROM a\n").steps[-1]
    assert (step.name, step.line) == ("[stage-1 1/1] ONBUILD RUN ls", 5)


def test_a_file_does_not_take_the_place_of_a_folder_that_came_with_another_source() -> None:
    files = Tree({"d/x/f": File(b"1"), "x": File(b"2")})
    selections = [(path, select(files, path)) for path in ("d", "x")]
    with pytest.raises(ContextError, match="cannot copy a file to /x: a folder is there"):
        copied(Snapshot(None, {}), selections, CopyOptions("/"))
    written = copied(Snapshot(None, {}), selections, CopyOptions("/", replace=True)).written
    assert (written["x"], written["x/f"]) == (File(b"2"), None)
