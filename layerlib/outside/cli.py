"""The command `layerlib`: compare the model with a real Docker."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..reading.errors import LayerlibError
from . import engine, fidelity, scenarios, traces


def main(words: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status: 0 for agreement, 1 for a disagreement, 2 for what cannot be done."""
    parser = argparse.ArgumentParser(prog="layerlib", description="A small, true model of how Docker builds images.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify = commands.add_parser("verify", help="build recorded builds again and compare every answer")
    verify.add_argument("traces", nargs="*", type=Path, metavar="TRACES", help="default: the ones that are shipped")
    verify.add_argument("--page", type=Path, help="write the page docs/fidelity.md instead of the table")
    verify.set_defaults(run=_verify)
    record = commands.add_parser("record", help="record new builds with the Docker of this machine, and compare them")
    record.add_argument("traces", type=Path, metavar="FILE", help="where to write what Docker did")
    record.add_argument("--builder", choices=["buildkit", "classic"], default="buildkit")
    record.add_argument("--count", type=int, default=20, help="how many projects to build (default: 20)")
    record.add_argument("--seed", type=int, default=1, help="another seed makes other projects (default: 1)")
    record.set_defaults(run=_record)
    options = parser.parse_args(words)
    try:
        return int(options.run(options))
    except LayerlibError as error:
        print(f"layerlib: {error}", file=sys.stderr)
        return 2


def _verify(options: argparse.Namespace) -> int:
    files = options.traces or traces.shipped()
    if options.page:
        options.page.write_text(fidelity.page(files), encoding="utf-8")
        print(f"wrote {options.page}")
        return 0
    lines, good, found = fidelity.table(files)
    print("\n".join(_aligned(lines)))
    for agreement in found:
        for disagreement in agreement.disagreements:
            print(f"\n{disagreement}")
    print("\nThe model agrees." if good else "\nThe model does not agree as it must.")
    return 0 if good else 1


def _aligned(lines: Sequence[str]) -> list[str]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _record(options: argparse.Namespace) -> int:
    wanted = scenarios.made(options.seed, options.count, options.builder == "classic")
    made = []
    for trace in engine.record(wanted, options.builder):
        made.append(trace)
        print(f"\r{len(made)} of {len(wanted)} projects built", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    options.traces.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {options.traces}\n")
    options.traces, options.page = [options.traces], None
    return _verify(options)
