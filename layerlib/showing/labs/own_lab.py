"""The lab for a learner's own project: its Dockerfile in an editor, and every change with what it would rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.records import Step
from ...building.report import why
from ...building.units import count, human_seconds, human_size
from ...editing.made_up import with_made_up_files
from ...reading.errors import ContextError, LayerlibError
from ...reading.notes import NAME as NOTES
from ...reading.project import Project
from ...reading.uploaded import project_of
from ..listing import listing
from ..listing_view import MARKS, Shown, legend, reason, shown_as
from ..page.controls import button, chip, error_box, spoken
from ..page.markup import Markup, classes, escaped, tag
from ..page.still import Picture
from ..page.table import Table
from ..what_if import Answer, Question, alike, questions, what_if, why_dear
from ..worked import working_steps
from .cache_lab import CacheLab, cache
from .editor import EditorLab, State, text_of
from .predict_lab import PredictLab, predict

T = TypeVar("T")

LONGEST = 48  # characters of a step's name in the table
NAMED = 6  # files that are named in a sentence


class OwnLab(EditorLab):
    """The widget that `own` gives.

    Attributes:
        folder: the path of a folder that is typed in.
        given: the project as it was opened or uploaded; its Dockerfile is what the editor began with.
        chosen: the name of the change whose build is shown.
        opened: the rows of its listing that are open.
        asked: whether the changes are tried.
    """

    way_out = "Copy it before you leave."

    def __init__(self, project: Project, effects: Any = None) -> None:
        self.given, self.effects = project, effects
        self.folder, self.chosen, self.asked = "", "", False
        self.opened: frozenset[int] = frozenset()
        self.folder_typed: Mapping[str, Any] = {}
        super().__init__("Your own project", project.name, _texts(project), "")
        self.begin()

    # The project.

    @property
    def project(self) -> Project:
        """The project as it is in the editor, with files made up where the Dockerfile names some that are not there.

        Raises LayerlibError for a Dockerfile or a .dockerignore that cannot be read.
        """
        return self._made()[0]

    def _made(self) -> tuple[Project, tuple[str, ...]]:
        project = self.given
        for path, text in self.state.texts:
            if text == _text(self.given, path):
                continue
            if path == "Dockerfile":
                project = project.with_dockerfile(text)
            else:
                project = project.with_files({path: text or None})  # an empty one is a file that is not there
        return with_made_up_files(project)

    def upload(self) -> Any:
        """A button that takes files: a Dockerfile and what is beside it, or a folder as one .zip or .tar.gz."""
        import ipywidgets

        widget = ipywidgets.FileUpload(multiple=True, description="Upload files or a .zip", layout={"width": "15em"})
        widget.observe(lambda change: self.act("upload", change["new"]), "value")
        return widget

    # What the cells of a lesson ask; none of them raises for a Dockerfile that cannot be built.

    def predict(self) -> PredictLab | Picture:
        """The predict lab for the everyday edit of this project."""

        def made() -> PredictLab:
            project = self.project
            return predict(project, self._everyday(project)[0].change, self.effects)

        return self._or_error(made)

    def cache(self) -> CacheLab | Picture:
        """The cache lab for this project."""
        return self._or_error(lambda: cache(self.project, self.effects))

    def unknown(self) -> Table | Picture:
        """The steps of which nobody has measured the size or the time."""
        return self._or_error(self._unknown)

    def compared(self) -> Table | Picture:
        """What edits of files rebuild: with the Dockerfile that was brought, and with the one in the editor now."""
        return self._or_error(self._compared)

    def _or_error(self, made: Callable[[], T]) -> T | Picture:
        try:
            return made()
        except LayerlibError as error:
            return Picture(error_box(error), str(error))

    def _everyday(self, project: Project) -> list[Answer]:
        """Edits of files, the likely dearest first. Raises ContextError if there is none."""
        answers = what_if(project, effects=self.effects)
        edits = [answer for answer in answers if answer.change.name.removeprefix("edit ") in project.files]
        if not edits:
            raise ContextError("no file is copied here, so that no edit of one can make a difference")
        return edits

    def _unknown(self) -> Table | Picture:
        build = BuildKit(effects=self.effects).build(self.project)
        rows = [
            (step.name, human_size(step.layer.size), human_seconds(step.seconds_if_rebuilt), why_dear(step) or "–")
            for step in build.steps
            if step.keyword == "RUN" and step.layer is not None and None in (step.layer.size, step.seconds_if_rebuilt)
        ]
        if not rows:
            said = "Every RUN of this project was measured."
            return Picture(tag("p", said), said)
        return Table("RUNs that nobody has measured", ("step", "bytes", "seconds", "likely dear, since"), rows)

    def _compared(self) -> Table:
        was, _ = with_made_up_files(self.given)
        after = self._everyday(self.project)
        edits = [answer.change for answer in after]
        before = {answer.change.name: answer for answer in what_if(was, edits, self.effects)}
        rows = [(now.change.name, _in_short(before[now.change.name]), _in_short(now)) for now in after]
        return Table("What an edit rebuilds", ("", "as you brought it", "as it is in the editor"), rows)

    # What a reader does.

    def do_folder(self, _: Any, message: Mapping[str, Any]) -> None:
        """The path of a folder is typed; Enter opens it."""
        if message.get("key") == "Enter":
            self.do_read(_, message)
        elif "value" in message:
            self.folder, self.folder_typed = str(message["value"]), message

    def do_read(self, _: Any, __: Mapping[str, Any]) -> None:
        """Open the folder that is typed in."""
        path = self.folder.strip().strip("\"'")
        self._take(Project.from_directory(Path(path or ".").expanduser()))

    def do_upload(self, files: Any, _: Mapping[str, Any]) -> None:
        if files:
            self._take(project_of({str(one["name"]): bytes(one["content"]) for one in files}))

    def do_ask(self, _: Any, __: Mapping[str, Any]) -> None:
        """Try every change. Until then nothing is given away."""
        self.asked = not self.asked

    def do_choose(self, arg: Any, _: Mapping[str, Any]) -> None:
        self.chosen, self.opened = str(arg), frozenset()

    def do_open(self, arg: Any, _: Mapping[str, Any]) -> None:
        """Open or close a row of the listing."""
        if str(arg).isdigit():
            self.opened ^= {int(arg)}

    def do_note(self, arg: Any, _: Mapping[str, Any]) -> None:
        """Add what the owner may know of a RUN to layerlib.toml, and show that file."""
        project = self.project
        asked = questions(project, what_if(project, effects=self.effects))
        if str(arg).isdigit() and int(arg) < len(asked):
            old = self.texts[NOTES]
            text = f"{old.rstrip()}\n\n{asked[int(arg)].note}".lstrip()
            self._anew({})
            self.become(State(tuple((self.texts | {NOTES: text}).items())))
            self.file = NOTES

    def _take(self, project: Project) -> None:
        """Go on with another project. The work so far stays in its file."""
        self.keeper.leave()
        self.given, self.chosen, self.file = project, "", "Dockerfile"
        self.subject = project.name
        self._anew({})
        self.begun = State(tuple(_texts(project).items()))
        self.become(self.begun)

    # What is kept.

    def parts(self) -> Mapping[str, str]:
        return {} if self.state == self.begun else self.texts

    def fits(self, parts: Mapping[str, str]) -> bool:
        return parts.keys() == self.texts.keys() and dict(parts) != self.texts

    def bring(self, parts: Mapping[str, str]) -> None:
        self.become(State(tuple((path, parts[path]) for path in self.texts)))

    # What it shows.

    def controls(self) -> Markup:
        typed = self.folder_typed
        field = tag(
            "input", type="text", value=self.folder, data_key="folder", data_rev=0,
            data_do="folder", data_keys="Enter", data_by=str(typed.get("view", "")),
            data_seen=str(typed.get("edits", "")), class_="path", spellcheck="false",
            aria_label="The path of a folder that holds a Dockerfile",
        )  # fmt: skip
        return tag(
            "div", tag("b", "Your project"), " ",
            tag("span", "Paste your Dockerfile below, or open a folder, such as ~/projects/my-app:"), " ", field,
            button("Open", "read"), class_="bring", data_key="bring",
        )  # fmt: skip

    def result(self) -> Markup:
        problem: LayerlibError | None = None
        answers: tuple[Answer, ...] = ()
        project = self.given  # until it is known that what is in the editor can be read
        made: tuple[str, ...] = ()
        first: Build | None = None
        try:
            project, made = self._made()
            first = BuildKit(effects=self.effects).build(project)
            answers = what_if(project, effects=self.effects) if self.asked else ()
        except LayerlibError as error:
            problem = error
        chosen = next((answer for answer in answers if answer.change.name == self.chosen), next(iter(answers), None))
        self.chosen = chosen.change.name if chosen else ""
        left = tag(
            "div", self.editor(None, problem), self._buttons(), self._said_of_files(made),
            [self._asked(at, one) for at, one in enumerate(questions(project, answers))], data_key="left",
        )  # fmt: skip
        right = tag(
            "div", error_box(problem) if problem else None, self._table(answers) if answers else None,
            None if self.asked or problem else self._first(first), data_key="right",
        )  # fmt: skip
        told = spoken(self._told(answers, chosen))
        return escaped(
            [told, tag("div", left, right, class_="two even", data_key="two"), self._listing(chosen, project, first)]
        )

    def _first(self, first: Build | None) -> Markup | None:
        """What is asked before anything is shown."""
        if first is None:
            return None
        steps = working_steps(first)
        return tag(
            "div", tag("p", tag("b", "It can be built: "), f"{count(len(steps), 'step')}, and FROM."),
            tag("p", "Which change do you make most often? How many of these steps will it rebuild? Guess first."),
            button("Try every change", "ask", kind="first"), class_="told", data_key="first",
        )  # fmt: skip

    def _listing(self, chosen: Answer | None, project: Project, first: Build | None) -> Markup | None:
        """The build after the chosen change, line by line."""
        if chosen is None or chosen.build is None:
            return None
        shown = Shown("BuildKit", listing(chosen.build, project), first)
        head = tag("p", tag("b", f"After “{chosen.change.name}”: "), str(shown.listing.totals))
        return tag("div", head, shown_as(shown, self.opened), legend([shown]), data_key="listing")

    def _buttons(self) -> Markup:
        return tag(
            "div",
            button("Undo", "undo", off=not self.past),
            button("Start over", "reset", off=self.state == self.begun),
            class_="bar-of-buttons",
        )

    def _said_of_files(self, made: tuple[str, ...]) -> Markup | None:
        if not made:
            return None
        named = [tag("code", path) for path in made[:NAMED]]
        more = f" and {count(len(made) - NAMED, 'more file')}" if len(made) > NAMED else ""
        return tag(
            "p", "Made up, since the Dockerfile names them and they are not there: ",
            [[", " if at else "", path] for at, path in enumerate(named)], more,
            ". Which steps are rebuilt does not depend on what they hold.", class_="note", data_key="made-up",
        )  # fmt: skip

    def _table(self, answers: tuple[Answer, ...]) -> Markup:
        heads = [tag("th", words, scope="col") for words in ("If …", "then", "because", "time")]
        rows = [self._row(group) for group in alike(answers)]
        return tag(
            "table", tag("caption", "What each change would rebuild: edits of files first, the likely dearest on top"),
            tag("thead", tag("tr", heads)), tag("tbody", rows), class_="what-if", data_key="what-if",
        )  # fmt: skip

    def _row(self, group: tuple[Answer, ...]) -> Markup:
        """Changes that rebuild the same steps. The reason is that of the chosen one, or of the first."""
        names = [answer.change.name for answer in group]
        is_on = self.chosen in names
        answer = group[names.index(self.chosen)] if is_on else group[0]
        chips = [chip(name, "choose", name, name == self.chosen) for name in names]
        return tag(
            "tr", tag("td", tag("div", chips, class_="chips")), self._cells(answer), class_=classes(is_on and "on"),
            data_key=f"row-{names[0]}",
        )  # fmt: skip

    def _cells(self, answer: Answer) -> Iterator[Markup]:
        if answer.problem:
            yield tag("td", "It cannot be built.")
            yield tag("td", answer.problem, colspan=2)
            return
        steps = sorted((*answer.rebuilt, *answer.depending), key=lambda step: (step.stage, step.number))
        listed = steps if answer.change.name == self.chosen else answer.dear
        yield tag("td", tag("b", _number(answer)), tag("ul", [self._step(step, answer) for step in listed]))
        yield tag("td", reason(why(answer.cause)) if answer.cause else None)
        yield tag("td", str(answer.time) if answer.rebuilt or not answer.depending else "depends")

    def _step(self, step: Step, answer: Answer) -> Markup:
        mark = MARKS["cause"] if step == answer.cause else MARKS["open" if step.verdict == "depends" else "again"]
        dear = f"likely dear: {why_dear(step)}" if step in answer.dear else ""
        return tag("li", mark, tag("code", _short(step.name)), " ", tag("small", dear) if dear else None)

    def _asked(self, at: int, question: Question) -> Markup:
        return tag(
            "div", tag("b", "Nobody can know without running it: "), tag("code", question.step.name),
            tag("p", "Steps after it are cached only if it writes the same files as before. If you know which files ",
                "decide what it writes, note them; as long as those are the same, so is what it writes."),
            tag("pre", question.note),
            button("Note it in layerlib.toml, and correct it there", "note", str(at)),
            class_="told", data_key=f"ask-{question.note}",
        )  # fmt: skip

    def _told(self, answers: tuple[Answer, ...], chosen: Answer | None) -> str:
        if chosen is not None:
            return f"After “{chosen.change.name}”: {_number(chosen)}."
        return f"{count(len(answers), 'change')} tried." if answers else ""


def _number(answer: Answer) -> str:
    """How many steps a change rebuilds, in words."""
    again, open_ = len(answer.rebuilt), len(answer.depending)
    said = MARKS["again"] + count(again, "step") if again else ""
    depends = f"{MARKS['open']}{count(open_, 'step')} {'depends' if open_ == 1 else 'depend'}" if open_ else ""
    return ", ".join(part for part in (said, depends) if part) or MARKS["kept"] + "all cached"


def _short(name: str) -> str:
    """A step's name, at most about one line long; the listing has the whole of it."""
    return name if len(name) <= LONGEST else name[: LONGEST - 2].rpartition(" ")[0] + " …"


