"""The recorder, which makes the recorded truth: against a fake docker command that answers as Engine 28.5.2 does."""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import layerlib
from layerlib import LayerlibError
from layerlib.outside import docker, scenarios
from layerlib.outside.build_log import Refusal, StepName, buildkit_steps, classic_steps, refusal
from layerlib.outside.build_words import write
from layerlib.outside.docker import NoEngine
from layerlib.outside.recorder import RESULT, record
from layerlib.outside.scenarios.edits import EDITS
from layerlib.outside.scenarios.lines import LINES
from layerlib.recorded.schema import check
from layerlib.recorded.traces import read

HERE = Path(__file__).parent

OVERLAY2 = "[[Backing Filesystem extfs] [Supports d_type true] [Using metacopy false] [Native Overlay Diff true]]\n"
CONTAINERD = "[[driver-type io.containerd.snapshotter.v1]]\n"

STOPPED = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
FORBIDDEN = (
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: "
    'Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.51/version": dial unix /var/run/docker.sock: '
    "connect: permission denied\n"
)
NO_BUILDX = "docker: 'buildx' is not a docker command.\nSee 'docker --help'\n"

Answers = dict[str, list[dict[str, Any]]]


def vertex(digest: str, name: str, **more: Any) -> str:
    """A line of `docker build --progress=rawjson` about one vertex."""
    return json.dumps({"vertexes": [{"digest": digest, "name": name, **more}]}) + "\n"


LOADING = vertex("i", "[internal] load build definition from Dockerfile")
STATUS = '{"statuses":[{"id":"transferring dockerfile:","vertex":"i","name":"transferring","current":29}]}\n'
BUILDKIT_LOG = (
    LOADING
    + STATUS
    + vertex("c", "[3/3] COPY app.py .")
    + vertex("b", "[2/3] WORKDIR /w")
    + vertex("a", "[1/3] FROM docker.io/layerlib-record/base:latest")
    + vertex("b", "[2/3] WORKDIR /w", started="2026-11-25T08:16:43Z", cached=True)
    + vertex("b", "[2/3] WORKDIR /w", completed="2026-11-25T08:16:43Z")
    + vertex("c", "[3/3] COPY app.py .", started="2026-11-25T08:16:43Z")
    + '{"logs":[{"vertex":"c","stream":1,"data":"aGkK"}]}\n'
    + '{"warnings":[{"vertex":"i","level":1,"short":"TWFpbnRhaW5lckRlcHJlY2F0ZWQ6IE9sZCAobGluZSAyKQ=="}]}\n'
    + vertex("e", "exporting to image")
)
WARNINGS = [{"rule": "MaintainerDeprecated", "line": 2, "text": "Old"}]
BUILDKIT_STEPS = [
    {"name": "[1/3] FROM docker.io/layerlib-record/base:latest", "cached": False},
    {"name": "[2/3] WORKDIR /w", "cached": True},
    {"name": "[3/3] COPY app.py .", "cached": False},
]
CLASSIC_LOG = """\
Sending build context to Docker daemon  3.072kB
Step 1/3 : FROM layerlib-record/base
 ---> 7004f646df70
Step 2/3 : WORKDIR /w
 ---> Using cache
 ---> 508819f95078
Step 3/3 : RUN echo "Step 1/3 : no"
 ---> Running in 8ccd00b6040f
it is Step 1/3 : no
 ---> Removed intermediate container 8ccd00b6040f
 ---> f48ce8abac27
Successfully built f48ce8abac27
Successfully tagged layerlib-record/result:latest
"""
CLASSIC_STEPS = [
    {"name": "Step 1/3 : FROM layerlib-record/base", "cached": False},
    {"name": "Step 2/3 : WORKDIR /w", "cached": True},
    {"name": 'Step 3/3 : RUN echo "Step 1/3 : no"', "cached": False},
]
REFUSED = """\
Dockerfile:2
--------------------
   1 |     FROM layerlib-record/base
   2 | >>> NONSENSE x
   3 |
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: NONSENSE
"""
DEPRECATED = """\
DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0
            environment-variable.

"""


def history(*rows: tuple[str, int, str]) -> str:
    """What `docker history --format '{{json .}}'` prints."""
    return "".join(
        json.dumps(
            {"Comment": comment, "CreatedAt": "2026-11-25T08:16:44Z", "CreatedBy": created_by, "Size": str(size)}
        )
        + "\n"
        for created_by, size, comment in rows
    )


