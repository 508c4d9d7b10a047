"""Reading shell lines: which commands are there, how they are joined, and what nobody can follow."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerlib.building.effects.shell import SimpleCommand, commands_of, shell_commands
from layerlib.building.effects.shell_words import Redirection

DEFAULTS = {field.name: field.default for field in fields(SimpleCommand)} | {"folder": "/w"}


def differing(command: SimpleCommand) -> dict[str, Any]:
    """The fields of a command that are not as in `program` alone, run in /w."""
    return {name: value for name, value in vars(command).items() if value != DEFAULTS[name]}


def run(program: str, *arguments: str, **more: Any) -> dict[str, Any]:
    return {"program": program, **({"arguments": arguments} if arguments else {}), **more}


IN_IF: dict[str, Any] = {"inside": "if", "optional": True}
IN_CASE: dict[str, Any] = {"inside": "case", "optional": True}

TEXTS = [
    # words
    ("pip install 'a b' \"c d\" e\\ f", [run("pip", "install", "a b", "c d", "e f")]),
    ("echo ';' \"&&\" '#' a#b # c", [run("echo", ";", "&&", "#", "a#b")]),
    ("echo '' \"\"", [run("echo", "", "")]),
    ("a \\\n b", [run("a", "b")]),
    ("a\u00a0b \x1c", [run("a\u00a0b", "\x1c")]),  # whitespace for Python, not for a shell
    ("# a comment\na", [run("a")]),
    ('echo "it\'s" "\\"" "\\x"', [run("echo", "it's", '"', "\\x")]),
    # variables and substitutions
    ("echo '$A' \\$B", [run("echo", "$A", "$B")]),
    ('echo $A "$B" ${C:-x}', [run("echo", "$A", "$B", "${C:-x}", expands=True)]),
    ('echo "$(cat "$F" | wc)" x', [run("echo", '$(cat "$F" | wc)', "x", expands=True)]),
    ("echo `date; true` x", [run("echo", "`date; true`", "x", expands=True)]),
    ("echo $((1 + (2))) x", [run("echo", "$((1 + (2)))", "x", expands=True)]),
    ("rm ~/x", [run("rm", "~/x", expands=True)]),
    ("rm '~/x' a~ {} {a}", [run("rm", "~/x", "a~", "{}", "{a}")]),
    ("rm {a,b}", [run("rm", "{a,b}", expands=True)]),
    ("rm a* '*' \\* \"*\" x/[ab] ?", [run("rm", "a*", "*", "*", "*", "x/[ab]", "?", patterns=("a*", "x/[ab]", "?"))]),
    # joints
    ("a && b || c", [run("a", optional=True), run("b", joined="&&", optional=True),
                     run("c", joined="||", optional=True)]),
    ("a; b | c\nd", [run("a"), run("b", joined=";"), run("c", joined="|"), run("d", joined="\n")]),
    ("a &&\n\n b", [run("a"), run("b", joined="&&")]),
    ("a &", [run("a", background=True)]),
    ("a & b", [run("a", background=True), run("b", joined="&")]),
    ("a || true; b", [run("a", optional=True), run("true", joined="||", optional=True), run("b", joined=";")]),
    # redirections
    ("a > /x 2>&1 < y",
     [run("a", redirections=(Redirection(">", "/x"), Redirection("2>&", "1"), Redirection("<", "y")))]),
    ("a 2>>'b c'", [run("a", redirections=(Redirection("2>>", "b c"),))]),
    ("pip install 'x>=1'", [run("pip", "install", "x>=1")]),
    ("cat <<E > /x && b\nit's\nE\nc",
     [run("cat", redirections=(Redirection("<<", "it's\n"), Redirection(">", "/x"))),
      run("b", joined="&&"), run("c", joined="\n")]),
    ("cat <<-A <<B\n\tx\n\tA\ny\nB\nc",
     [run("cat", redirections=(Redirection("<<-", "x\n"), Redirection("<<", "y\n"))), run("c", joined="\n")]),
    ("cat <<E\nx", [run("cat", redirections=(Redirection("<<", "x\n"),))]),
    # folders
    ("cd /x && cd y && a",
     [run("cd", "/x"), run("cd", "y", folder="/x", joined="&&"), run("a", folder="/x/y", joined="&&")]),
    ("cd && a", [run("cd"), run("a", folder="/root", joined="&&")]),
    ("(cd /x; a); b",
     [run("cd", "/x", inside="("), run("a", folder="/x", joined=";", inside="("), run("b", joined=";")]),
    ("{ cd /x; }; b", [run("cd", "/x", inside="{"), run("b", folder="/x", joined=";")]),
    # programs
    ("/venv/bin/python3.13 -m pip install a", [run("pip", "install", "a", program_folder="/venv/bin")]),
    ("pip3 list", [run("pip", "list")]),
    ("python3 -m http.server", [run("python", "-m", "http.server")]),
    ("A=1 B='x y' make all", [run("make", "all", variables=(("A", "1"), ("B", "x y")))]),
    ("export A=1 && b", [run("export", "A=1"), run("b", joined="&&", variables=(("A", "1"),))]),
    ("A=1", [run("", variables=(("A", "1"),))]),
    ("'A=1' b", [run("A=1", "b")]),
    ("exec sudo a", [run("a", wrapped=("exec", "sudo"))]),
    # compounds
    ("if a; then b c; elif d; then e; else f; fi && g",
     [run("a", **IN_IF), run("b", "c", joined=";", **IN_IF), run("d", joined=";", **IN_IF),
      run("e", joined=";", **IN_IF), run("f", joined=";", **IN_IF), run("g", joined="&&")]),
    ("for x in if ( done; do echo $x; done; b",
     [run("echo", "$x", inside="for", optional=True, expands=True), run("b", joined=";")]),
    ("while a; do b; done",
     [run("a", inside="while", optional=True), run("b", joined=";", inside="while", optional=True)]),
    ("case $x in a|b) c;; (d) e;; esac; f",
     [run("c", **IN_CASE), run("e", joined=";", **IN_CASE), run("f", joined=";")]),
    ("case $x in esac; f", [run("f", joined=";")]),
    ("f() { a; }; b", [run("a", joined=";", inside="function", optional=True), run("b", joined=";")]),
    ("f() ( a ); b", [run("a", joined=";", inside="function", optional=True), run("b", joined=";")]),
    ("f() (\n(a)\n)\nb", [run("a", inside="(", optional=True, joined=";"), run("b", joined=";")]),
    ("[[ -f a && -f b ]] && c", [run("[["), run("c", joined="&&")]),
    ("echo if then fi", [run("echo", "if", "then", "fi")]),
    ("'if' a", [run("if", "a")]),
    # broken text
    ("a && echo 'b", [run("a"), run("echo", joined="&&", inside="unclosed quote", optional=True)]),
    ("$(", [run("", inside="unclosed quote", optional=True)]),
    (") } fi", [run("}", "fi", joined=";")]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "commands"), TEXTS, ids=[row[0] for row in TEXTS])
def test_a_text_is_read(text: str, commands: list[dict[str, Any]]) -> None:
    assert [differing(command) for command in shell_commands(text, "/w")] == commands


@pytest.mark.parametrize(
    ("argv", "commands"),
    [
        (["/bin/sh", "-c", "a && b"], [run("a"), run("b", joined="&&")]),
        (["/bin/bash", "-o", "pipefail", "-ec", "a | b"], [run("a"), run("b", joined="|")]),
        (["sh", "x.sh"], [run("sh", "x.sh")]),
        (["echo", "a && b", "$C"], [run("echo", "a && b", "$C")]),
        (["python3", "-m", "pip", "list"], [run("pip", "list")]),
        (["A=1", "b"], [run("A=1", "b")]),
        (["/bin/sh", "-c"], [run("sh", "-c", program_folder="/bin")]),
        ([], []),
    ],
)
def test_both_forms_are_read(argv: list[str], commands: list[dict[str, Any]]) -> None:
    assert [differing(command) for command in commands_of(argv, "/w")] == commands


@pytest.mark.parametrize(
    ("text", "names", "value"),
    [
        ("pip wheel -w /x", ("--wheel-dir", "-w"), "/x"),
        ("pip wheel --wheel-dir=/x", ("--wheel-dir", "-w"), "/x"),
        ("pip wheel -w/x", ("--wheel-dir", "-w"), "/x"),
        ("pip wheel --wheel-dir", ("--wheel-dir", "-w"), ""),
        ("pip wheel --wheel", ("-w",), ""),
    ],
)
def test_the_value_of_an_option(text: str, names: tuple[str, ...], value: str) -> None:
    assert shell_commands(text)[0].option(*names) == value


def test_operands_are_what_is_neither_an_option_nor_its_value() -> None:
    assert shell_commands("go build -o /x -v ./cmd -o -y z")[0].operands("-o") == ["build", "./cmd", "z"]


@pytest.mark.parametrize(
    "part", ["cd a\n", "$(", "a;", '"', "{ ", "cat <<E\n", "${", "\\", "if ", "(", "case x in ", "`"]
)
def test_a_long_text_is_read(part: str) -> None:
    """None of these is deep or long enough to end in a RecursionError, or in minutes."""
    assert isinstance(shell_commands(part * 5_000), tuple)


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])), min_size=1))
def test_quoted_words_come_back(words: list[str]) -> None:
    (command,) = shell_commands(shlex.join(["echo", *words]))
    assert command.arguments == tuple(words)


@given(st.text(alphabet="ab \t\n;|&()<>{}[]$'\"`\\#=-1", max_size=40))
def test_any_text_is_read(text: str) -> None:
    for command in shell_commands(text):
        assert command.folder.startswith("/")
