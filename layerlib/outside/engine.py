"""A real Docker: recording what it does with builds, in the form of a trace.

Nothing of the engine's own is touched: the base images are imported under names of their own, each with a file that no
other has, so that nothing is cached before the first build and nothing has to be pruned.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..reading.errors import LayerlibError

RESULT = "layerlib-record/result:latest"
STEP = re.compile(r"^\[(?:(?P<stage>\S+) )? *(?P<number>\d+)/\d+\] ")
MTIME = 1_700_000_000  # of every file that does not say otherwise
INSTALL = "Install Docker with its buildx plugin (https://docs.docker.com/get-started/get-docker/) and start it."


class NoEngine(LayerlibError):
    """No Docker answers. The message says what to install."""


def docker(*words: str, data: bytes | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run the docker command."""
    return subprocess.run(["docker", *words], input=data, capture_output=True, env={**os.environ, **env}, check=False)


def version() -> str:
    """The engine's version. Raises NoEngine if there is none."""
    if shutil.which("docker") is None:
        raise NoEngine(f"there is no docker command here. {INSTALL}")
    answer = docker("version", "--format", "{{.Server.Version}}")
    if answer.returncode:
        raise NoEngine(f"no Docker Engine answers: {answer.stderr.decode().strip()}. {INSTALL}")
    return answer.stdout.decode().strip()


def store() -> str:
    """The engine's image store: "overlay2" or "containerd"."""
    status = docker("info", "--format", "{{.DriverStatus}}").stdout.decode()
    return "containerd" if "containerd.snapshotter" in status else "overlay2"


def record(scenarios: Sequence[Mapping[str, Any]], builder: str = "buildkit") -> Iterator[dict[str, Any]]:
    """Build scenarios for real and yield each as a trace.

    Args:
        scenarios: as `scenarios.made` gives them.
        builder: "buildkit" or "classic".

    Raises:
        NoEngine: if no Docker answers.
        LayerlibError: if the base image cannot be made.
    """
    facts = {"engine": version(), "builder": builder, "store": store()}
    base = _base()
    try:
        for scenario in scenarios:
            for reference, spec in scenario["images"].items():
                _import(base, reference, spec)
            images = {reference: _describe(reference) for reference in scenario["images"]}
            builds = [{**build, **_build(build, builder)} for build in scenario["builds"]]
            yield {**scenario, **facts, "images": images, "builds": builds}
            docker("image", "rm", "-f", RESULT, *scenario["images"])
    finally:
        docker("image", "rm", "-f", RESULT)


def _base() -> bytes:
    """busybox's files as a tar archive."""
    container = docker("create", "busybox", "true")
    if container.returncode:
        raise LayerlibError(f"the base image busybox is not there: {container.stderr.decode().strip()}")
    name = container.stdout.decode().strip()
    files = docker("export", name).stdout
    docker("rm", name)
    return files


def _import(base: bytes, reference: str, spec: Mapping[str, Any]) -> None:
    stream = io.BytesIO(base)
    with tarfile.open(fileobj=stream, mode="a") as archive:
        for path, text in {"etc/layerlib-record": uuid.uuid4().hex, **spec.get("files", {})}.items():
            member = tarfile.TarInfo(path)
            member.size, member.mtime = len(text.encode()), MTIME
            archive.addfile(member, io.BytesIO(text.encode()))
    flags = [flag for change in spec.get("changes", []) for flag in ("--change", change)]
    done = docker("import", *flags, "-", reference, data=stream.getvalue())
    if done.returncode:
        raise LayerlibError(f"{reference} cannot be imported: {done.stderr.decode().strip()}")


def _describe(reference: str) -> dict[str, Any]:
    image = json.loads(docker("image", "inspect", reference).stdout)[0]
    config = {key: value for key, value in image["Config"].items() if value}
    sizes = [row["size"] for row in _history(reference)]
    return {"id": image["Id"], "config": config, "layers": image["RootFS"].get("Layers", []), "history_sizes": sizes}


def _history(reference: str) -> list[dict[str, Any]]:
    lines = docker("history", "--no-trunc", "--human=false", "--format", "{{json .}}", reference).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    return [{"created_by": row["CreatedBy"], "size": int(row["Size"]), "comment": row["Comment"]} for row in rows]


def _lay_out(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "link" in file:
            path.symlink_to(file["link"])
            continue
        path.write_text(file["content"], encoding="utf-8")
        path.chmod(int(file.get("mode", "644"), 8))
        os.utime(path, (file.get("mtime", MTIME),) * 2)


def _build(build: Mapping[str, Any], builder: str) -> dict[str, Any]:
    words = ["--network=host", "-t", RESULT]
    words += [f"--build-arg={name}={value}" for name, value in build.get("args", {}).items()]
    words += ["--no-cache"] if build.get("no_cache") else []
    with tempfile.TemporaryDirectory(prefix="layerlib-record-") as temporary:
        folder = Path(temporary) / "context"
        folder.mkdir()
        # The upload looks at size and time alone, so another text must have another time.
        changed = MTIME + zlib.crc32(build["dockerfile"].encode()) % 1_000_000
        _lay_out(folder, {**build["files"], "Dockerfile": {"content": build["dockerfile"], "mtime": changed}})
        if builder == "buildkit":
            done = docker("build", "--progress=rawjson", *words, str(folder), DOCKER_BUILDKIT="1")
            steps = buildkit_steps(done.stderr.decode())
        else:
            done = docker("build", *words, str(folder), DOCKER_BUILDKIT="0")
            steps = _classic_steps(done.stdout.decode())
    if done.returncode:
        return {"steps": steps, "history": [], "config": {}, **_refusal(done.stderr.decode())}
    answer = _describe(RESULT)
    return {"steps": steps, "history": _history(RESULT), "config": answer["config"], "error": None, "line": None}


def _refusal(text: str) -> dict[str, Any]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("{")]
    named = next((int(line.partition(":")[2]) for line in lines if re.fullmatch(r"Dockerfile:\d+", line)), None)
    return {"error": lines[-1] if lines else "failed", "line": named}


def buildkit_steps(text: str) -> list[dict[str, Any]]:
    """The numbered steps in a log that `docker build --progress=rawjson` printed, by stage and number."""
    vertices: dict[str, dict[str, Any]] = {}
    for line in text.splitlines():
        if line.startswith("{"):
            for vertex in json.loads(line).get("vertexes") or []:
                vertices.setdefault(vertex["digest"], {}).update(vertex)
    found = []
    for vertex in vertices.values():
        if match := STEP.match(vertex["name"]):
            place = (match["stage"] or "", int(match["number"]))
            found.append((place, {"name": vertex["name"], "cached": bool(vertex.get("cached"))}))
    return [step for _, step in sorted(found, key=lambda pair: pair[0])]


def _classic_steps(text: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for line in text.splitlines():
        if step := re.search(r"Step \d+/\d+ : .*", line):
            steps.append({"name": step[0], "cached": False})
        elif line.strip() == "---> Using cache":
            steps[-1]["cached"] = True
    return steps
