"""Labs without a browser: `set_state` is a click. What a lab shows is what the model says."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from layerlib import BuildKit, Effect, LayerlibError, Project, changes, labs
from layerlib.editing import size_edits as smaller
from layerlib.linting import order_check as working

NASTY = "<img src=x onerror=alert(1)>"
NEAT = "pip install --no-cache-dir"
APP = Project.load("python-numpy-app")
ORDERED = Project.from_files(
    {"app.py": "import flask\n", "requirements.txt": "flask\n"},
    'FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n',
    "shop",
)
SLOW = {"pip install": Effect(size=1000, seconds=10.0)}


pytestmark = pytest.mark.usefixtures("own_folder")


class Reader(HTMLParser):
    """The text of some HTML, its tags, and the rows of its tables."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data):
        self.words.append(data)
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def shown(lab):
    """What a lab shows, as words."""
    return " ".join(Reader(lab.view.value).words)


def rows(lab):
    """The rows of the tables that a lab shows."""
    return Reader(lab.view.value).rows


def click(lab, words, value=True):
    """Set the checkbox with these words."""
    next(toggle for toggle in lab.toggles if toggle.description == words).set_state({"value": value})


def every_lab(project=ORDERED):
    level = SimpleNamespace(
        title="A title", task="A task.", project=project, hint="A hint.", goal_text="- a goal",
        check=lambda answer: SimpleNamespace(passed=answer.dockerfile != project.dockerfile, text="how far"),
    )  # fmt: skip
    return {
        "cache": labs.cache(project),
        "predict": labs.predict(project, changes.of(project)[0]),
        "order": labs.order(project),
        "size": labs.size(project),
        "goal": labs.goal(level),
    }


@pytest.mark.parametrize("name", Project.shipped())
def test_every_lab_takes_every_project(name):
    for lab in every_lab(Project.load(name)).values():
        assert "layerlib made a mistake" not in shown(lab)
        assert "This cannot be built" not in shown(lab)


def test_a_lab_has_a_short_name():
    assert {name: repr(lab) for name, lab in every_lab().items()} == {
        "cache": "Cache lab: shop",
        "predict": "Predict lab: shop, edit app.py",
        "order": "Order lab: shop",
        "size": "Size lab: shop",
        "goal": "Goal lab: A title",
    }


def controls(widget):
    """Every control within a widget."""
    for child in getattr(widget, "children", ()):
        yield from controls(child)
    if hasattr(widget, "description") and type(widget).__name__ != "HTML":
        yield widget


def test_every_control_has_a_name_of_its_own():
    for lab in every_lab().values():
        names = [control.description for control in controls(lab)]
        assert all(names)
        assert len(names) == len(set(names))


def test_tables_have_captions_and_header_cells():
    for name, lab in every_lab().items():
        tags = Reader(lab.view.value).tags
        assert tags.count("caption") == tags.count("table") > 0, name
        assert "th" in tags


def test_nothing_is_remembered_outside_a_lab():
    one, other = labs.cache(ORDERED), labs.cache(ORDERED)
    click(one, "edit app.py")
    assert "Nothing is rebuilt" in shown(other)
    assert one.view.value != other.view.value


# The cache lab.


def test_cache_lab_shows_what_the_builder_says():
    for change in changes.of(ORDERED):
        lab = labs.cache(ORDERED)
        click(lab, change.name)
        build = labs.rebuilt(ORDERED, [change]).now
        table = {row[0]: row[1:] for row in rows(lab)}
        for step in build.steps:
            if step.keyword != "FROM":
                word = "cached" if step.cached else "rebuilt"
                assert table[step.name][0] == word
                assert table[step.name][1] == ("" if step.cached else str(step.reason))
        assert (f"{len(build.missed)} of" in shown(lab)) == bool(build.missed)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("edit app.py", "COPY . ."),
        ("edit RUN", "RUN pip install -r requirements.txt && true"),
        ("add ENV above", "ENV DEBUG=1"),
        ("edit WORKDIR", "WORKDIR /app2"),
        ("the base image moves", "FROM python"),
    ],
)
def test_the_line_that_caused_a_miss_is_marked_in_words(change, line):
    lab = labs.cache(ORDERED)
    click(lab, change)
    marked = [row[1] for row in rows(lab) if len(row) == 3 and row[2].startswith("cause")]
    assert line in marked


