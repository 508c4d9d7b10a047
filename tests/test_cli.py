"""The command line: verify and record."""

import json
from pathlib import Path

import pytest

from layerlib import LayerlibError
from layerlib.outside import engine, fidelity, scenarios
from layerlib.outside.cli import main
from layerlib.outside.traces import read, shipped

ROOT = Path(__file__).parents[1]


@pytest.fixture
def one_trace(tmp_path: Path) -> Path:
    path = tmp_path / "curated-one.json"
    path.write_text(json.dumps(read(ROOT / "tests" / "traces" / "curated-buildkit.json.gz")[1:2]))
    return path


def test_verify_prints_a_table_and_agrees(one_trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(one_trace)]) == 0
    table = capsys.readouterr().out
    assert table.startswith("recorded builds  engine")
    assert table.rstrip().endswith("The model agrees.")


def test_verify_shows_both_answers_where_they_differ(one_trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    traces = json.loads(one_trace.read_text())
    traces[0]["builds"][1]["steps"][2]["cached"] = True
    one_trace.write_text(json.dumps(traces))
    assert main(["verify", str(one_trace)]) == 1
    out = capsys.readouterr().out
    assert "engine ('[3/4] COPY ./app.py .', True)" in out
    assert "model  ('[3/4] COPY ./app.py .', False)" in out


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not json"])
def test_a_file_of_another_kind_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert main(["verify", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_record_without_docker_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["record", str(tmp_path / "out.json")]) == 2
    assert "Install Docker" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_docker_without_an_engine_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "docker"
    fake.write_text("#!/bin/sh\necho 'Cannot connect' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(engine.NoEngine, match="no Docker Engine answers: Cannot connect"):
        engine.version()


def test_the_same_seed_makes_the_same_scenarios() -> None:
    assert scenarios.made(3, 5) == scenarios.made(3, 5) != scenarios.made(4, 5)
    assert not any("<<" in build["dockerfile"] for one in scenarios.made(3, 20, True) for build in one["builds"])


def test_steps_are_read_from_both_logs() -> None:
    lines = [
        {"vertexes": [{"digest": "a", "name": "[2/2] RUN x"}, {"digest": "b", "name": "[internal] load"}]},
        {"vertexes": [{"digest": "c", "name": "[1/2] FROM y", "cached": True}, {"digest": "a", "name": "[2/2] RUN x"}]},
    ]
    text = "\n".join(map(json.dumps, lines))
    assert engine.buildkit_steps(text) == [
        {"name": "[1/2] FROM y", "cached": True},
        {"name": "[2/2] RUN x", "cached": False},
    ]
    classic = "Step 1/2 : FROM y\n ---> 1\nStep 2/2 : RUN x\n ---> Using cache\n"
    assert [step["cached"] for step in engine._classic_steps(classic)] == [False, True]


def test_the_page_is_the_one_that_the_command_makes() -> None:
    page = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
    assert page == fidelity.page(shipped()), "run: layerlib verify --page docs/fidelity.md"


def test_what_is_not_a_trace_file_names_itself(tmp_path: Path) -> None:
    with pytest.raises(LayerlibError, match=r"gone\.json cannot be read"):
        read(tmp_path / "gone.json")
