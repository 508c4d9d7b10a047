"""The sentences of reasons: one edit between two builds, and the words of the first step that misses."""

import pytest
from small_project import FILES

from layerlib import BuildKit, ClassicBuilder, File, Project

REASONS = [
    # Dockerfile, what is replaced, its text, the sentence of the first step that misses
    ("FROM python\nWORKDIR /w\nUSER app\nRUN ls\n", "USER app\n", "", "The user who runs it changed from app to root."),
    ('FROM python\nRUN ["a", "x", "z"]\n', '"a"', '"b"', 'The instruction changed; it was RUN ["a", "x", "z"].'),
    ("FROM python\nRUN <<E\na\nE\n", "a\n", "b\n", "The text of the heredoc of RUN <<E changed."),
    ("FROM python\nRUN --mount=type=cache,target=/k ls\n", "target=/k", "target=/q", "The mount at /q is new."),
    ("FROM python\nCOPY requirements.txt /r/\n", "requirements.txt", "require*.txt",
     "require*.txt is a wildcard; it was a name, requirements.txt."),
    ("FROM python\nCOPY app.py require*.txt /r/\n", "require*.txt", "requirements.txt",
     "requirements.txt is a name; it was a wildcard, require*.txt."),
    ("FROM python\nCOPY src /a\n", "src", ".", "Other files are copied: .; it was src."),
    ("FROM python\nCOPY app.py src/a /r/\n", "app.py src/a", "src/a app.py",
     "The sources come in another order; it was app.py src/a."),
    ("FROM python\nRUN ls\n", "RUN", "USER root\nRUN",
     "USER is root now. Without USER it is root too, but Docker compares the text."),
    ("FROM python\nUSER root\nRUN ls\n", "USER root\n", "",
     "USER is not set now; it was root. Without USER it is root too, but Docker compares the text."),
    ("FROM python\nWORKDIR /w\n", "WORKDIR", "USER root\nWORKDIR",
     "The owner is root now. An owner that is not set is root, but Docker compares the text."),
    ("FROM python\nCOPY app.py /x\n", "COPY", "COPY --chown=1000",
     "The owner of what is written changed from root to 1000."),
    ("FROM python\nRUN make .\n", "make", "cmake", "The instruction changed; it was `RUN make .`."),
    ("FROM python\nRUN --mount=type=secret,id=a ls\n", "id=a", "id=b",
     "The secret mount b changed: id is b now; it was a."),
    ("FROM python\nRUN --mount=type=cache,target=/d ls\n", "--mount=type=cache,target=/d ",
     "--mount=type=cache,target=/d --mount=type=ssh ", "The SSH mount is new."),
    ("FROM python\nRUN --mount=type=cache,target=/c ls\n", "target=/c", "target=/c,sharing=locked",
     "The mount at /c changed: sharing is private or locked now; it was shared."),
    ("FROM python\nRUN --mount=type=cache,target=/c ls\n", "target=/c", "target=/c,id=q",
     "The mount at /c changed: it is a cache with a name of its own now."),
    ("FROM python\nRUN --mount=type=cache,target=/c ls\n", "target=/c", "target=/c,uid=5",
     "The mount at /c changed: uid is 5 now; it was not set."),
    ("FROM python\nRUN --mount=type=tmpfs,target=/c ls\n", "tmpfs", "cache",
     "The mount at /c changed: type is cache now; it was tmpfs."),
    ("FROM python\nENV V=1\nRUN ls $V\n", "V=1", "V=2",
     "The variable V changed from '1' to '2'. This step uses it."),
    ("FROM python\nENV V=1\nRUN ls $VERY\n", "V=1", "V=2",
     "The variable V changed from '1' to '2'. Every RUN after it sees it, used or not."),
    ("FROM python\nRUN a\nRUN b\nRUN c\n", "RUN b\nRUN c", "RUN c\nRUN b",
     "It now comes right after RUN a; when it was built before, it came right after RUN b."),
    ("FROM python\nENV V=1\nRUN ls\n", "V=1", "V=2",
     "The variable V changed from '1' to '2'. Every RUN after it sees it, used or not."),
    ("FROM python\nRUN a\nRUN b\n", "RUN a\n", "",
     "It now comes right after FROM python; when it was built before, it came right after RUN a."),
    ("FROM python AS build\nCOPY . .\n", "build", "builder",
     "The content of Dockerfile changed. Unless the image needs it, list it in .dockerignore."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "sentence"), REASONS, ids=[row[3] for row in REASONS])
def test_sentences(text: str, old: str, new: str, sentence: str) -> None:
    builder = BuildKit()
    builder.build(Project.from_files(FILES, text))
    missed = builder.build(Project.from_files(FILES, text.replace(old, new))).missed
    assert str(missed[0].reason) == sentence


LINKED = [
    # what app.py was, what it is, the sentence
    ("app\n", "src/a", "app.py is a symbolic link now; it was a file."),
    ("src/a", "src", "The link app.py leads to src now; it was src/a."),
]


@pytest.mark.parametrize(("was", "now", "sentence"), LINKED)
def test_sentences_of_links(was: str, now: str, sentence: str) -> None:
    one = BuildKit()
    for target in (was, now):
        file = target if target.endswith("\n") else File(kind="link", mode=0o777, target=target)
        built = one.build(Project.from_files({"d/app.py": file}, "FROM python\nCOPY d /x/\n"))
    assert str(built.missed[0].reason) == sentence.replace("app.py", "d/app.py")


def test_a_copy_of_what_a_run_wrote_names_the_folder() -> None:
    builder, text = (
        BuildKit(),
        "FROM python AS b\nWORKDIR /src\nCOPY app.py .\nRUN make 1\nFROM python\nCOPY --from=b /src /x\n",
    )
    for content in ("1", "2"):
        built = builder.build(Project.from_files({"app.py": "1"}, text.replace("make 1", "make " + content)))
    assert str(built.steps[-1].reason) == "It is cached if [b 4/4] RUN make 2 writes the same files as before."


def test_the_classic_builder_shows_the_values_of_an_argument() -> None:
    builder, project = ClassicBuilder(), Project.from_files({}, "FROM python\nARG V\nRUN ls\n")
    shown = []
    for value in ("1", "2", None):
        built = builder.build(project, args={} if value is None else {"V": value})
        shown += [str(step.reason) for step in built.missed if step.keyword == "RUN"]
    sees = "A RUN sees every ARG above it, used or not."
    assert shown[1:] == [
        f"The build argument V changed from '1' to '2'. {sees}",
        f"The build argument V is gone. {sees}",
    ]


def test_a_variable_behind_a_classic_instruction() -> None:
    builder = ClassicBuilder()
    builder.build(Project.from_files({}, "FROM python\nARG V\nLABEL l=$V\n"), args={"V": "1"})
    (step,) = builder.build(Project.from_files({}, "FROM python\nARG V\nLABEL l=$V\n"), args={"V": "2"}).missed
    assert str(step.reason) == "What the variables in LABEL l=$V stand for changed."


def test_a_target_that_was_not_built_before_is_a_first_build() -> None:
    builder, project = BuildKit(), Project.from_files(FILES, "FROM python AS build\nRUN ls\nFROM debian\nRUN date\n")
    builder.build(project, target="build")
    assert [str(step.reason) for step in builder.build(project).missed] == ["This step has never been built before."]
