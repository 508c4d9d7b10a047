"""Nothing executes a command out of a Dockerfile, and nothing goes to the network: not the model, not a lesson.

Python reports every process and every connection to its audit hooks, whoever starts it and however.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LESSONS = sorted([*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks" / "solutions").glob("*.ipynb")])

# Ends the process at the first try, so that no `except` can hide it.
WATCH = """
import os, sys
EVENTS = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn",
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen",
    "urllib.Request", "webbrowser.open",
}
def watch(event, args):
    if event in EVENTS:
        sys.stderr.write(f"it tried {event} {args}\\n")
        os._exit(3)
sys.addaudithook(watch)
"""

MODEL = """
import layerlib
text = f"FROM python\\nRUN touch {mark}\\nRUN [\\"touch\\", \\"{mark}\\"]\\nADD https://example.com/x /x\\n"
text += f"ADD https://example.com/x.git#main /y\\nHEALTHCHECK CMD touch {mark}\\nCMD touch {mark}\\n"
projects = [layerlib.Project.from_files({}, text), layerlib.Project.from_files({}, text.replace("ADD", "#"))]
projects += [layerlib.Project.load(name) for name in layerlib.Project.shipped()]
count = 0
for project in projects:
    for builder in (layerlib.BuildKit(), layerlib.BuildKit(store="containerd"), layerlib.ClassicBuilder()):
        try:
            builder.build(project)
            for change in layerlib.changes.of(project):
                build = builder.build(change(project), **change.options)
                count += len(str(build) + build.log() + str(build.history()) + build._repr_html_()) > 0
        except layerlib.DockerfileError:
            pass
print(count)
"""

LESSON = """
import json, warnings
from pathlib import Path
from traitlets.config import Config
import matplotlib.font_manager  # asks the system for its fonts, once
from IPython.core.interactiveshell import InteractiveShell
warnings.simplefilter("ignore")
shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
WATCHING
count = 0
for cell in json.loads(Path(lesson).read_text(encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        done = shell.run_cell("".join(cell["source"]))
        wanted = "raises-exception" in cell["metadata"].get("tags", ())
        assert done.success or wanted, (cell["source"], done.error_in_exec)
        count += 1
print("cells:", count)
"""


def run(code: str, cwd: Path, **names: str) -> str:
    """The last line that a program of its own prints."""
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    done = subprocess.run([sys.executable, "-c", given + code], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.system('true')",
        "import subprocess; subprocess.run([sys.executable])",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    ],
)
def test_the_watch_sees(tmp_path: Path, code: str) -> None:
    with pytest.raises(AssertionError, match="it tried"):
        run(WATCH + code, tmp_path)


def test_the_model_is_alone(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    assert int(run(WATCH + MODEL, tmp_path, mark=str(mark))) > 100
    assert not mark.exists()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_alone(tmp_path: Path, lesson: Path) -> None:
    cells = [cell for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    code = LESSON.replace("WATCHING", WATCH)
    assert run(code, tmp_path, lesson=str(lesson)) == f"cells: {len(cells)}"
    assert list(tmp_path.iterdir()) == []
