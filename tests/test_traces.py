"""Files of recorded builds: what is read, and what is refused."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import layerlib
from layerlib import LayerlibError
from layerlib.recorded.schema import check
from layerlib.recorded.traces import read

TRACES = Path(__file__).parent / "traces"
TRACE = read(TRACES / "curated-buildkit.json.gz")[1]
BASE = next(iter(TRACE["images"]))


def test_plain_and_compressed_files_hold_the_same(tmp_path: Path) -> None:
    plain, compressed = tmp_path / "t.json", tmp_path / "t.json.gz"
    plain.write_text(json.dumps([TRACE]))
    compressed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(plain) == read(compressed) == [TRACE]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.json", b""),
        ("text.json", b"not json"),
        ("bytes.json", b"\xff\xfe"),
        ("deep.json", b"[" * 100_000),
        ("plain.json.gz", b"[]"),
        ("cut.json.gz", gzip.compress(b"[]" * 100)[:-9]),
        ("object.json", b"{}"),
        ("numbers.json", b"[1]"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LayerlibError, match=name):
        read(tmp_path / name)


def test_a_file_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(LayerlibError, match=r"gone\.json cannot be read"):
        read(tmp_path / "gone.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda trace: trace.pop("store"), "t[0] must contain ['store'] properties"),
        (lambda trace: trace.update(builds={}), "t[0].builds must be array"),
        (lambda trace: trace["builds"][0].pop("error"), "t[0].builds[0] must contain ['error'] properties"),
        (lambda trace: trace["builds"][1].update(no_cache=1), "t[0].builds[1].no_cache must be boolean"),
        (lambda trace: trace["builds"][0].update(args={"A": 1}), "t[0].builds[0].args.A must be string"),
        (lambda trace: trace["builds"][0].update(line="2"), "t[0].builds[0].line must be integer or null"),
        (lambda trace: trace["builds"][0]["files"].update(x="y"), "t[0].builds[0].files.x must be object"),
        (lambda trace: trace["builds"][0]["steps"][0].update(cached="no"),
         "t[0].builds[0].steps[0].cached must be boolean"),
        (lambda trace: trace["builds"][0]["history"][0].update(size=1.5),
         "t[0].builds[0].history[0].size must be integer"),
        (lambda trace: trace["images"][BASE].update(id=None), f"t[0].images.{BASE}.id must be string"),
        (lambda trace: trace["images"][BASE]["config"].update(Env="A=1"),
         f"t[0].images.{BASE}.config.Env must be array"),
        (lambda trace: trace["images"][BASE]["layers"].append("x"), f"t[0]: {BASE} has 2 layers and 1 sizes"),
        (lambda trace: trace["builds"][0].update(images={"b": {**trace["images"][BASE], "layers": []}}),
         "t[0]: b has 0 layers and 1 sizes"),
        (lambda trace: trace.update(effects={"x": {"writes": "/a"}}), "t[0].effects.x.writes must be array"),
        (lambda trace: trace.update(effects={"x": {"wrotes": []}}),
         "t[0].effects.x must not contain {'wrotes'} properties"),
    ],
)  # fmt: skip
def test_what_is_not_a_trace_is_refused_with_its_place(change: Callable[[Any], object], message: str) -> None:
    trace = copy.deepcopy(TRACE)
    change(trace)
    with pytest.raises(LayerlibError) as caught:
        check([trace], "t")
    assert str(caught.value) == message


def test_a_trace_may_say_more() -> None:
    assert check([{**TRACE, "effects": None, "note": "x"}], "t")


def test_replay_gives_a_build_for_each_recorded_one() -> None:
    builds = layerlib.replay(TRACE)
    assert [len(build.steps) for build in builds] == [len(build["steps"]) for build in TRACE["builds"]]


def test_a_base_image_has_its_rows_newest_first() -> None:
    image = {"id": "sha256:1", "config": {}, "layers": ["sha256:2", "sha256:3"], "history_sizes": [10, 20]}
    builds = [{"dockerfile": "FROM base\n", "files": {}}]
    (build,) = layerlib.replay(
        {"name": "t", "builder": "buildkit", "store": "overlay2", "images": {"base": image}, "builds": builds}
    )
    assert [row.size for row in build.history()] == [10, 20]
    assert [layer.size for layer in build.image.layers] == [20, 10]


def test_replay_raises_what_a_build_refuses() -> None:
    trace = next(trace for trace in read(TRACES / "malformed-buildkit.json.gz") if trace["builds"][0].get("line"))
    with pytest.raises(layerlib.DockerfileError):
        layerlib.replay(trace)
