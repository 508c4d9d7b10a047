"""What this machine has for the browser tests, and where their pictures go.

Chromium is the system's; `CHROMIUM=/path` names another. Screenshots go to the folder that `PICTURES` names, or to
build/pictures.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parents[2] / "build" / "pictures"))
REQUIRED = bool(os.environ.get("BROWSER_REQUIRED"))


def missing() -> str:
    """What the tests lack on this machine, or ""."""
    if not CHROMIUM:
        return "there is no Chromium on this machine"
    return "" if find_spec("playwright") else "the package playwright is not installed"
