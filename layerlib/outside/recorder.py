"""Record what a real Docker does with builds, in the format of the recorded builds.

Nothing of the engine's own is touched: the base images are imported under names of their own, each with a file that no
other image has, so nothing is cached before the first build and nothing has to be pruned. Only a build that is recorded
after a prune needs one, and that empties the whole engine's cache: it must be asked for.
"""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..reading.errors import LayerlibError
from . import docker
from .build_log import buildkit_steps, classic_steps, refusal, warnings
from .build_words import MTIME, words, write

RESULT = "layerlib-record/result:latest"
KEPT = "layerlib-record/kept"  # images that an earlier build made, while a prune is recorded


def record(
    scenarios: Sequence[Mapping[str, Any]], builder: str = "buildkit", prune: bool = False
) -> Iterator[dict[str, Any]]:
    """Build scenarios for real and yield each as a trace.

    Args:
        scenarios: as `scenarios.generate` gives them. An image has "changes" to its config and "files", each a text or
            a file in the format of the recorded builds, over those of busybox.
        builder: "buildkit" or "classic".
        prune: whether the engine's build cache may be emptied, which some scenarios ask for.

    Raises:
        NoEngine: if no Docker answers.
        LayerlibError: if the base image cannot be made, and for a scenario that prunes where that is not allowed.
    """
    pruning = [scenario["name"] for scenario in scenarios if any(build.get("prune") for build in scenario["builds"])]
    if pruning and not prune:
        raise LayerlibError(f"{pruning[0]} empties the build cache of this Docker; allow it with prune=True")
    facts = {"engine": docker.version(), "builder": builder, "store": docker.store()}
    if builder == "buildkit":
        docker.require_buildx()
    return _record(scenarios, facts, _base())


def _record(scenarios: Sequence[Mapping[str, Any]], facts: Mapping[str, str], base: bytes) -> Iterator[dict[str, Any]]:
    for scenario in scenarios:
        prunes = any(build.get("prune") for build in scenario["builds"])
        kept: list[str] = []
        try:
            images = _imported(base, scenario["images"])
            builds = []
            for build in scenario["builds"]:
                moved = {"images": _imported(base, build["images"])} if "images" in build else {}
                _prune(build.get("prune"), facts["builder"], kept)
                builds.append({**build, **moved, **_build(build, facts["builder"])})
                if prunes and not builds[-1]["error"]:
                    kept.append(f"{KEPT}:{len(kept)}")
                    docker.answer("tag", RESULT, kept[-1])
        finally:  # also after Control-C
            docker.run("image", "rm", "-f", RESULT, *kept, *scenario["images"])
        yield {**scenario, **facts, "images": images, "builds": builds}


def _imported(base: bytes, images: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Import base images, and say what the engine holds under each reference."""
    for reference, spec in images.items():
        _import(base, reference, spec)
    return {reference: _describe(reference) for reference in images}


def _prune(how: Any, builder: str, images: list[str]) -> None:
    """Prune as a trace's "prune" says; `images` are those that earlier builds made."""
    if not how:
        return
    if builder == "classic":
        if how != "unused":  # its cache are the images
            docker.run("image", "rm", "-f", RESULT, *images)
        docker.answer("image", "prune", "-f")
    else:
        docker.answer("builder", "prune", "-f", *([] if how == "unused" else ["--all"]))


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
    given = {"etc/layerlib-record": uuid.uuid4().hex, **spec.get("files", {})}
    stream = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(base)) as old, tarfile.open(fileobj=stream, mode="w") as archive:
        for member in old:
            if member.name.removeprefix("./") not in given:  # the engine refuses two entries of one path
                archive.addfile(member, old.extractfile(member) if member.isreg() else None)
        for path, file in given.items():
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
    """What the engine answers to one build."""
    epoch = build.get("source_date_epoch")
    environment: dict[str, Any] = {} if epoch is None else {"SOURCE_DATE_EPOCH": str(epoch)}
    with tempfile.TemporaryDirectory(prefix="layerlib-record-") as temporary:
        context = Path(temporary) / "context"
        context.mkdir()
        # The upload compares only size and time, so another text needs another time.
        changed = MTIME + zlib.crc32(build["dockerfile"].encode()) % 1_000_000
        write(context, {**build["files"], "Dockerfile": {"content": build["dockerfile"], "mtime": changed}})
        given = ["--network=host", "-t", RESULT, *words(build, Path(temporary)), str(context)]
        if builder == "buildkit":
            done = docker.run("build", "--progress=rawjson", *given, DOCKER_BUILDKIT="1", **environment)
            log = done.stderr.decode()
            answers: dict[str, Any] = {"steps": buildkit_steps(log), "warnings": warnings(log)}
        else:
            done = docker.run("build", *given, DOCKER_BUILDKIT="0", **environment)
            answers = {"steps": classic_steps(done.stdout.decode())}
    if done.returncode:
        docker.version()  # an engine that went away has refused nothing
        answers.pop("warnings", None)
        return {**answers, "history": [], "config": {}, **refusal(done.stderr.decode())._asdict()}
    config = _describe(RESULT)["config"]
    return {**answers, "history": _history(RESULT), "config": config, "error": None, "line": None}