def test_both_builders_side_by_side():
    lab = labs.cache(ORDERED)
    click(lab, "edit CMD")
    assert "Step 5/5" not in shown(lab)
    lab.both.set_state({"value": True})
    assert "BuildKit: the build after the changes" in shown(lab)
    assert "classic builder: the build after the changes" in shown(lab)
    lab.both.set_state({"value": False})
    lab.builder.set_state({"index": 1})
    assert "Step 5/5" in shown(lab)


def test_a_builder_that_refuses_says_so_beside_the_other():
    lab = labs.cache(Project.from_files({}, "FROM python\nRUN --mount=type=cache,target=/x true\n"))
    lab.both.set_state({"value": True})
    assert "This cannot be built" in shown(lab)
    assert "BuildKit: the build after the changes" in shown(lab)


def test_undo_and_reset():
    lab = labs.cache(ORDERED)
    begin = lab.view.value
    click(lab, "edit app.py")
    once = lab.view.value
    click(lab, "edit RUN")
    lab.undo.click()
    assert lab.view.value == once
    lab.reset.click()
    assert lab.view.value == begin
    assert not lab.chosen()
    lab.undo.click()
    assert lab.view.value == once
    lab.undo.click()
    lab.undo.click()
    assert lab.view.value == begin


def test_stepping_through_the_build():
    lab = labs.cache(ORDERED)
    click(lab, "edit app.py")
    whole = lab.view.value
    lab.back.click()
    assert "after step 3 of 4" in shown(lab)
    assert "not yet" in shown(lab)
    for _ in range(9):
        lab.back.click()
    assert "after step 0 of 4" in shown(lab)
    for _ in range(9):
        lab.forward.click()
    assert lab.view.value == whole


def test_the_chart_says_what_it_shows_and_changes():
    lab = labs.cache(ORDERED, effects=SLOW)
    label = re.search('aria-label="([^"]*)"', lab.view.value).group(1)
    assert "first build, 10.0s" in label
    assert "after the changes, 0.0s" in label
    click(lab, "edit app.py")
    assert "after the changes, 10.0s" in re.search('aria-label="([^"]*)"', lab.view.value).group(1)


def test_an_error_is_shown_and_the_last_good_result_stays():
    lab = labs.cache(Project.from_files({"a": "b"}, "FROM python\nRUN true\n"))

    def refuse(project):
        return project.with_dockerfile("FROM python\nBOO <b>\n")

    object.__setattr__(lab.changes[0], "edit", refuse)
    lab.toggles[0].set_state({"value": True})
    assert "line 2" in shown(lab)
    assert "BOO <b>" in shown(lab)
    assert "Below is the last result that worked" in shown(lab)
    assert "Nothing is rebuilt" in shown(lab)
    lab.toggles[0].set_state({"value": False})
    assert "line 2" not in shown(lab)


def test_a_project_that_cannot_be_built_is_said_and_not_raised():
    for make in (labs.cache, labs.order, labs.size):
        lab = make(Project.from_files({}, "FROM python\nBOO\n"))
        assert "unknown instruction" in shown(lab), make


def test_a_mistake_of_ours_is_shown_too(monkeypatch):
    lab = labs.cache(ORDERED)
    monkeypatch.setattr(type(lab), "chosen", lambda self: 1 / 0)
    lab.toggles[0].set_state({"value": True})
    assert "ZeroDivisionError" in shown(lab)
    lab.back.click()
    assert "ZeroDivisionError" in shown(lab)


def test_a_thousand_clicks_grow_nothing():
    lab = labs.cache(ORDERED)
    figure = lab.chart.figure
    click(lab, "edit app.py")
    lab.both.set_state({"value": True})
    artists, size = len(figure.findobj()), len(lab.view.value)
    for _ in range(500):
        lab.toggles[0].set_state({"value": False})
        lab.toggles[0].set_state({"value": True})
    assert lab.chart.figure is figure
    assert len(figure.findobj()) == artists
    assert len(lab.view.value) == size
    assert len(lab.past) <= 100
    assert len(lab.children) == 6


