"""Walking BuildKit's graph: take from the cache what matches, execute the rest, and say why.

Source: BuildKit, solver/edge.go and solver/llbsolver/ops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ...reading.base_image import BaseImage, HistoryRow
from ...reading.errors import DockerfileError, MissingFile
from ...reading.paths import base_name
from ...reading.platforms import HERE, suits
from ...reading.tree import Tree
from .. import assumptions, executing
from ..build import Build
from ..cache.cache import NOTHING, Cache, CacheKey, Found, InputKeys, Selector
from ..cache.results import Result, Solved, SolvedInput, made_of
from ..checks.rules import CheckWarning
from ..checks.settings import settings
from ..effects.effects import Effects
from ..files.comparing import Content
from ..files.selecting import select
from ..files.snapshot import Snapshot
from ..frontend.convert import convert
from ..frontend.frontend import Frontend
from ..frontend.llb import Graph, Input, Vertex
from ..operations import Exec, ImageSource, LocalSource, Merge, MountType
from ..reasons import explain
from ..reasons.differences import RULES
from ..reasons.memory import Memory
from ..records import Assumption, Image, Layer, Step, Verdict, base_layers
from .context_layer import with_context
from .execute import execute
from .sending import refuse_unsent

COMMENT = "buildkit.dockerfile.v0"


class Solver:
    """One build by BuildKit."""

    def __init__(self, cache: Cache, memory: Memory, effects: Effects, frontend: Frontend) -> None:
        self.cache, self.memory, self.effects, self.frontend = cache, memory, effects, frontend
        self.store = frontend.store
        self.solved: dict[str, Solved] = {}  # by the digest of the vertex
        self.vertices: list[Vertex] = []
        self.sent: dict[str, Tree] = {}  # contexts that are with the builder, by their labels
        self.made: set[int] = set()  # what this build has executed
        self.pruned: dict[str, tuple[Vertex, Vertex]] = {}  # found without a result; with their names

    def build(self) -> Build:
        """Solve the target's graph and report it."""
        graph = convert(self.frontend)
        if settings(self.frontend.dockerfile.text, self.frontend.options.args).error:
            from ..checks.find import refuse

            refuse(self.frontend, self._warnings()())
        self.vertices = vertices = list(graph.walk())
        names = {vertex.digest: vertex for vertex in vertices}  # twins are one step, named after the last of them
        for vertex in vertices:
            if vertex.digest not in self.solved:
                self.solved[vertex.digest] = self._solve(vertex, names[vertex.digest])
        self._need(graph.target)
        self.cache.used |= self._used(graph.target)
        return self._report(graph)

    def _warnings(self) -> Callable[[], tuple[CheckWarning, ...]]:
        """What finds the warnings, when somebody asks; it keeps nothing of this build but the numbers of its stages."""
        table, stages = self.frontend.bare(), tuple(self.frontend.lowered)

        def search() -> tuple[CheckWarning, ...]:
            from ..checks.find import find  # takes a while to load, and most builds are never asked

            return find(table, stages, stages)

        return search

    def solution(self, vertex: Vertex) -> Solved:
        """What became of a vertex. It has been walked."""
        return self.solved[vertex.digest]

    def _solve(self, vertex: Vertex, named: Vertex) -> Solved:
        if vertex.files is not None:
            files = dict(vertex.files)
            result = executing.write(Snapshot(), files, Snapshot().size(files, self.store))
            return _solved(named, (), result, [result.execution], "rebuilt")
        if vertex.image is not None:
            known_as = self._known_as(vertex.image)
            result = Result(0, Snapshot.of_image(vertex.image))
            return _solved(named, (), result, known_as, "cached" if self.cache.saw_image(known_as) else "rebuilt")
        assert vertex.instruction is not None
        with self.frontend.at(vertex.instruction):
            inputs = self._inputs(vertex)
            keys = [_keys(source, solved) for source, solved in zip(vertex.inputs, inputs, strict=True)]
            found = Found([]) if vertex.forced else self.cache.find(vertex.definition_digest, keys)
            ids = found.results
            looked_into = [source.vertex for source in vertex.inputs if source.sources]
            if not (ids and self._found_without_content(vertex, keys)) and self._need(*looked_into):
                return self._solve(vertex, named)
            if ids:
                there = self.cache.there(ids)
                result = self.cache.results[(there or ids)[-1]]
                self.cache.link(vertex.definition_digest, keys, result)
                if not there:
                    self.pruned[vertex.digest] = vertex, named
                # Of two equal steps of one build that are not found in an older one, both show as done.
                is_new = result.execution in self.made
                return _solved(named, inputs, result, ids, "rebuilt" if is_new else "cached")
            if self._need(*(source.vertex for source in vertex.inputs)):
                inputs = self._inputs(vertex)
            return self._execute(vertex, named, inputs, keys, found)

    def _execute(
        self, vertex: Vertex, named: Vertex, inputs: tuple[SolvedInput, ...], keys: Sequence[InputKeys], found: Found,
        pruned: Sequence[int] = (),
    ) -> Solved:  # fmt: skip
        """Execute a vertex; one that depends may be cached instead. `pruned` are the results that it had before they
        were pruned."""
        refuse_unsent(vertex, inputs, self.vertices)
        self._refuse_missing(vertex)
        result = execute(vertex, inputs, self.effects, self.store, found.verdict)
        self.made.add(result.execution)
        self.cache.keep(vertex.definition_digest, keys, result, found.possible)
        solved = _solved(named, inputs, result, [*pruned, result.execution], found.verdict)
        return replace(solved, pruned=True) if pruned else solved

    def _found_without_content(self, vertex: Vertex, keys: Sequence[InputKeys]) -> bool:
        """Whether a vertex is found though the content of what was pruned is not looked at."""
        known = []
        for source, of in zip(vertex.inputs, keys, strict=True):
            pruned = source.sources and source.vertex is not None and source.vertex.digest in self.pruned
            known.append(InputKeys(of.ids) if pruned else of)
        return bool(self.cache.find(vertex.definition_digest, known).results)

    def _need(self, *vertices: Vertex | None) -> bool:
        """Execute those of some vertices, and of all that they stand on, whose results were pruned and are needed after
        all. Returns whether there were any."""
        needed: set[str] = set()
        waiting = list(vertices)
        while waiting:
            vertex = waiting.pop()
            if vertex is not None and vertex.digest in self.pruned and vertex.digest not in needed:
                needed.add(vertex.digest)
                waiting += [source.vertex for source in vertex.inputs]
        for digest in [digest for digest in self.solved if digest in needed]:
            vertex, named = self.pruned.pop(digest)
            assert vertex.instruction is not None
            with self.frontend.at(vertex.instruction):
                inputs = self._inputs(vertex)
                keys = [_keys(source, solved) for source, solved in zip(vertex.inputs, inputs, strict=True)]
                had = [of for of in self.solved[digest].ids if isinstance(of, int)]
                self.solved[digest] = self._execute(vertex, named, inputs, keys, Found([]), had)
        return bool(needed)

    def _used(self, target: Vertex | None) -> set[int]:
        """The results that an image is made of, as far as `docker builder prune` keeps them.

        The containerd store keeps little of them: what stands on nothing. Source: recorded (options-containerd).
        """
        if target is None:
            return set()
        chain = list(made_of(self.solution(target)))
        copies = [step.inputs[1].step for step in chain if isinstance(step.operation, Merge)]
        if self.store == "containerd" and isinstance(chain[-1].operation, ImageSource | LocalSource):
            chain = []
        return {step.result.execution for step in (*chain, *copies) if step is not None}

    def _known_as(self, image: BaseImage) -> tuple[str, ...]:
        """What a base image is known by: its manifest and its layers; either may match.

        The containerd store asks for the layers only while the manifest is unknown. Source: recorded.
        """
        manifest, layers = f"manifest {image.digest} {image.platform}", "layers " + " ".join(image.diff_ids)
        if self.store == "containerd" and manifest in self.cache.images:
            return (manifest,)
        return manifest, layers

    def _inputs(self, vertex: Vertex) -> tuple[SolvedInput, ...]:
        try:
            return tuple(map(self._input, vertex.inputs))
        except MissingFile:
            self._undo()
            raise

    def _undo(self) -> None:
        """What a build leaves in the cache that is refused for a missing file.

        The file is found as soon as the context is there, while the first RUN is still running: that RUN and
        what came before it is kept, and nothing else has begun. Source: recorded (random-buildkit, random-111-10).
        """
        executed = [step for step in self.solved.values() if not step.cached and step.result.execution]
        first_run = next((n for n, step in enumerate(executed) if isinstance(step.operation, Exec)), len(executed))
        for step in executed[first_run + 1 :]:
            self.cache.results.pop(step.result.execution, None)

    def _refuse_missing(self, vertex: Vertex) -> None:
        """Raise DockerfileError for a RUN that requires a secret or an SSH socket which the build is not given."""
        options = self.frontend.options
        if not self.effects.refuses:
            return
        for mount in vertex.operation.mounts if isinstance(vertex.operation, Exec) else ():
            if mount.required.lower() in ("", "0", "f", "false"):
                continue
            if mount.type == MountType.SECRET and (name := mount.id or base_name(mount.target)) not in options.secrets:
                raise DockerfileError(f"secret {name}: not found", cure=f"Give it: --secret id={name},src=FILE.")
            if mount.type == MountType.SSH and (name := mount.id or "default") not in options.ssh:
                raise DockerfileError(f"unset ssh forward key {name}", cure=f"Give it: --ssh {name}.")

    def _input(self, source: Input) -> SolvedInput:
        """What an input is, with what the step looks at in it."""
        step = self.solution(source.vertex) if source.vertex else None
        files = step.result.snapshot if step else self._sent(source)
        selections = {
            looked_at.path: select(files or Snapshot(), looked_at.path, looked_at.exclude, looked_at.wildcards)
            for looked_at in source.sources
        }
        return SolvedInput(step, source.label, selections)

    def _sent(self, source: Input) -> Tree | None:
        """The files of a context, once they are with the builder."""
        if source.files is not None and not source.content_id and source.label not in self.sent:
            self.sent[source.label] = self.cache.uploaded(source.label, source.files)
        return self.sent.get(source.label, source.files)

    # The report.

    def _report(self, graph: Graph) -> Build:
        printed = explain.steps(tuple(self.solved.values()), self.memory, self.frontend.stages, RULES)
        numbered = tuple(sorted((step for step in printed if step.number), key=_place))
        rows, layers = self._base(graph)
        for entry in graph.history:
            if entry.vertex is None:
                rows.append(HistoryRow(entry.created_by, 0, COMMENT, True))
            else:
                solved = self.solution(entry.vertex)
                layer = replace(solved.layer, created_by=entry.created_by)
                size = layer.size if self._unpacks(solved.result.execution) else 0
                rows.append(HistoryRow(entry.created_by, size, COMMENT, False, layer.size_source))
                layers.append(layer)
        if graph.local is not None:
            rows, layers = with_context(rows, layers, self.solution(graph.local), graph)
        image = Image(tuple(layers), graph.config, tuple(rows))
        return Build(
            numbered, image, self.frontend.project, "buildkit", self.store, tuple(printed), self._warnings(),
            self._assumptions(),
        )  # fmt: skip

    def _assumptions(self) -> tuple[Assumption, ...]:
        images = (vertex.image.reference for vertex in self.vertices if vertex.image and not vertex.image.known)
        return (
            *assumptions.of_runs(self.solved.values()),
            *assumptions.of_variables(self.frontend.unknown),
            *assumptions.of_images(images, self.frontend.images),
            *assumptions.of_context(self.frontend.project),
        )

    def _unpacks(self, execution: int) -> bool:
        """Whether history shows a layer's size. The containerd store unpacks no image for another platform, and shows
        nothing of what it did not unpack for an earlier one. Source: recorded (options-containerd)."""
        platform = self.frontend.stage_platforms[self.frontend.target_stage()]
        if self.store != "containerd" or suits(platform, HERE):
            self.cache.unpacked.add(execution)
        return execution in self.cache.unpacked

    def _base(self, graph: Graph) -> tuple[list[HistoryRow], list[Layer]]:
        """The base image's rows and layers, with the sizes that the store shows."""
        if graph.base is None:
            return [], []
        rows = list(graph.base.history)
        if self.store == "containerd":
            rows = [replace(row, size=row.on_disk) for row in rows]
        return rows, base_layers(rows, graph.base.diff_ids)


