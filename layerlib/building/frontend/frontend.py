"""What holds for a whole Dockerfile while it becomes a graph: options, global ARGs, stages by name, base images.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go. This file holds what is true for the whole Dockerfile;
`dispatch.py` walks a stage, and `convert.py` puts the stages that a target needs together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from ...reading.base_image import BaseImage
from ...reading.catalogue import Catalogue
from ...reading.dockerfile import Dockerfile, Instruction, Stage, parse_trigger
from ...reading.errors import DockerfileError, LayerlibError, MissingFile, closest_name
from ...reading.expansion import expand
from ...reading.platforms import refuse_platform
from ...reading.project import Project
from ...reading.tree import Tree
from .llb import Input, Lowered, Vertex

MANY = 100  # stages, of which none is a slip's any more: it would take too long to compare each with each
STEP_KEYWORDS = {"RUN", "COPY", "ADD", "WORKDIR"}
PLATFORM = {"OS": "linux", "ARCH": "amd64", "VARIANT": "", "PLATFORM": "linux/amd64"}


@dataclass(frozen=True)
class Options:
    """What `docker build` was told besides the Dockerfile.

    Attributes:
        args: --build-arg, name to value.
        target: --target, a stage's name, or None for the last.
        no_cache: whether all stages are built anew; no_cache_filter: names of stages that are.
        contexts: --build-context, name to files.
        network: --network, what a RUN without a --network of its own gets.
    """

    args: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    no_cache: bool = False
    no_cache_filter: tuple[str, ...] = ()
    contexts: Mapping[str, Tree] = field(default_factory=dict)
    network: str = "default"

    def forces(self, stage: Stage) -> bool:
        """Whether a stage's steps are executed whatever the cache holds."""
        return self.no_cache or (bool(stage.name) and stage.name in {name.lower() for name in self.no_cache_filter})


