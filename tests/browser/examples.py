"""One of each lab, as a learner would open it, and what to do there for a picture."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from layerlib import Project, changes, course

LABS = {
    "cache": 'labs.cache(layerlib.Project.load("python-numpy-app"))',
    "predict": (
        'project = layerlib.Project.load("python-numpy-app")\nlabs.predict(project, layerlib.changes.of(project)[0])'
    ),
    "questions": 'labs.predict_sizes(layerlib.course.example("a-large-file").ways)',
    "order": 'labs.order(layerlib.Project.load("python-numpy-app"))',
    "size": 'labs.size(layerlib.Project.load("python-numpy-app"))',
    "opening": "labs.opening()",
    "levels": 'labs.levels(layerlib.course.levels("11"))',
    "own": "labs.own()",
    "goal": 'labs.goal(layerlib.course.levels("08")[0])',
}

# What to answer, and what the lab then says.
ANSWERS = {
    "predict": (("cached: line 2", "rebuilt: line 3", "cached: line 4"), "2 of 3 right"),
    "questions": (
        ("the same: copied, then deleted", "20MB more: copied, then chmod", "10MB more: copied with both flags"),
        "2 of 3 right, 1 not answered",
    ),
}

# Other states of the same labs, for pictures alone.
MORE = {
    "cache-both": LABS["cache"],
    "cache-opened": LABS["cache"],
    "stages": 'labs.cache(layerlib.Project.load("multi-stage-app"))',
    "solved": 'labs.goal(layerlib.course.levels("08")[0])',
}


def use(page: Page, name: str) -> None:
    """Do something in a lab that shows what it is for."""
    lab = page.locator(".layerlib-lab").last
    if name in MORE:
        _use_more(lab, name)
    elif name == "cache":
        press(lab, "edit app.py")
        lab.get_by_text("2 of 3 steps rebuilt: ").wait_for(state="attached")
    elif name in ANSWERS:
        answers, told = ANSWERS[name]
        for answer in answers:
            lab.get_by_role("button", name=answer).click()
        press(lab, "Check")
        lab.get_by_text(told).first.wait_for(state="attached")
    elif name == "order":
        lab.get_by_role("button", name="Move RUN pip install numpy up").click()
        lab.get_by_text("is rebuilt 0 times a day instead of 20 times.").wait_for()
    elif name == "size":
        press(lab, "python:slim")
        lab.get_by_text("smaller", exact=True).wait_for()
    elif name == "opening":
        press(lab, "Edit app.py and build")
        lab.get_by_text("is done again").wait_for()
    elif name == "levels":
        lab.get_by_role("button", name="1. Make nothing rebuild").click()
        lab.get_by_text("Somebody puts notes.txt into the folder.").wait_for()
    elif name == "own":
        press(lab, "Try every change")
        lab.get_by_text("3 of 4 steps rebuilt").wait_for()
    else:
        press(lab, "Check")
        lab.get_by_text("2 of 4 goals", exact=True).wait_for()


def _use_more(lab: Locator, name: str) -> None:
    if name == "cache-both":
        press(lab, "edit app.py")
        press(lab, "both")
        lab.locator("table.both").wait_for()
    elif name == "cache-opened":
        press(lab, "edit app.py")
        lab.locator("tbody tr.cause .code button").click()
        lab.get_by_text("What the builder compares", exact=True).wait_for()
    elif name == "stages":
        press(lab, changes.of(Project.load("multi-stage-app"))[0].name)
        lab.locator(".card.cause").wait_for()
    else:
        lab.get_by_label("Text of Dockerfile").fill(course.level("08-order").solution.dockerfile)
        press(lab, "Check")
        lab.get_by_text("4 of 4 goals", exact=True).wait_for()


def press(lab: Locator, words: str) -> None:
    """Click on the first button that says just this."""
    lab.get_by_role("button", name=words, exact=True).first.click()
