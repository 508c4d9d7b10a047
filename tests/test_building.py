"""Building: what is refused and how, and rules that no recorded build shows. Checked by hand against Engine 28.5.2."""

import pytest

from layerlib import BuildKit, ClassicBuilder, ContextError, DockerfileError, File, Project
from layerlib.building.files.copying import CopyOptions, copied
from layerlib.building.files.selecting import select
from layerlib.building.files.snapshot import Snapshot
from layerlib.reading.tree import Tree

FILES = {
    "app.py": "app\n",
    "requirements.txt": "flask\n",
    "src/a": "a\n",
    "secret.md": "s\n",
    ".dockerignore": "*.md\n",
}
Builder = type[BuildKit] | type[ClassicBuilder]


def build(text: str, builder: Builder = BuildKit, files: dict[str, str] = FILES, **options: object):  # type: ignore[no-untyped-def]
    return builder().build(Project.from_files(files, text), **options)  # type: ignore[arg-type]


REFUSED = [
    # Dockerfile, line, a part of what is wrong, a part of the cure
    ("FROM python\nCOPY requirement.txt /\n", 2, '"/requirement.txt": not found', "Did you mean requirements.txt?"),
    ("FROM python\nCOPY secret.md /\n", 2, "not found", ".dockerignore leaves secret.md out"),
    ("FROM python\nCOPY zzz /\n", 2, "not found", "letter by letter"),
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


@pytest.mark.parametrize(("text", "line", "problem", "cure"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refusals(text: str, line: int, problem: str, cure: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        build(text)
    assert caught.value.line == line
    assert problem in str(caught.value)
    assert cure in str(caught.value)


@pytest.mark.parametrize("mount", [
    "type=tmpfs,size=1.5g,target=/m", "type=cache,target=/m,sharing=LOCKED", "type=Cache,TARGET=/m", "type=secret,id=x",
    "type=cache,env=X,target=/m", "type=cache,target=//m,ro=0", "uid=1,type=cache,target=/m", "type=ssh,required=T",
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
    assert {reason.kind for reason in reasons if reason} == {"first-build"}


def test_a_trigger_stands_on_the_line_of_its_from() -> None:
    step = build("FROM python AS a\nLABEL a=1\nONBUILD RUN ls\nLABEL b=1\nFROM a\n").steps[-1]
    assert (step.name, step.line) == ("[stage-1 1/1] ONBUILD RUN ls", 5)


def test_a_file_does_not_take_the_place_of_a_folder_that_came_with_another_source() -> None:
    files = Tree({"d/x/f": File(b"1"), "x": File(b"2")})
    selections = [(path, select(files, path)) for path in ("d", "x")]
    with pytest.raises(ContextError, match="cannot copy a file to /x: a folder is there"):
        copied(Snapshot(None, {}), selections, CopyOptions("/"))
    written = copied(Snapshot(None, {}), selections, CopyOptions("/", replace=True))
    assert (written["x"], written["x/f"]) == (File(b"2"), None)
