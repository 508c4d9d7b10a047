"""Reading: Dockerfiles, contexts, projects, changes. Tables of text and outcome."""

import json
import os
import socket
from pathlib import Path

import pytest

from layerlib import ContextError, DockerfileError, File, Project, changes
from layerlib.reading.dockerfile import parse
from layerlib.reading.expansion import expand, expand_name, expand_run_name
from layerlib.reading.paths import clean
from layerlib.reading.tree import Tree

REFUSED = [
    # text, line, a part of what is wrong, a part of the cure
    ("RUN echo a\n", 1, "before the first FROM", "FROM"),
    ("", None, "no FROM", "FROM"),
    ("FROM python\nFOO bar\n", 2, "unknown instruction: FOO", "FROM"),
    ("FROM python\nCOPPY app.py /\n", 2, "unknown instruction: COPPY", "COPY"),
    ("FROM python AS 1abc\n", 1, "invalid name for build stage", "begins with a letter"),
    ("FROM python AS\n", 1, "one or three arguments", "FROM image AS name"),
    ("FROM python\nCOPY app.py\n", 2, "at least two arguments", "COPY app.py /home/app/"),
    ("FROM python\n\n# note\nCOPY --chwon=1 a /b\n", 4, ["unknown flag: --chwon", "1"][0], "--chown"),
    ("FROM python\nCOPY --chmod=1 --chmod=2 a /b\n", 2, "duplicate flag", "Keep one"),
    ("FROM python\nRUN <<EOF\necho a\n", 2, "unterminated heredoc", "heredoc's name"),
    ("FROM python\nENV A\n", 2, "two arguments", "NAME=value"),
    ("FROM python\nENV A=1 B\n", 2, "can't find =", "quotes"),
    ('FROM python\nRUN ["echo", 1]\n', 2, "strings", "double quotes"),
    ("FROM python\nWORKDIR\n", 2, "exactly one argument", "WORKDIR /home/app"),
    ("FROM python\nHEALTHCHECK --interval=abc CMD true\n", 2, "invalid duration", "30s"),
    ("FROM python\nHEALTHCHECK NONE x\n", 2, "takes no arguments", "NONE"),
    ("FROM python\nONBUILD ONBUILD RUN x\n", 2, "ONBUILD ONBUILD", "away"),
    ("FROM python\nSHELL /bin/sh\n", 2, "JSON", "/bin/bash"),
    ("# escape=x\nFROM python\n", 1, "escape token", "`"),
    ("FROM python\nCMD " + "[" * 5000 + "]" * 5000, 2, "strings only", ""),
    (f"FROM python\nHEALTHCHECK --interval={'9' * 400}h CMD true\n", 2, "invalid duration", "30s"),
    ("FROM python\nHEALTHCHECK --interval=-1h CMD true\n", 2, "less than 1ms", "30s"),
    ("FROM python\nHEALTHCHECK --interval=00 CMD true\n", 2, "invalid duration", "30s"),
    (f"FROM python\nHEALTHCHECK --retries={'9' * 5000} CMD true\n", 2, "whole number", "3"),
    ("FROM python\nRUN --mount= x\n", 2, "no value", "--mount=type"),
    ("FROM python\nRUN --mount=type=cache,from=$A x\n", 2, "variables", "AS name"),
    ('FROM python\nRUN --mount=a,\\"b\\"c x\n', 2, "quote", "without quotes"),
]


