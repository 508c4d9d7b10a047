"""Servers that a test starts on a free port, JupyterLab and Voilà, and notebooks opened in them with Chromium."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Dialog, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
IMPORTS = "import layerlib\nfrom layerlib import labs"
LAPTOP: ViewportSize = {"width": 1366, "height": 1400}
NARROW: ViewportSize = {"width": 640, "height": 1400}

KERNEL_IS_READY = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.context?.sessionContext;
  return session?.isReady && session.session?.kernel?.status === "idle";
}"""
# No questions in front of the notebook, and all its cells on the page.
SETTINGS = {
    "apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


# What went wrong in a page: errors of scripts, and dialogs.
PROBLEMS: dict[Page, list[str]] = {}
# What a page asked for.
REQUESTS: dict[Page, list[str]] = {}


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """The browser for all servers of a run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Server:
    """A server on a free port, and pages of a browser. Use it with `with`: it ends with that.

    Attributes:
        folder: where its notebooks are.
        url: its address.
    """

    ready = ""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self.folder, self.browser = folder, browser
        self.token = secrets.token_hex(16)
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> list[str]:
        """The words after `python -m` that start it."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """What it needs besides the environment of the tests."""
        return {
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default",
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "IPYTHONDIR": str(self.folder / "ipython"),
        }

    def __enter__(self) -> Self:
        (self.folder / "notebooks").mkdir(parents=True, exist_ok=True)
        self.log = (self.folder / "server.log").open("w")
        self.server = subprocess.Popen(
            [sys.executable, "-m", *self.start()], env={**os.environ, **self.environment()},
            stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait(20)
        self.log.close()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.server.poll() is None:
            try:
                urllib.request.urlopen(self.url + self.ready.format(self), timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        raise TimeoutError((self.folder / "server.log").read_text())

    def page(self, dark: bool = False, size: ViewportSize | None = None) -> Page:
        """A new page with nothing of another one in it."""
        context = self.browser.new_context(
            viewport=size or LAPTOP, color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(30_000)
        problems: list[str] = []
        PROBLEMS[page] = problems

        def dismiss(dialog: Dialog) -> None:
            problems.append(dialog.message)
            dialog.dismiss()

        requests: list[str] = []
        REQUESTS[page] = requests
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", dismiss)
        return page

    def write(self, cells: list[str], name: str = "lab.ipynb") -> str:
        """Write a notebook of code cells."""
        made: list[dict[str, object]] = [
            {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
            for n, code in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        file = self.folder / "notebooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(book))
        return name


class Laboratory(Server):
    """A JupyterLab."""

    ready = "/api?token={0.token}"

    def start(self) -> list[str]:
        return [
            "jupyterlab", "--no-browser", f"--port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.folder / 'notebooks'}",
            "--LabApp.expose_app_in_browser=True", "--ServerApp.ip=127.0.0.1",
            *(["--allow-root"] if _is_root() else []),
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        folders = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
        return super().environment() | {name: str(self.folder / folder) for name, folder in folders.items()}

    def __enter__(self) -> Self:
        for name, values in SETTINGS.items():
            file = self.folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        return super().__enter__()

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

    def lab(self, page: Page, code: str, dark: bool = False) -> str:
        """A notebook with one lab in it, in a folder of its own, on the screen. Returns its path."""
        name = self.write([f"{IMPORTS}\n{code}"], f"lab-{secrets.token_hex(3)}/lab.ipynb")
        self.open(page, name, dark=dark)
        page.wait_for_selector(".layerlib-lab")
        command(page, "application:toggle-left-area")
        return name


class Gallery(Server):
    """A Voilà: notebooks as pages without code."""

    def start(self) -> list[str]:
        return [
            "voila", str(self.folder / "notebooks"), "--no-browser", f"--port={self.port}", "--Voila.ip=127.0.0.1",
            "--Voila.port_retries=0", "--VoilaConfiguration.show_tracebacks=True",
        ]  # fmt: skip

    def open(self, page: Page, name: str) -> None:
        """Show a notebook; Voilà runs all its cells."""
        page.goto(f"{self.url}/voila/render/{name}")


def command(page: Page, name: str, args: dict[str, object] | None = None) -> None:
    """Run one of JupyterLab's commands, as its menus do."""
    page.evaluate("([name, args]) => { window.jupyterapp.commands.execute(name, args); }", [name, args or {}])


def settled(page: Page) -> None:
    """Wait until the page and its kernel have done all they were asked for, and the page has painted it."""
    page.evaluate(
        """async () => {
          const kernel = window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel;
          await kernel?.requestKernelInfo();  // the kernel answers in the order in which it is asked
          for (let n = 0; n < 3; n++) await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        }"""
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
