"""What the tests of the labs share: projects, clicks, and the words and tables that a lab shows."""

from __future__ import annotations

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

from layerlib import Effect, Project, changes, labs
from layerlib.showing.labs.lab import Lab

ORDERED = Project.from_files(
    {"app.py": "import flask\n", "requirements.txt": "flask\n"},
    'FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n',
    "shop",
)
SLOW = {"pip install": Effect(size=1000, seconds=10.0)}
BUG = "This is a bug in layerlib"


class Reader(HTMLParser):
    """The text of some HTML, its tags, its controls, and the rows of its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.controls: list[dict[str, str]] = []
        self.control: dict[str, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("button", "textarea", "input"):
            self.control = {name: value or "" for name, value in attrs} | {"words": ""}
            self.controls.append(self.control)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.control = None if tag in ("button", "textarea") else self.control

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.control is not None:
            self.control["words"] += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def shown(lab: Lab) -> str:
    """What a lab shows, as words."""
    return " ".join(Reader(lab.html).words)


def rows(lab: Lab) -> list[list[str]]:
    """The rows of the tables that a lab shows."""
    return Reader(lab.html).rows


def buttons(lab: Lab) -> list[dict[str, str]]:
    """The attributes of every control of a lab, with what it says as "words"."""
    return Reader(lab.html).controls


def pressed(lab: Lab) -> list[str]:
    """The chips and answers that are on."""
    return [one["words"] for one in buttons(lab) if one.get("aria-pressed") == "true"]


def level(project: Project = ORDERED) -> SimpleNamespace:
    """A level that is reached on a slim image."""
    return SimpleNamespace(
        title="A title", task="Make it <b>small</b>.", project=project, hint="Look up.", goal_text="- one step",
        check=lambda answer: SimpleNamespace(passed="slim" in answer.dockerfile, text="1 of 2 goals reached."),
    )  # fmt: skip


def every_lab(project: Project = ORDERED) -> dict[str, Any]:
    """One lab of each kind, by the name of the function that makes it."""
    return {
        "cache": labs.cache(project),
        "predict": labs.predict(project, changes.of(project)[0]),
        "order": labs.order(project),
        "size": labs.size(project),
        "goal": labs.goal(level(project)),
        "own": labs.own(project),
    }
