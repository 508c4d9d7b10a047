"""`layerlib build`: what `docker build` would do, with Docker's own options, run by the model."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ...building.build import Build
from ...building.buildkit.builder import BuildKit
from ...building.checking import check
from ...building.classic.builder import ClassicBuilder
from ...reading.errors import LayerlibError
from ...reading.project import Project
from ..help import Command

FLAGS = ("--check", "--no-cache")  # those of Docker's flags that count

# Options of `docker build` that change nothing of what this command prints. Source: recorded, Engine 28.5.2.
IGNORED_WITH_A_VALUE = (
    "--allow", "--annotation", "--attest", "--builder", "--cpu-period", "--cpu-quota", "--cpu-shares", "--cpuset-cpus",
    "--cpuset-mems", "--isolation", "--memory", "--memory-swap", "--progress", "--provenance", "--sbom",
    "--security-opt", "--tag",
)  # fmt: skip
IGNORED_FLAGS = ("--compress", "--debug", "--force-rm", "--load", "--pull", "--quiet", "--rm", "--squash")
SHORT = {"--cpu-shares": "-c", "--memory": "-m", "--tag": "-t", "--debug": "-D", "--quiet": "-q"}

# Options that ask for what a model cannot give: what to say of each.
NO_IMAGE = "layerlib makes no image, so there is nothing to write or to send. Remove it."
NO_CACHE_TRANSFER = "The import and export of caches is not modelled. Remove it."
REFUSED = {
    "--iidfile": NO_IMAGE,
    "--metadata-file": NO_IMAGE,
    "--output": NO_IMAGE,
    "--push": NO_IMAGE,
    "--cache-from": NO_CACHE_TRANSFER,
    "--cache-to": NO_CACHE_TRANSFER,
}


def _others(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that are ignored, and those that are refused. None of them is in the help."""
    for name in IGNORED_WITH_A_VALUE:
        names = [name, *filter(None, [SHORT.get(name)])]
        command = click.option(*names, multiple=True, hidden=True, expose_value=False)(command)
    for name in IGNORED_FLAGS:
        names = [name, *filter(None, [SHORT.get(name)])]
        command = click.option(*names, is_flag=True, hidden=True, expose_value=False)(command)
    for name in REFUSED:
        names, flag = [name, "-o"] if name == "--output" else [name], name == "--push"
        command = click.option(
            *names, is_flag=flag, multiple=not flag, hidden=True, expose_value=False, callback=_refuse
        )(command)
    return command


