"""Ask a real engine what it warns of: every Dockerfile of dockerfiles.txt, into checks.json.gz.

    python tests/traces-checks/record_checks.py

A section of dockerfiles.txt begins with `=== NAME OPTIONS`. OPTIONS are JSON and may be missing: "args", "target",
"ignore" (the text of .dockerignore), "crlf" and "bom" (how the file is written), and "build": true where a true build
is recorded besides `docker build --check`. Every file of CONTEXT lies beside the Dockerfile.

A record has the section's "name", "dockerfile", "files", "args" and "target", and the answers: "check" has the
"warnings" in the engine's order, each with "rule", "line", "last_line", "text", "description" and "url", and the
"error" with its "line", or null; "build" has the "lines" that `docker build --progress=plain` prints about warnings,
and the "error". It needs a Docker with buildx that may be given the tags of IMAGES, on busybox.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CONTEXT = {"app.py": "print(1)\n", "other.py": "", "a.tmp": "", "src/app.py": ""}
IMAGES = {
    "python": "",
    "described": "ENV APP_HOME=/srv\nENV NODE_VERSION=24\nWORKDIR /srv\n",
    "shelled": 'SHELL ["/bin/ash", "-c"]\n',
    "triggered": "ONBUILD WORKDIR app\nONBUILD ENV A $B\nONBUILD CMD python\n",
}
WARNINGS = re.compile(r"^ *\d+ warnings? found .*:\n(?: - .*\n?)*", re.MULTILINE)
ERROR = re.compile(r"^ERROR: (.*)", re.MULTILINE)
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def docker(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, input=text, check=False)


def make_images() -> dict[str, dict[str, Any]]:
    """Tag the images; returns what a model must know of each."""
    made = {}
    for name, lines in {"busybox": None, **IMAGES}.items():
        if lines is not None:
            docker("build", "-q", "-t", name, "-", text=f"FROM busybox\n{lines}").check_returncode()
        facts = json.loads(docker("image", "inspect", name).stdout)[0]
        config = {key: value for key, value in facts["Config"].items() if value}
        made[f"docker.io/library/{name}:latest"] = {"config": config, "layers": len(facts["RootFS"]["Layers"])}
    return made


def sections(text: str) -> list[dict[str, Any]]:
    """The records, without answers."""
    records = []
    for section in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        head, _, dockerfile = section.partition("\n")
        name, brace, options = head.partition("{")
        given = json.loads(brace + options) if brace else {}
        dockerfile = "\ufeff" * given.get("bom", False) + dockerfile
        files = {**CONTEXT, **({".dockerignore": given["ignore"]} if "ignore" in given else {})}
        records.append({
            "name": name.strip(), "dockerfile": dockerfile.replace("\n", "\r\n") if given.get("crlf") else dockerfile,
            "files": files, "args": given.get("args", {}), "target": given.get("target"),
            "build": given.get("build"),
        })  # fmt: skip
    return records


def ask(record: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        for path, content in {**record["files"], "Dockerfile": record["dockerfile"]}.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode())
        options = [f"--build-arg={name}={value}" for name, value in record["args"].items()]
        options += [f"--target={record['target']}"] if record["target"] else []
        check = docker("build", "--call=check,format=json", *options, folder)
        answer = {**record, "check": checked(check), "build": None}
        if record["build"]:
            answer["check"]["printed"] = docker("build", "--check", *options, folder).stdout.replace(folder + "/", "")
        if record["build"]:
            done = docker("build", "--progress=plain", "--network=host", *options, folder)
            printed = COLOR.sub("", done.stderr)
            block, error = WARNINGS.search(printed), ERROR.search(printed)
            lines = block[0].strip("\n").split("\n") if block else []
            answer["build"] = {"lines": lines, "error": error[1] if error else None}
    return answer


def checked(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The answer of --call=check, shorter."""
    try:
        report = json.loads(done.stdout)
    except ValueError:
        error = ERROR.search(done.stderr)
        return {"warnings": [], "error": error[1] if error else done.stderr, "line": None, "status": done.returncode}
    warnings = []
    for found in report.get("warnings") or ():
        ranges = found["location"]["ranges"]
        warnings.append({
            "rule": found["ruleName"], "line": ranges[0]["start"]["line"],
            "last_line": ranges[-1]["end"]["line"], "text": found["detail"],
            "description": found.get("description", ""), "url": found.get("url", ""),
        })  # fmt: skip
    error = report.get("buildError")
    spot = (((error or {}).get("location") or {}).get("ranges") or [{}])[0]
    return {
        "warnings": warnings, "error": error["message"] if error else None,
        "line": spot.get("start", {}).get("line"), "status": done.returncode,
    }  # fmt: skip


def main() -> None:
    images = make_images()
    engine = docker("version", "--format", "{{.Server.Version}}").stdout.strip()
    records = [ask(record) for record in sections((HERE / "dockerfiles.txt").read_text(encoding="utf-8"))]
    data = json.dumps({"engine": engine, "images": images, "records": records}, indent=1, ensure_ascii=False)
    (HERE / "checks.json.gz").write_bytes(gzip.compress(data.encode(), mtime=0))
    print(len(records), sum(len(record["check"]["warnings"]) for record in records))


if __name__ == "__main__":
    main()
