"""What installs weigh and how long they take, as measured: `figures/installs.json`, described in figures/README.md."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from ...reading.package_data import FIGURES


@cache
def measurements() -> dict[str, Any]:
    """The measurements, read once. Sizes are in bytes, times in seconds."""
    text = (FIGURES / "installs.json").read_text(encoding="utf-8")
    measured: dict[str, Any] = json.loads(text)
    return measured


def measured_on() -> str:
    """Where and when they were taken, in words."""
    facts = measurements()["measured"]
    return f"measured on {facts['base']}, {facts['date']} (figures/installs.json)"
