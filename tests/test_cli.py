"""The command line: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import layerlib
from layerlib.outside import cli, recorder, scenarios
from layerlib.outside.cli import SUBCOMMANDS, main
from layerlib.outside.terminal import print_table
from layerlib.recorded.traces import read

ROOT = Path(__file__).parents[1]
COMMANDS = ROOT / "layerlib" / "outside" / "commands"


@pytest.fixture
def one_trace(tmp_path: Path) -> Path:
    path = tmp_path / "curated-one.json"
    path.write_text(json.dumps(read(ROOT / "tests" / "traces" / "curated-buildkit.json.gz")[1:2]))
    return path


def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, its output into pipes."""
    command = [sys.executable, "-m", "layerlib", *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)


def loaded(code: str) -> set[str]:
    """The modules that a program loads, whatever it prints."""
    code = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


# ---- verify


def test_verify_prints_a_table_and_agrees(one_trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(one_trace)]) == 0
    assert capsys.readouterr().out == (
        "recorded builds  engine                     builds  steps  cached  history  sizes  config  warned"
        "  refused  line\n"
        "curated-one      28.5.2 buildkit, overlay2       2      2       6        2      8       2        "
        "        2      \n"
        "\nThe model agrees.\n"
    )


def test_verify_shows_both_answers_where_they_differ(one_trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    traces = json.loads(one_trace.read_text())
    traces[0]["builds"][1]["steps"][2]["cached"] = True
    one_trace.write_text(json.dumps(traces))
    assert main(["verify", str(one_trace)]) == 1
    out = capsys.readouterr().out
    assert "engine ('[3/4] COPY ./app.py .', True)" in out
    assert "model  ('[3/4] COPY ./app.py .', False)" in out
    assert " 5 of 6 " in out
    assert out.endswith("The model does not agree as required.\n")


def test_verify_writes_a_page(one_trace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    assert main(["verify", str(one_trace), "--page", str(page)]) == 0
    assert capsys.readouterr().out == f"wrote {page}\n"
    assert "| curated-one | 28.5.2 buildkit, overlay2 | 2 | 2 | 6 |" in page.read_text(encoding="utf-8")


# ---- record


@pytest.fixture
def docker_did(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the recorder is asked for; it answers with a recorded trace for each scenario."""
    asked: list[Any] = []

    def record(wanted: Sequence[Any], builder: str, prune: bool) -> Iterator[dict[str, Any]]:
        asked.extend([builder, wanted])
        return iter(read(ROOT / "tests" / "traces" / "made-buildkit.json.gz")[: len(wanted)])

    monkeypatch.setattr(recorder, "record", record)
    return asked


def test_record_writes_what_docker_did_and_compares(
    docker_did: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.json"
    assert main(["record", str(path), "--count", "2", "--seed", "7"]) == 0
    assert docker_did == ["buildkit", scenarios.generate(7, 2)]
    assert read(path) == read(ROOT / "tests" / "traces" / "made-buildkit.json.gz")[:2]
    out = capsys.readouterr().out
    assert out.startswith(f"wrote {path}\n\nwhat they are made of")
    assert out.endswith("The model agrees.\n")


def test_record_takes_a_builder_and_a_seed(docker_did: list[Any], tmp_path: Path) -> None:
    main(["record", str(tmp_path / "a.json"), "--builder=classic"])
    main(["record", str(tmp_path / "b.json"), "--builder=classic", "--seed=2"])
    assert docker_did == ["classic", scenarios.generate(1, 20, True), "classic", scenarios.generate(2, 20, True)]


def test_record_without_docker_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["record", str(tmp_path / "out.json")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("layerlib: There is no docker command on the PATH: install Docker (https://")
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# ---- build


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a project, beside a Dockerfile; the folder above is the current one."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.txt").write_text("a")
    (tmp_path / "app" / "Dockerfile").write_text("FROM python\nCOPY a.txt /a\nRUN x\nCMD y\n")
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY a.txt /above\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "app"


def test_build_prints_log_history_and_config(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "app", "--label", "a=1", "--build-arg=B=2"]) == 0
    printed = capsys.readouterr().out
    build = layerlib.BuildKit().build(layerlib.Project.from_directory(app), labels={"a": "1"})
    assert printed.startswith(f"{build.log()}\n\n{build.history()}\n\n{{")
    assert json.loads(printed[printed.index("\n{") :])["Labels"] == {"a": "1"}


BUILT: list[tuple[list[str], str]] = [
    # words after `layerlib build`, what the log holds
    (["app", "-f", "Dockerfile"], "[1/1] COPY a.txt /above"),
    (["-f", "app/Dockerfile", "app"], "[2/3] COPY a.txt /a"),
    (["app", "--platform=linux/arm64", "--build-arg", "BUILDKIT_MULTI_PLATFORM=1"], "[linux/arm64 2/3] COPY a.txt /a"),
    (["app", "--build-context", "python=docker-image://debian"], "[context python] debian"),
    (["app", "--no-cache=false", "--no-cache-filter=a,b", "--ulimit", "nofile=5", "--shm-size=1m"], "[3/3] RUN x"),
    (["app", "--add-host", "db:10.0.0.2", "--cgroup-parent=/x", "--secret=id=a,src=f", "--ssh=default"], "[3/3] RUN x"),
    (["-t", "a:b", "-q", "--progress=plain", "--pull", "--rm=false", "-m", "1g", "--load", "app"], "[3/3] RUN x"),
]


@pytest.mark.parametrize(("words", "held"), BUILT, ids=[" ".join(words) for words, _ in BUILT])
def test_build_takes_dockers_options(
    words: list[str], held: str, app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", *words]) == 0
    assert held in capsys.readouterr().out


@pytest.mark.parametrize(("words", "said"), [
    (["--push", "app"], "--push: layerlib makes no image"),
    (["-o", "out", "app"], "--output: layerlib makes no image"),
    (["--cache-from", "x", "app"], "The import and export of caches is not modelled."),
    (["--call=outline", "app"], "--call=outline is not modelled"),
    (["https://example.com/a.git"], "a URL or git repository as the build context is not modelled"),
    (["-f", "Dockerfile", "-"], "ambiguous Dockerfile source"),
    (["--platform=linux/amd64,linux/arm64", "app"], "several platforms at once is not modelled"),
    (["--build-context", "x", "app"], "expected key=value"),
    (["--secret", "src=x", "app"], "id=NAME,src=FILE"),
    (["app", "--build-context", "python=app"], 'process "/bin/sh -c x" did not complete'),  # the folder has no shell
    (["-f", "nowhere", "app"], "cannot read the Dockerfile"),
])  # fmt: skip
def test_build_says_what_it_does_not_do(
    words: list[str], said: str, app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", *words]) == 2
    assert said in capsys.readouterr().err


def test_build_reads_a_dockerfile_from_standard_input(app: Path) -> None:
    for words, text, status in ((["-"], "a.txt", 2), (["-f", "-", "app"], "a.txt", 0), (["-"], ".", 0)):
        assert run("build", *words, cwd=app.parent, input=f"FROM scratch\nCOPY {text} /x\n").returncode == status


def test_build_with_the_classic_builder_and_an_epoch(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "x")
    assert main(["build", "app"]) == 2
    monkeypatch.setenv("DOCKER_BUILDKIT", "0")
    assert main(["build", "app"]) == 0
    assert "Step 2/4 : COPY a.txt /a" in capsys.readouterr().out


def test_build_checks(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--check", "app"]) == 1
    assert "JSONArgsRecommended" in capsys.readouterr().out
    assert main(["build", "--call=check", "-f", "Dockerfile", "app"]) == 0


# ---- How it ends


@pytest.mark.parametrize(
    ("words", "last_line"),
    [
        (["verify", "gone.json"], "layerlib: gone.json cannot be read as traces: "),
        (["verify", "empty.json"], "layerlib: empty.json cannot be read as traces: "),
        (["verify", "object.json"], "layerlib: object.json must be array"),
        (["verify", "one.json", "--page", "gone/page.md"], "layerlib: gone/page.md: No such file or directory"),
        (["record", "gone/new.json"], "Error: Invalid value for FILE: the folder gone does not exist."),
        (["record", "new.json", "--count", "0"], "Error: Invalid value for '--count': 0 is not in the range x>=1."),
        (["verfy"], "Error: No such command 'verfy'."),
        (["verify", "--nonsense"], "Error: No such option"),
    ],
)
def test_what_cannot_be_done_ends_in_one_clear_line(
    words: list[str],
    last_line: str,
    one_trace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    one_trace.rename("one.json")
    Path("empty.json").write_text("")
    Path("object.json").write_text("{}")
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1].startswith(last_line)
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["verify", "--help"], ["record", "-h"], ["--version"]])
def test_help_and_version_end_well(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    printed = capsys.readouterr()
    assert printed.out
    assert printed.err == ""


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])
    assert capsys.readouterr().out == f"layerlib, version {layerlib.__version__}\n"


def test_control_c_ends_quietly(
    one_trace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("layerlib.recorded.fidelity.row", interrupted)
    assert main(["verify", str(one_trace)]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="pipes close differently there")
@pytest.mark.parametrize("words", [["--help"], ["verify", "one.json"]])
def test_a_pipe_that_closes_is_no_error(words: list[str], one_trace: Path, tmp_path: Path) -> None:
    one_trace.rename(tmp_path / "one.json")
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "layerlib", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)
    os.close(writer)
    assert done.stderr == ""


def test_a_bug_is_not_hidden(one_trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layerlib.recorded.fidelity.row", lambda path: vars()["bug"])
    with pytest.raises(KeyError):
        main(["verify", str(one_trace)])


# ---- How it looks


def test_the_output_of_a_pipe_is_plain(one_trace: Path) -> None:
    for words in (["--help"], ["verify", "--help"], ["verify", str(one_trace)]):
        assert "\x1b" not in run(*words).stdout


def test_help_has_colours_on_a_terminal() -> None:
    assert "\x1b[1mUsage: \x1b[0mlayerlib" in CliRunner().invoke(cli.layerlib, ["--help"], color=True).output
    assert "\x1b[36mverify\x1b[0m" in CliRunner().invoke(cli.layerlib, ["--help"], color=True).output
    assert "\x1b[1mOptions\x1b[0m" in CliRunner().invoke(cli.layerlib, ["verify", "--help"], color=True).output


def test_columns_of_numbers_are_aligned_on_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["name", "count", "share"], [["a", "1,000", "9 of 10"], ["bb", "", "10"]])
    assert capsys.readouterr().out == "name  count    share\na     1,000  9 of 10\nbb                10\n"


def test_a_row_of_a_pipe_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["name"], [["x" * 300 + " y"]])
    assert capsys.readouterr().out.splitlines()[1].rstrip() == "x" * 300 + " y"


# ---- Shell completion


@pytest.mark.parametrize(
    ("words", "number", "completions"),
    [
        ("layerlib ve", 1, ["verify"]),
        ("layerlib verify --p", 2, ["--page"]),
        ("layerlib record --", 2, ["--builder", "--count", "--seed", "--prune", "--help"]),
        ("layerlib record --builder ", 3, ["buildkit", "classic"]),
    ],
)
def test_bash_completes(words: str, number: int, completions: list[str]) -> None:
    environment = {"_LAYERLIB_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    done = run(env={**os.environ, **environment})
    assert done.stdout.splitlines() == [f"plain,{completion}" for completion in completions]


# ---- How it is put together


def test_every_file_of_commands_is_a_subcommand() -> None:
    assert {path.stem.replace("_", "-") for path in COMMANDS.glob("[!_]*.py")} == set(SUBCOMMANDS)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_a_summary_is_the_first_sentence_of_the_subcommands_help(name: str) -> None:
    command: click.Command = import_module(f"layerlib.outside.commands.{name.replace('-', '_')}").command
    assert command.help is not None
    assert command.help.splitlines()[0] == SUBCOMMANDS[name]
    assert "exit status is 0" in " ".join(command.help.split())


def test_the_model_loads_nothing_of_the_command() -> None:
    names = loaded("import layerlib; layerlib.replay; layerlib.ClassicBuilder; layerlib.Project.load('flask-app')")
    assert "layerlib.recorded.replay" in names
    assert not names & {"click", "rich", "fastjsonschema", "layerlib.outside.cli"}


def test_help_loads_no_subcommand() -> None:
    names = loaded("from layerlib.outside.cli import main; main(['--help'])")
    assert "click" in names
    assert not {name for name in names if name.startswith(("layerlib.outside.commands.", "layerlib.recorded", "rich"))}
