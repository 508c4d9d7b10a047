"""Trees of files, their paths and their links."""

from __future__ import annotations

import pytest

from layerlib import ContextError, File, Project
from layerlib.reading.file import FOLDER
from layerlib.reading.paths import base_name, clean, parents, refuse_too_long
from layerlib.reading.tree import Tree


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
    assert list(tree.below("")) == list(tree) == ["Dockerfile", "a", "a/b", "a/b/c"]
    assert ("" in tree, tree[""], len(tree)) == (True, FOLDER, 4)


def test_a_tree_is_in_the_order_of_its_paths() -> None:
    tree = Tree({"b": File(b"2"), "a-c": File(b"3"), "a/b": File(b"1")})
    assert list(tree) == list(tree.keys()) == list(tree.inside("")) == ["a", "a-c", "a/b", "b"]
    assert [file.content for file in tree.values()] == [b"", b"3", b"1", b"2"]
    assert dict(tree.folders) == {"a": FOLDER}
    assert list(tree.below("a")) == ["a/b"]


def test_a_changed_tree() -> None:
    private = File(kind="folder", mode=0o700)
    tree = Tree({"d": private, "d/a": File(b"1"), "e/b": File(b"2")})
    assert tree.changed({"d": FOLDER, "d/c": File(b"3")})["d"] is private
    assert list(tree.changed({"d/c": File()})) == ["d", "d/a", "d/c", "e", "e/b"]
    assert list(tree.changed({}, {"e", "e/b"})) == ["d", "d/a"]
    assert tree.changed({"d/a": File(b"9")}, {"d/a"})["d/a"].content == b"9"
    assert list(tree) == ["d", "d/a", "e", "e/b"]
    assert dict(tree.changed({"x/y": File()}).folders) == {"d": private, "e": FOLDER, "x": FOLDER}


def test_what_is_derived_of_a_tree_is_worked_out_once() -> None:
    asked: list[tuple[str, int]] = []

    def look(tree: Tree, path: str, times: int = 1) -> str:
        asked.append((path, times))
        return path * times

    tree = Tree({})
    assert [tree.derived(look, "a"), tree.derived(look, "a"), tree.derived(look, "a", times=2)] == ["a", "a", "aa"]
    assert Tree({}).derived(look, "a") == "a"
    assert asked == [("a", 1), ("a", 2), ("a", 1)]


def test_forty_links_are_followed_and_no_more() -> None:
    files = {f"l{n}": File(kind="link", target=f"l{n + 1}") for n in range(41)} | {"l41": File(b"x")}
    tree = Tree(files)
    assert (tree.resolve("l1"), tree.resolve("l0")) == ("l41", None)


def test_paths() -> None:
    assert [base_name(path) for path in ("a/b", "a/b/", "a", "", "/")] == ["b", "b", "a", "/", "/"]
    assert list(parents("a/b/c")) == ["a", "a/b"]
    assert list(parents("a")) == []


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("a/" + "b" * 255, ""),
        ("a/" + "b" * 256, "file name too long"),
        ("é" * 127, ""),
        ("é" * 128, "file name too long"),
        ("/".join(["ab"] * 1365), ""),
        ("/".join(["ab"] * 1366), "file name too long"),
        ("a\0b", "no name holds the character 0"),
    ],
    ids=["255 bytes", "256 bytes", "254 bytes", "256 bytes in 128 characters", "4094", "4097", "NUL"],
)
def test_a_path_that_is_too_long(path: str, problem: str) -> None:
    if not problem:
        refuse_too_long(path)
        return
    with pytest.raises(ContextError, match=problem):
        refuse_too_long(path)


def test_the_target_of_a_link_is_relative_to_its_folder_or_to_the_root() -> None:
    links = {"relative": "f", "up": "../f", "absolute": "/f"}
    in_folder = {f"d/{name}": File(kind="link", target=target) for name, target in links.items()}
    tree = Tree({"f": File(b"1"), "d/f": File(b"2"), **in_folder})
    assert [tree.resolve(path) for path in in_folder] == ["d/f", "f", "f"]