# The predict lab.


def test_predict_hides_the_answer_until_it_is_checked():
    lab = labs.predict(ORDERED, changes.of(ORDERED)[0])
    assert "rebuilt" not in shown(lab)
    assert "cached" not in shown(lab)
    lab.check.click()
    assert "1 of 3 right" in shown(lab)
    assert "The content of app.py changed." in shown(lab)


def test_predict_scores_and_asks_again():
    lab = labs.predict(ORDERED, changes.of(ORDERED)[0])
    click(lab, "[3/4] COPY . .")
    click(lab, "[4/4] RUN pip install -r requirements.txt")
    assert lab.score() == (3, 3)
    lab.check.click()
    assert "3 of 3 right" in shown(lab)
    click(lab, "[3/4] COPY . .", False)
    assert "right" not in shown(lab)
    lab.again.click()
    assert lab.score() == (1, 3)


def test_predict_takes_the_project_afterwards():
    lab = labs.predict(ORDERED, changes.edit_file(ORDERED, "app.py"))
    lab.check.click()
    assert "The content of app.py changed." in shown(lab)


def test_predict_with_the_other_builder():
    lab = labs.predict(ORDERED, changes.of(ORDERED)[0])
    lab.builder.set_state({"index": 1})
    assert [toggle.description for toggle in lab.toggles][-1].startswith("Step 5/5")


# The order lab.


