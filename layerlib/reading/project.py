"""A project: a Dockerfile and the files beside it."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from . import context, notes
from .dockerfile import Dockerfile, parse
from .errors import ContextError
from .file import File
from .notes import NO_NOTES, Notes
from .package_data import PROJECTS
from .paths import clean, parents
from .tree import Tree

_OUTSIDE = "../"  # the name of no file in a build context begins so


@dataclass(frozen=True)
class Project:
    """A Dockerfile with its build context. It never changes: an edit gives another project.

    Attributes:
        dockerfile: the Dockerfile's text.
        files: every file of the folder, the Dockerfile and .dockerignore included.
        name: what to call it.
        dockerfile_name: the Dockerfile's path among the files; outside of them, what it was called.
        dockerignore: the text of `<Dockerfile's name>.dockerignore` beside a Dockerfile outside of the files, if there
            is one.
        layerlib_toml: the content of the layerlib.toml beside a Dockerfile outside of the files, if there is one.
    """

    dockerfile: str
    files: Tree = field(repr=False)
    name: str = "project"
    dockerfile_name: str = "Dockerfile"
    dockerignore: str | None = field(default=None, repr=False)
    layerlib_toml: bytes | None = field(default=None, repr=False)

    @classmethod
    def from_directory(
        cls,
        path: str | os.PathLike[str],
        dockerfile: str | os.PathLike[str] = "Dockerfile",
        before: Project | None = None,
    ) -> Project:
        """The project in a folder. Files are opened only when a build asks what they hold.

        A layerlib.toml beside the Dockerfile, or in the folder itself, is what the project's owner knows: `notes`. It
        is never part of the build context. Docker knows nothing of it, and sends it unless .dockerignore leaves it
        out; where that does not, `build.assumptions` says so.

        Args:
            path: the folder.
            dockerfile: the Dockerfile's path, from the folder. It may lie outside: "../Dockerfile", or an absolute
                path. Without a Dockerfile, Docker takes a file called dockerfile.
            before: the same folder as it was read before. Files that the disk knows as unchanged since are not
                opened again.

        Raises ContextError if the folder or its Dockerfile is missing.
        """
        folder = Path(path)
        files = context.from_directory(folder, before.files if before else None)
        inside = _path_inside(folder, os.fspath(dockerfile))
        if inside is None:
            return _with_dockerfile_outside(cls("", files, folder.resolve().name), folder / dockerfile)
        dockerfile = _name_of_dockerfile(files, inside)
        if dockerfile not in files:
            raise ContextError(f"there is no {dockerfile} in {folder}; write one, or name the folder that holds it")
        text = files[dockerfile].read().decode("utf-8", "replace")
        return cls(text, files, folder.resolve().name, dockerfile)

    @classmethod
    def from_text(cls, dockerfile: str, path: str | os.PathLike[str] | None = None) -> Project:
        """A Dockerfile that is no file, as `docker build -f - PATH` reads it from standard input.

        Args:
            dockerfile: its text.
            path: the folder of the build context; without it, the context is empty, as with `docker build -`.

        Raises ContextError if the folder is missing.
        """
        if path is None:
            return cls(dockerfile, Tree({}), dockerfile_name=_OUTSIDE + "Dockerfile")
        return cls(dockerfile, context.from_directory(path), Path(path).resolve().name, _OUTSIDE + "Dockerfile")

    @classmethod
    def from_files(
        cls, files: Mapping[str, Any] | None = None, dockerfile: str | None = None, name: str = "project"
    ) -> Project:
        """A project made from a mapping from path to text, bytes or `File`.

        The Dockerfile is given as text, or is one of the files. Raises ContextError if it is neither.
        """
        given = dict(files or {})
        if dockerfile is not None:
            given["Dockerfile"] = dockerfile
        dockerfile_name = _name_of_dockerfile(given)
        if dockerfile_name not in given:
            raise ContextError('no Dockerfile is given; pass dockerfile="FROM ..."')
        tree = context.from_mapping(given)
        return cls(tree[dockerfile_name].read().decode("utf-8", "replace"), tree, name, dockerfile_name)

    @classmethod
    def load(cls, name: str) -> Project:
        """A project that ships with the course, such as "python-numpy-app".

        Raises ContextError, with the names there are, for another name.
        """
        for folder in PROJECTS:
            if "/" not in name and (folder / name / "Dockerfile").is_file():
                return cls.from_directory(folder / name)
        raise ContextError(f"there is no project {name!r}; there are: {', '.join(cls.shipped())}")

    @staticmethod
    def shipped() -> tuple[str, ...]:
        """The names of the projects that ship with the course."""
        return tuple(sorted({path.parent.name for folder in PROJECTS for path in folder.glob("*/Dockerfile")}))

    @cached_property
    def parsed(self) -> Dockerfile:
        """The Dockerfile, read. Raises DockerfileError."""
        return parse(self.dockerfile)

    @property
    def outside(self) -> bool:
        """Whether the Dockerfile is not among the files."""
        return self.dockerfile_name not in self.files

    @cached_property
    def context(self) -> Tree:
        """The files that a build is sent: all but layerlib.toml, and what .dockerignore leaves out.

        Raises ContextError for a .dockerignore that cannot be read.
        """
        return self.without_notes(self._kept)

    @cached_property
    def _kept(self) -> Tree:
        return context.ignore(self.files, self.dockerfile_name, self.dockerignore)

    @cached_property
    def notes(self) -> Notes:
        """What the owner knows: the layerlib.toml beside the Dockerfile, else the one at the root of the files.

        Raises LayerlibError for one that cannot be read.
        """
        if self.layerlib_toml is not None:
            return notes.parse(self.layerlib_toml)
        path = next(iter(self.notes_paths), None)
        if path is None:
            return NO_NOTES
        target = self.files.resolve(path)
        if target is None or self.files[target].kind != "file":
            raise ContextError(f"{path} is a link that leads to no file of the project; put the file itself there")
        return notes.parse(self.files[target].read(), path)

    @cached_property
    def notes_paths(self) -> tuple[str, ...]:
        """Where a layerlib.toml is among the files: beside the Dockerfile, and at their root."""
        beside = "" if self.outside else self.dockerfile_name.rpartition("/")[0]
        places = dict.fromkeys((f"{beside}/{notes.NAME}".lstrip("/"), notes.NAME))
        return tuple(path for path in places if path in self.files and self.files[path].kind != "folder")

    @property
    def notes_sent(self) -> tuple[str, ...]:
        """Those of `notes_paths` that Docker would send to the builder: .dockerignore does not leave them out."""
        return tuple(path for path in self.notes_paths if path in self._kept)

    def without_notes(self, files: Tree) -> Tree:
        """Some of the project's files, less its layerlib.toml."""
        gone = {path for path in self.notes_paths if path in files}
        return files.changed({}, gone) if gone else files

    def with_files(self, files: Mapping[str, Any]) -> Project:
        """The project with some files added or replaced; a value of None removes a file.

        A folder goes with all that is in it. Raises ContextError for a path or a value of another form, for a file
        that does not exist or that a project cannot be without, and for a path below a file.
        """
        for path in files:
            if not isinstance(path, str):
                raise ContextError(f"{path!r} is not a path inside the build context; write it like src/app.py")
        gone = {path for path, value in files.items() if value is None}
        if missing := sorted(gone - self.files.keys()):
            raise ContextError(f"there is no file {missing[0]} to remove")
        given = {path: value for path, value in files.items() if value is not None}
        added = context.from_mapping(given)
        # A file that takes the place of a folder takes it all.
        tree = self.files.changed(added, {*gone, *(below for path in files for below in self.files.below(path))})
        if self.dockerfile_name not in tree and not self.outside:
            raise ContextError(f"without its {self.dockerfile_name}, a project cannot be built")
        for path in given:
            for above in parents(clean(path)):
                if tree[above].kind != "folder":
                    raise ContextError(f"{above!r} cannot be a file and hold {path!r}")
        if self.outside:
            return replace(self, files=tree)
        text = tree[self.dockerfile_name].read().decode("utf-8", "replace")
        return replace(self, files=tree, dockerfile=text)

    def with_dockerfile(self, text: str) -> Project:
        """The project with another Dockerfile. Raises ContextError for a text that is not valid Unicode."""
        if self.outside:
            return replace(self, dockerfile=text)
        try:
            content = text.encode()
        except UnicodeEncodeError:
            raise ContextError("the Dockerfile is not valid Unicode: it holds a lone surrogate") from None
        return self.with_files({self.dockerfile_name: File(content, self.files[self.dockerfile_name].mode)})


