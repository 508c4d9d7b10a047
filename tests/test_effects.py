"""What commands are known to write, and what stays unknown."""

from __future__ import annotations

import json

import pytest

from layerlib import BuildKit, ClassicBuilder, Effect, Project
from layerlib.building.effects.follow import follow
from layerlib.building.effects.followed import FollowedCommand
from layerlib.building.effects.modes import changed_mode
from layerlib.building.effects.run import Run
from layerlib.building.files.snapshot import Snapshot
from layerlib.reading.file import FOLDER, File
from layerlib.reading.package_data import FIGURES

FILES = {"app.py": "x" * 5000, "requirements.txt": "Flask>=2  # web\n\nrequests==2.34.2\n"}
MEASURED = json.loads((FIGURES / "installs.json").read_text(encoding="utf-8"))
PIP = MEASURED["pip"]


def layers(text: str, files: dict[str, str] = FILES, **builder: object) -> list[int | None]:
    build = BuildKit(**builder).build(Project.from_files(files, text))  # type: ignore[arg-type]
    return [layer.size for layer in build.image.layers if not layer.base]


def installed(*names: str) -> int:
    wanted = {one for name in names for one in PIP["packages"][name]["distributions"]}
    return sum(PIP["distributions"][one]["installed_bytes"] for one in wanted)


FIRST = PIP["first_run_bytes"]
NUMPY = PIP["packages"]["numpy"]
APT = MEASURED["apt"]
LISTS = APT["update"]["official_settings"]["layer_bytes"]
CURL = APT["packages"]["curl"]["official_settings"]

