"""layerlib: a small, true model of how Docker builds images.

    project = layerlib.Project.load("python-numpy-app")
    build = layerlib.BuildKit().build(project)
    print(build)

Given a Dockerfile and the files beside it, it says what a build would do: which steps are cached, why each of the
others is not, and what each layer holds and weighs. It runs no command, opens no connection, and prints nothing.
"""

from importlib import import_module
from types import ModuleType

from .building.buildkit import BuildKit
from .building.classic import ClassicBuilder
from .building.effects import Effect, Effects
from .building.reasons import Reason
from .building.steps import Build, Image, Layer, Step
from .outside.traces import replay
from .reading import changes
from .reading.changes import Change
from .reading.errors import ContextError, DockerfileError, ImageError, LayerlibError
from .reading.images import BaseImage, Catalogue, catalogue
from .reading.project import Project
from .reading.tree import File

__all__ = [
    "BaseImage",
    "Build",
    "BuildKit",
    "Catalogue",
    "Change",
    "ClassicBuilder",
    "ContextError",
    "DockerfileError",
    "Effect",
    "Effects",
    "File",
    "Image",
    "ImageError",
    "Layer",
    "LayerlibError",
    "Project",
    "Reason",
    "Step",
    "catalogue",
    "changes",
    "replay",
]

__version__ = "0.1.0"

_LATER = {"charts": ".showing.charts", "labs": ".showing.labs", "course": ".teaching.course"}


def __getattr__(name: str) -> ModuleType:
    """`layerlib.charts`, `layerlib.labs` and `layerlib.course` are imported when somebody asks: they need more."""
    if name in _LATER:
        return import_module(_LATER[name], __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
