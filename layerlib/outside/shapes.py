"""The shape of a file of recorded builds: what must be there, and of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..reading.errors import LayerlibError

# A shape is a type, a tuple of types, [shape] for a list, {"*": shape} for a mapping, or a mapping with these keys; one
# with a question mark behind it need not be there.
Shape = Any

TEXT_OR_NOTHING = (str, type(None))
EFFECT = {"size?": (int, type(None)), "seconds?": (int, float, type(None)), "writes?": [str], "reproducible?": bool,
          "source?": str}  # fmt: skip
IMAGE = {"id": str, "config": dict, "layers": [str], "history_sizes": [int]}
CONFIG = {"Env?": [str], "OnBuild?": [str], "WorkingDir?": str, "User?": str, "Shell?": [str], "Labels?": {"*": str},
          "ExposedPorts?": dict, "Volumes?": dict}  # fmt: skip
BUILD = {
    "dockerfile": str, "files": {"*": dict}, "error": TEXT_OR_NOTHING, "line?": (int, type(None)), "config": dict,
    "steps": [{"name": str, "cached": bool}], "history": [{"created_by": str, "size": int, "comment": str}],
    "args?": {"*": str}, "target?": TEXT_OR_NOTHING, "no_cache?": bool, "no_cache_filter?": [str],
    "contexts?": {"*": {"*": dict}}, "images?": {"*": IMAGE},
}  # fmt: skip
TRACES = [{"name": str, "builder": str, "store": str, "engine": str, "images": {"*": IMAGE}, "builds": [BUILD],
           "effects?": {"*": EFFECT}}]  # fmt: skip


def check(value: Any, shape: Shape, where: str) -> None:
    """Raise LayerlibError, naming the place, for a value that has not the shape."""
    if isinstance(shape, list):
        _expect(value, list, where)
        for number, item in enumerate(value):
            check(item, shape[0], f"{where}[{number}]")
    elif isinstance(shape, dict):
        _expect(value, dict, where)
        for key, item in value.items() if "*" in shape else ():
            check(item, shape["*"], f"{where}[{key!r}]")
        for key, inner in shape.items():
            name = key.removesuffix("?")
            if name in value:
                check(value[name], inner, f"{where}.{name}")
            elif key == name != "*":
                raise LayerlibError(f"{where} has no {name}")
        if shape is IMAGE:
            _image(value, where)
        if shape is EFFECT and (more := value.keys() - {key.removesuffix("?") for key in EFFECT}):
            raise LayerlibError(f"{where} has {min(more)}, which no effect has")
    else:
        _expect(value, shape, where)


def _image(facts: Mapping[str, Any], where: str) -> None:
    if len(facts["layers"]) != len(facts["history_sizes"]):
        raise LayerlibError(f"{where} has {len(facts['layers'])} layers and {len(facts['history_sizes'])} sizes")
    check(facts["config"], CONFIG, f"{where}.config")


def _expect(value: Any, kinds: Any, where: str) -> None:
    if not isinstance(value, kinds):
        kinds = kinds if isinstance(kinds, tuple) else (kinds,)
        names = " or ".join("nothing" if kind is type(None) else kind.__name__ for kind in kinds)
        raise LayerlibError(f"{where} is {type(value).__name__}; expected {names}")