SIZES = [
    ("FROM python\nRUN pip install numpy", [NUMPY["layer_bytes"] + FIRST]),
    ("FROM python\nRUN pip install --no-cache-dir numpy", [NUMPY["layer_bytes_no_cache_dir"] + FIRST]),
    ("FROM python\nRUN python -m pip install --no-cache-dir NumPy", [NUMPY["layer_bytes_no_cache_dir"] + FIRST]),
    ("FROM python:slim\nRUN pip install --no-cache-dir numpy\nRUN pip install --no-cache-dir numpy",
     [NUMPY["layer_bytes_no_cache_dir"] + FIRST, 0]),
    ("FROM python\nRUN pip install --no-cache-dir numpy\nRUN pip install --no-cache-dir pandas",
     [installed("numpy") + FIRST, installed("numpy", "pandas") - installed("numpy")]),
    ("FROM python\nWORKDIR /w\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt",
     [0, len(FILES["requirements.txt"]), installed("flask", "requests") + FIRST]),
    ("FROM python\nRUN pip install nobody-measured-this", [None]),
    ("FROM python\nRUN pip install numpy | tee log", [None]),
    ("FROM python\nRUN pip install --target=/x numpy", [None]),
    ("FROM debian\nRUN apt-get update", [LISTS]),
    ("FROM debian\nRUN apt-get update && apt-get install -y curl", [CURL["install"]["layer_bytes"]]),
    ("FROM debian\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
     [CURL["install_clean"]["layer_bytes"]]),
    ("FROM debian\nRUN apt-get update\nRUN rm -rf /var/lib/apt/lists/*", [LISTS, 0]),
    ("FROM debian\nRUN apt-get install -y curl", [None]),
    ("FROM debian\nRUN apt-get update && apt-get install -y curl git", [None]),
    ("FROM python\nRUN true\nRUN echo hello", [0, 0]),
    ("FROM python\nRUN make", [None]),
    ("FROM python\nCOPY app.py /a\nRUN rm /a", [5000, 0]),
    ("FROM python\nCOPY app.py /a\nRUN chmod 600 /a", [5000, 5000]),
    ("FROM python\nCOPY app.py /d/a\nRUN chown -R 1000:1000 /d", [5000, 5000]),
    ("FROM python\nRUN chmod 600 /etc/passwd", [None]),
    ("FROM python\nRUN chmod -R 755 /usr/local", [None]),
    ("FROM python\nRUN --mount=type=cache,target=/root/.cache/pip pip install numpy",
     [NUMPY["layer_bytes_no_cache_dir"] + FIRST]),
    ("FROM python\nCOPY app.py /a\nRUN chmod +x /a", [5000, 5000]),
    ("FROM python\nCOPY app.py /a\nRUN chmod u+w /a", [5000, 5000]),
    ("FROM python\nCOPY app.py /a\nRUN chmod u+s /a", [5000, None]),
    ("FROM python\nCOPY app.py /a\nRUN chown app:app /a", [5000, 5000]),
    ("FROM python\nCOPY app.py /d/a\nRUN chmod 755 /d", [5000, 0]),
    ("FROM python\nCOPY app.py /d/a\nRUN chmod -R 755 /d", [5000, 5000]),
    ("FROM python\nCOPY app.py /d/a\nRUN make\nRUN chmod -R 755 /d", [5000, None, None]),
    ("FROM python\nCOPY app.py /d/a\nRUN cd / && cd d && chmod 600 a && rm a", [5000, 0]),
    ("FROM python\nCOPY app.py /d/a\nRUN chmod 600 /d/a && rm -r /d", [5000, 0]),
    ("FROM python\nRUN rm /a*b", [None]),
    ("FROM python\nRUN mkdir -p /a/b", [0]),
    ("FROM python\nRUN mkdir -m 700 /a", [None]),
    ("FROM python\nRUN (pip install numpy)", [NUMPY["layer_bytes"] + FIRST]),
    ("FROM python\nRUN true | true", [0]),
    (f"FROM python\nRUN cd /{'a' * 5000}", [None]),
    ("FROM debian\nRUN apt-get update && apt-get install --reinstall curl", [None]),
    ("FROM python\nRUN pip install numpy &", [None]),
    ("FROM python\nRUN true || pip install numpy", [None]),
    ("FROM python\nRUN if true; then pip install numpy; fi", [None]),
    ("FROM python\nRUN echo x > /x", [2]),
    ("FROM python\nRUN PIP_NO_CACHE_DIR=1 pip install numpy", [None]),
    ("FROM python\nRUN /venv/bin/pip install numpy", [None]),
    ("FROM python\nRUN echo '$HOME; ls'", [0]),
    ("FROM python\nRUN echo $HOME", [0]),
    ("FROM python\nRUN pip install 'numpy[x]'", [None]),
    ("FROM python\nRUN pip install", [None]),
    ("FROM python\nRUN <<E\napt-get moo\nE", [None]),
    ("FROM python AS a\nRUN make\nFROM python\nCOPY --from=a /out /out", [None]),
    ("FROM python AS a\nWORKDIR /app\nCOPY app.py .\nRUN make\nFROM python\nCOPY --from=a /app /app", [None]),
    ("FROM python AS a\nWORKDIR /app\nCOPY app.py .\nRUN pip install numpy\nFROM python\nCOPY --from=a /app /app",
     [5000]),
    ("FROM python AS a\nFROM python\nCOPY --from=a /usr /usr2", [None]),
    # both forms, and other shells
    ('FROM python\nRUN ["echo", "hi; pip install numpy"]', [0]),
    ('FROM python\nRUN ["pip", "install", "numpy"]', [NUMPY["layer_bytes"] + FIRST]),
    ('FROM python\nRUN ["sh", "-ec", "pip install numpy"]', [NUMPY["layer_bytes"] + FIRST]),
    ('FROM python\nSHELL ["/bin/sh", "-e", "-c"]\nRUN pip install numpy', [NUMPY["layer_bytes"] + FIRST]),
    ('FROM python\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN pip install numpy',
     [NUMPY["layer_bytes"] + FIRST]),
    ('FROM python\nSHELL ["/bin/fish", "-c"]\nRUN pip install numpy', [None]),
    # what is there already
    ("FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y curl",
     [CURL["install"]["layer_bytes"], 0]),
    # which images the figures are of
    ("FROM example.com/slimfit:1\nRUN apt-get update", [None]),
    ("FROM example.com/debian:slim\nRUN apt-get update", [None]),
    ("FROM example.com/python:3\nRUN pip install numpy", [None]),
    ("FROM bitnami/python\nRUN pip install numpy", [None]),
    ("FROM node:24-slim\nRUN apt-get update", [LISTS]),
    # other users
    ("FROM python\nUSER app\nRUN pip install numpy", [None]),
    ("FROM python\nUSER root:root\nRUN pip install numpy", [NUMPY["layer_bytes"] + FIRST]),
    ("FROM debian\nUSER app\nRUN apt-get update", [None]),
    # mounts from the working directory
    ("FROM python\nWORKDIR /usr/local\nRUN --mount=type=cache,target=lib pip install flask",
     [0, PIP["packages"]["flask"]["layer_bytes"] - installed("flask")]),
    ("FROM python\nWORKDIR /usr/local\nRUN --mount=type=cache,target=/usr/local/lib pip install flask",
     [0, PIP["packages"]["flask"]["layer_bytes"] - installed("flask")]),
    # words that a shell replaces
    ("FROM python\nRUN rm -rf ~/x", [0]),
    ("FROM python\nRUN rm -rf /x/{a,b}", [None]),
    ("FROM python\nRUN mkdir /a*", [None]),
    ("FROM python\nCOPY app.py /d/a\nRUN chown app: /d/a", [5000, None]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sizes"), SIZES, ids=[row[0].replace("\n", "; ")[:80] for row in SIZES])
def test_sizes(text: str, sizes: list[int | None]) -> None:
    assert layers(text + "\n") == sizes


def test_blocks_of_files_that_nobody_saw_are_not_counted() -> None:
    assert layers("FROM python\nRUN pip install numpy\n", store="containerd") == [None]


def test_the_additive_rule_agrees_with_what_was_measured() -> None:
    """The combinations were built, and were not used to make the table."""
    assert len(PIP["combinations"]) >= 10
    for one in PIP["combinations"]:
        assert abs(one["layer_bytes"] - one["predicted_bytes"]) <= 200, one


def test_every_number_has_its_source() -> None:
    text = "FROM python\nCOPY app.py /a\nRUN pip install numpy\nRUN pip install flask requests\nRUN make\nRUN true\n"
    build = BuildKit().build(Project.from_files(FILES, text))
    sources = [layer.size_source for layer in build.image.layers if not layer.base]
    begins = ["computed from the files", "measured on Debian", "estimated: measured on", "unknown: ", "recorded: "]
    assert [source[: len(begin)] for source, begin in zip(sources, begins, strict=True)] == begins


def test_a_learner_can_declare_an_effect() -> None:
    effects = {"make": Effect(size=1000, seconds=3.5)}
    build = BuildKit(effects=effects).build(Project.from_files({}, "FROM python\nRUN make all\n"))
    assert (build.image.layers[-1].size, build.steps[-1].seconds) == (1000, 3.5)
    assert build.image.layers[-1].size_source == "declared"


def test_an_unknown_run_writes_other_bytes_each_time() -> None:
    text = (
        "FROM python AS a\nCOPY app.py /src/\nRUN {}\nFROM debian\nCOPY --from=a /out /out\nCOPY --from=a /src /src\n"
    )
    for builder in (BuildKit(), ClassicBuilder()):
        builder.build(Project.from_files(FILES, text.format("make")))
        again = builder.build(Project.from_files(FILES, text.format("make -s")))
        assert [step.cached for step in again.steps if "--from" in step.name] == [False, False]


def test_a_run_that_is_known_leaves_other_folders_alone() -> None:
    text = "FROM python AS a\nCOPY app.py /src/\nRUN {}\nFROM debian\nCOPY --from=a /src /src\n"
    builder = BuildKit()
    builder.build(Project.from_files(FILES, text.format("pip install numpy")))
    again = builder.build(Project.from_files(FILES, text.format("pip install --no-cache-dir numpy")))
    assert [step.cached for step in again.steps if "--from" in step.name] == [True]


def built(text: str, **files: str) -> tuple[float | None, list[int | None], str]:
    """Seconds of the last step, the sizes of the layers, and the source of the last one's size."""
    build = BuildKit().build(Project.from_files(files, text))
    own = [layer for layer in build.image.layers if not layer.base]
    return build.steps[-1].seconds, [layer.size for layer in own], own[-1].size_source


@pytest.mark.parametrize("name", PIP["packages"])
@pytest.mark.parametrize("option", ["", "--no-cache-dir "])
def test_every_measured_package_weighs_and_takes_what_was_measured(name: str, option: str) -> None:
    suffix = "_no_cache_dir" if option else ""
    seconds, sizes, source = built(f"FROM python\nRUN pip install {option}{name}\n")
    recorded = PIP["packages"][name]
    assert seconds == recorded[f"seconds{suffix}"]
    # A distribution that came along has one line less in its RECORD than one that was asked for.
    assert sizes[0] is not None
    assert 0 <= sizes[0] - FIRST - recorded[f"layer_bytes{suffix}"] <= 200
    assert source.startswith("measured on Debian")


PANDAS, FLASK, REQUESTS = (PIP["packages"][name] for name in ("pandas", "flask", "requests"))

SECONDS = [
    # numpy comes along with pandas, so its time is in the time of pandas.
    ("python", "pip install pandas numpy", PANDAS["seconds"]),
    ("python", "pip install numpy pandas", PANDAS["seconds"]),
    ("python", "pip install numpy numpy", NUMPY["seconds"]),
    ("python", "pip install flask requests", FLASK["seconds"] + REQUESTS["seconds"]),
    ("python", "pip install --no-cache-dir flask requests",
     FLASK["seconds_no_cache_dir"] + REQUESTS["seconds_no_cache_dir"]),
    ("python", "pip install flask && pip install requests", FLASK["seconds"] + REQUESTS["seconds"]),
    ("python", "pip install flask && pip install flask", FLASK["seconds"]),
    ("python", "true", 0),
    ("python", "pip install flask && make", None),
    ("debian", "apt-get update", APT["update"]["official_settings"]["seconds"]),
    ("debian", "apt-get clean", 0),
]  # fmt: skip


@pytest.mark.parametrize(("base", "command", "seconds"), SECONDS, ids=[row[1] for row in SECONDS])
def test_seconds(base: str, command: str, seconds: float | None) -> None:
    expected = None if seconds is None else round(seconds, 2)
    assert built(f"FROM {base}\nRUN {command}\n")[0] == expected


@pytest.mark.parametrize("package", APT["packages"])
@pytest.mark.parametrize(("option", "variant"), [("", "install"), ("--no-install-recommends ", "no_recommends")])
def test_every_measured_package_of_debian_weighs_and_takes_what_was_measured(
    package: str, option: str, variant: str
) -> None:
    """The seconds are those of `update && install`, also where they are two steps."""
    recorded = APT["packages"][package]["official_settings"]
    update = APT["update"]["official_settings"]
    install = f"apt-get install -y {option}{package}"
    clean = recorded[f"{variant}_clean"]
    seconds, sizes, _ = built(f"FROM debian\nRUN apt-get update && {install} && rm -rf /var/lib/apt/lists/*\n")
    assert (seconds, sizes) == (clean["seconds"], [clean["layer_bytes"]])
    seconds, sizes, _ = built(f"FROM debian\nRUN apt-get update && {install}\n")
    assert (seconds, sizes) == (clean["seconds"], [recorded[variant]["layer_bytes"]])
    seconds, sizes, _ = built(f"FROM debian\nRUN apt-get update\nRUN {install}\n")
    assert (seconds, sizes) == (round(clean["seconds"] - update["seconds"], 2), [LISTS, clean["layer_bytes"]])


SOURCES = [
    ("FROM python\nRUN pip install numpy", "measured"),
    ("FROM python:slim\nRUN pip install numpy", "measured"),
    ("FROM python:alpine\nRUN pip install numpy", "estimated"),
    (f"FROM python\nRUN pip install numpy=={NUMPY['version']}", "measured"),
    ("FROM python\nRUN pip install numpy==1.0", "estimated"),
    ("FROM python\nRUN pip install flask requests", "estimated"),
    ("FROM python\nRUN pip install numpy\nRUN pip install pandas", "estimated"),  # a part of it is there already
    ("FROM debian\nRUN apt-get update", "measured"),
    ("FROM debian\nRUN rm -rf /var/lib/apt/lists/*", "computed"),
    ("FROM python\nRUN true", "recorded"),
    ("FROM python\nRUN make", "unknown"),
]


@pytest.mark.parametrize(("text", "word"), SOURCES, ids=[row[0].replace("\n", "; ") for row in SOURCES])
def test_a_size_says_how_it_is_known(text: str, word: str) -> None:
    assert built(f"{text}\n")[2].split()[0].rstrip(":") == word


@pytest.mark.parametrize(
    ("command", "path", "cached"),
    [
        # pip writes programs whose bytes nobody measured.
        ("pip install numpy", "/usr/local/bin/numpy-config", False),
        ("pip install numpy", "/root/.local", False),
        ("pip install numpy", "/srv", True),
        ("apt-get update && apt-get install -y curl", "/usr/bin/curl", False),
        ("apt-get update && apt-get install -y curl", "/etc/ssl", False),
        ("apt-get update && apt-get install -y curl", "/srv", True),
        ("true", "/usr/local/bin/tool", True),
        ("frobnicate", "/srv", False),
    ],
)
def test_what_a_command_may_have_written_besides(command: str, path: str, cached: bool) -> None:
    """The usual two stages: whether `COPY --from` hits after the RUN ran again is known only for other folders."""
    text = f"FROM python:slim AS build\nRUN {command}\nFROM debian\nCOPY --from=build {path} /copied\n"
    builder = BuildKit()
    builder.build(Project.from_files({}, text))
    again = builder.build(Project.from_files({}, text), no_cache_filter=("build",))
    assert [step.cached for step in again.steps if "--from" in step.name] == [cached]


def test_a_copy_of_what_pip_may_have_written_has_no_known_size() -> None:
    text = "FROM python AS build\nRUN pip install numpy\nFROM debian\nCOPY --from=build {} /copied\n"
    assert layers(text.format("/usr/local/bin/numpy-config")) == [None]


@pytest.mark.parametrize("command", ["pip install numpy", "rm -rf /root/.cache/pip"])
def test_what_is_deleted_in_a_later_step_still_takes_space(command: str) -> None:
    kept, later = layers(f"FROM python\nRUN pip install numpy\nRUN {command}\n")
    assert (kept, later) == (NUMPY["layer_bytes"] + FIRST, 0)


def test_what_is_deleted_in_the_same_step_takes_no_space() -> None:
    text = "FROM python\nRUN pip install numpy && rm -rf /root/.cache/pip\n"
    assert layers(text) == [NUMPY["layer_bytes_no_cache_dir"] + FIRST]


# What a line leaves behind, file by file.

THERE = {
    "app": FOLDER, "app/a": File(b"a"), "app/.env": File(b"b"), "app/sub": FOLDER, "app/sub/.c": File(b"c"),
    "link": File(kind="link", target="/app"),
}  # fmt: skip


def followed(*args: str, user: str = "") -> FollowedCommand:
    return follow(Run(args, Snapshot().after(THERE), "/", user))


def left(text: str) -> set[str]:
    """The paths in /app after a line; "app" itself stands for the folder."""
    found = followed("/bin/sh", "-c", text)
    return {path for path in (*THERE, *found.written) if path.startswith("app") and found.get(path) is not None}


ALL = {"app", "app/a", "app/.env", "app/sub", "app/sub/.c"}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("rm -rf /app", set()),
        ("rm -rf /app/*", {"app", "app/.env"}),
        ("rm -rf '/app/*'", ALL),
        ("cd /app && rm -rf *", {"app", "app/.env"}),
        ("cd /app && rm -rf ./*", {"app", "app/.env"}),
        ("rm -rf /app/sub/*", ALL),
        ("rm -rf /app && mkdir /app", {"app"}),
        ("rm -rf /app && mkdir -p /app/x/y && rm -r /app/x", {"app"}),
        ("mkdir /app/x && rm -rf /app/*", {"app", "app/.env"}),
        ("echo 'hi; rm -rf /app'", ALL),
    ],
)
def test_what_is_left(text: str, paths: set[str]) -> None:
    assert left(text) == paths


