"""What .dockerignore leaves out of a context."""

from __future__ import annotations

import pytest

from layerlib import ContextError, File, Project

IGNORED = [
    # .dockerignore, what is left of the context
    ("", ["a.log", "d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("*.log", ["d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("# c\n\n /a.log ", ["d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("d", ["a.log", "k.txt"]),
    ("d\n!d/e/c.txt", ["a.log", "d", "d/e", "d/e/c.txt", "k.txt"]),
    ("**/*.txt", ["a.log", "d", "d/e"]),
    ("*\n!k.txt", ["k.txt"]),
    ("\ufeff*.log", ["d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("*.txt\n  !k.txt", ["a.log", "d", "d/b.txt", "d/e", "d/e/c.txt", "k.txt"]),
    ("*\n!d/e\nd/e/c.txt", ["d", "d/e"]),
    ("d/e\n!d\nd/e", ["a.log", "d", "d/b.txt", "k.txt"]),
]


@pytest.mark.parametrize(("patterns", "left"), IGNORED)
def test_dockerignore(patterns: str, left: list[str]) -> None:
    files = {"a.log": "", "d/b.txt": "", "d/e/c.txt": "", "k.txt": "", ".dockerignore": patterns}
    context = Project.from_files(files, "FROM scratch").context
    assert [path for path in context if path not in (".dockerignore", "Dockerfile")] == left


ODD = [
    # .dockerignore, the files that are left of a.py, 5 and x.log; None where Docker refuses it (recorded, 28.5.2)
    ("\\a.py", ["5", "a.py", "x.log"]),  # a bell
    ("\\d", ["a.py", "x.log"]),
    ("*\\.log", ["5", "a.py"]),
    ("\\z", ["5", "a.py", "x.log"]),
    ("**\\x", None),
    ("\\1", None),
    ("\\q", None),
    ("\\é", None),
    ("!/", None),
    ("!/.", None),
    ("! / ", None),
    ("!/..", None),
    ("!.", ["5", "a.py", "x.log"]),
    ("a\tb", None),
    ("é\tb", ["5", "a.py", "x.log"]),
    ("# \x01\n5", ["a.py", "x.log"]),
]


@pytest.mark.parametrize(("patterns", "left"), ODD)
def test_odd_patterns(patterns: str, left: list[str] | None) -> None:
    project = Project.from_files({"a.py": "", "5": "", "x.log": "", ".dockerignore": patterns}, "FROM scratch")
    if left is None:
        with pytest.raises(ContextError, match=r"\.dockerignore: "):
            _ = project.context
    else:
        assert [path for path in project.context if path not in (".dockerignore", "Dockerfile")] == left


def test_a_dockerignore_that_is_a_link_is_followed() -> None:
    link = File(kind="link", mode=0o777, target="list")
    files = {".dockerignore": link, "list": "a\n", "a": "1", "b": "1"}
    assert "a" not in Project.from_files(files, "FROM scratch").context
    assert "a" in Project.from_files({**files, "list": "b\n"}, "FROM scratch").context
    assert "b" in Project.from_files({"a": "1", "b": "1", ".dockerignore": link}, "FROM scratch").context


def test_a_bad_pattern_is_named() -> None:
    project = Project.from_files({".dockerignore": "a[\n"}, "FROM scratch")
    with pytest.raises(ContextError, match=r"\.dockerignore: .*a\["):
        _ = project.context


def test_the_own_dockerignore_comes_first() -> None:
    files = {"Dockerfile.dockerignore": "a", ".dockerignore": "b", "a": "", "b": ""}
    assert "b" in Project.from_files(files, "FROM scratch").context


def test_a_folder_that_only_holds_what_comes_back_is_marked() -> None:
    context = Project.from_files({"d/a": "", "d/b": "", "e/c": "", ".dockerignore": "d\n!d/a"}, "FROM scratch").context
    assert [path for path, file in context.items() if file.ignored] == ["d"]
