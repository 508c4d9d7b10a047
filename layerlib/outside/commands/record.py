"""`layerlib record`: build new projects with the Docker of this machine, and compare the model with what it did."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from .. import recorder, scenarios
from ..help import Command
from ..terminal import print_table
from .verify import verify


@click.command(cls=Command)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--builder", type=click.Choice(["buildkit", "classic"]), default="buildkit", show_default=True)
@click.option("--count", type=click.IntRange(min=1), default=20, show_default=True, help="How many projects to build.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed makes other projects.")
@click.option("--prune", is_flag=True, help="Projects may empty the build cache of this Docker, which is then gone.")
def command(file: Path, builder: str, count: int, seed: int, prune: bool) -> int:
    """Record new builds with the Docker of this machine, and compare.

    FILE is where to write what Docker did.

    The exit status is 0 if the model agrees, 1 if it does not, and 2 if Docker cannot be used.
    """
    if not file.parent.is_dir():
        raise click.BadParameter(f"the folder {file.parent} does not exist.", param_hint="FILE")
    wanted = scenarios.generate(seed, count, classic=builder == "classic", prune=prune)
    with click.progressbar(recorder.record(wanted, builder, prune), count, label="Building", file=sys.stderr) as traces:
        recorded = list(traces)
    file.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
    click.echo(f"wrote {file}\n")
    made_of = sorted(scenarios.counts(wanted).items())
    print_table(("what they are made of", "how often"), [(name, f"{count:,}") for name, count in made_of])
    click.echo()
    return verify([file])
