"""One of each lab, as a learner would open it, and what to do there for a picture."""

from __future__ import annotations

from playwright.sync_api import Page

LABS = {
    "cache": 'labs.cache(layerlib.Project.load("python-numpy-app"))',
    "predict": (
        'project = layerlib.Project.load("python-numpy-app")\nlabs.predict(project, layerlib.changes.of(project)[0])'
    ),
    "order": 'labs.order(layerlib.Project.load("data-science-app"))',
    "size": 'labs.size(layerlib.Project.load("python-numpy-app"))',
    "goal": 'labs.goal(layerlib.course.levels("08")[0])',
}


def use(page: Page, name: str) -> None:
    """Do something in a lab that shows what it is for."""
    lab = page.locator(".layerlib-lab").last
    if name == "cache":
        lab.get_by_label("edit app.py").check()
        lab.get_by_text("2 of 3 steps rebuilt").wait_for()
    elif name == "predict":
        lab.get_by_label("[3/4] COPY ./app.py .").check()
        lab.get_by_role("button", name="Check", exact=True).click()
        lab.get_by_text("of 3 right").wait_for()
    elif name == "order":
        lab.get_by_role("button", name="4 up").click()
        lab.get_by_text("This order cannot work.").wait_for()
    elif name == "size":
        lab.get_by_label("pip install --no-cache-dir").check()
        lab.get_by_text("it had").wait_for()
    else:
        lab.get_by_role("button", name="Check", exact=True).click()
        lab.get_by_text("Not yet.").wait_for()