@pytest.mark.parametrize(("text", "line", "problem", "cure"), REFUSED)
def test_a_mistake_has_its_line_and_its_cure(text: str, line: int | None, problem: str, cure: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        parse(text)
    error = caught.value
    assert error.line == line
    assert problem in error.problem
    assert cure in error.cure
    assert error.problem in str(error)
    assert error.cure in str(error)
    if line:
        assert error.text == text.split("\n")[line - 1]
        assert "^" in str(error)


def test_the_caret_stands_under_the_mistake() -> None:
    with pytest.raises(DockerfileError) as caught:
        parse("FROM python\nCOPPY app.py /\n")
    assert str(caught.value).split("\n")[1:3] == ["   2 | COPPY app.py /", "     | ^^^^^"]


READ = [
    # text, keyword, words, json, first and last line of the last instruction
    ("FROM a\nRUN echo a \\\n\n  # c\n && echo b\n", "RUN", ("echo a  && echo b",), False, (2, 5)),
    ('FROM a\nCMD ["x", "y"]\n', "CMD", ("x", "y"), True, (2, 2)),
    ("FROM a\nCMD ['x']\n", "CMD", ("['x']",), False, (2, 2)),
    ('FROM a\ncopy "a b" /c\n', "COPY", ('"a', 'b"', "/c"), False, (2, 2)),
    ("# escape=`\nFROM a\nRUN echo `\n b\n", "RUN", ("echo  b",), False, (3, 4)),
    ("FROM a\nRUN <<E\nx\nE\n", "RUN", ("<<E",), False, (2, 4)),
    ("FROM a\nEXPOSE 80 53/udp\n", "EXPOSE", ("53/udp", "80"), False, (2, 2)),
    ("\ufefffrom a\nrun x", "RUN", ("x",), False, (2, 2)),
]


@pytest.mark.parametrize(("text", "keyword", "words", "is_json", "lines"), READ)
def test_an_instruction_is_read(
    text: str, keyword: str, words: tuple[str, ...], is_json: bool, lines: tuple[int, int]
) -> None:
    one = parse(text).stages[-1].instructions[-1]
    assert (one.keyword, one.words, one.json, (one.line, one.last_line)) == (keyword, words, is_json, lines)


def test_flags_heredocs_and_stages() -> None:
    read = parse(
        "ARG V=1\nFROM a AS Build\nCOPY --link --exclude=x --exclude=y . /\nFROM build\nCOPY <<-'E' /f\n\thi\n\tE\n"
    )
    assert [stage.name for stage in read.stages] == ["build", ""]
    assert [one.pairs for one in read.arguments] == [(("V", "1"),)]
    copy = read.stages[0].instructions[0]
    assert (copy.is_set("link"), copy.flags["exclude"]) == (True, ("x", "y"))
    (heredoc,) = read.stages[1].instructions[0].heredocs
    assert (heredoc.name, heredoc.body, heredoc.expand) == ("E", "hi\n", False)


WORDS = [
    ("$A", "1"), ("${A}", "1"), ("$U", ""), ("${U:-d}", "d"), ("${A:+x}", "x"), ("${E-d}", ""), ("${E:-d}", "d"),
    ("${P#a}", "bab"), ("${P##*a}", "b"), ("${P%b}", "aba"), ("${P/a/x}", "xbab"), ("${P//a/x}", "xbxb"),
    ("'$A'", "$A"), ('"$A b"', "1 b"), (r"\$A", "$A"), ("a$A/b", "a1/b"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "value"), WORDS)
def test_words_are_expanded(word: str, value: str) -> None:
    assert expand(word, {"A": "1", "E": "", "P": "abab"}) == value


def test_names_are_expanded_as_docker_shows_them() -> None:
    assert expand_run_name('echo "$A" $U ${U:-y}', {"A": "1"}) == 'echo "1" $U ${U:-y}'
    assert expand_name('["$A", "b"]', {"A": "1"}) == "[1, b]"
    assert expand_name("${A", {"A": "1"}) == "${A"


@pytest.mark.parametrize("word", ["${A", "${A^x}", "${:x}", "${A:?}"])
def test_bad_words_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="failed to process"):
        expand(word, {"A": ""})