def _in_short(answer: Answer) -> str:
    return answer.problem or f"{_number(answer)}; {answer.time}"


def _texts(project: Project) -> dict[str, str]:
    return {path: _text(project, path) for path in ("Dockerfile", ".dockerignore", NOTES)}


def _text(project: Project, path: str) -> str:
    return project.dockerfile if path == "Dockerfile" else text_of(project, path)


EXAMPLE = """\
FROM python:slim
WORKDIR /srv/shop
COPY . .
RUN pip install -r requirements.txt
RUN python make_catalogue.py --output catalogue.db
CMD ["python", "shop.py"]
"""


def own(project: Project | str | None = None, effects: Any = None) -> OwnLab:
    """The lab for your own project: paste a Dockerfile, or open a folder, and see what each change would rebuild.

    Args:
        project: what it begins with: a project, or the path of a folder. Without it, a small example. What was typed
            in the lab before is there again.
        effects: what commands write, as a builder takes them; a layerlib.toml can say that too.

    Nothing is run, and nothing is sent anywhere. `own(...).project` is the project as it is in the editor.

    Raises ContextError if the folder, or its Dockerfile, is missing.
    """
    if isinstance(project, str):
        project = Project.from_directory(Path(project).expanduser())
    return OwnLab(Project.from_files({}, EXAMPLE, "my project") if project is None else project, effects)
