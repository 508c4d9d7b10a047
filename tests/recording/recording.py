"""Record the scenarios of a file beside this one: python recording.py writes buildkit OUT.json.gz [PART OF A NAME]

It needs an engine whose build cache may be emptied: the cache is, before every scenario.
"""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from layerlib.outside import docker
from layerlib.outside.recorder import record


def recorded(scenarios: Iterable[dict[str, Any]], builder: str) -> Iterator[dict[str, Any]]:
    """Each scenario as a trace, from an empty cache."""
    for number, scenario in enumerate(scenarios):
        docker.answer("builder", "prune", "--all", "--force")
        print(f"\r{number} {scenario['name']:60}", end="", file=sys.stderr, flush=True)
        yield from record([scenario], builder, prune=True)


def main(source: str, builder: str, target: str, wanted: str = "") -> None:
    scenarios = importlib.import_module(source).scenarios(builder)
    chosen = [scenario for scenario in scenarios if wanted in scenario["name"]]
    traces = list(recorded(chosen, "classic" if builder == "classic" else "buildkit"))
    data = json.dumps(traces, separators=(",", ":")).encode() + b"\n"
    Path(target).write_bytes(gzip.compress(data, mtime=0) if target.endswith(".gz") else data)
    failed = [(trace["name"], build["error"]) for trace in traces for build in trace["builds"] if build["error"]]
    print(
        f"\n{len(traces)} traces, {sum(len(t['builds']) for t in traces)} builds, {len(failed)} refused",
        *failed,
        sep="\n",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