IGNORED = [
    # .dockerignore, what is left of the context
    ("", ["a.log", "d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("*.log", ["d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("# c\n\n /a.log ", ["d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("d", ["a.log", "k.txt"]),
    ("d\n!d/e/c.txt", ["a.log", "d", "d/e", "d/e/c.txt", "k.txt"]),
    ("**/*.txt", ["a.log", "d", "d/e"]),
    ("*\n!k.txt", ["k.txt"]),
]


@pytest.mark.parametrize(("patterns", "left"), IGNORED)
def test_dockerignore(patterns: str, left: list[str]) -> None:
    files = {"a.log": "", "d/b.txt": "", "d/e/c.txt": "", "k.txt": "", ".dockerignore": patterns}
    context = Project.from_files(files, "FROM scratch").context
    assert [path for path in context if path not in (".dockerignore", "Dockerfile")] == left


def test_a_bad_pattern_is_named() -> None:
    project = Project.from_files({".dockerignore": "a[\n"}, "FROM scratch")
    with pytest.raises(ContextError, match=r"\.dockerignore: .*a\["):
        _ = project.context


def test_the_own_dockerignore_comes_first() -> None:
    files = {"Dockerfile.dockerignore": "a", ".dockerignore": "b", "a": "", "b": ""}
    assert "b" in Project.from_files(files, "FROM scratch").context


def test_a_folder_is_read_without_opening_files(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.txt").write_bytes(b"abc")
    os.chmod(tmp_path / "src" / "a.txt", 0o600)  # noqa: PTH101 - the mode matters, not how it is set
    project = Project.from_directory(tmp_path)
    assert list(project.files) == ["Dockerfile", "src", "src/a.txt"]
    file = project.files["src/a.txt"]
    assert file.disk is not None
    assert (file.size, file.disk.path) == (3, str(tmp_path / "src" / "a.txt"))
    (tmp_path / "src" / "a.txt").write_bytes(b"abd")
    with pytest.raises(ContextError, match=r"a\.txt changed after the project was read; read the project again"):
        file.read()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in folders here")
def test_sockets_are_not_sent(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert list(Project.from_directory(tmp_path).files) == ["Dockerfile"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContextError, match="no Dockerfile"):
        Project.from_directory(tmp_path)
    with pytest.raises(ContextError, match="no folder"):
        Project.from_directory(tmp_path / "nowhere")
    with pytest.raises(ContextError, match="python-numpy-app"):
        Project.load("python-nmupy-app")
    with pytest.raises(ContextError, match="not a path inside"):
        Project.from_files({"../a": ""}, "FROM scratch")


def test_links_are_followed_inside_the_tree() -> None:
    files = {"a": {"link": "d"}, "d/f": "x", "loop": {"link": "loop"}, "out": {"link": "/d/f"}, "gone": {"link": "no"}}
    tree = Project.from_files(files, "FROM scratch").files
    assert [tree.resolve(path) for path in ("a/f", "loop", "out", "gone", "a")] == ["d/f", None, "d/f", None, "d"]


def test_clean_never_leaves_the_root() -> None:
    assert [clean(path) for path in ("../a", "a//b/./c", "/", "a/..", "a/../../b")] == ["a", "a/b/c", "", "", "b"]


def test_a_tree_knows_the_folders_on_the_way() -> None:
    tree = Project.from_files({"a/b/c": ""}, "FROM scratch").files
    assert isinstance(tree, Tree)
    assert list(tree.below("a")) == ["a/b", "a/b/c"]


# Changes.

PROJECT = Project.from_files({"app.py": "print(1)\n", "old.txt": ""}, "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a\n")

CHANGED = [
    (lambda p: changes.set_instruction(p, 4, "RUN y"), "FROM python\nENV A=1\nRUN y\nCMD a\n"),
    (lambda p: changes.set_instruction(p, 2, ""), "FROM python\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.insert(p, 2, "LABEL x=1"), "FROM python\nLABEL x=1\nENV A=1\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.append(p, "USER 1"), "FROM python\nENV A=1\nRUN <<E\nx\nE\nCMD a\nUSER 1\n"),
    (lambda p: changes.move(p, 3, 2), "FROM python\nRUN <<E\nx\nE\nENV A=1\nCMD a\n"),
    (lambda p: changes.move(p, 2, 6), "FROM python\nRUN <<E\nx\nE\nENV A=1\nCMD a\n"),
    (lambda p: changes.set_base(p, "debian"), "FROM debian\nENV A=1\nRUN <<E\nx\nE\nCMD a\n"),
    (lambda p: changes.set_env(p, "A", "2"), "FROM python\nENV A=2\nRUN <<E\nx\nE\nCMD a\n"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "text"), CHANGED)
def test_instructions_are_changed(change, text: str) -> None:  # type: ignore[no-untyped-def]
    changed = change(PROJECT)
    assert changed.dockerfile == text
    assert changed.files["Dockerfile"].read().decode() == text
    assert PROJECT.dockerfile.startswith("FROM python\nENV A=1")


def test_an_edit_leaves_the_folders_above_as_they_are() -> None:
    project = Project.from_files({"src": File(kind="folder", mode=0o700), "src/a": "1"}, "FROM python")
    for changed in (changes.edit_file(project, "src/a"), changes.add_file(project, "src/b")):
        assert changed.files["src"].mode == 0o700


def test_a_file_takes_the_place_of_a_folder() -> None:
    project = Project.from_files({"src/a": "1", "src/b/c": "1", "src-too": "1"}, "FROM python")
    assert list(project.with_files({"src": "2"}).files) == ["Dockerfile", "src", "src-too"]
    assert list(project.with_files({"src": None}).files) == ["Dockerfile", "src-too"]


def test_files_are_changed() -> None:
    assert changes.edit_file(PROJECT, "app.py").files["app.py"].read() != b"print(1)\n"
    assert changes.touch(PROJECT, "app.py") == PROJECT
    assert changes.set_mode(PROJECT, "app.py", 0o755).files["app.py"].mode == 0o755
    assert "new.py" in changes.add_file(PROJECT, "new.py").files
    assert "old.txt" not in changes.remove_file(PROJECT, "old.txt").files
    assert changes.rename_file(PROJECT, "app.py", "main.py").files["main.py"].read() == b"print(1)\n"
    with pytest.raises(ContextError, match=r"there is no file no\.py; there are: Dockerfile, app\.py, old\.txt"):
        changes.edit_file(PROJECT, "no.py")


def test_every_offered_change_can_be_made() -> None:
    for name in Project.shipped():
        project = Project.load(name)
        offered = changes.of(project)
        assert len({change.name for change in offered}) == len(offered) >= 5
        for change in offered:
            assert change(project).parsed


def test_changing_never_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    changes.set_env(changes.set_base(PROJECT, "debian"), "B", "1")
    assert list(tmp_path.iterdir()) == []
    assert json.dumps(sorted(PROJECT.files)) == '["Dockerfile", "app.py", "old.txt"]'