def _name_of_dockerfile(files: Container[str], wanted: str = "Dockerfile") -> str:
    """Dockerfile, or dockerfile where only that is there; any other name as it is.

    Source: BuildKit, frontend/dockerui/config.go (ReadEntrypoint).
    """
    lower = wanted.lower()
    return lower if wanted == "Dockerfile" and lower in files and wanted not in files else wanted


def _path_inside(folder: Path, dockerfile: str) -> str | None:
    """A Dockerfile's path from the root of the build context; None if it lies outside."""
    try:
        inside = os.path.relpath(folder / dockerfile, folder).replace(os.sep, "/")
    except ValueError:  # on another drive
        return None
    return None if inside.startswith(_OUTSIDE) or inside == ".." else inside


def _with_dockerfile_outside(project: Project, path: Path) -> Project:
    """The project with a Dockerfile from outside of its folder. Raises ContextError if that cannot be read."""
    lower = path.with_name("dockerfile")
    if path.name == "Dockerfile" and not path.exists() and lower.exists():
        path = lower
    own = path.with_name(f"{path.name}.dockerignore")
    beside = path.with_name(notes.NAME)
    try:
        text = path.read_bytes().decode("utf-8", "replace")
        ignored = own.read_bytes().decode("utf-8-sig", "replace") if own.exists() else None
        known = beside.read_bytes() if beside.is_file() else None
    except OSError as error:
        raise ContextError(f"cannot read the Dockerfile {path}: {error.strerror or error}") from None
    name = _OUTSIDE + path.name
    return replace(project, dockerfile=text, dockerfile_name=name, dockerignore=ignored, layerlib_toml=known)