def image(identity: str, config: dict[str, Any], *layers: str) -> str:
    """What `docker image inspect` prints of one image."""
    return json.dumps([{"Id": identity, "Config": config, "RootFS": {"Type": "layers", "Layers": list(layers)}}])


BASE_CONFIG = {"Cmd": None, "Env": ["PATH=/bin"], "User": "", "WorkingDir": "/"}
BASE_HISTORY = history(("", 100, "Imported from -"))
RESULT_HISTORY = history(("COPY app.py .", 2, "buildkit.dockerfile.v0"), ("", 100, "Imported from -"))


def busybox() -> str:
    """What `docker export` prints: a tar archive (of text, so that the table can hold it)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("bin/sh")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"sh"))
    return stream.getvalue().decode("ascii")


def engine(**changed: list[dict[str, Any]]) -> Answers:
    """The answers of an engine that accepts every build, with some of them changed."""
    return {
        "version": [{"stdout": "28.5.2+dfsg4\n"}],
        "info": [{"stdout": OVERLAY2}],
        "buildx version": [{"stdout": "github.com/docker/buildx 0.29.1\n"}],
        "create": [{"stdout": "bcffe9f77544\n"}],
        "export": [{"stdout": busybox()}],
        "rm": [{"stdout": "bcffe9f77544\n"}],
        "import": [{"stdout": "sha256:986c8eed30e5\n"}],
        "image inspect": [
            {"stdout": image("sha256:base", BASE_CONFIG, "sha256:l1")},
            {"stdout": image("sha256:result", {**BASE_CONFIG, "WorkingDir": "/w"}, "sha256:l1", "sha256:l2")},
        ],
        "history": [{"stdout": BASE_HISTORY}, {"stdout": RESULT_HISTORY}],
        "build": [{"stderr": BUILDKIT_LOG}],
        "image rm": [{"stdout": "Untagged: layerlib-record/result:latest\n"}],
    } | {name.replace("_", " "): answers for name, answers in changed.items()}


Start = Callable[[Answers], Callable[[], list[dict[str, Any]]]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Put a docker command that gives some answers on the PATH; returns how to ask for its calls."""
    if os.name == "nt":
        pytest.skip("a script on the PATH is no command there")

    def started(answers: Answers) -> Callable[[], list[dict[str, Any]]]:
        table, calls, command = tmp_path / "table.json", tmp_path / "calls", tmp_path / "bin" / "docker"
        table.write_text(json.dumps(answers))
        calls.write_text("")
        command.parent.mkdir()
        fake = HERE / "fake_docker.py"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{fake}" "{table}" "{calls}" "$@"\n')
        command.chmod(0o755)
        monkeypatch.setenv("PATH", str(command.parent))
        return lambda: [json.loads(line) for line in calls.read_text().splitlines()]

    return started


FILES = {
    "app.py": {"content": "1\n"},
    "src/run.sh": {"content": "é\r\n", "mode": "755", "mtime": 1_600_000_000},
    "link.py": {"link": "app.py"},
}
DOCKERFILE = "FROM layerlib-record/base\nWORKDIR /w\nCOPY app.py .\n"
SCENARIO: dict[str, Any] = {
    "name": "made-0",
    "effects": {},
    "images": {"layerlib-record/base": {"changes": ["ENV A=1", "WORKDIR /srv"], "files": {"etc/other": "o\n"}}},
    "builds": [
        {"dockerfile": DOCKERFILE, "files": FILES, "args": {"NAME": "a b", "B": ""}},
        {"dockerfile": DOCKERFILE + "# x\n", "files": FILES, "no_cache": True},
    ],
}
BASE = {"id": "sha256:base", "config": {"Env": ["PATH=/bin"], "WorkingDir": "/"}, "layers": ["sha256:l1"],
        "history_sizes": [100]}  # fmt: skip
HISTORY = [
    {"created_by": "COPY app.py .", "size": 2, "comment": "buildkit.dockerfile.v0"},
    {"created_by": "", "size": 100, "comment": "Imported from -"},
]
ANSWER = {"history": HISTORY, "config": {"Env": ["PATH=/bin"], "WorkingDir": "/w"}, "error": None, "line": None}


