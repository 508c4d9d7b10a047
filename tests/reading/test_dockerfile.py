"""Reading a Dockerfile: tables of text and instructions."""

from __future__ import annotations

import pytest

from layerlib import DockerfileError
from layerlib.reading.dockerfile import Heredoc, parse, parse_trigger

READ = [
    # text, keyword, words, json, first and last line of the last instruction
    ("FROM a\nRUN echo a \\\n\n  # c\n && echo b\n", "RUN", ("echo a  && echo b",), False, (2, 5)),
    ('FROM a\nCMD ["x", "y"]\n', "CMD", ("x", "y"), True, (2, 2)),
    ("FROM a\nCMD ['x']\n", "CMD", ("['x']",), False, (2, 2)),
    ('FROM a\ncopy "a b" /c\n', "COPY", ('"a', 'b"', "/c"), False, (2, 2)),
    ('FROM a\nCOPY ["a b", "/c"]\n', "COPY", ("a b", "/c"), True, (2, 2)),
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
    assert heredoc == Heredoc("E", "hi\n", expand=False)


ONE, TWO = Heredoc("ONE", "1\n", expand=True), Heredoc("TWO", "2\n", expand=False)


@pytest.mark.parametrize(
    ("word", "heredoc"),
    [
        ("<<ONE", ONE),
        ("<<-ONE", ONE),
        ("3<<ONE", ONE),
        ('<<"TWO"', TWO),
        ("<<'TWO'", TWO),
        ("<<T'WO'", TWO),
        ("<<THREE", None),
        ("ONE", None),
        ("<ONE", None),
        ("<<<ONE", None),
        ("<<", None),
        ("<<ONE cat", None),
    ],
)
def test_the_heredoc_that_a_word_stands_for(word: str, heredoc: Heredoc | None) -> None:
    copy = parse("FROM a\nCOPY <<ONE <<'TWO' /d/\n1\nONE\n2\nTWO\n").stages[0].instructions[0]
    assert copy.heredoc_of(word) == heredoc


def test_an_instruction_without_heredocs_has_none_for_any_word() -> None:
    assert parse("FROM a\nCOPY a /d/\n").stages[0].instructions[0].heredoc_of("<<ONE") is None


def test_lines_and_what_stands_in_them() -> None:
    read = parse("ARG A\nFROM a\nRUN x \\\n  y\nFROM b\n")
    assert [(instruction.keyword, instruction.line) for instruction in read.instructions] == [
        ("ARG", 1), ("FROM", 2), ("RUN", 3), ("FROM", 5)
    ]  # fmt: skip
    assert [read.line(number) for number in (0, 1, 4, 6, 7)] == ["", "ARG A", "  y", "", ""]
    assert [stage.index for stage in read.stages] == [0, 1]


@pytest.mark.parametrize(
    ("text", "trigger"),
    [("ONBUILD RUN x", "RUN x"), ("onbuild\t copy . /a ", "copy . /a")],
)
def test_onbuild_keeps_an_instruction(text: str, trigger: str) -> None:
    assert parse(f"FROM a\n{text}\n").stages[0].instructions[0].trigger == trigger
    assert parse_trigger(trigger).source == trigger


def test_what_onbuild_kept_may_be_no_instruction() -> None:
    with pytest.raises(DockerfileError, match="# is not an instruction"):
        parse_trigger("#")


@pytest.mark.parametrize(("length", "refused"), [(65535, False), (65536, True)])
@pytest.mark.parametrize("character", ["x", "é"])
def test_a_line_that_buildkit_cannot_read(length: int, refused: bool, character: str) -> None:
    line = "RUN " + character * ((length - 4) // len(character.encode()))
    line += "x" * (length - len(line.encode()))
    if not refused:
        assert parse(f"FROM a\n{line}\n")
        return
    with pytest.raises(DockerfileError, match="longer than 65535 bytes") as caught:
        parse(f"FROM a\n{line}\n")
    assert caught.value.line == 1


def test_flags() -> None:
    copy = parse("FROM a\nCOPY --link=false --exclude=x a /b\n").stages[0].instructions[0]
    assert (copy.flag("link"), copy.is_set("link"), copy.flag("chown")) == ("false", False, "")
