"""What `docker build` prints, read: the steps of a build and whether each was cached, and why a build was refused."""

from __future__ import annotations

import base64
import json
import re
from operator import itemgetter
from typing import Any, NamedTuple

STEP_NAME = re.compile(r"\[(?:(?P<stage>\S+) +)?(?P<number>\d+)/(?P<total>\d+)\] (?P<text>.*)", re.DOTALL)
CLASSIC_STEP = re.compile(r"Step \d+/\d+ : .*")
WARNING = re.compile(r"(?P<rule>\w+): (?P<text>.*) \(line (?P<line>\d+)\)", re.DOTALL)
LINE = re.compile(r"Dockerfile:(?P<line>\d+)")


class StepName(NamedTuple):
    """The name of a step as BuildKit prints it, `[build 2/4] RUN make`, by its parts.

    Attributes:
        stage: the stage's name, or "" if the build has only one stage.
        number: the step's number in its stage, counted from 1.
        total: how many steps the stage has.
        text: the instruction.
    """

    stage: str
    number: int
    total: int
    text: str

    @classmethod
    def parse(cls, name: str) -> StepName | None:
        """The parts of a name; None if it is not an instruction's, such as `[internal] load .dockerignore`."""
        match = STEP_NAME.fullmatch(name)
        return match and cls(match["stage"] or "", int(match["number"]), int(match["total"]), match["text"])


class Refusal(NamedTuple):
    """Why a build failed: the error, and the line of the Dockerfile that it points at, or None."""

    error: str
    line: int | None


def buildkit_steps(log: str) -> list[dict[str, Any]]:
    """The steps in what `docker build --progress=rawjson` prints: "name" and "cached", by stage and number.

    Two of one number, which --link makes on the containerd store, stay in Docker's order.
    """
    vertexes: dict[str, dict[str, Any]] = {}
    for line in log.splitlines():
        if line.startswith("{"):
            for vertex in json.loads(line).get("vertexes") or ():
                vertexes.setdefault(vertex["digest"], {}).update(vertex)
    steps = []
    for vertex in vertexes.values():
        if name := StepName.parse(vertex["name"]):
            steps.append((name.stage, name.number, {"name": vertex["name"], "cached": bool(vertex.get("cached"))}))
    return [step for _, _, step in sorted(steps, key=itemgetter(0, 1))]


def warnings(log: str) -> list[dict[str, Any]]:
    """The warnings in what `docker build --progress=rawjson` prints: "rule", "line" and "text", by line."""
    found = []
    for line in log.splitlines():
        for warning in (json.loads(line).get("warnings") or ()) if line.startswith("{") else ():
            match = WARNING.fullmatch(base64.b64decode(warning["short"]).decode())
            if match:
                found.append({"rule": match["rule"], "line": int(match["line"]), "text": match["text"]})
    return sorted(found, key=lambda warning: (warning["line"], warning["rule"], warning["text"]))


def classic_steps(log: str) -> list[dict[str, Any]]:
    """The steps in what the classic builder prints: "name" and "cached", in its order."""
    steps: list[dict[str, Any]] = []
    for line in log.splitlines():
        if CLASSIC_STEP.fullmatch(line):
            steps.append({"name": line, "cached": False})
        elif line.strip() == "---> Using cache":
            steps[-1]["cached"] = True
    return steps


def refusal(log: str) -> Refusal:
    """The error in what a failed build prints to its standard error: the last line that is not JSON."""
    lines = [line for line in log.splitlines() if line.strip() and not line.startswith("{")]
    named = (match for line in lines if (match := LINE.fullmatch(line)))
    line = next((int(match["line"]) for match in named), None)
    return Refusal(lines[-1] if lines else "failed", line)
