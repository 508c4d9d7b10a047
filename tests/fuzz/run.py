"""Fuzz with atheris: python tests/fuzz/run.py TARGET [--runs N] [--seconds N] [--seed N] [--save] [--keep-going]

TARGET is one of those in targets.py, or `all`. A fault ends the run with the input that shows it, in crashes/; with
--keep-going each new fault is written down there and the run goes on. With --save, inputs that reach new code stay in
found/TARGET; --merge puts those of them into the corpus that do what no input there does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import traceback
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("dockerfile", "word", "ignore", "change", "trace")


def main() -> int:
    """Run each target in a process of its own, because atheris ends the process."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=[*NAMES, "all"])
    parser.add_argument("--runs", type=int, default=-1, help="how many inputs to try (default: no end)")
    parser.add_argument("--seconds", type=int, default=0, help="how long to go on (default: no end)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--merge", action="store_true")
    parser.add_argument("--keep-going", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(HERE.parents[1]))
    if options.here:
        return fuzz(options.target, options)
    names = NAMES if options.target == "all" else (options.target,)
    rest = sys.argv[1:]
    rest.remove(options.target)
    command = [sys.executable, str(Path(__file__)), "--here", *rest]
    with tempfile.TemporaryDirectory() as folder:  # atheris cleans up nothing
        environment = {**os.environ, "TMPDIR": folder}
        return max(subprocess.run([*command, name], check=False, env=environment).returncode for name in names)


def fuzz(name: str, options: argparse.Namespace) -> int:
    """Fuzz one target until its end, or until a fault."""
    if options.merge:
        return merge(name)
    import atheris

    with atheris.instrument_imports(include=["layerlib", "e2b_dockerfile_utils", "dockerfile_parse"]):
        import targets

    assert tuple(targets.TARGETS) == NAMES
    target: Callable[[bytes], None] = targets.TARGETS[name]
    found, corpus, crashes = HERE / "found" / name, HERE / "corpus" / name, HERE / "crashes"
    words = [f"-dict={HERE / 'words.dict'}", f"-seed={options.seed}", f"-artifact_prefix={crashes}/{name}-"]
    words += ["-timeout=20", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1"]
    words += [f"-runs={options.runs}"] if options.runs >= 0 else []
    words += [f"-max_total_time={options.seconds}"] if options.seconds else []
    for folder in (corpus, crashes, found):
        folder.mkdir(parents=True, exist_ok=True)
    if options.save:
        words += [str(found), str(corpus)]
    else:
        words += [tempfile.mkdtemp(), str(corpus)]  # what is found goes into the first
    atheris.Setup([str(Path(__file__)), *words], noting(target, crashes, name) if options.keep_going else target)
    atheris.Fuzz()
    return 0


def merge(name: str) -> int:
    """Keep, smallest first, each found input that takes a step from line to line that no kept one takes."""
    import targets

    corpus = HERE / "corpus" / name
    taken: set[tuple[str, int, int]] = set()
    corpus.mkdir(parents=True, exist_ok=True)
    kept = sorted(corpus.iterdir())
    found = {path.read_bytes(): path for path in (HERE / "found" / name).iterdir()}
    inputs = [path.read_bytes() for path in kept] + sorted(found, key=lambda data: (len(data), data))
    for number, data in enumerate(inputs):
        steps = steps_of(partial(targets.TARGETS[name], data))
        if steps <= taken:
            continue
        taken |= steps
        if number >= len(kept) and len(data) <= 2000:
            (corpus / f"{zlib.crc32(data):08x}").write_bytes(data)
    print(f"{name}: {len(list(corpus.iterdir()))} inputs take {len(taken)} steps")
    return 0


def steps_of(run: Callable[[], None]) -> set[tuple[str, int, int]]:
    """The steps from line to line of the code that is fuzzed."""
    steps: set[tuple[str, int, int]] = set()

    def enter(frame, event, arg):  # type: ignore[no-untyped-def]
        file = frame.f_code.co_filename
        if not any(part in file for part in ("layerlib", "e2b_dockerfile_utils")):
            return None
        last = 0

        def step(frame, event, arg):  # type: ignore[no-untyped-def]
            nonlocal last
            if event == "line":
                steps.add((file, last, frame.f_lineno))
                last = frame.f_lineno
            return step

        return step

    sys.settrace(enter)
    try:
        run()
    finally:
        sys.settrace(None)
    return steps


def noting(target: Callable[[bytes], None], crashes: Path, name: str) -> Callable[[bytes], None]:
    """The same target, but a fault is written down once for each place in the code, and the run goes on."""
    seen = set()

    def noted(data: bytes) -> None:
        try:
            target(data)
        except Exception as fault:
            frames = [f for f in traceback.extract_tb(fault.__traceback__) if "layerlib" in f.filename][-1:]
            place = f"{type(fault).__name__} {[(Path(f.filename).name, f.lineno) for f in frames]}"
            if place not in seen:
                seen.add(place)
                path = crashes / f"{name}-{zlib.crc32(place.encode()):08x}"
                path.write_bytes(data)
                path.with_suffix(".txt").write_text("".join(traceback.format_exception(fault)))
                print(f"FAULT {place}: {path.name}", flush=True)

    return noted


if __name__ == "__main__":
    sys.exit(main())