def test_a_trace_holds_the_inputs_and_what_the_engine_answered(start: Start) -> None:
    start(engine())
    traces = list(record([SCENARIO]))
    assert traces == [
        {
            **SCENARIO,
            "engine": "28.5.2+dfsg4",
            "builder": "buildkit",
            "store": "overlay2",
            "images": {"layerlib-record/base": BASE},
            "builds": [
                {**build, "steps": BUILDKIT_STEPS, "warnings": WARNINGS, **ANSWER} for build in SCENARIO["builds"]
            ],
        }
    ]
    assert check(traces, "traces") == traces


def test_the_builds_are_the_ones_of_the_scenario(start: Start) -> None:
    calls = start(engine())
    list(record([SCENARIO]))
    first, second = (call for call in calls() if call["words"][0] == "build")
    common = ["build", "--progress=rawjson", "--network=host", "-t", RESULT]
    assert first["words"][:-1] == [*common, "--build-arg=NAME=a b", "--build-arg=B="]
    assert second["words"][:-1] == [*common, "--no-cache"]
    assert first["DOCKER_BUILDKIT"] == second["DOCKER_BUILDKIT"] == "1"
    assert first["context"].pop("Dockerfile")["content"] == DOCKERFILE
    assert first["context"] == {
        "app.py": {"content": "1\n", "mode": "644", "mtime": 1_700_000_000},
        "src/run.sh": {"content": "é\r\n", "mode": "755", "mtime": 1_600_000_000},
        "link.py": {"link": "app.py"},
    }
    assert not Path(first["words"][-1]).exists()


def test_another_dockerfile_has_another_time(start: Start) -> None:
    """The upload compares only size and time."""
    calls = start(engine())
    dockerfiles = [text + "CMD x\n" for text in (DOCKERFILE, DOCKERFILE.replace("/w", "/v"), DOCKERFILE)]
    list(record([{**SCENARIO, "builds": [{"dockerfile": text, "files": {}} for text in dockerfiles]}]))
    times = [call["context"]["Dockerfile"]["mtime"] for call in calls() if "context" in call]
    assert times[0] == times[2] != times[1]


def test_a_base_image_is_imported_with_what_the_scenario_puts_on_it(start: Start) -> None:
    calls = start(engine())
    list(record([SCENARIO, SCENARIO]))
    imports = [call for call in calls() if "import" in call]
    for call in imports:
        assert call["words"] == [
            "import", "--change", "ENV A=1", "--change", "WORKDIR /srv", "-", "layerlib-record/base",
        ]  # fmt: skip
        assert call["import"].items() >= {("bin/sh", "sh"), ("etc/other", "o\n")}
        assert len(call["import"]) == 3
    # No two of them are the same, so nothing of the first is cached for the second.
    assert len({call["import"]["etc/layerlib-record"] for call in imports}) == 2


@pytest.mark.parametrize(
    ("builder", "prune", "words"),
    [
        ("buildkit", "all", ["builder", "prune", "-f", "--all"]),
        ("buildkit", "unused", ["builder", "prune", "-f"]),
        ("classic", "all", ["image", "prune", "-f"]),
    ],
)
def test_a_build_may_begin_with_a_prune(start: Start, builder: str, prune: str, words: list[str]) -> None:
    calls = start(engine(builder_prune=[{}], image_prune=[{}], tag=[{}]))
    list(
        record([{**SCENARIO, "builds": [{"dockerfile": DOCKERFILE, "files": {}, "prune": prune}]}], builder, prune=True)
    )
    assert [call["words"] for call in calls() if "prune" in call["words"]] == [words]


def test_the_files_of_a_build_are_written(tmp_path: Path) -> None:
    files: dict[str, dict[str, Any]] = {
        "two": {"same_as": "d/one"},
        "d/one": {"content": "1\n", "mode": "600", "mtime": 1_600_000_000},
        "empty": {"dir": True, "mode": "700"},
        "link": {"link": "gone"},
    }
    (tmp_path / "c").mkdir()
    write(tmp_path / "c", files)
    one = (tmp_path / "c" / "d" / "one").stat()
    assert (one.st_nlink, one.st_mode & 0o777, one.st_mtime) == (2, 0o600, 1_600_000_000)
    assert one.st_ino == (tmp_path / "c" / "two").stat().st_ino
    assert (tmp_path / "c" / "empty").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "c" / "link").readlink() == Path("gone")


