"""BuildKit: the builder behind `docker build` since Docker 23.

The Dockerfile becomes a graph in `frontend/`; `solver.py` walks it and asks the cache.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...reading import context
from ...reading.errors import ContextError
from ...reading.project import Project
from ...reading.tree import Tree
from ..build import Build
from ..builder import Builder
from ..checks.settings import settings
from ..frontend.frontend import Frontend
from ..options import Options, names
from .solver import Solver


class BuildKit(Builder):
    """A builder with a cache that remembers every build.

    Args:
        images: the base images that FROM can name; without it, the shipped catalogue.
        effects: what commands write and how long they take: an `Effects`, or a mapping from a text found in the
            command to an `Effect`; measured effects of common commands are known without it.
        store: the image store, "overlay2" (sizes are the sum of the files) or "containerd" (sizes count blocks of
            4096 bytes, and COPY --link has two steps).
    """

    name = "buildkit"

    def build(
        self,
        project: Project,
        args: Mapping[str, str] | None = None,
        target: str | None = None,
        no_cache: bool = False,
        no_cache_filter: Iterable[str] = (),
        contexts: Mapping[str, Any] | None = None,
        network: str = "default",
        secrets: Iterable[str] = (),
        ssh: Iterable[str] = (),
    ) -> Build:
        """Build a project, as `docker build` would.

        Args:
            project: what to build.
            args: --build-arg, name to value.
            target: --target, the name of a stage; without it, the last.
            no_cache: --no-cache.
            no_cache_filter: --no-cache-filter, names of stages.
            contexts: --build-context, name to a folder's path, a `Tree`, or a mapping from path to content.
            network: --network, the network of every RUN that names none itself.
            secrets: --secret, the ids that are given; a mapping from id to value will do. A value never counts.
            ssh: --ssh, the ids that are given; `--ssh default` is "default".

        Raises:
            DockerfileError: for what Docker refuses, with the line. It is a ContextError too where the files are the
                cause, and an ImageError too where an image is.
            ContextError: for a .dockerignore that cannot be read, and a named context that cannot be.
            LayerlibError: for options that Docker refuses.
        """
        named = {name: _tree(name, value) for name, value in (contexts or {}).items()}
        values = {name: str(value) for name, value in (args or {}).items()}
        given = frozenset(names(secrets)), frozenset(names(ssh))
        options = Options(values, target, no_cache, names(no_cache_filter), named, network, *given)
        options.refuse()
        settings(project.dockerfile, values)  # refused before anything else is read
        frontend = Frontend(project, options, self.images, self.store)
        return Solver(self.cache, self.memory, self.effects, frontend).build()


def _tree(name: str, value: Any) -> Tree:
    if isinstance(value, Tree):
        return value
    if isinstance(value, Project):
        return value.context
    if isinstance(value, str) and re.match("[a-z-]+://|git@", value):
        raise ContextError(f"--build-context {name}={value}: this model takes folders only, no images and no URLs")
    if isinstance(value, str | Path):
        return context.ignore(context.from_directory(value))
    return context.ignore(context.from_mapping(value))
