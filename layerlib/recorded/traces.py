"""Read files of recorded builds, and find the ones that ship with layerlib."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from ..reading.errors import LayerlibError
from .schema import check

# In the wheel, and in the source tree.
SHIPPED = (Path(__file__).parents[1] / "traces", Path(__file__).parents[2] / "tests" / "traces")


def shipped() -> list[Path]:
    """The files of recorded builds that ship with layerlib."""
    return sorted({path.name: path for folder in SHIPPED for path in folder.glob("*.json.gz")}.values())


def read(path: Path) -> list[dict[str, Any]]:
    """The traces of a file, plain JSON or compressed with gzip (`.gz`).

    Raises:
        LayerlibError: if the file cannot be read, or does not hold what `traces.schema.json` describes.
    """
    try:
        data = path.read_bytes()
        traces = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    except (OSError, ValueError, EOFError, zlib.error, RecursionError) as error:
        raise LayerlibError(f"{path} cannot be read as traces: {error}") from None
    return check(traces, str(path))