def test_every_input_becomes_a_word(start: Start) -> None:
    calls = start(engine())
    inputs = {
        "platform": "linux/arm64", "labels": {"a": "1"}, "add_hosts": ["db:1.1.1.1"], "ulimits": {"nofile": 5},
        "shm_size": "1m", "cgroup_parent": "/x", "ssh": ["default"], "secrets": {"s": "value"}, "target": "t",
        "no_cache_filter": ["a"], "contexts": {"c": {"f": {"content": "1"}}, "i": "docker-image://busybox"},
    }  # fmt: skip
    list(record([{**SCENARIO, "builds": [{"dockerfile": DOCKERFILE, "files": {}, **inputs}]}]))
    words = next(call["words"] for call in calls() if call["words"][0] == "build")[5:-1]
    assert [word for word in words if "/layerlib-record-" not in word] == [
        "--label=a=1", "--add-host=db:1.1.1.1", "--ulimit=nofile=5", "--no-cache-filter=a", "--target=t",
        "--platform=linux/arm64", "--shm-size=1m", "--cgroup-parent=/x", "--ssh=default",
        "--build-context=i=docker-image://busybox",
    ]  # fmt: skip
    assert len(words) == 12


def test_a_prune_must_be_allowed(start: Start) -> None:
    scenario = {**SCENARIO, "builds": [*SCENARIO["builds"], {**SCENARIO["builds"][0], "prune": "unused"}]}
    calls = start(engine(builder_prune=[{"stdout": ""}], tag=[{"stdout": ""}]))
    with pytest.raises(LayerlibError, match="made-0 empties the build cache of this Docker"):
        record([scenario])
    list(record([scenario], prune=True))
    words = [call["words"] for call in calls()]
    assert ["builder", "prune", "-f"] in words
    assert ["tag", RESULT, "layerlib-record/kept:1"] in words


def test_nothing_of_the_engines_own_is_touched(start: Start) -> None:
    calls = start(engine())
    list(record([SCENARIO]))
    words = [" ".join(call["words"]) for call in calls()]
    assert [text for text in words if "prune" in text] == []
    assert [text for text in words if text.startswith(("rm", "image rm"))] == [
        "rm bcffe9f77544",
        f"image rm -f {RESULT} layerlib-record/base",
    ]


def test_the_classic_builder(start: Start) -> None:
    calls = start(engine(build=[{"stdout": CLASSIC_LOG, "stderr": DEPRECATED}], buildx_version=[{"code": 1}]))
    (trace,) = record([SCENARIO], "classic")
    assert trace["builder"] == "classic"
    assert [build["steps"] for build in trace["builds"]] == [CLASSIC_STEPS] * 2
    first = next(call for call in calls() if "context" in call)
    assert first["DOCKER_BUILDKIT"] == "0"
    assert first["words"][:-1] == ["build", "--network=host", "-t", RESULT, "--build-arg=NAME=a b", "--build-arg=B="]


@pytest.mark.parametrize(("status", "store"), [(OVERLAY2, "overlay2"), (CONTAINERD, "containerd")])
def test_the_image_store(start: Start, status: str, store: str) -> None:
    start(engine(info=[{"stdout": status}]))
    assert docker.store() == store
    (trace,) = record([SCENARIO])
    assert trace["store"] == store


def test_a_refused_build_has_its_error_and_line(start: Start) -> None:
    start(engine(build=[{"stderr": LOADING + REFUSED, "code": 1}, {"stderr": BUILDKIT_LOG}]))
    (trace,) = record([SCENARIO])
    refused, accepted = trace["builds"]
    assert refused == {
        **SCENARIO["builds"][0],
        "steps": [],
        "history": [],
        "config": {},
        "error": "ERROR: failed to build: failed to solve: dockerfile parse error on line 2: "
        "unknown instruction: NONSENSE",
        "line": 2,
    }
    assert accepted["error"] is None


NOT_FOUND = (
    "ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref "
    '1f777122::rqo4e9: "/gone.py": not found'
)


