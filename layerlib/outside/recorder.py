"""Record what a real Docker does with builds, in the format of the recorded builds.

Nothing of the engine's own is touched: the base images are imported under names of their own, each with a file that no
other image has, so nothing is cached before the first build and nothing has to be pruned.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..reading.errors import LayerlibError
from . import docker
from .build_log import buildkit_steps, classic_steps, refusal

RESULT = "layerlib-record/result:latest"
MTIME = 1_700_000_000  # of every file that does not say otherwise, in seconds


def record(scenarios: Sequence[Mapping[str, Any]], builder: str = "buildkit") -> Iterator[dict[str, Any]]:
    """Build scenarios for real and yield each as a trace.

    Args:
        scenarios: as `scenarios.generate` gives them.
        builder: "buildkit" or "classic".

    Raises:
        NoEngine: if no Docker answers.
        LayerlibError: if the base image cannot be made.
    """
    facts = {"engine": docker.version(), "builder": builder, "store": docker.store()}
    if builder == "buildkit":
        docker.require_buildx()
    return _record(scenarios, facts, _base())


def _record(scenarios: Sequence[Mapping[str, Any]], facts: Mapping[str, str], base: bytes) -> Iterator[dict[str, Any]]:
    for scenario in scenarios:
        try:
            for reference, spec in scenario["images"].items():
                _import(base, reference, spec)
            images = {reference: _describe(reference) for reference in scenario["images"]}
            builds = [{**build, **_build(build, facts["builder"])} for build in scenario["builds"]]
        finally:  # also after Control-C
            docker.run("image", "rm", "-f", RESULT, *scenario["images"])
        yield {**scenario, **facts, "images": images, "builds": builds}


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
        for path, text in {"etc/layerlib-record": uuid.uuid4().hex, **spec.get("files", {})}.items():
            member = tarfile.TarInfo(path)
            member.size, member.mtime = len(text.encode()), MTIME
            archive.addfile(member, io.BytesIO(text.encode()))
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
    """What the engine answers to one build."""
    words = ["--network=host", "-t", RESULT]
    words += [f"--build-arg={name}={value}" for name, value in build.get("args", {}).items()]
    words += ["--no-cache"] if build.get("no_cache") else []
    with tempfile.TemporaryDirectory(prefix="layerlib-record-") as temporary:
        context = Path(temporary) / "context"
        context.mkdir()
        # The upload compares only size and time, so another text needs another time.
        changed = MTIME + zlib.crc32(build["dockerfile"].encode()) % 1_000_000
        _write(context, {**build["files"], "Dockerfile": {"content": build["dockerfile"], "mtime": changed}})
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


def _write(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the files of a build context, with their modes and times."""
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "link" in file:
            path.symlink_to(file["link"])
            continue
        path.write_text(file["content"], encoding="utf-8", newline="")
        path.chmod(int(file.get("mode", "644"), 8))
        os.utime(path, (file.get("mtime", MTIME),) * 2)
