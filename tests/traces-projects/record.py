"""Build the example projects with a real engine and write down what it did: one JSON file for each project.

    python tests/traces-projects/record.py            # all of PLANS
    python tests/traces-projects/record.py flask-app

It needs a Docker on the overlay2 store with python:latest and busybox:latest, and builds that reach PyPI. The cache of
others is left alone: every recording has a SOURCE_DATE_EPOCH of its own, which is in the key of WORKDIR, the first
step of every project, and only the results of COPY --from, which are found by content, are forgotten beforehand.
Nothing else may build meanwhile: the engine gives equal steps of two builds one name. Rows of the base image are left
out, since any image that has Python and pip will do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from layerlib import Project
from layerlib.editing.named import named
from layerlib.outside.build_log import buildkit_steps

HERE = Path(__file__).parent
TAG = "project-trace"

# What is done to each project before a build; every change is made to the project as it ships.
PLANS = {
    "python-numpy-app": ["nothing", "edit app.py", "edit CMD", "touch app.py", "edit WORKDIR"],
    "flask-app": ["nothing", "edit app.py", "edit requirements.txt", "edit README.md", "chmod app.py", "edit CMD"],
    "data-science-app": ["nothing", "edit analyse.py", "edit README.md", "remove archive/daylight-2023.csv"],
    "sales-report": ["nothing", "edit app.py", "edit requirements.txt", "touch app.py"],
    "multi-stage-app": ["nothing", "edit pages/index.md", "edit README.md", "edit EXPOSE", "edit requirements.txt"],
}


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-800:])
    return done


def history(base: str) -> list[dict[str, Any]]:
    def rows(image: str) -> list[dict[str, Any]]:
        lines = docker("history", "--no-trunc", "--human=false", "--format", "{{json .}}", image).stdout.splitlines()
        return [json.loads(line) for line in lines]

    own = rows(TAG)[: -len(rows(base))]
    return [{"created_by": row["CreatedBy"], "size": int(row["Size"]), "comment": row["Comment"]} for row in own]


def build(project: Project, epoch: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        for path, file in project.files.items():
            target = Path(folder, path)
            if file.kind == "folder":
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read())
                target.chmod(file.mode)
        done = docker("build", "--network=host", "--progress=rawjson", "-t", TAG, "--build-arg", epoch, folder)
    base = project.parsed.stages[-1].base
    return {"steps": buildkit_steps(done.stderr), "history": history(base)}


def record(name: str) -> None:
    project = Project.load(name)
    version = docker("version", "--format", "{{.Server.Version}}").stdout.strip()
    for instruction in project.parsed.instructions:
        if instruction.flag("from"):
            docker("builder", "prune", "-af", "--filter", f'description~="{instruction.source}"')
    epoch = f"SOURCE_DATE_EPOCH={int(time.time())}"
    builds: list[dict[str, Any]] = [{"after": "the first build", **build(project, epoch)}]
    for text in PLANS[name]:
        builds.append({"after": text, **build(named(text)(project), epoch)})
    output = docker("run", "--rm", "--network=none", TAG).stdout if name != "flask-app" and "multi" not in name else ""
    trace = {"project": name, "engine": version, "store": "overlay2", "output": output, "builds": builds}
    (HERE / f"{name}.json").write_text(json.dumps(trace, indent=1) + "\n", encoding="utf-8")
    print(name, [(b["after"], [s["name"] for s in b["steps"] if not s["cached"]]) for b in builds], output, sep="\n")


for each in sys.argv[1:] or PLANS:
    record(each)
