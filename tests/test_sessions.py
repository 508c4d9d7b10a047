"""Recorded sessions: the files, the reader of terminals, the player's HTML, and the recorder's refusals."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from layerlib import LayerlibError, course
from layerlib.outside import session_script
from layerlib.outside.cli import main
from layerlib.showing.sessions import cast as casts
from layerlib.showing.sessions.cast import Event
from layerlib.showing.sessions.screen import read, text

NAMES = casts.names()
SCRIPTS = session_script.scripts()
PLANNED = {
    "00-first-build", "00-edit", "01-slim", "02-workdir", "03-ignore", "04-failing", "05-run", "06-history", "07-prune",
    "08-order", "09-stages",
}  # fmt: skip


def test_every_script_has_its_recording_and_every_planned_session_is_there() -> None:
    assert list(SCRIPTS) == NAMES
    assert set(NAMES) >= PLANNED


@pytest.mark.parametrize("name", NAMES)
def test_it_is_asciicast_2(name: str) -> None:
    """As docs.asciinema.org/manual/asciicast/v2 says: a header, then events in the order of their times."""
    header, *events = [json.loads(line) for line in (casts.SESSIONS / f"{name}.cast").read_text("utf-8").splitlines()]
    assert header["version"] == 2
    assert {type(header[key]) for key in ("width", "height", "timestamp")} == {int}
    assert all(isinstance(value, str) for value in header["env"].values())
    times = [seconds for seconds, _, _ in events]
    assert times == sorted(times)
    assert times[0] >= 0
    assert {kind for _, kind, _ in events} == {"o", "m"}
    assert all(isinstance(shown, str) for _, _, shown in events)


@pytest.mark.parametrize("name", NAMES)
def test_it_shows_what_its_script_says(name: str) -> None:
    script, session = session_script.read(SCRIPTS[name]), course.session(name)
    assert session_shows_all_commands(session.text, script)
    assert all(wanted in session.text for wanted in script.shows)
    recorded = casts.load(name)
    assert list(recorded.images) == list(script.images)
    assert recorded.title == script.title
    assert all("stand-in" in what or "@sha256:" in what for what in recorded.images.values())


def session_shows_all_commands(shown: str, script: session_script.Script) -> bool:
    return all(f"$ {typed.command}" in shown for typed in script.commands)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_waits_long_and_no_path_of_the_recording_machine_is_shown(name: str) -> None:
    recorded = casts.load(name)
    times = [0.0, *(event.seconds for event in recorded.events)]
    assert max(after - before for before, after in pairwise(times)) <= 3
    assert not re.search(r"/tmp/(?!note)|layerlib|/work/", text(recorded.events))


def test_a_session_is_text_where_nothing_runs() -> None:
    session = course.session("00-first-build")
    assert session.text in repr(session)
    html = session._repr_html_()
    assert "Next month:" in html
    assert "<button" not in html
    assert "Docker Engine" in html
    assert "stand-in" in html
    assert html == course.session("00-first-build")._repr_html_()


def test_the_player_has_all_of_the_text_from_the_start() -> None:
    session = course.session("00-first-build")
    assert "Next month:" in session.html
    assert session.html.count("<button") == 5
    assert "data-player=" in session.html
    assert "&lt;" not in session.html.partition("$ docker build")[0]


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(LayerlibError) as refused:
        course.session("00-frist-build")
    assert "Did you mean 00-first-build?" in str(refused.value)
    assert all(name in str(refused.value) for name in NAMES)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\r\nb\r\n", "a\nb"),
        ("10%\r100%\r\n", "100%"),
        ("lang\r\x1b[Kok", "ok"),
        ("ab\b\bc", "cb"),
        ("\x1b[1;31mred\x1b[0m\x1b[?2004h\x1b]0;title\x07!", "red!"),
        ("one\r\ntwo\x1b[1A\r\x1b[2KONE\x1b[1B\rTWO", "ONE\nTWO"),
        ("a\tb", "a       b"),
        ("x\x1b[3Gy", "x y"),
        ("abc\x1b[2D\x1b[1K", "  c"),
        ("a\r\nb\x1b[1A\x1b[Jc", "ac"),
        ("/ # \x1b[6nls", "/ # ls"),
        ("\x07\x1b=\x1b(B", ""),
        ("", ""),
    ],
)
def test_a_terminal_is_read(written: str, shown: str) -> None:
    assert text([Event(0.0, "o", written)]) == shown
    assert text([Event(0.0, "o", character) for character in written]) == shown


def test_a_control_sequence_in_two_pieces_is_read() -> None:
    assert text([Event(0.0, "o", "a\x1b["), Event(0.1, "o", "31mb")]) == "ab"


def test_pieces_know_when_they_came_and_what_was_typed() -> None:
    events = [Event(1, "o", "$ "), Event(1, "m", "ls"), Event(1.1, "o", "l"), Event(1.2, "o", "s")]
    lines = read([*events, Event(1.3, "o", "\r\n"), Event(2, "o", "app")])
    found = [(piece.text, piece.start, piece.end, piece.typed) for piece in lines[0]]
    assert found == [("$ ", 1, 1, False), ("ls", 1.1, 1.2, True)]
    assert [(piece.text, piece.start) for piece in lines[1]] == [("app", 2)]


@pytest.mark.parametrize("broken", ["", "{}", '{"version": 1}', "[1]", '{"version": 2}\n[0, "o"]', "no JSON"])
def test_what_is_no_recording_is_refused(broken: str) -> None:
    with pytest.raises(LayerlibError, match=r"x\.cast is not of a recorded session"):
        casts.parse("x", broken)


def test_what_is_written_is_read_again() -> None:
    recorded = casts.load("00-first-build")
    assert casts.parse("00-first-build", casts.written(recorded, 1_700_000_000)).events == recorded.events


@pytest.mark.parametrize(
    "broken", ["title = 1", "commands = []", 'title = "a"\ncommands = [1]', "x", "title='a'\nwho=1"]
)
def test_a_broken_script_is_refused(broken: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(LayerlibError, match=r"a\.toml is no script of a session"):
        session_script.read(tmp_path / "a.toml")


def test_recording_without_an_engine_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["record-session", "00-edit"]) == 2
    assert "There is no docker command on the PATH" in capsys.readouterr().err


def test_recording_an_unknown_session_lists_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record-session", "nothing"]) == 2
    assert "00-first-build" in capsys.readouterr().err


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that is there, and somebody who types fast."""
    recorder = pytest.importorskip("layerlib.outside.session_recorder", exc_type=ImportError)
    monkeypatch.setattr("layerlib.outside.docker.version", lambda: "28.0")
    monkeypatch.setattr(recorder, "READING", 0.01)
    monkeypatch.setattr(recorder, "KEYSTROKE", 0.001)
    monkeypatch.setattr(recorder, "QUIET", 0.3)


def test_a_session_is_recorded_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With commands that need no engine: a program that asks, and one that sees a terminal."""
    quick(monkeypatch)
    (tmp_path / "small.toml").write_text(
        'title = "Small"\nshows = ["hello Ada", "a terminal"]\n'
        'commands = [{ type = "read name; echo hello $name", then = ["Ada"] }, "test -t 1 && echo a terminal"]\n'
    )
    assert main(["record-session", "small", "--folder", str(tmp_path)]) == 0
    assert "small: " in capsys.readouterr().out
    recorded = casts.load("small", tmp_path)
    assert text(recorded.events).splitlines()[-2:] == ["$ test -t 1 && echo a terminal", "a terminal"]
    assert recorded.engine == "28.0"


def test_a_session_that_does_not_show_what_it_must_is_not_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick(monkeypatch)
    (tmp_path / "small.toml").write_text('title = "Small"\nshows = ["Ada"]\ncommands = ["echo Eve"]\n')
    assert main(["record-session", "--folder", str(tmp_path)]) == 2
    assert "does not show 'Ada'" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.cast"))
