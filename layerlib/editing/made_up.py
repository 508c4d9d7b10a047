"""Files for a Dockerfile that came without any: those that its instructions name are made up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..reading.paths import parents
from ..reading.project import Project
from .copied import WILD, Source, sources

CONTENT = "your-own-lines\n"
"""What a file that was made up holds. It says nothing: as a list of packages it names one that nobody has measured, and
as a script a program that nobody knows."""

LANGUAGES = {
    "py": ("python", "pypy", "miniconda", "uv"),
    "js": ("node", "bun", "deno"),
    "go": ("golang", "go"),
    "rs": ("rust", "cargo-chef"),
    "java": ("maven", "gradle", "eclipse-temurin", "openjdk", "amazoncorretto"),
    "cs": ("dotnet", "sdk", "aspnet"),
    "rb": ("ruby",),
    "php": ("php", "composer"),
}
"""The extension of a language's files, and the base images that its projects begin from."""

MANIFESTS = {
    "npm": ("package.json", "package-lock.json"),
    "yarn": ("package.json", "yarn.lock"),
    "pnpm": ("package.json", "pnpm-lock.yaml"),
    "go": ("go.mod", "go.sum"),
    "cargo": ("Cargo.toml", "Cargo.lock"),
    "mvn": ("pom.xml",),
    "mvnw": ("pom.xml", "mvnw"),
    "gradle": ("build.gradle",),
    "gradlew": ("build.gradle", "gradlew"),
    "dotnet": ("app.csproj",),
    "bundle": ("Gemfile", "Gemfile.lock"),
    "composer": ("composer.json", "composer.lock"),
    "make": ("Makefile",),
}
"""The files that a program reads where it works."""

_FAMILIES = {
    "requirements": ("requirements.txt",),
    "package": ("package.json", "package-lock.json"),
    "poetry.lock": ("poetry.lock",),
}
_FILES = frozenset(
    {"Makefile", "Gemfile", "Procfile", "Pipfile", "Rakefile", "Dockerfile", "LICENSE", "README", "mvnw", "artisan"}
)
_NAMED = re.compile(
    r"(?<![\w./$@:-])(?:\./)?((?:[\w-]+/)*[\w-][\w.-]*\.(?:py|js|mjs|ts|txt|toml|json|lock|xml|mod|sh|rb|php|sql|yml|yaml))"
    r"(?![\w./-])"
)


def with_made_up_files(project: Project) -> tuple[Project, tuple[str, ...]]:
    """The project with a file for every source that no file of it matches, and the paths of those files.

    A name with an extension becomes a file, any other a folder with a file in it, a wildcard a file that it matches.
    Where everything is copied, the files that a RUN or CMD names, and those that its programs read, are made up too.
    Raises DockerfileError, and ContextError for a .dockerignore that cannot be read.
    """
    named = sources(project)
    there = {path for path, file in project.files.items() if file.kind != "folder"} - {
        project.dockerfile_name, ".dockerignore", *project.notes_paths,
    }  # fmt: skip
    wanted: dict[str, None] = {}

    def has(source: Source) -> bool:
        return any(source.takes(path) for path in (*there, *wanted))

    narrow = [source for source in named if source.path]
    for source in narrow:
        if not has(source):
            wanted.update(dict.fromkeys(_files_for(source, _extension(project))))
    if len(narrow) < len(named):  # everything is copied
        if not there:
            wanted.update(dict.fromkeys(_mentioned(project)))
        rest = [path for path in (*there, *wanted) if not any(source.takes(path) for source in narrow)]
        extension = _extension(project)
        if not any(path.endswith(f".{extension}") for path in rest):
            wanted[f"main.{extension}"] = None
    folders = {above for path in wanted for above in parents(path)} | set(project.files)
    paths = tuple(path for path in wanted if path not in folders)
    return (project.with_files(dict.fromkeys(paths, CONTENT)) if paths else project), paths


def _files_for(source: Source, extension: str) -> Iterator[str]:
    path = source.path
    if WILD.search(path):
        yield from _matching(f"{path}/main.{extension}" if source.is_folder else path, extension)
    elif source.is_folder or not _is_file(path.rpartition("/")[2]):
        yield f"{path}/main.{extension}"
    else:
        yield path


def _is_file(name: str) -> bool:
    return name in _FILES or "." in name[1:] or (name.startswith(".") and not name.endswith(".d"))


def _matching(pattern: str, extension: str) -> Iterator[str]:
    """Paths that a wildcard matches: the usual ones where there are usual ones."""
    folder, slash, name = pattern.rpartition("/")
    usual = [one for start, names in _FAMILIES.items() if name.startswith(start) for one in names]
    candidates = [f"{folder}{slash}{one}" for one in usual]
    candidates.append(_filled(pattern, "main"))
    if not _is_file(candidates[-1].rpartition("/")[2]):
        candidates.append(f"{candidates[-1]}.{extension}")
    yield from (one for one in candidates if Source(0, pattern).takes(one))


def _filled(pattern: str, name: str) -> str:
    pattern = re.sub(r"\[\^?\\?(.)[^\]]*\]", r"\1", pattern)
    return re.sub(r"\*+", name, pattern, count=1).replace("*", "").replace("?", "a")


def _extension(project: Project) -> str:
    """The extension of the language that the Dockerfile seems to be about."""
    bases = " ".join(one.source.lower() for one in project.parsed.instructions if one.keyword == "FROM")
    for extension, images in LANGUAGES.items():
        if re.search(rf"(?<![\w-])(?:{'|'.join(map(re.escape, images))})(?![\w])", bases):
            return extension
    return "txt"


def _mentioned(project: Project) -> Iterator[str]:
    """The files that commands name, or that their programs read."""
    for one in project.parsed.instructions:
        if one.keyword not in ("RUN", "CMD", "ENTRYPOINT"):
            continue
        yield from (found[1] for found in _NAMED.finditer(one.source))
        for program, files in MANIFESTS.items():
            if one.keyword == "RUN" and re.search(rf"(?<![\w-]){program}\s", one.source):
                yield from files