class Frontend:
    """Everything that holds for the whole Dockerfile while its stages are walked."""

    def __init__(self, project: Project, options: Options, images: Catalogue, store: str) -> None:
        self.project, self.options, self.images, self.store = project, options, images, store
        self.dockerfile: Dockerfile = project.parsed
        self.stages = self.dockerfile.stages
        self.lowered: dict[int, Lowered] = {}

    @cached_property
    def global_args(self) -> dict[str, str]:
        """ARGs before the first FROM and the platform's, with their values."""
        known = {f"{side}{key}": value for side in ("BUILD", "TARGET") for key, value in PLATFORM.items()}
        known["TARGETSTAGE"] = self.options.target or "default"
        known |= {name: value for name, value in self.options.args.items() if name in known}
        for one in self.dockerfile.arguments:
            with self.at(one):
                for name, default in one.pairs:
                    if name in self.options.args:
                        known[name] = self.options.args[name]
                    elif default is not None:
                        known[name] = expand(default, known, self.dockerfile.escape)
        return known

    @contextmanager
    def at(self, instruction: Instruction) -> Iterator[None]:
        """A block in which every refusal gets the line of an instruction."""
        line = instruction.line or None
        text = self.dockerfile.line(instruction.line) if line else instruction.source
        try:
            yield
        except MissingFile as error:
            raise error.at(line, text, _hint(error.path, self.project)) from None
        except LayerlibError as error:
            raise error.at(line, text) from None

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """The base of every stage, variables replaced."""
        found = []
        for stage in self.stages:
            with self.at(stage.first):
                base = expand(stage.base, self.global_args, self.dockerfile.escape)
                if not base:
                    raise DockerfileError(
                        f"the base name ({stage.base}) should not be blank",
                        cure="Give the ARG a default above FROM: ARG VERSION=3.14.",
                    )
                found.append(base)
                if platform := stage.first.flag("platform"):
                    refuse_platform(expand(platform, self.global_args, self.dockerfile.escape))
        return tuple(found)

    def stage_named(self, name: str, before: int | None = None) -> int | None:
        """The number of the stage with a name, letter case ignored; of two, the last."""
        found = self._numbers.get(name.lower(), [])
        place = len(found) if before is None else bisect_left(found, before)
        return found[place - 1] if place else None

    @cached_property
    def _numbers(self) -> Mapping[str, list[int]]:
        numbers: dict[str, list[int]] = {}
        for stage in self.stages:
            if stage.name:
                numbers.setdefault(stage.name, []).append(stage.index)
        return numbers

    def origin(self, name: str, one: Instruction) -> int | None:
        """The stage that COPY --from or a mount names, or None for an image or a named context."""
        if re.fullmatch(r"[+-]?[0-9]{1,18}", name) and one.keyword == "COPY":
            if not 0 <= int(name) < len(self.stages):
                raise DockerfileError(
                    f"invalid stage index {name}: this Dockerfile has stages 0 to {len(self.stages) - 1}",
                    line=one.line, text=self.dockerfile.line(one.line), spot=name,
                    cure="Give the stage a name with FROM image AS name, and use the name.",
                )  # fmt: skip
            return int(name)
        return self.stage_named(name)

    def origins(self, one: Instruction) -> Iterable[str]:
        """The names after COPY --from and in a RUN's mounts, as written."""
        if one.keyword == "COPY" and one.flag("from"):
            yield one.flag("from")
        for text in one.flags.get("mount", ()) if one.keyword == "RUN" else ():
            match = re.search(r"(?:^|,)from=([^,]*)", text)
            yield match[1] if match else ""

    def named(self, one: Instruction) -> set[int]:
        """The stages that an instruction copies from or mounts."""
        return {origin for name in self.origins(one) if name and (origin := self.origin(name, one)) is not None}

    @cached_property
    def nameless(self) -> bool:
        """Whether step names leave the stage out: one stage, and nothing that comes from an image."""
        outside = (
            name == "" or self.origin(name, one) is None
            for stage in self.stages
            for one in stage.instructions
            for name in self.origins(one)
        )
        return len(self.stages) == 1 and not any(outside)

    def target_stage(self) -> int:
        """The number of the stage to build. Raises DockerfileError for a name that is not there."""
        if not (name := self.options.target):
            return len(self.stages) - 1
        if (found := self.stage_named(name)) is None:
            names = ", ".join(stage.name for stage in self.stages if stage.name) or "none has a name"
            raise DockerfileError(f'target stage "{name}" could not be found', cure=f"The stages: {names}.")
        return found

    def image(self, reference: str) -> BaseImage:
        """The base image that a reference means. Raises ImageError for one that cannot be read."""
        return self.images.resolve(reference)

    def image_vertex(self, image: BaseImage, name: str, stage: Stage | None = None) -> Vertex:
        """The vertex of a base image; the containerd store prints its digest too."""
        shown = f"{image.reference}@{image.digest}" if self.store == "containerd" else image.reference
        return Vertex(
            kind="image",
            name=f"{name}FROM {shown}",
            definition={"image": image.reference, "digest": image.digest},
            instruction=stage.first if stage else None,
            stage=stage.index if stage else 0,
            image=image,
        )

    def looked_into(self, name: str, one: Instruction) -> Input:
        """What a COPY or a mount looks into: the context (no name), a stage, a named context or an image."""
        if not name:
            return Input(files=self.project.context, label="the build context")
        index = self.origin(name, one)
        for key, files in self.options.contexts.items():
            if key.lower() == name.lower() or (index is not None and self.stages[index].name == key.lower()):
                return Input(files=files, label=f"the context {key}")
        if index is not None:
            label = self.stages[index].name or f"stage {index}"
            if index not in self.lowered:
                raise DockerfileError(
                    f'cannot copy from stage "{label}": nothing builds it before this trigger runs',
                    cure="Let an earlier instruction of the stage copy from it, or copy without ONBUILD.",
                )
            return Input(vertex=self.lowered[index].root, label=label)
        self._refuse_typo(name)
        image = self.image(name)
        return Input(vertex=self.image_vertex(image, ""), label=image.reference)

    def _refuse_typo(self, name: str) -> None:
        """An unknown short name that is close to a stage's is a slip. Docker would look for an image, in vain."""
        stages = [stage.name for stage in self.stages if stage.name]
        if len(stages) > MANY or not re.fullmatch(r"[\w-]{1,99}", name) or name in self.images:
            return
        if close := closest_name(name.lower(), stages, 0.7):
            raise DockerfileError(
                f"there is no stage and no known image called {name}", cure=f"Did you mean {close}?", spot=name
            )

    def triggers(self, image_config: Mapping[str, object], stage: Stage) -> list[Instruction]:
        """The ONBUILD triggers that a stage inherits. Raises DockerfileError for one that cannot run."""
        kept = image_config.get("OnBuild") or []
        assert isinstance(kept, list | tuple)
        found = []
        line = stage.first.line
        for text in kept:
            try:
                found.append(replace(parse_trigger(str(text)), line=line, last_line=line))
            except DockerfileError as error:
                raise DockerfileError(
                    f"the base image's trigger ONBUILD {text} cannot run: {error.problem}",
                    line=line, text=self.dockerfile.line(line), cure=error.cure,
                ) from None  # fmt: skip
        return found


def _hint(path: str, project: Project) -> str:
    """What to do about a file that is not there."""
    if path in project.files:
        return f".dockerignore leaves {path} out. Take its pattern away, or add the line !{path}."
    if close := closest_name(path, project.context):
        return f"Did you mean {close}?"
    return "Only files of the project's folder can be copied. Look at the path, letter by letter."
