"""Type the commands of a session in a terminal, and record what a real Docker answers.

Nothing that is recorded is edited: only the pauses are shortened, and the typing is at a person's speed.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import pwd
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from ..reading.errors import LayerlibError
from ..reading.package_data import PROJECTS
from ..showing.sessions.cast import MARKER, OUTPUT, Cast, Event
from ..showing.sessions.screen import text
from . import docker
from .session_script import Script, Typed, read

WIDTH, HEIGHT = 100, 30
KEYSTROKE, READING, LONGEST_PAUSE = 0.05, 1.0, 1.5  # seconds
QUIET, PATIENCE = (
    1.0,
    300.0,
)  # seconds without output after which a command waits for its input; and the longest command
PROMPT = "$ "
CONTROL = {"^C": "\x03", "^D": "\x04"}
ENVIRONMENT = {"TERM": "xterm", "SHELL": "/bin/sh", "BUILDKIT_PROGRESS": "plain"}


def record(path: Path) -> Cast:
    """Record the session of a script.

    Raises:
        NoEngine: if no Docker answers.
        LayerlibError: if an image is missing, or if the session does not show what its script says.
    """
    script = read(path)
    engine = docker.version()
    images = {name: _image(name) for name in script.images}
    with tempfile.TemporaryDirectory(prefix="layerlib-session-") as temporary:
        folder = Path(temporary) / (script.project or "app")
        folder.parent.chmod(0o755)
        _lay_out(script, folder)
        try:
            _quietly(script.before, folder)
            events = tuple(_Recording(folder).all_of(script.commands))
        finally:
            _quietly(script.after, folder)
    date = time.strftime("%Y-%m-%d", time.gmtime())
    cast = Cast(script.name, script.title, date, engine, images, ENVIRONMENT, WIDTH, events)
    missing = [wanted for wanted in script.shows if wanted not in text(events)]
    if missing:
        raise LayerlibError(f"The session {script.name} does not show {missing[0]!r}. It shows:\n{text(events)}")
    return cast


def _image(name: str) -> str:
    """What an image of the engine is: its digest in its registry, or what its description says of a stand-in."""
    found = json.loads(docker.answer("image", "inspect", name))[0]
    if found.get("RepoDigests"):
        return str(found["RepoDigests"][0])
    described = (found["Config"].get("Labels") or {}).get("org.opencontainers.image.description")
    return (
        f"a stand-in, not the one of Docker Hub: {described}" if described else "imported here, without a description"
    )


def _lay_out(script: Script, folder: Path) -> None:
    if script.project:
        source = next((at / script.project for at in PROJECTS if (at / script.project).is_dir()), None)
        if source is None:
            raise LayerlibError(f"{script.name}: there is no project {script.project}")
        shutil.copytree(source, folder)
    folder.mkdir(exist_ok=True)
    for name, content in script.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def _quietly(commands: tuple[str, ...], folder: Path) -> None:
    for command in commands:
        subprocess.run(["/bin/sh", "-c", command], cwd=folder, capture_output=True, check=False, timeout=PATIENCE)


class _Recording:
    """Seconds that a viewer sees: those that passed, but no pause is longer than LONGEST_PAUSE."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 0.0

    def all_of(self, commands: tuple[Typed, ...]) -> Iterator[Event]:
        for typed in commands:
            self.now += READING
            yield Event(self.now, OUTPUT, PROMPT)
            yield Event(self.now, MARKER, typed.command)
            time.sleep(READING + KEYSTROKE * len(typed.command))  # what was started before has this time, too
            for letter in typed.command:
                self.now += KEYSTROKE
                yield Event(self.now, OUTPUT, letter)
            self.now += 4 * KEYSTROKE
            yield Event(self.now, OUTPUT, "\r\n")
            yield from self._run(typed)

    def _run(self, typed: Typed) -> Iterator[Event]:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        process = subprocess.Popen(
            ["/bin/sh", "-c", typed.command],
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            user=typed.user,
            group=None if typed.user is None else pwd.getpwnam(typed.user).pw_gid,
            extra_groups=None if typed.user is None else [],
        )
        os.close(slave)
        try:
            yield from self._listen(master, process, list(typed.then))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(master)

    def _listen(self, master: int, process: subprocess.Popen[bytes], then: list[str]) -> Iterator[Event]:
        begun = before = time.monotonic()
        pending = b""
        while time.monotonic() - begun < PATIENCE:
            ready, _, _ = select.select([master], [], [], QUIET)
            if not ready:
                if then:
                    yield from self._type(master, then.pop(0))
                    before = time.monotonic()
                elif process.poll() is not None:
                    return
                continue
            try:
                data = os.read(master, 65536)
            except OSError:  # the terminal has no user left
                return
            if not data:
                return
            shown, pending = _whole(pending + data)
            now = time.monotonic()
            self.now += min(now - before, LONGEST_PAUSE)
            before = now
            if shown:
                yield Event(self.now, OUTPUT, shown)
        raise LayerlibError("a command of the session takes longer than five minutes")

    def _type(self, master: int, words: str) -> Iterator[Event]:
        """Type into a running command. What is typed comes back from it, and is recorded as its output."""
        self.now += READING
        yield Event(self.now, MARKER, words)
        keys = CONTROL.get(words, words + "\r")
        for key in keys:
            os.write(master, key.encode())
            self.now += KEYSTROKE
            ready, _, _ = select.select([master], [], [], 0.1 if key != keys[-1] else 0)
            if ready and key != keys[-1]:
                yield Event(self.now, OUTPUT, os.read(master, 65536).decode("utf-8", "replace"))


def _whole(data: bytes) -> tuple[str, bytes]:
    """The text of some bytes, and those at their end that are the beginning of a character."""
    for cut in range(len(data), max(len(data) - 4, -1), -1):
        try:
            return data[:cut].decode(), data[cut:]
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), b""
