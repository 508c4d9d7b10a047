"""Walking BuildKit's graph: take from the cache what matches, execute the rest, and say why.

Source: BuildKit, solver/edge.go and solver/llbsolver/ops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...reading.catalogue import HistoryRow
from ...reading.errors import LayerlibError
from ...reading.tree import Tree, clean
from ..cache.cache import Cache, Result, size_source
from ..effects.effects import UNKNOWN, Effects
from ..files.copying import Orders, copied
from ..files.selecting import Selection, select
from ..files.snapshot import Snapshot
from ..frontend import convert as lowering
from ..frontend.frontend import Frontend
from ..frontend.llb import Graph, Input, Vertex
from ..image import config as rules
from ..reasons import explain as explaining
from ..records import Build, Image, Layer

COMMENT = "buildkit.dockerfile.v0"


@dataclass
class Solved:
    """A vertex of one build, once it is known what becomes of it.

    Attributes:
        keys: of all results that match it; what stands on it is found by any of them.
        result: the newest of them.
        selections: what each source of each input selects.
    """

    vertex: Vertex
    keys: list[str]
    result: Result
    cached: bool
    selections: Mapping[tuple[int, str], Selection] = field(default_factory=dict)


class Solver:
    """One build by BuildKit."""

    def __init__(self, cache: Cache, effects: Effects, frontend: Frontend) -> None:
        self.cache, self.effects, self.frontend = cache, effects, frontend
        self.store = frontend.store
        self.solved: dict[str, Solved] = {}
        self.sent: dict[str, Tree] = {}

    def build(self) -> Build:
        """Solve the target's graph and report it."""
        graph = lowering.graph(self.frontend)
        try:
            self._walk(graph)
        except LayerlibError:
            self._undo()
            raise
        return self._report(graph)

    def _walk(self, graph: Graph) -> None:
        for vertex in graph.walk():
            twin = self.solved.get(vertex.identity)
            if twin is not None:
                twin.vertex = vertex  # one step, printed under the name that the walk reaches last
            elif vertex.image is not None:
                self.solved[vertex.identity] = self._image(vertex)
            else:
                assert vertex.instruction is not None
                with self.frontend.at(vertex.instruction):
                    self.solved[vertex.identity] = self._solve(vertex)

    def _undo(self) -> None:
        """What a refused build leaves in the cache.

        A missing file is found as soon as the context is there, while the first RUN is still running: that RUN and
        what came before it is kept, and nothing else has begun. Source: recorded (random-buildkit, random-111-10).
        """
        made = [one for one in self.solved.values() if not one.cached and one.vertex.image is None]
        first = next((index for index, one in enumerate(made) if one.vertex.kind == "run"), len(made))
        for one in made[first + 1 :]:
            self.cache.results.pop(one.result.key, None)

    def _image(self, vertex: Vertex) -> Solved:
        """A base image is known by its manifest and by its layers; either may match."""
        assert vertex.image is not None
        keys = [f"manifest {vertex.image.digest}", "layers " + " ".join(vertex.image.diff_ids)]
        cached = any(key in self.cache.images for key in keys)
        self.cache.images.update(keys)
        return Solved(vertex, keys, Result(keys[0], Snapshot.of_image(vertex.image)), cached)

    def _solve(self, vertex: Vertex) -> Solved:
        selections: dict[tuple[int, str], Selection] = {}
        keys = [self._keys(index, one, selections) for index, one in enumerate(vertex.inputs)]
        found = [] if vertex.forced else self.cache.find(vertex.digest, keys)
        cached = bool(found)
        if not found:
            result = self._execute(vertex, selections)
            self.cache.results[result.key] = result
            found = [result.key]
        result = self.cache.results[found[-1]]
        self.cache.link(vertex.digest, keys, result.key)
        return Solved(vertex, found, result, cached, selections)

    def _keys(self, index: int, one: Input, selections: dict[tuple[int, str], Selection]) -> list[str]:
        """The keys by which an input is known: of the step it comes from, and of the content that is looked at."""
        where = " ".join(f"{source.path} {source.exclude}" for source in one.sources)
        keys = [f"{key} {where}" for key in self.solved[one.vertex.identity].keys] if one.vertex else []
        if not one.sources:
            return keys or ["nothing"]
        files = self.solved[one.vertex.identity].result.snapshot if one.vertex else self._sent(one)
        chosen = []
        for source in one.sources:
            selection = select(files or Snapshot(), source.path, source.exclude, source.wildcards)
            selections[index, source.path] = selection
            chosen.append(selection.digest)
        return [*keys, "content " + " ".join(chosen)] if one.by_content else keys

    def _sent(self, one: Input) -> Tree | None:
        """The files of a context, once they are with the builder."""
        if one.files is not None and not one.token and one.label not in self.sent:
            self.sent[one.label] = self.cache.uploaded(one.label, one.files)
        return self.sent.get(one.label, one.files)

    def _below(self, vertex: Vertex) -> Snapshot:
        first = vertex.inputs[0].vertex
        return self.solved[first.identity].result.snapshot if first else Snapshot()

    def _execute(self, vertex: Vertex, selections: Mapping[tuple[int, str], Selection]) -> Result:
        key, below = self.cache.new_key(vertex.kind), self._below(vertex)
        if vertex.kind == "run":
            return self._run(key, vertex, below)
        if vertex.kind == "workdir":
            path = clean(str(vertex.definition["path"]))
            written = below.with_folder(path, *(vertex.owner or ("0", "0")))
            size = below.size(written, self.store)
        elif vertex.kind == "link":
            top = vertex.inputs[1].vertex
            assert top is not None
            made = self.solved[top.identity].result
            written, size = dict(made.snapshot.written), made.size
        else:
            chosen = [(c.source.path, selections[c.input, c.source.path]) for c in vertex.copies]
            orders = Orders(vertex.destination, vertex.owner, vertex.mode, vertex.unpack)
            written = copied(below, chosen, orders)
            size = below.size(written, self.store)
        return Result(key, Snapshot(below, written), size, size_source(size), 0.0 if size is not None else None)

    def _run(self, key: str, vertex: Vertex, below: Snapshot) -> Result:
        command = " ".join(vertex.definition["command"])
        user, _, group = str(vertex.definition["user"]).partition(":")
        outcome = self.effects.outcome(command, below, str(vertex.definition["working directory"]))
        mounted = [
            clean(str(mount[1])) for mount in vertex.definition["mounts"] if mount[0] in ("bind", "cache", "tmpfs")
        ]
        variables = rules.variables(vertex.definition["environment"]) if outcome.effects else {}
        written = outcome.written(below, variables, user, group, key, mounted)
        size = outcome.layer_size(below, written, self.store)
        source = outcome.source if size is not None else UNKNOWN
        return Result(key, Snapshot(below, written, outcome.unknown_writes, key), size, source, outcome.seconds)

    def _report(self, graph: Graph) -> Build:
        asked = "--no-cache" if self.frontend.options.no_cache else "--no-cache-filter"
        printed = tuple(explaining.steps(self.solved, self.cache, self.frontend.stages, self._layer, asked))
        numbered = sorted((s for s in printed if s.name.startswith("[")), key=explaining.place)
        rows, layers = self._base(graph)
        for row in graph.rows:
            if row.vertex is None:
                rows.append(HistoryRow(row.created_by, 0, COMMENT, True))
                continue
            layer = self._layer(self.solved[row.vertex.identity], row.created_by)
            rows.append(HistoryRow(row.created_by, layer.size, COMMENT, False, layer.size_source))
            layers.append(layer)
        image = Image(tuple(layers), graph.config, tuple(rows))
        return Build(tuple(numbered), image, self.frontend.project, "buildkit", self.store, printed)

    def _base(self, graph: Graph) -> tuple[list[HistoryRow], list[Layer]]:
        """The base image's rows and layers, with the sizes that the store shows."""
        image = graph.base
        if image is None:
            return [], []
        rows = list(image.history)
        if self.store == "containerd":
            rows = [replace(row, size=row.on_disk) for row in rows]
        layers = [
            Layer(row.created_by, row.size, row.size_source, diff, True, row.compressed)
            for row, diff in zip((row for row in rows if not row.empty), image.diff_ids, strict=True)
        ]
        return rows, layers

    def _layer(self, solved: Solved, created_by: str = "") -> Layer:
        result = solved.result
        return Layer(created_by or solved.vertex.name, result.size, result.size_source, result.key)
