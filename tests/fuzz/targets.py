"""What is fuzzed: one function for each reader, from bytes to nothing.

Any input ends in a value or in a LayerlibError; for words, in the ValueError that they document. Anything else is a
fault. The files of the corpus are inputs as they are, so most of them can be read and written by hand.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from layerlib import BuildKit, ClassicBuilder, LayerlibError, Project, changes
from layerlib.building.files.selecting import select
from layerlib.reading import context
from layerlib.reading import expansion as words
from layerlib.reading.references import normalize
from layerlib.recorded.agreement import compare
from layerlib.recorded.traces import read
from layerlib.showing import size_edits

FILES = {"a.py": "1", "b.txt": "22", "d/b": "2", "d/e/c.txt": "", "l": {"link": "d/b"}}
GZIP = b"\x1f\x8b"


def dockerfile(data: bytes) -> None:
    """A Dockerfile: read, built twice by each builder, and shown."""
    with suppress(LayerlibError):
        build_and_show(Project.from_files({**FILES, "Dockerfile": data}))


def build_and_show(project: Project) -> None:
    """Build a project twice with each builder, and show it in every way."""
    for builder in (BuildKit(), BuildKit(store="containerd"), ClassicBuilder()):
        with suppress(LayerlibError):
            build = builder.build(project)
            assert not builder.build(project).missed
            assert str(build)
            assert build.log()
            assert str(build.history())
            assert build._repr_html_()


def word(data: bytes) -> None:
    """A word: the first line is the value of A, the rest is expanded in every way that there is."""
    value, _, text = data.decode("utf-8", "replace").partition("\n")
    variables = {"A": value, "E": "", "P": "abab"}
    for escape in "\\`":
        with suppress(ValueError):
            words.expand(text, variables, escape)
        with suppress(ValueError):
            words.expand_to_words(text, variables, escape)
        words.expand_name(text, variables, escape)
        words.expand_run_name(text, variables, escape)
    with suppress(ValueError):
        words.expand_body(text, variables)
    with suppress(LayerlibError):
        assert normalize(normalize(text)) == normalize(text)


def ignore(data: bytes) -> None:
    """A .dockerignore, and, each after a NUL, names of files. Its lines are patterns of COPY and --exclude too."""
    patterns, *names = data.split(b"\0")
    with suppress(LayerlibError):
        files = context.from_mapping({**FILES, **{name.decode("utf-8", "replace"): "" for name in names}})
        lines = patterns.decode("utf-8", "replace").split("\n")
        for line in lines[:8]:
            with suppress(LayerlibError):
                select(files, line)
            with suppress(LayerlibError):
                select(files, ".", tuple(lines))
        left = context.ignore(context.from_mapping({**files, ".dockerignore": patterns}))
        assert set(left) <= {*files, ".dockerignore"}


def change(data: bytes) -> None:
    """A Dockerfile that is edited: by every change and measure there is, with its last line put into each place."""
    text = data.decode("utf-8", "replace")
    last = text.rpartition("\n")[2]
    with suppress(LayerlibError):
        project = Project.from_files(FILES, text)
        edits = list(changes.of(project))
        edits += [
            changes.Change("append", lambda p: changes.append(p, last)),
            changes.Change("insert", lambda p: changes.insert(p, 2, last)),
            changes.Change("move", lambda p: changes.move(p, p.parsed.instructions[-1].line, 1)),
            changes.Change("replace", lambda p: changes.set_instruction(p, p.parsed.instructions[-1].line, last)),
            changes.Change("base", lambda p: changes.set_base(p, last)),
            changes.Change("env", lambda p: changes.set_env(p, "A", last)),
            changes.Change("label", lambda p: changes.set_label(p, last, "1")),
            changes.Change("edit", lambda p: changes.edit_instruction(p, last)),
            changes.Change("rename", lambda p: changes.rename_file(p, "d", last)),
            changes.Change("packages", lambda p: size_edits.with_packages(p, last)),
            *(changes.Change(name, measure) for name, measure in size_edits.MEASURES.items()),
        ]
        with suppress(LayerlibError):
            edits.append(changes.named(last))
        for one in edits:
            with suppress(LayerlibError):
                assert one(project).parsed


def trace(data: bytes) -> None:
    """A file of recorded builds, plain or compressed: read, built again and compared."""
    with tempfile.TemporaryDirectory() as folder, suppress(LayerlibError):
        path = Path(folder) / ("traces.json.gz" if data.startswith(GZIP) else "traces.json")
        path.write_bytes(data)
        compare(read(path))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "dockerfile": dockerfile,
    "word": word,
    "ignore": ignore,
    "change": change,
    "trace": trace,
}
