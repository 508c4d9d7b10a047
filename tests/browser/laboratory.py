"""A JupyterLab that a test starts on a free port, and notebooks opened in it with Chromium."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
LAPTOP = {"width": 1366, "height": 1400}
NARROW = {"width": 640, "height": 1400}

KERNEL_IS_READY = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.context?.sessionContext;
  return session?.isReady && session.session?.kernel?.status === "idle";
}"""
# No questions in front of the notebook, and all its cells on the page.
SETTINGS = {
    "apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


class Laboratory:
    """A server and a browser. Use it with `with`: both end with it.

    Attributes:
        folder: where its notebooks are.
        url: the server's address, with its token in `token`.
    """

    def __init__(self, folder: Path, chromium: str) -> None:
        self.folder, self.chromium = folder, chromium
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{_free_port()}"

    def __enter__(self) -> Laboratory:
        settings = self.folder / "settings"
        for name, values in SETTINGS.items():
            file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        (self.folder / "notebooks").mkdir()
        port = self.url.rpartition(":")[2]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTERLAB_SETTINGS_DIR": str(settings)}
        environment |= {"JUPYTER_CONFIG_DIR": str(self.folder / "config"), "IPYTHONDIR": str(self.folder / "ipython")}
        environment |= {"JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"), "PYTHONWARNINGS": "default"}
        self.log = (self.folder / "server.log").open("w")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ServerApp.port_retries=0",
             f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.folder / 'notebooks'}",
             "--LabApp.expose_app_in_browser=True", "--ServerApp.ip=127.0.0.1",
             *(["--allow-root"] if _is_root() else [])],
            env=environment, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=self.chromium, args=FLAGS)
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.close()
        self.playwright.stop()
        self.server.terminate()
        self.server.wait(20)
        self.log.close()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/api?token={self.token}", timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        raise TimeoutError((self.folder / "server.log").read_text())

    def page(self, dark: bool = False, size: dict[str, int] | None = None) -> Page:
        """A new page with nothing of another one in it."""
        context = self.browser.new_context(viewport=size or LAPTOP, color_scheme="dark" if dark else "light")
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.problems = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
        page.on("dialog", lambda dialog: (page.problems.append(dialog.message), dialog.dismiss()))  # type: ignore[attr-defined]
        return page

    def write(self, cells: list[str], name: str = "lab.ipynb") -> str:
        """Write a notebook out of code cells."""
        made = [
            {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
            for n, code in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        (self.folder / "notebooks" / name).write_text(json.dumps(book))
        return name

    def open(self, page: Page, name: str, run: bool = True, dark: bool = False) -> None:
        """Open a notebook alone in the page, and run all its cells."""
        page.goto(f"{self.url}/lab/workspaces/w{secrets.token_hex(4)}/tree/{name}?token={self.token}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function(KERNEL_IS_READY)
        theme = "JupyterLab Dark" if dark else "JupyterLab Light"
        command(page, "apputils:change-theme", {"theme": theme})
        page.wait_for_function("theme => document.body.dataset.jpThemeName == theme", arg=theme)
        if run:
            command(page, "notebook:run-all-cells")

    def lab(self, page: Page, code: str, dark: bool = False) -> None:
        """A notebook with one lab in it, on the screen."""
        name = self.write([f"import layerlib\nfrom layerlib import labs\n{code}"], f"lab-{secrets.token_hex(3)}.ipynb")
        self.open(page, name, dark=dark)
        page.wait_for_selector(".layerlib-lab .layerlib-view")
        command(page, "application:toggle-left-area")


def command(page: Page, name: str, args: dict[str, object] | None = None) -> None:
    """Run one of JupyterLab's commands, as its menus do."""
    page.evaluate("([name, args]) => { window.jupyterapp.commands.execute(name, args); }", [name, args or {}])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
