"""BuildKit: the builder behind `docker build` since Docker 23.

The Dockerfile becomes a graph in `frontend/`; `solver.py` walks it and asks the cache.
"""

from __future__ import annotations

from ...reading.project import Project
from ..build import Build
from ..builder import Builder
from ..checks.settings import settings
from ..frontend.frontend import Frontend
from ..options import Options
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

    def _build(self, project: Project, options: Options) -> Build:
        options.refuse()
        settings(project.dockerfile, options.args)  # refused before anything else is read
        frontend = Frontend(project, options, self.images_for(project), self.store)
        return Solver(self.cache, self.memory, self.effects_for(project), frontend).build()
