"""Check that a value has the format of recorded builds, which `traces.schema.json` describes as a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

from ..reading.errors import LayerlibError

SCHEMA = Path(__file__).with_name("traces.schema.json")


def check(value: Any, name: str) -> list[dict[str, Any]]:
    """The value, if it is a list of traces.

    Args:
        value: what a file of recorded builds holds.
        name: what to call it in an error.

    Raises:
        LayerlibError: naming the place and what is expected there.
    """
    try:
        traces: list[dict[str, Any]] = _validator()(value, name_prefix=name)
    except fastjsonschema.JsonSchemaValueException as error:
        raise LayerlibError(error.message) from None
    for number, trace in enumerate(traces):
        for images in (trace["images"], *(build.get("images", {}) for build in trace["builds"])):
            for reference, image in images.items():
                layers, sizes = len(image["layers"]), len(image["history_sizes"])
                if layers != sizes:
                    raise LayerlibError(f"{name}[{number}]: {reference} has {layers} layers and {sizes} sizes")
    return traces


@cache
def _validator() -> Callable[..., Any]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator: Callable[..., Any] = fastjsonschema.compile(schema, use_default=False)
    return validator
