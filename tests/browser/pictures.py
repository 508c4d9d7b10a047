"""The pictures that README and TEACHING.md show: `make pictures` takes them anew and writes docs/pictures/*.png."""

from __future__ import annotations

import tempfile
from pathlib import Path

from browser.examples import LABS, use
from browser.laboratory import Laboratory, chromium
from browser.machine import CHROMIUM, missing

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def main() -> None:
    """Open each lab, do in it what it is for, and save what it shows."""
    if missing():
        raise SystemExit(f"No pictures: {missing()}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium(CHROMIUM) as browser,
        Laboratory(Path(folder) / "lab", browser) as laboratory,
    ):
        for name, code in LABS.items():
            page = laboratory.page(size={"width": 1180, "height": 1400})
            laboratory.lab(page, code)
            use(page, name)
            page.mouse.move(0, 0)
            file = FOLDER / f"{name}-lab.png"
            page.locator(".layerlib-lab").first.screenshot(path=file)
            print(file.relative_to(FOLDER.parents[1]))
            page.context.close()


if __name__ == "__main__":
    main()
