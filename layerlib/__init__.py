"""layerlib: a small, true model of how Docker builds images.

    project = layerlib.Project.load("python-numpy-app")
    build = layerlib.BuildKit().build(project)
    print(build)

Given a Dockerfile and the files beside it, it says what a build would do: which steps are cached, why each of the
others is not, and what each layer holds and weighs. The model runs no command, opens no
connection and prints nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .building.build import Build
from .building.buildkit.builder import BuildKit
from .building.checks.rules import CheckWarning
from .building.effects.effects import Effect, Effects
from .building.records import Image, Layer, Reason, Step
from .building.units import human_seconds, human_size
from .reading.base_image import BaseImage
from .reading.catalogue import Catalogue
from .reading.errors import ContextError, DockerfileError, ImageError, LayerlibError
from .reading.file import File
from .reading.project import Project
from .reading.shipped_images import catalogue
from .version import __version__ as __version__

if TYPE_CHECKING:
    from .building.checking import Check, check
    from .building.classic.builder import ClassicBuilder
    from .building.rebuilding import rebuild
    from .editing import changes
    from .editing.change import Change
    from .recorded.replay import replay
    from .showing import charts, labs, tables
    from .teaching import course

__all__ = [
    "BaseImage",
    "Build",
    "BuildKit",
    "Catalogue",
    "Change",
    "Check",
    "CheckWarning",
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
    "charts",
    "check",
    "course",
    "human_seconds",
    "human_size",
    "labs",
    "rebuild",
    "replay",
    "tables",
]

# Imported when somebody asks: labs need anywidget, and not everybody needs the others.
_MODULES = {
    "changes": ".editing.changes",
    "charts": ".showing.charts",
    "course": ".teaching.course",
    "labs": ".showing.labs",
    "tables": ".showing.tables",
}
_OBJECTS = {
    "Change": ".editing.change",
    "ClassicBuilder": ".building.classic.builder",
    "Check": ".building.checking",
    "check": ".building.checking",
    "rebuild": ".building.rebuilding",
    "replay": ".recorded.replay",
}
# What only `pip install layerlib[course]` brings.
_COURSE = {"IPython", "anywidget", "ipywidgets", "matplotlib"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        try:
            return import_module(_MODULES[name], __name__)
        except ModuleNotFoundError as error:
            if error.name in _COURSE:
                sentence = f"layerlib.{name} needs {error.name}: pip install 'layerlib[course]'"
                raise ModuleNotFoundError(sentence, name=error.name) from None
            raise
    if name in _OBJECTS:
        return getattr(import_module(_OBJECTS[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
