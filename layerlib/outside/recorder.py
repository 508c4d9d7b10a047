"""Record what a real Docker does with builds, in the format of the recorded builds.

Nothing of the engine's own is touched: the base images are imported under names of their own, each with a file that no
other image has, so nothing is cached before the first build and nothing has to be pruned.
"""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..reading.errors import LayerlibError
from . import docker
from .build_log import buildkit_steps, classic_steps, refusal
from .written_files import MTIME, write

RESULT = "layerlib-record/result:latest"


def record(scenarios: Iterable[Mapping[str, Any]], builder: str = "buildkit") -> Iterator[dict[str, Any]]:
    """Build scenarios for real and yield each as a trace.

    Args:
        scenarios: as `scenarios.generate` gives them. An image of a scenario has "changes" to its config and "files",
            each a text or a file in the format of the recorded builds; what stands on the busybox base is that.
        builder: "buildkit" or "classic".

    Raises:
        NoEngine: if no Docker answers.
        LayerlibError: if the base image cannot be made.
    """
    facts = {"engine": docker.version(), "builder": builder, "store": docker.store()}
    if builder == "buildkit":
        docker.require_buildx()
    return _record(scenarios, facts, _base())


def _record(scenarios: Iterable[Mapping[str, Any]], facts: Mapping[str, str], base: bytes) -> Iterator[dict[str, Any]]:
    for scenario in scenarios:
        moved = [build.get("images", {}) for build in scenario["builds"]]
        names = dict.fromkeys(reference for images in (scenario["images"], *moved) for reference in images)
        try:
            images = _imported(base, scenario["images"])
            builds = [
                {**build, **({"images": _imported(base, later)} if later else {}), **_build(build, facts["builder"])}
                for build, later in zip(scenario["builds"], moved, strict=True)
            ]
        finally:  # also after Control-C
            docker.run("image", "rm", "-f", RESULT, *names)
        yield {**scenario, **facts, "images": images, "builds": builds}


def _imported(base: bytes, images: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Import base images, and say what the engine holds under each reference."""
    for reference, spec in images.items():
        _import(base, reference, spec)
    return {reference: _describe(reference) for reference in images}


def _base() -> bytes:
    """busybox's files as a tar archive."""
    container = docker.run("create", "busybox", "true")
    if container.returncode:
        raise LayerlibError(f"The base image busybox is missing: {docker.last_line(container.stderr)}")
    name = container.stdout.decode().strip()
    try:
        return docker.answer("export", name)
    finally:
        docker.run("rm", name)


def _import(base: bytes, reference: str, spec: Mapping[str, Any]) -> None:
    """Import the base under a reference, with more files and with changes to its config."""
    stream = io.BytesIO(base)
    with tarfile.open(fileobj=stream, mode="a") as archive:
        for path, file in {"etc/layerlib-record": uuid.uuid4().hex, **spec.get("files", {})}.items():
            file = {"content": file} if isinstance(file, str) else file
            data = file["content"].encode()
            member = tarfile.TarInfo(path)
            member.size, member.mtime, member.mode = len(data), MTIME, int(file.get("mode", "644"), 8)
            archive.addfile(member, io.BytesIO(data))
    flags = [flag for change in spec.get("changes", []) for flag in ("--change", change)]
    docker.answer("import", *flags, "-", reference, data=stream.getvalue())


def _describe(reference: str) -> dict[str, Any]:
    """What the engine holds under a reference."""
    image = json.loads(docker.answer("image", "inspect", reference))[0]
    config = {key: value for key, value in image["Config"].items() if value}
    sizes = [row["size"] for row in _history(reference)]
    return {"id": image["Id"], "config": config, "layers": image["RootFS"].get("Layers", []), "history_sizes": sizes}


def _history(reference: str) -> list[dict[str, Any]]:
    printed = docker.answer("history", "--no-trunc", "--human=false", "--format", "{{json .}}", reference)
    rows = [json.loads(line) for line in printed.splitlines()]
    return [{"created_by": row["CreatedBy"], "size": int(row["Size"]), "comment": row["Comment"]} for row in rows]


def _build(build: Mapping[str, Any], builder: str) -> dict[str, Any]:
    """What the engine answers to one build. With "prune": "all", the build cache is emptied before it."""
    if build.get("prune"):
        docker.answer("builder", "prune", "--all", "--force")
    words = ["--network=host", "-t", RESULT]
    words += [f"--build-arg={name}={value}" for name, value in build.get("args", {}).items()]
    words += [f"--target={build['target']}"] if build.get("target") else []
    words += ["--no-cache"] if build.get("no_cache") else []
    words += [f"--no-cache-filter={stage}" for stage in build.get("no_cache_filter", ())]
    with tempfile.TemporaryDirectory(prefix="layerlib-record-") as temporary:
        context = Path(temporary) / "context"
        # The upload compares only size and time, so another text needs another time.
        changed = MTIME + zlib.crc32(build["dockerfile"].encode()) % 1_000_000
        write(context, {**build["files"], "Dockerfile": {"content": build["dockerfile"], "mtime": changed}})
        for number, (name, files) in enumerate(build.get("contexts", {}).items()):
            folder = Path(temporary) / f"context-{number}"
            write(folder, files)
            words.append(f"--build-context={name}={folder}")
        if builder == "buildkit":
            done = docker.run("build", "--progress=rawjson", *words, str(context), DOCKER_BUILDKIT="1")
            steps = buildkit_steps(done.stderr.decode())
        else:
            done = docker.run("build", *words, str(context), DOCKER_BUILDKIT="0")
            steps = classic_steps(done.stdout.decode())
    if done.returncode:
        docker.version()  # an engine that went away has refused nothing
        return {"steps": steps, "history": [], "config": {}, **refusal(done.stderr.decode())._asdict()}
    config = _describe(RESULT)["config"]
    return {"steps": steps, "history": _history(RESULT), "config": config, "error": None, "line": None}
