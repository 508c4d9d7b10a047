"""Puts the lessons into the wheel as learners get them: without outputs."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LessonsHook(BuildHookInterface):
    """Makes the lessons' copies in a folder of its own for each build; a clone's are made when they are asked for."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the copies, and have them put into the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("lessons", root / "layerlib" / "outside" / "lessons.py")
        lessons = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(lessons)
        self.folder = Path(tempfile.mkdtemp())
        for name, data in lessons.of_clone(root).items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            build_data["force_include"][str(path)] = f"layerlib/lessons/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copies."""
        if version != "editable":
            shutil.rmtree(self.folder)