def test_a_day_has_a_build_for_every_edit():
    builds = labs.day(ORDERED, {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert len(builds) == 21
    assert sum(step.seconds for build in builds for step in build.missed) == 210


def test_another_order_costs_less():
    lab = labs.order(ORDERED, {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert "210.0s (the same as before)" in " ".join(shown(lab).split())
    better = ORDERED.dockerfile.replace("COPY . .\nRUN", "COPY requirements.txt .\nRUN").replace("CMD", "COPY . .\nCMD")
    lab = labs.order(ORDERED.with_dockerfile(better), {"app.py": 20, "requirements.txt": 1}, SLOW)
    assert "10.0s" in shown(lab)
    assert "always cached" in shown(lab)


def test_moving_up_and_down_and_back():
    lab = labs.order(ORDERED, effects=SLOW)
    begin = lab.view.value
    lab.downs[2].click()
    assert "COPY . ." in lab.labels[3].value
    assert "This order cannot work." in shown(lab)
    assert "RUN pip install -r requirements.txt needs requirements.txt" in shown(lab)
    assert "Below is the last result that worked" in shown(lab)
    lab.ups[3].click()
    assert lab.view.value == begin
    lab.ups[1].click()
    assert "stays in its stage" in shown(lab)
    lab.downs[4].click()
    assert lab.view.value == begin
    lab.downs[2].click()
    lab.reset.click()
    assert lab.view.value == begin
    lab.undo.click()
    assert "This order cannot work." in shown(lab)
    lab.undo.click()
    assert lab.view.value == begin
    assert "COPY . ." in lab.labels[2].value


def test_stages_and_arguments_stay():
    lab = labs.order(Project.from_files({}, "ARG V=1\nFROM python\nRUN a\nFROM scratch\nCOPY --from=0 / /\nUSER b\n"))
    assert list(lab.ups) == list(lab.downs) == [2, 4, 5]
    lab.downs[2].click()
    assert "stays in its stage" in shown(lab)


def test_more_edits_cost_more():
    lab = labs.order(ORDERED, {"app.py": 2}, SLOW)
    assert "20.0s" in shown(lab)
    lab.counts["app.py"].set_state({"value": 5})
    assert "50.0s" in shown(lab)
    lab.counts["app.py"].set_state({"value": 0})
    assert "0 builds a day" in shown(lab)


def test_edits_of_a_file_that_there_is_not_are_said():
    assert "there is no file nowhere.py" in shown(labs.order(ORDERED, {"nowhere.py": 1}))


@pytest.mark.parametrize(
    ("dockerfile", "order", "said"),
    [
        ("FROM a\nCOPY app.py /x/\nRUN python /x/app.py\n", (0, 2, 1), "there is no /x/app.py"),
        ("FROM a\nCOPY package.json .\nRUN npm install\n", (0, 2, 1), "needs package.json"),
        ("FROM a\nWORKDIR /w\nCOPY app.py .\nCMD python app.py\n", (0, 2, 1, 3), "at its start there is no /w/app.py"),
        ("FROM a\nENV V=1\nRUN echo $V\n", (0, 2, 1), "uses $V"),
        ("FROM a\nCOPY . .\nCMD python app.py\n", (0, 2, 1), ""),
        ("FROM a\nCOPY app.py .\nRUN echo hi\n", (0, 2, 1), ""),
        ("FROM a\nRUN python app.py\nCOPY . .\n", (0, 1, 2), ""),
    ],
)
def test_an_order_that_cannot_work_is_found(dockerfile, order, said):
    before = Project.from_files({"app.py": "", "package.json": "{}"}, dockerfile)
    lines = dockerfile.splitlines()
    now = before.with_dockerfile("\n".join(lines[number] for number in order) + "\n")
    found = working.problems(now, before)
    assert (said in " ".join(found)) if said else found == ()


# The size lab.


def test_size_lab_measures():
    lab = labs.size(APP)
    assert "88.9MB" in shown(lab) or "unknown" in shown(lab)
    before = lab.before.image.size
    click(lab, "pip install --no-cache-dir")
    now = BuildKit().build(lab.changed())
    assert now.image.size < before
    assert "it had" in shown(lab)
    lab.undo.click()
    assert "it had" not in shown(lab)
    click(lab, "delete the downloads in a later layer")
    assert BuildKit().build(lab.changed()).image.size == before


def test_size_lab_changes_the_base_and_says_what_is_shared():
    lab = labs.size(APP)
    lab.base.value = "python:slim"
    assert "FROM python:slim" in lab.changed().dockerfile
    lab.other.value = "debian:trixie-slim"
    assert "It shares 1 layer, 78.8MB, with debian:trixie-slim" in shown(lab)
    lab.other.value = "alpine"
    assert "no layer in common" in shown(lab)
    lab.reset.click()
    assert lab.changed().dockerfile == APP.dockerfile


def test_size_lab_takes_any_packages():
    lab = labs.size(APP)
    lab.packages.set_state({"value": "numpy pandas"})
    assert "RUN pip install numpy pandas" in shown(lab)
    lab.packages.set_state({"value": NASTY})
    assert "img" not in Reader(lab.view.value).tags
    lab.packages.set_state({"value": ""})
    assert lab.changed().dockerfile == APP.dockerfile


@pytest.mark.parametrize(
    ("measure", "before", "after"),
    [
        (smaller.split_runs, "RUN a && b", "RUN a\nRUN b"),
        (smaller.join_runs, "RUN a\nRUN b\nRUN c", "RUN a && b && c"),
        (smaller.no_cache_dir, "RUN pip install x && pip install y", f"RUN {NEAT} x && {NEAT} y"),
        (smaller.no_cache_dir, f"RUN {NEAT} x", f"RUN {NEAT} x"),
        (smaller.remove_later, "RUN apt-get install x", "RUN apt-get install x\nRUN rm -rf /var/lib/apt/lists/*"),
        (
            smaller.two_stages,
            "RUN pip install x\nCMD y",
            "RUN pip install --prefix=/install x\n\nFROM python\nCOPY --from=build /install /usr/local\nCMD y",
        ),
    ],
)
def test_measures_edit_the_dockerfile(measure, before, after):
    made = measure(Project.from_files({}, f"FROM python\n{before}\n")).dockerfile
    assert made.partition("\n")[2].strip() == after


# The goal lab.


def level(project=ORDERED):
    return SimpleNamespace(
        title="A title", task="Make it <b>small</b>.", project=project, hint="Look up.", goal_text="- one step",
        check=lambda answer: SimpleNamespace(passed="slim" in answer.dockerfile, text="1 of 2 goals reached."),
    )  # fmt: skip


def test_goal_lab_checks_hints_and_shows_the_goal():
    lab = labs.goal(level())
    lab.check.click()
    assert "Not yet." in shown(lab)
    lab.hint.click()
    assert "Look up." in shown(lab)
    lab.goal.click()
    assert "- one step" in shown(lab)
    lab.editor.set_state({"value": "FROM python:slim\n"})
    lab.check.click()
    assert "Reached." in shown(lab)


def test_goal_lab_shows_a_mistake_with_its_line_and_keeps_the_last_result():
    lab = labs.goal(level())
    lab.editor.set_state({"value": "FROM python\nRUM x\n"})
    assert "line 2" in shown(lab)
    assert "[4/4] RUN pip install -r requirements.txt" in shown(lab)
    assert lab.editor.value == "FROM python\nRUM x\n"


def test_goal_lab_loses_nothing():
    lab = labs.goal(level())
    lab.editor.set_state({"value": "FROM python:slim\n"})
    lab.editor.set_state({"value": "FROM alpine\n"})
    lab.reset.click()
    assert lab.editor.value == ORDERED.dockerfile
    lab.undo.click()
    assert lab.editor.value == "FROM alpine\n"
    lab.undo.click()
    assert lab.editor.value == "FROM python:slim\n"
    lab.copy.click()
    assert "FROM python:slim" in lab.answer.value
    assert lab.answer.layout.display != "none"
    lab.editor.set_state({"value": "FROM busybox\n"})
    assert "FROM busybox" in lab.answer.value


def test_goal_lab_edits_other_files_too():
    lab = labs.goal(level())
    lab.file.value = ".dockerignore"
    assert lab.editor.value == ""
    lab.editor.set_state({"value": "*.txt\n"})
    assert ".dockerignore" in lab.project().files
    assert "# file: .dockerignore\n*.txt" in lab.as_text()
    lab.file.value = "Dockerfile"
    assert lab.editor.value == ORDERED.dockerfile


def test_goal_lab_takes_the_levels_of_the_course():
    from layerlib import course

    for one in course.levels():
        lab = labs.goal(one)
        lab.check.click()
        assert "Not yet." in shown(lab), one.name
        assert "made a mistake" not in shown(lab)
        lab.texts = {path: lab_text(one.solution, path) for path in lab.texts}
        lab.check.click()
        assert "Reached." in shown(lab), one.name


def lab_text(project, path):
    return project.files[path].read().decode() if path in project.files else ""


# Any text is text.


def test_no_text_becomes_html():
    files = {"app.py": "", f"{NASTY}.py": "", "a & b.txt": "", "requirements.txt": ""}
    dockerfile = (
        f'FROM python\nWORKDIR /{NASTY}\nCOPY . .\nRUN echo "{NASTY}"\nENV {NASTY[1:4]}="{NASTY}"\nLABEL a="{NASTY}"\n'
    )
    project = Project.from_files(files, dockerfile, NASTY)
    for name, lab in every_lab(project).items():
        for toggle in getattr(lab, "toggles", ()):
            toggle.set_state({"value": True})
            assert "img" not in Reader(lab.view.value).tags, name
        assert "img" not in Reader(lab.view.value).tags, name
        if name == "goal":
            lab.editor.set_state({"value": NASTY})
            assert "img" not in Reader(lab.view.value).tags
            assert NASTY in shown(lab)


def test_the_task_and_the_outcome_are_text_too():
    one = level()
    one.title = one.hint = one.goal_text = one.task = NASTY
    one.check = lambda answer: SimpleNamespace(passed=False, text=NASTY)
    lab = labs.goal(one)
    for press in (lab.check, lab.hint, lab.goal):
        press.click()
        assert "img" not in Reader(lab.view.value).tags
    for child in (lab.children[1].children[0],):
        assert "img" not in Reader(child.value).tags


def test_predicting_what_cannot_be_built_is_said():
    broken = ORDERED.with_dockerfile("FROM python\nCOPY nowhere.txt .\n")
    with pytest.raises(LayerlibError):
        BuildKit().build(broken)
    assert "nowhere.txt" in shown(labs.predict(ORDERED, broken))
