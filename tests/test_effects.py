"""What commands are known to write, and what stays unknown."""

import pytest

from layerlib import BuildKit, ClassicBuilder, Effect, Project
from layerlib.building.effects.measurements import measurements

FILES = {"app.py": "x" * 5000, "requirements.txt": "Flask>=2  # web\n\nrequests==2.34.2\n"}
PIP = measurements()["pip"]


def layers(text: str, files: dict[str, str] = FILES, **builder: object) -> list[int | None]:
    build = BuildKit(**builder).build(Project.from_files(files, text))  # type: ignore[arg-type]
    return [layer.size for layer in build.image.layers if not layer.base]


def installed(*names: str) -> int:
    wanted = {one for name in names for one in PIP["packages"][name]["distributions"]}
    return sum(PIP["distributions"][one]["installed_bytes"] for one in wanted)


FIRST = PIP["first_run_bytes"]
NUMPY = PIP["packages"]["numpy"]
LISTS = measurements()["apt"]["update"]["official_settings"]["layer_bytes"]
CURL = measurements()["apt"]["packages"]["curl"]["official_settings"]

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
    ("FROM python\nRUN pip install -r requirements.txt", [None]),
    ("FROM python\nRUN pip install nobody-measured-this", [None]),
    ("FROM python\nRUN pip install numpy | tee log", [None]),
    ("FROM python\nRUN pip install --target=/x numpy", [None]),
    ("FROM debian\nRUN pip install numpy", [None]),
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
    ("FROM python\nRUN mkdir -p /a/b", [0]),
    ("FROM python\nRUN <<E\napt-get moo\nE", [None]),
    ("FROM python AS a\nRUN make\nFROM python\nCOPY --from=a /out /out", [None]),
    ("FROM python AS a\nWORKDIR /app\nCOPY app.py .\nRUN make\nFROM python\nCOPY --from=a /app /app", [None]),
    ("FROM python AS a\nWORKDIR /app\nCOPY app.py .\nRUN pip install numpy\nFROM python\nCOPY --from=a /app /app",
     [5000]),
    ("FROM python AS a\nFROM python\nCOPY --from=a /usr /usr2", [None]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sizes"), SIZES, ids=[row[0].replace("\n", "; ") for row in SIZES])
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
    assert [source.startswith(begin) for source, begin in zip(sources, begins, strict=True)] == [True] * 5


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