@pytest.mark.parametrize(
    ("log", "error", "line"),
    [
        (REFUSED, REFUSED.splitlines()[-1], 2),
        (f"Dockerfile:12\n----\n  12 | >>> COPY gone.py .\n----\n{NOT_FOUND}\n", NOT_FOUND, 12),
        (f"{STATUS}\n{NOT_FOUND}\n\n{STATUS}", NOT_FOUND, None),
        (f"COPY Dockerfile:3 .\n{NOT_FOUND}\n", NOT_FOUND, None),
        (
            "ERROR: failed to build: failed to solve: the Dockerfile cannot be empty\n",
            "ERROR: failed to build: failed to solve: the Dockerfile cannot be empty",
            None,
        ),
        (
            f"{DEPRECATED}Error response from daemon: dockerfile parse error on line 2: unknown instruction: X\n",
            "Error response from daemon: dockerfile parse error on line 2: unknown instruction: X",
            None,
        ),
        ("", "failed", None),
    ],
)
def test_refusals(log: str, error: str, line: int | None) -> None:
    assert refusal(log) == Refusal(error, line)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("[2/4] WORKDIR /w", StepName("", 2, 4, "WORKDIR /w")),
        ("[10/12] RUN [2/3] x", StepName("", 10, 12, "RUN [2/3] x")),
        ("[build 2/2] RUN echo 1 > /x", StepName("build", 2, 2, "RUN echo 1 > /x")),
        ("[stage-1 2/2] COPY --from=build /x /y", StepName("stage-1", 2, 2, "COPY --from=build /x /y")),
        ("[build  2/12] RUN x", StepName("build", 2, 12, "RUN x")),
        ("[1/1] RUN <<E (a...)\nb", StepName("", 1, 1, "RUN <<E (a...)\nb")),
        ("[internal] load .dockerignore", None),
        ("exporting to image", None),
        ("[auth] library/python:pull token [2/2] x", None),
    ],
)
def test_names_of_steps(name: str, parts: StepName | None) -> None:
    assert StepName.parse(name) == parts


def test_steps_are_ordered_by_stage_and_number() -> None:
    names = ["[b 10/10] RUN x", "[b 2/10] RUN x", "[a 1/1] FROM y", "[b 1/10] FROM y"]
    log = "".join(vertex(str(number), name) for number, name in enumerate(names))
    assert [step["name"] for step in buildkit_steps(log)] == [
        "[a 1/1] FROM y",
        "[b 1/10] FROM y",
        "[b 2/10] RUN x",
        "[b 10/10] RUN x",
    ]


def test_two_steps_of_one_number_stay_in_the_order_of_docker() -> None:
    names = ["[1/2] FROM y", "[2/2] LINK COPY --link a /", "[2/2] COPY --link a /"]
    log = "".join(vertex(str(number), name) for number, name in enumerate(names))
    assert [step["name"] for step in buildkit_steps(log)] == names


def test_logs_without_steps() -> None:
    assert buildkit_steps(LOADING + STATUS + "no JSON\n") == classic_steps("Sending build context\n") == []


def test_a_docker_that_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEngine, match=r"^There is no docker command on the PATH: install Docker \(https://\S+\)\.$"):
        record([SCENARIO])


def test_a_docker_that_cannot_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*words: object, **options: object) -> None:
        raise OSError("emscripten does not support processes.")

    monkeypatch.setattr("subprocess.run", refuse)
    with pytest.raises(NoEngine, match=r"^The docker command cannot be run here: emscripten does not"):
        record([SCENARIO])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"version": [{"stdout": "\n", "stderr": STOPPED, "code": 1}]}, "no engine answers: start it. (Cannot connect"),
        ({"version": [{"stdout": "\n", "stderr": FORBIDDEN, "code": 1}]}, "join the group docker, or use sudo"),
        ({"version": [{"code": 1}]}, "it gave no reason"),
        ({"buildx_version": [{"stderr": NO_BUILDX, "code": 1}]}, "has no buildx plugin"),
    ],
    ids=["stopped", "permission denied", "no reason", "no buildx"],
)
def test_a_docker_that_cannot_be_used(start: Start, answers: Answers, message: str) -> None:
    calls = start(engine(**answers))
    with pytest.raises(NoEngine) as caught:
        record([SCENARIO])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not [call for call in calls() if call["words"][0] in ("create", "import", "build")]


