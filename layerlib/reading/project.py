"""A project: a Dockerfile and the files beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from . import context
from .dockerfile import Dockerfile, parse
from .errors import ContextError
from .file import File
from .package_data import PROJECTS
from .paths import clean, parents
from .tree import Tree


@dataclass(frozen=True)
class Project:
    """A Dockerfile with its build context. It never changes: an edit gives another project.

    Attributes:
        dockerfile: the Dockerfile's text.
        files: every file of the folder, the Dockerfile and .dockerignore included.
        name: what to call it.
        dockerfile_name: the Dockerfile's path among the files.
    """

    dockerfile: str
    files: Tree = field(repr=False)
    name: str = "project"
    dockerfile_name: str = "Dockerfile"

    @classmethod
    def from_directory(
        cls, path: str | os.PathLike[str], dockerfile: str = "Dockerfile", before: Project | None = None
    ) -> Project:
        """The project in a folder. Files are opened only when a build asks what they hold.

        Args:
            path: the folder.
            dockerfile: the Dockerfile's path in it.
            before: the same folder as it was read before. Files that the disk knows as unchanged since are not
                opened again.

        Raises ContextError if the folder or its Dockerfile is missing.
        """
        folder = Path(path)
        files = context.from_directory(folder, before.files if before else None)
        if dockerfile not in files:
            raise ContextError(f"there is no {dockerfile} in {folder}; write one, or name the folder that holds it")
        text = files[dockerfile].read().decode("utf-8", "replace")
        return cls(text, files, folder.resolve().name, dockerfile)

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
        elif "Dockerfile" not in given:
            raise ContextError('no Dockerfile is given; pass dockerfile="FROM ..."')
        tree = context.from_mapping(given)
        return cls(tree["Dockerfile"].read().decode("utf-8", "replace"), tree, name)

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

    @cached_property
    def context(self) -> Tree:
        """The files that a build is sent: all but what .dockerignore leaves out. Raises ContextError."""
        return context.ignore(self.files, self.dockerfile_name)

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
        if self.dockerfile_name not in tree:
            raise ContextError(f"without its {self.dockerfile_name}, a project cannot be built")
        for path in given:
            for above in parents(clean(path)):
                if tree[above].kind != "folder":
                    raise ContextError(f"{above!r} cannot be a file and hold {path!r}")
        text = tree[self.dockerfile_name].read().decode("utf-8", "replace")
        return replace(self, files=tree, dockerfile=text)

    def with_dockerfile(self, text: str) -> Project:
        """The project with another Dockerfile."""
        mode = self.files[self.dockerfile_name].mode
        return self.with_files({self.dockerfile_name: File(text.encode(), mode)})