def _refuse(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value:
        name = option.opts[0]
        raise click.UsageError(f"{name}: {REFUSED[name]}", context)


class DockersFlags(Command):
    """A command whose flags may be written as Docker takes them: --no-cache=false."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words of a command line."""
        plain = []
        for word in args:
            name, equals, value = word.partition("=")
            if not equals or name not in (*FLAGS, *IGNORED_FLAGS, "--push"):
                plain.append(word)
            elif click.BOOL.convert(value, None, ctx):
                plain.append(name)
        return super().parse_args(ctx, plain)


def _words(name: str, description: str) -> Callable[[Any], Any]:
    """An option that may be given several times."""
    return click.option(name, multiple=True, metavar="TEXT", help=description)


@click.command(cls=DockersFlags, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("path", metavar="PATH|-")
@click.option("-f", "--file", metavar="FILE", help="The Dockerfile; - for standard input.  [default: PATH/Dockerfile]")
@_words("--add-host", "A host's name and IP address, as db:10.0.0.2.")
@_words("--build-arg", "A build argument, as NAME=VALUE, or NAME for that of the environment.")
@_words("--build-context", "A named context, as NAME=FOLDER or NAME=docker-image://IMAGE.")
@click.option("--call", "method", default="build", help="What to do: build or check.")
@click.option("--cgroup-parent", metavar="TEXT", help="The parent cgroup of RUN instructions.")
@click.option("--check", "only_check", is_flag=True, help="Print warnings, and build nothing.")
@_words("--label", "A label of the image, as NAME=VALUE.")
@click.option("--network", default="default", show_default=True, help="The network of RUN instructions.")
@click.option("--no-cache", is_flag=True, help="Take nothing from the cache.")
@click.option("--no-cache-filter", metavar="STAGES", multiple=True, help="Take nothing of these stages from the cache.")
@click.option("--platform", metavar="TEXT", multiple=True, help="What to build for, as linux/arm64.")
@_words("--secret", "A secret, as id=NAME,src=FILE.")
@click.option("--shm-size", metavar="BYTES", help="The size of /dev/shm, as 64m.")
@_words("--ssh", "An SSH agent or key, as default or NAME=PATH.")
@click.option("--target", metavar="STAGE", help="The stage to build.")
@_words("--ulimit", "A limit, as nofile=1024:2048.")
@_others
def command(path: str, file: str | None, method: str, only_check: bool, **given: Any) -> int:
    """Print what a first `docker build` would do: its log, the image's history and its config.

    PATH is the folder of the build context; - takes a Dockerfile from standard input, without a context. The options
    are those of `docker build`. Those that change nothing of what is printed here, such as -t or --progress, may be
    given. With DOCKER_BUILDKIT=0 in the environment, the classic builder builds.

    The exit status is 0 if the build succeeds, 1 if --check finds something, and 2 if Docker would refuse.
    """
    if method not in ("build", "check"):
        raise click.UsageError(f"--call={method} is not modelled; build and check are.")
    project = _project(path, file)
    args = _args(given["build_arg"])
    if only_check or method == "check":
        answer = check(project, args, given["target"])
        click.echo(str(answer))
        return 1 if answer.warnings or answer.error else 0
    classic = os.environ.get("DOCKER_BUILDKIT", "1").lower() in ("0", "f", "false")
    if not classic and (epoch := os.environ.get("SOURCE_DATE_EPOCH")):
        args = {"SOURCE_DATE_EPOCH": epoch, **args}
    builder = ClassicBuilder() if classic else BuildKit()
    build = builder.build(
        project,
        args=args,
        target=given["target"],
        no_cache=given["no_cache"],
        no_cache_filter=[name for text in given["no_cache_filter"] for name in text.split(",")],
        contexts=_named(given["build_context"], "--build-context"),
        network=given["network"],
        secrets=[_secret(text) for text in given["secret"]],
        ssh=[text.partition("=")[0] for text in given["ssh"]],
        platform=",".join(given["platform"]) or None,
        labels=given["label"],
        add_hosts=given["add_host"],
        ulimits=given["ulimit"],
        shm_size=given["shm_size"],
        cgroup_parent=given["cgroup_parent"],
    )
    click.echo(_shown(build))
    return 0


def _project(path: str, file: str | None) -> Project:
    """What to build. A FILE is found from the current folder, as docker finds it."""
    if re.match("[a-z+]+://|git@|github.com/", path):
        raise LayerlibError(f"{path}: a URL or git repository as the build context is not modelled; give a folder")
    if path == "-":
        if file is not None:
            raise LayerlibError("ambiguous Dockerfile source: both standard input and -f name a Dockerfile")
        return Project.from_text(_standard_input())
    if file == "-":
        return Project.from_text(_standard_input(), path)
    return Project.from_directory(path) if file is None else Project.from_directory(path, Path(file).absolute())


def _standard_input() -> str:
    data = sys.stdin.buffer.read()
    if data[257:262] == b"ustar" or data[:2] == b"\x1f\x8b":
        raise LayerlibError("an archive on standard input as the build context is not modelled; unpack it to a folder")
    return data.decode("utf-8", "replace")


def _args(texts: tuple[str, ...]) -> dict[str, str]:
    """Build arguments; one without a value has that of the environment, if there is one."""
    args = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if equals:
            args[name] = value
        elif name in os.environ:
            args[name] = os.environ[name]
    return args


def _named(texts: tuple[str, ...], option: str) -> dict[str, str]:
    named = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise LayerlibError(f"invalid context value: {text}, expected key=value for {option}")
        named[name] = value
    return named


def _secret(text: str) -> str:
    """The id that a --secret gives."""
    fields = dict(field.partition("=")[::2] for field in text.split(","))
    if "id" not in fields:
        raise LayerlibError(f"--secret {text}: it is written like id=NAME,src=FILE")
    return fields["id"]


def _shown(build: Build) -> str:
    config = json.dumps(dict(build.image.config), indent=4, ensure_ascii=False)
    return f"{build.log()}\n\n{build.history()}\n\n{config}"
