"""Pictures of the labs: `make pictures` takes them.

Those that README, TEACHING.md and the book show go to docs/pictures. All others, each lab in each state at each width,
light and dark, zoomed and in forced colours, are for looking at: they go to the folder that `PICTURES` names, or to
build/pictures. `make pictures LABS="cache size"` takes those alone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from browser.examples import LABS, MORE, use
from browser.laboratory import Laboratory, chromium
from browser.machine import CHROMIUM, PICTURES, missing
from playwright.sync_api import Page, ViewportSize

SHOWN = Path(__file__).parents[2] / "docs" / "pictures"
# The picture of each lab in docs/pictures; the other labs are shown by the lessons themselves.
SHIPPED = ("cache", "goal")
WIDTHS = (1366, 1920, 910)
SHIPPED_SIZE: ViewportSize = {"width": 1180, "height": 900}
TALL = 1600


def take(page: Page, file: Path) -> None:
    """Save the lab as it is on the page, without the pointer in it."""
    page.mouse.move(0, 0)
    file.parent.mkdir(parents=True, exist_ok=True)
    page.locator(".layerlib-lab").first.screenshot(path=file)


def looks(page: Page, name: str, theme: str) -> Iterator[Path]:
    """Save one lab at each width; in the light theme, at 150 % zoom and in forced colours too."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": TALL})
        yield PICTURES / f"{name}-{width}-{theme}.png"
    page.set_viewport_size({"width": 1366, "height": TALL})
    if theme == "light":
        page.evaluate("document.body.style.zoom = 1.5")
        yield PICTURES / f"{name}-zoomed.png"
        page.evaluate("document.body.style.zoom = 1")
    page.emulate_media(forced_colors="active")
    yield PICTURES / f"{name}-forced-{theme}.png"
    page.emulate_media(forced_colors="none")


def main() -> None:
    """Open each lab, do in it what it is for, and save what it shows."""
    if missing():
        raise SystemExit(f"No pictures: {missing()}.")
    every = {**LABS, **MORE}
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium(CHROMIUM) as browser,
        Laboratory(Path(folder) / "lab", browser) as laboratory,
    ):
        for name in sys.argv[1:] or every:
            for theme in ("light", "dark"):
                page = laboratory.page(dark=theme == "dark", size=SHIPPED_SIZE)
                laboratory.lab(page, every[name], dark=theme == "dark")
                page.locator(".layerlib-lab > *").first.wait_for()
                if theme == "light":
                    take(page, PICTURES / f"{name}-begin.png")
                use(page, name)
                if theme == "light" and name in SHIPPED:
                    take(page, SHOWN / f"{name}-lab.png")
                for file in looks(page, name, theme):
                    take(page, file)
                page.context.close()
            print(name)
    print(f"docs/pictures has those that are shown; {PICTURES} has the others.")


if __name__ == "__main__":
    main()