@pytest.mark.parametrize("pattern", ["/app/*", "/app"])
def test_the_words_of_the_exec_form_are_no_shell_text(pattern: str) -> None:
    assert followed("echo", f"hi; rm -rf {pattern}").written == {}
    assert followed("rm", "-rf", "/app/*").written == {}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("rm -rf /link/a", "app/a"),
        ("rm -rf /link/*", "app"),
        ("mkdir /link/x", "app/x"),
        ("chmod 600 /link/a", "app/a"),
    ],
)
def test_what_is_behind_a_link_is_where_the_link_leads(text: str, path: str) -> None:
    found = followed("/bin/sh", "-c", text)
    assert (found.written, found.sized) == ({}, False)
    assert path in found.unknown_writes


@pytest.mark.parametrize(
    ("user", "owner"), [("", ("0", "0")), ("1000", ("1000", "1000")), ("app:web", ("app", "web")), ("root", ("0", "0"))]
)
def test_a_new_folder_belongs_to_the_user(user: str, owner: tuple[str, str]) -> None:
    folder = followed("mkdir", "/new", user=user).get("new")
    assert folder is not None
    assert (folder.uid, folder.gid) == owner


def test_an_owner_without_a_user_keeps_the_user() -> None:
    found = followed("/bin/sh", "-c", "chown 7:8 /app/a && chown :9 /app/a && chown -R root /app/sub").get("app/a")
    assert found is not None
    assert (found.uid, found.gid) == ("7", "9")


