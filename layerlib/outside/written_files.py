"""The files of a recorded build, written to a folder for a real Docker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MTIME = 1_700_000_000  # of every file that does not say otherwise, in seconds


def write(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Make a folder with files in the format of the recorded builds, with their modes and times.

    A file is "content", "link" (its target) or "dir"; one with "content" may have "mode" and "mtime".
    """
    folder.mkdir()
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "link" in file:
            path.symlink_to(file["link"])
        elif file.get("dir"):
            path.mkdir(exist_ok=True)
            path.chmod(int(file.get("mode", "755"), 8))
        else:
            path.write_text(file["content"], encoding="utf-8", newline="")
            path.chmod(int(file.get("mode", "644"), 8))
            os.utime(path, (file.get("mtime", MTIME),) * 2)
