"""Dockerfiles in the idioms of public ones (idioms.txt), with a small context, three edits of each, and an undo.

A section of idioms.txt is a name, a Dockerfile and a last line: edit SOURCE MANIFEST TEXT => ANOTHER TEXT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from stand_ins import image

CLOCK = 1_700_000_000
EDIT = re.compile(r"edit (?P<source>\S+) (?P<manifest>\S+) (?P<old>.+?) => (?P<new>.+)")
FROM = re.compile(r"^FROM (?:--\S+ )*(?P<image>\S+)|--from=(?P<other>\S+)", re.MULTILINE)

TEXTS = {
    "main.py": "print('hello')\n",
    "manage.py": "import main\n",
    "requirements.txt": "flask==3.1.0\n",
    "requirements-dev.txt": "pytest\n",
    "pyproject.toml": "[project]\nname = 'app'\n",
    "poetry.lock": "# lock\n",
    "uv.lock": "version = 1\n",
    "environment.yml": "name: app\n",
    "static/site.css": "body {}\n",
    "docs/index.md": "# Docs\n",
    "content/index.md": "# Home\n",
    "mkdocs.yml": "site_name: docs\n",
    "package.json": '{"name": "app"}\n',
    "package-lock.json": '{"lockfileVersion": 3}\n',
    "yarn.lock": "# yarn\n",
    "tsconfig.json": "{}\n",
    "pnpm-lock.yaml": "lockfileVersion: 9\n",
    "web/package.json": '{"name": "web"}\n',
    "prisma/schema.prisma": "model A {}\n",
    "src/main.js": "console.log(1)\n",
    "src/main.rs": "fn main() {}\n",
    "src/App.java": "class App {}\n",
    "go.mod": "module example.org/app\n",
    "go.sum": "sums\n",
    "main.go": "package main\n",
    "cmd/server/main.go": "package main\n\nfunc main() {}\n",
    "Cargo.toml": "[package]\nname = 'app'\n",
    "Cargo.lock": "version = 3\n",
    "pom.xml": "<project/>\n",
    "mvnw": "#!/bin/sh\n",
    "build.gradle": "plugins {}\n",
    "settings.gradle": "rootProject.name = 'app'\n",
    "build.sbt": 'name := "app"\n',
    "project/build.properties": "sbt\n",
    "App.sln": "solution\n",
    "Web/Web.csproj": "<Project/>\n",
    "Web/Program.cs": "class Program {}\n",
    "Gemfile": "gem 'rails'\n",
    "Gemfile.lock": "GEM\n",
    "app/main.rb": "puts 1\n",
    "lib/app.ex": "defmodule App do end\n",
    "mix.exs": "mix\n",
    "mix.lock": "lock\n",
    "composer.json": "{}\n",
    "composer.lock": "{ }\n",
    "public/index.php": "<?php\n",
    "entrypoint.sh": '#!/bin/sh\nexec "$@"\n',
    "nginx.conf": "server {}\n",
    "sql/init.sql": "select 1;\n",
    "sql/more.sql": "select 2;\n",
    "README.md": "# Read me\n",
    "Makefile": "all:\n",
    "main.c": "int main(void) { return 0; }\n",
    "include/tool.h": "#pragma once\n",
}
EDITS = {"json": "\n", "txt": "gunicorn==23.0.0\n", "css": "p {}\n", "java": "// edited\n", "js": "console.log(2)\n"}
IGNORED = {".dockerignore": {"content": ".git\nnode_modules\n**/*.log\n"}}
LANGUAGES = {
    "python": [
        "README.md",
        "docs/index.md",
        "main.py",
        "manage.py",
        "poetry.lock",
        "pyproject.toml",
        "requirements-dev.txt",
        "requirements.txt",
        "static/site.css",
        "uv.lock",
    ],
    "node": [
        "package-lock.json",
        "package.json",
        "pnpm-lock.yaml",
        "prisma/schema.prisma",
        "src/main.js",
        "static/site.css",
        "tsconfig.json",
        "web/package.json",
        "yarn.lock",
    ],
    "go": [
        "README.md",
        "cmd/server/main.go",
        "go.mod",
        "go.sum",
        "main.go",
    ],
    "rust": [
        "Cargo.lock",
        "Cargo.toml",
        "src/main.rs",
    ],
    "java": [
        "build.gradle",
        "mvnw",
        "pom.xml",
        "settings.gradle",
        "src/App.java",
    ],
    "dotnet": [
        "App.sln",
        "README.md",
        "Web/Program.cs",
        "Web/Web.csproj",
    ],
    "ruby": [
        "Gemfile",
        "Gemfile.lock",
        "app/main.rb",
        "content/index.md",
    ],
    "php": [
        "composer.json",
        "composer.lock",
        "entrypoint.sh",
        "public/index.php",
    ],
    "c": [
        "Makefile",
        "README.md",
        "include/tool.h",
        "main.c",
    ],
}
OTHERS = {
    "build-info-file": "node",
    "tests-before-release": "python",
    "arg-in-copy": "python",
    "devcontainer": "python",
}


class Idiom(NamedTuple):
    """A Dockerfile, and what is edited of it."""

    name: str
    dockerfile: str
    source: str
    manifest: str
    old: str
    new: str

    @property
    def images(self) -> list[str]:
        """The images that it stands on or copies from, its arguments replaced by their defaults."""
        defaults = dict(re.findall(r"^ARG (\w+)=(\S+)", self.dockerfile, re.MULTILINE))
        stages = set(re.findall(r"^FROM .* (?:AS|as) (\S+)", self.dockerfile, re.MULTILINE)) | {"scratch"}
        named = [match["image"] or match["other"] for match in FROM.finditer(self.dockerfile)]
        expanded = [re.sub(r"\$\{?(\w+)\}?", lambda match: defaults[match[1]], name) for name in named]
        return [name for name in dict.fromkeys(expanded) if name.partition(",")[0] not in stages and not name.isdigit()]

    @property
    def files(self) -> dict[str, Any]:
        """The build context: the files of its language, and what it names."""
        language = OTHERS.get(self.name, self.name.partition("-")[0])
        paths = [
            path
            for path in TEXTS
            if path in {self.source, self.manifest, *LANGUAGES.get(language, [])} or self._names(path)
        ]
        ignored = IGNORED if len(self.name) % 2 else {}
        return {
            path: {"content": TEXTS[path], **({"mode": "755"} if path == "mvnw" else {})} for path in paths
        } | ignored

    def _names(self, path: str) -> bool:
        folder = path.rpartition("/")[0]
        return path in self.dockerfile or (
            bool(folder) and re.search(rf"(COPY|ADD).* {folder}\b", self.dockerfile) is not None
        )

    def scenario(self) -> dict[str, Any]:
        """First, an edit of a source file, of a manifest, of the Dockerfile, and back."""
        files = self.files
        changed = self.dockerfile.replace(self.old, self.new)
        assert changed != self.dockerfile, self.name

        def edited(path: str, minutes: int) -> dict[str, Any]:
            more = EDITS.get(path.rpartition(".")[2], "# edited\n")
            return files | {
                path: {**files[path], "content": files[path]["content"] + more, "mtime": CLOCK + 60 * minutes}
            }

        builds = [
            (self.dockerfile, files),
            (self.dockerfile, edited(self.source, 1)),
            (self.dockerfile, edited(self.manifest, 2)),
            (changed, files),
            (self.dockerfile, files),
        ]
        return {
            "name": f"idioms: {self.name}",
            "images": {reference: image(reference) for reference in self.images},
            "effects": None,
            "builds": [{"dockerfile": text, "files": context} for text, context in builds],
        }


def idioms() -> Iterator[Idiom]:
    """The sections of idioms.txt."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        name, body = section.rstrip().split("\n", 1)
        dockerfile, line = body.rsplit("\n", 1)
        match = EDIT.fullmatch(line)
        assert match, name
        yield Idiom(name, dockerfile + "\n", **match.groupdict())


NEEDS_BUILDKIT = re.compile(r"--mount|--link|--exclude|--chmod|<<|--network")


def scenarios(builder: str) -> Iterator[dict[str, Any]]:
    """The scenarios for a builder, in the format of the recorder; "third" has every third of BuildKit's."""
    for number, idiom in enumerate(idioms()):
        classic = builder == "classic" and not NEEDS_BUILDKIT.search(idiom.dockerfile)
        if builder == "buildkit" or (builder == "third" and number % 3 == 0) or (classic and number % 2 == 0):
            yield idiom.scenario()