FAILED = [{"stderr": "Unable to find image locally\nError response from daemon: something\n\n", "code": 1}]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"create": FAILED}, "The base image busybox is missing: Error response from daemon: something"),
        ({"export": FAILED}, "docker export bcffe9f77544 failed: Error response from daemon: something"),
        ({"import": FAILED}, "docker import failed: Error response from daemon: something"),
        ({"info": FAILED}, "docker info failed"),
        ({"image_inspect": FAILED}, "docker image inspect layerlib-record/base failed"),
        ({"history": FAILED}, "docker history failed"),
    ],
)
def test_a_command_that_fails_ends_the_recording(start: Start, changed: Answers, message: str) -> None:
    calls = start(engine(**changed))
    with pytest.raises(LayerlibError) as caught:
        list(record([SCENARIO]))
    assert message in str(caught.value)
    words = [call["words"] for call in calls()]
    assert (["rm", "bcffe9f77544"] in words) == (["export", "bcffe9f77544"] in words)
    assert (["image", "rm", "-f", RESULT, "layerlib-record/base"] in words) == ("import" in [word[0] for word in words])


def test_an_engine_that_went_away_has_refused_nothing(start: Start) -> None:
    gone = {"stderr": STOPPED, "code": 1}
    calls = start(engine(version=[{"stdout": "28.5.2\n"}, gone], build=[gone]))
    with pytest.raises(NoEngine, match="no engine answers"):
        list(record([SCENARIO]))
    assert calls()[-1]["words"] == ["image", "rm", "-f", RESULT, "layerlib-record/base"]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, NoEngine])
def test_no_image_stays_however_a_recording_ends(
    start: Start, monkeypatch: pytest.MonkeyPatch, ending: type[BaseException]
) -> None:
    calls = start(engine())

    def interrupted(*words: Any) -> None:
        raise ending

    monkeypatch.setattr("layerlib.outside.recorder._build", interrupted)
    with pytest.raises(ending):
        list(record([SCENARIO]))
    assert calls()[-1]["words"] == ["image", "rm", "-f", RESULT, "layerlib-record/base"]


# The classes that the generator had not when the first of them were recorded.
NEWER = {"platforms", "replaced images", "labels", "hosts and limits", "files that nobody declared"}
RECORDED = [
    ("made-buildkit", 21, 80, NEWER),
    ("made-classic", 22, 20, NEWER),
    ("made-containerd", 23, 50, NEWER),
    ("made-wide-buildkit", 7001, 20, set()),
    ("made-wide-containerd", 7201, 20, set()),
    ("made-wide-classic", 7401, 20, set()),
]


@pytest.mark.parametrize(("name", "seed", "count", "without"), RECORDED)
def test_the_recorded_scenarios_are_made_again_from_their_seeds(
    name: str, seed: int, count: int, without: set[str]
) -> None:
    made = scenarios.generate(seed, count, name.endswith("classic"), prune=True, without=without)
    generated = {each["name"]: each for each in made}
    recorded = read(HERE / "traces" / f"{name}.json.gz")
    assert len(recorded) > count / 2
    for trace in recorded:
        scenario = generated[trace["name"]]
        assert (trace["classes"], trace["effects"]) == (scenario["classes"], scenario["effects"])
        for build, wanted in zip(trace["builds"], scenario["builds"], strict=True):
            assert {key: build[key] for key in wanted if key != "images"} == {
                key: value for key, value in wanted.items() if key != "images"
            }


def test_every_class_of_scenario_is_made() -> None:
    made = scenarios.counts(scenarios.generate(1, 400, prune=True))
    assert {name for name in scenarios.CLASSES if not made[name]} == set()
    assert {f"edit: {change.__name__.replace('_', ' ')}" for change in EDITS} <= set(made)


def test_the_cache_of_others_is_pruned_only_on_request() -> None:
    assert scenarios.counts(scenarios.generate(1, 400))["pruned"] == 0


@pytest.mark.parametrize("name", scenarios.CLASSES)
def test_a_class_makes_builds_that_can_be_read(name: str) -> None:
    """Each on its own, those too that the model has no option for yet."""
    for seed in range(20):
        scenario = scenarios.scenario(seed, seed, [name], classic=False)
        assert name in scenario["classes"]
        for build in scenario["builds"]:
            assert layerlib.Project.from_files(build["files"], build["dockerfile"]).dockerfile == build["dockerfile"]


def test_every_line_of_the_scenarios_is_used() -> None:
    text = "".join(build["dockerfile"] for each in scenarios.generate(1, 400) for build in each["builds"])
    assert [line for line in LINES if line.partition("{n}")[0] not in text] == []
