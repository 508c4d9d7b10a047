"""Labs and lessons where they are used: JupyterLab and Voilà in Chromium, driven by Playwright.

Chromium is the system's (`CHROMIUM=/path` names another); without it these tests are left out, and the summary says so.
`make test-browser` insists on it. Screenshots go to the folder that `PICTURES` names, or to build/pictures.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from laboratory import Gallery, Laboratory
    from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parent))

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parents[2] / "build" / "pictures"))
REQUIRED = bool(os.environ.get("BROWSER_REQUIRED"))


def missing() -> str:
    """What these tests lack on this machine, or nothing."""
    if not CHROMIUM:
        return "there is no Chromium on this machine"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "the package playwright is not installed"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if missing() and not REQUIRED:
        for item in items:
            if "browser" in item.path.parts[-2:]:
                item.add_marker(pytest.mark.skip(reason=missing()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if missing() and not REQUIRED:
        terminalreporter.write_line(f"The browser tests were left out: {missing()}. (make test-browser)")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    if missing():
        pytest.fail(missing())
    from laboratory import chromium

    with chromium(CHROMIUM) as started:
        yield started


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Laboratory]:
    """A JupyterLab on a free port."""
    from laboratory import Laboratory

    with Laboratory(tmp_path_factory.mktemp("lab"), browser) as started:
        yield started


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Gallery]:
    """A Voilà on a free port."""
    from laboratory import Gallery

    if not find_spec("voila"):
        (pytest.fail if REQUIRED else pytest.skip)("the package voila is not installed")
    with Gallery(tmp_path_factory.mktemp("voila"), browser) as started:
        yield started