def test_a_change_of_all_below_a_folder_reaches_what_the_line_has_written() -> None:
    found = followed("/bin/sh", "-c", "mkdir /app/new && chmod -R 700 /app")
    modes = {path: file.mode for path, file in found.written.items() if file is not None}
    assert modes == dict.fromkeys([*ALL, "app/new"], 0o700)


@pytest.mark.parametrize(
    ("mode", "change", "after"),
    [
        (0o644, "755", 0o755), (0o644, "0600", 0o600), (0o644, "u+x", 0o744), (0o644, "+x", 0o755),
        (0o644, "a+x", 0o755), (0o644, "ug+x", 0o754), (0o444, "+w", 0o644), (0o444, "a+w", 0o666),
        (0o755, "go-rx", 0o700), (0o755, "u=rw,go=r", 0o644), (0o644, "=rwx", 0o755), (0o777, "-w", 0o577),
        (0o644, "u+x-w", 0o544), (0o644, "o=", 0o640), (0o600, "g+rw,o+r", 0o664),
        (0o644, "u+s", None), (0o644, "g=u", None), (0o644, "a+X", None), (0o644, "u", None), (0o644, "", None),
        (0o1777, "u+x", None), (0o1777, "755", 0o755), (0o644, "7", None), (0o644, "u+x,", None),
    ],
)  # fmt: skip
def test_modes(mode: int, change: str, after: int | None) -> None:
    assert changed_mode(mode, change) == after


def test_a_second_install_takes_no_time() -> None:
    assert built("FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y curl\n")[0] == 0
