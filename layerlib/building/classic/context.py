"""The build context as the classic client sends it.

Sources: docker/cli, cli/command/image/build (ReadDockerignore, TrimBuildFilesFromExcludes); moby,
daemon/builder/remotecontext/detect.go (removeDockerfile). Recorded.
"""

from __future__ import annotations

from ...reading import context
from ...reading.paths import missing_folders
from ...reading.project import Project
from ...reading.tree import Tree


def sent(project: Project) -> Tree:
    """The files of a project, less what .dockerignore leaves out; no other file takes its place, as with BuildKit.

    The Dockerfile is always sent, and removed again if .dockerignore leaves it out: its folders stay.

    Raises ContextError for a .dockerignore that cannot be read.
    """
    own = project.dockerignore is not None or f"{project.dockerfile_name}.dockerignore" in project.files
    kept = project.without_notes(context.ignore(project.files, "")) if own else project.context
    if project.outside:
        return kept
    return context.with_ignored_folders(kept, project.files, missing_folders({project.dockerfile_name}))
