"""An editor for the files of a project: line numbers, coloured keywords, and the build in the Dockerfile's margin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...building.build import Build
from ...building.units import human_size
from ...reading.errors import DockerfileError, LayerlibError
from ...reading.project import Project
from ..listing import Row, listing
from ..listing_view import MARKS
from ..page.markup import Child, Markup, tag
from .kept import KeptLab


@dataclass(frozen=True)
class State:
    """The texts of the files that may be edited, by their path."""

    texts: tuple[tuple[str, str], ...]


class EditorLab(KeptLab):
    """A lab with an editor.

    Attributes:
        file: the file that is shown.
    """

    state: State
    work = "text"

    def __init__(self, kind: str, subject: str, texts: Mapping[str, str], key: str = "") -> None:
        self.file = "Dockerfile"
        self.typed: dict[str, Mapping[str, Any]] = {}  # who typed the text of a file, and how new it is
        self.revision = 0
        self.typing: tuple[str, int] | None = None  # the file and the line that is being typed in
        super().__init__(kind, subject, State(tuple(texts.items())), key)

    def beside(self) -> Mapping[str, str]:
        """The texts of files that can be read and not edited. Each lab may define it."""
        return {}

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the files that may be edited, by their path."""
        return dict(self.state.texts)

    def do_type(self, arg: Any, message: Mapping[str, Any]) -> None:
        """A file has another text. Characters typed one after the other in one line are one step of Undo."""
        path, text = str(arg), str(message.get("value", ""))
        if path not in self.texts:
            return
        self.typed[path] = message
        if text == self.texts[path]:
            return
        line = _changed_line(self.texts[path], text)
        state = State(tuple((self.texts | {path: text}).items()))
        if line is None or self.typing != (path, line):
            self.become(state)
        else:
            self.state = state
        self.typing = None if line is None else (path, line)
        self.revision += 1

    def do_file(self, arg: Any, _: Mapping[str, Any]) -> None:
        if arg in self.texts or arg in self.beside():
            self.file, self.typing = str(arg), None

    def do_undo(self, _: Any, __: Mapping[str, Any]) -> None:
        self._anew(__)
        super().do_undo(_, __)

    def do_reset(self, _: Any, __: Mapping[str, Any]) -> None:
        self._anew(__)
        super().do_reset(_, __)

    def _anew(self, message: Mapping[str, Any]) -> None:
        """The texts come from Python now, whoever typed them; what is typed after that stays newer."""
        self.typing = None
        self.revision += 1

    def editor(self, now: Build | None, problem: LayerlibError | None, words: str = "") -> Markup:
        """The files in tabs. Beside each line of the Dockerfile stands what `now` does with it, or the problem.

        `words` say what is in the margin.
        """
        paths = list(dict.fromkeys((*self.texts, *self.beside())))
        tabs = [
            tag(
                "button", path, " ", tag("small", _bytes(self._text(path))), type="button", class_="tab", role="tab",
                data_do="file", data_arg=path, data_key=f"tab-{path}",
                aria_selected="true" if path == self.file else "false",
            ) + " "
            for path in paths
        ]  # fmt: skip
        note = tag("span", words if self.file == "Dockerfile" else "", style="margin-left: auto; padding: 6px 4px")
        sheets = [self._sheet(path, now, problem) for path in paths]
        return tag(
            "div", tag("div", tabs, note, class_="tabs", role="tablist", aria_label="files"), sheets, class_="ed"
        )

    def _sheet(self, path: str, now: Build | None, problem: LayerlibError | None) -> Markup:
        """One file. All are there, one is shown: a character that arrives late still goes where it belongs."""
        text = self._text(path)
        typed = self.typed.get(path, {})
        margin = self._margin(now, problem) if path == "Dockerfile" else None
        lines = [tag("div", _highlighted(line) if path == "Dockerfile" else line) for line in text.split("\n")]
        kind = "Dockerfile" if path == "Dockerfile" else "text"
        field = tag(
            "textarea", text, spellcheck="false", autocapitalize="off", wrap="off", data_key="field",
            data_do="type" if path in self.texts else None, data_arg=path, readonly=path not in self.texts,
            data_rev=self.revision, data_by=str(typed.get("view", "")), data_seen=str(typed.get("edits", "")),
            aria_label=f"Text of {path}", style=f"height: {len(lines) * 1.5 + 1.2:.1f}em",
        )  # fmt: skip
        return tag(
            "div", margin, tag("div", lines, class_="mirror", data_mirror=kind, aria_hidden="true"), field,
            class_="sheet", data_key=f"sheet-{path}", style=None if path == self.file else "display: none",
        )  # fmt: skip

    def _text(self, path: str) -> str:
        return self.texts[path] if path in self.texts else self.beside()[path]

    def _margin(self, now: Build | None, problem: LayerlibError | None) -> Markup:
        """The verdict of each line, at its right."""
        number = self.texts["Dockerfile"].count("\n") + 1
        said: dict[int, tuple[str, str]] = {}
        if isinstance(problem, DockerfileError):
            said[problem.line or 1] = "wrong", "✗ cannot be built"
        if now is not None and now.project.dockerfile == self.texts["Dockerfile"]:
            for row in listing(now).rows:
                if row.line and (row.steps or row.kind == "cause"):
                    said[row.line] = row.kind, _in_margin(row)
        lines = [
            tag("div", tag("span", said[line][1]) if line in said else None,
                class_=f"m-{said[line][0]}" if line in said else None)
            for line in range(1, number + 1)
        ]  # fmt: skip
        return tag("div", lines, class_="margin", data_key="margin")


def text_of(project: Project, path: str) -> str:
    """What a file of a project holds, as text; empty if it is not there."""
    return project.files[path].read().decode("utf-8", "replace") if path in project.files else ""


def _in_margin(row: Row) -> str:
    if row.kind in ("cause", "again", "open") and row.why:
        return MARKS[row.kind] + row.why
    return MARKS.get(row.kind, "") + row.verdict


_KEYWORD = re.compile(r"(\s*)([A-Z]+)(?=\s|$)(.*)", re.DOTALL)


def _highlighted(line: str) -> Child:
    """A line as the script shows it too: its first word in capitals is a keyword."""
    found = _KEYWORD.fullmatch(line)
    return [found[1], tag("b", found[2]), found[3]] if found else line


def _bytes(text: str) -> str:
    return human_size(len(text.encode("utf-8", "replace")))


def _changed_line(before: str, after: str) -> int | None:
    """The only line that differs, counted from 0; None if several differ, or lines were added or removed."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return None
    changed = [number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return changed[0] if len(changed) == 1 else None
