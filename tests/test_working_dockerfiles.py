"""Usual Dockerfiles that work in Docker: the lint may doubt a part of them, and calls nothing certain to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerlib import Project
from layerlib.linting.inspected import InspectedBuild
from layerlib.linting.runnable import problems

PATHS = (
    "app.py", "main.py", "manage.py", "wsgi.py", "requirements.txt", "pyproject.toml", "poetry.lock", "uv.lock",
    "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "server.js", "src/index.ts", "tsconfig.json",
    "web/package.json", "web/package-lock.json", "web/index.js", "go.mod", "go.sum", "main.go", "cmd/tool/main.go",
    "Cargo.toml", "Cargo.lock", "src/main.rs", "pom.xml", "src/Main.java", "build.gradle", "gradlew", "entrypoint.sh",
    "nginx.conf", "index.html", "Makefile", "main.c", "Gemfile", "Gemfile.lock", "config.ru", "composer.json",
)  # fmt: skip
FILES = {
    **dict.fromkeys(PATHS, ""),
    "requirements.txt": "flask\ngunicorn\n",
    "go.mod": "module example.com/tool\n",
}
TEXTS = (Path(__file__).parent / "working-dockerfiles.txt").read_text(encoding="utf-8").split("=== ")[1:]
WORKING = {name: text for name, _, text in (part.partition("\n") for part in TEXTS)}


@pytest.mark.parametrize("name", WORKING)
def test_nothing_is_certain_to_fail(name: str) -> None:
    project = Project.from_files(FILES, WORKING[name])
    assert [str(found) for found in problems(InspectedBuild(project)) if found.certain] == []
