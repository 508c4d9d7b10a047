"""Labs and lessons where they are used: JupyterLab and Voilà in Chromium, driven by Playwright.

Without Chromium these tests are skipped, and the summary says so; with `make test-browser` they fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from browser.machine import CHROMIUM, REQUIRED, missing

if TYPE_CHECKING:
    from browser.laboratory import Gallery, Laboratory
    from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if missing() and not REQUIRED:
        for item in items:
            if "browser" in item.path.parts[-2:]:
                item.add_marker(pytest.mark.skip(reason=missing()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if missing() and not REQUIRED:
        terminalreporter.write_line(f"The browser tests were skipped: {missing()}. (make test-browser)")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    if missing():
        pytest.fail(missing())
    from browser.laboratory import chromium

    with chromium(CHROMIUM) as started:
        yield started


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Laboratory]:
    """A JupyterLab on a free port."""
    from browser.laboratory import Laboratory

    with Laboratory(tmp_path_factory.mktemp("lab"), browser) as started:
        yield started


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Gallery]:
    """A Voilà on a free port."""
    from browser.laboratory import Gallery

    if not find_spec("voila"):
        (pytest.fail if REQUIRED else pytest.skip)("the package voila is not installed")
    with Gallery(tmp_path_factory.mktemp("voila"), browser) as started:
        yield started