def _solved(
    vertex: Vertex, inputs: tuple[SolvedInput, ...], result: Result, ids: Iterable[int | str], verdict: Verdict
) -> Solved:
    return Solved(
        name=vertex.name,
        kind=type(vertex.operation).__name__,
        operation=vertex.operation,
        inputs=inputs,
        result=result,
        ids=tuple(ids),
        verdict=verdict,
        forced=vertex.forced,
        instruction=vertex.instruction,
        stage=vertex.stage,
        arguments=vertex.arguments,
    )


def _keys(source: Input, solved: SolvedInput) -> InputKeys:
    """What an input is known by: the step that it comes from, and the content that is looked at."""
    selectors = tuple(Selector(looked_at.path, looked_at.exclude) for looked_at in source.sources)
    keys = [CacheKey(of, selectors) for of in solved.step.ids] if solved.step else []
    if not source.sources:
        return InputKeys(keys or [NOTHING])
    if not source.by_content:
        return InputKeys(keys)
    return InputKeys(keys, Content.of(solved.selections[looked_at.path] for looked_at in source.sources))


def _place(step: Step) -> tuple[str, int, bool]:
    """Where a step stands in a list by stage and number; the LINK of a COPY --link comes before its copy."""
    return step.stage_name, step.number, not step.text.startswith("LINK ")
