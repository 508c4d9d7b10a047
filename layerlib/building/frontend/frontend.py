"""What holds for a whole Dockerfile while it becomes LLB: how steps are named, and what COPY and mounts look into.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from ...reading.base_image import BaseImage
from ...reading.catalogue import Catalogue
from ...reading.dockerfile import Instruction, Stage
from ...reading.errors import DockerfileError
from ...reading.project import Project
from ..operations import ImageSource, LocalSource
from ..options import Options
from ..records import StepName, Store
from ..stage_table import StageTable
from .llb import Input, LoweredStage, Vertex

STEP_KEYWORDS = {"RUN", "COPY", "ADD", "WORKDIR"}


class Frontend(StageTable):
    """A Dockerfile while it becomes LLB.

    Attributes:
        store: the image store; it decides how images are printed and what COPY --link does.
        lowered: the stages that are LLB already, by number.
    """

    def __init__(self, project: Project, options: Options, images: Catalogue, store: Store) -> None:
        super().__init__(project, options, images)
        self.store = store
        self.lowered: dict[int, LoweredStage] = {}

    def from_names(self, instruction: Instruction) -> Iterator[str]:
        """The names after COPY --from and in a RUN's mounts, as written; empty for a mount of the context."""
        if instruction.keyword == "COPY" and instruction.flag("from"):
            yield instruction.flag("from")
        for text in instruction.flags.get("mount", ()) if instruction.keyword == "RUN" else ():
            match = re.search(r"(?:^|,)from=([^,]*)", text)
            yield match[1] if match else ""

    def stages_used_by(self, instruction: Instruction) -> set[int]:
        """The stages that an instruction copies from or mounts."""
        numbers = (self.find_source_stage(name, instruction) for name in self.from_names(instruction) if name)
        return {number for number in numbers if number is not None}

    @cached_property
    def nameless(self) -> bool:
        """Whether step names leave the stage out: one stage, and nothing that comes from an image."""
        outside = (
            name == "" or self.find_source_stage(name, instruction) is None
            for stage in self.stages
            for instruction in stage.instructions
            for name in self.from_names(instruction)
        )
        return len(self.stages) == 1 and not any(outside)

    def shown_image(self, image: BaseImage) -> str:
        """An image as a step's name shows it; the containerd store prints its digest too."""
        return f"{image.reference}@{image.digest}" if self.store == "containerd" else image.reference

    def image_vertex(
        self, image: BaseImage, name: StepName, stage: Stage | None = None, from_context: bool = False
    ) -> Vertex:
        """The vertex of an image. Without a stage, COPY --from or a mount looks into it."""
        return Vertex(
            name=name,
            operation=ImageSource(image.reference, image.digest, image.platform, from_context),
            instruction=stage.first if stage else None,
            stage=stage.index if stage else 0,
            image=image,
        )

    def context_vertex(self, name: str, stage: Stage) -> Vertex | None:
        """The named context that takes the place of a stage or of its base; None if there is none."""
        if (found := self.options.context(name)) is None:
            return None
        key, of = found
        if isinstance(of, str):
            image = self.image(of, self.stage_platforms[stage.index])
            return self.image_vertex(image, _from_context(key, of), stage, from_context=True)
        named = _from_context(key, "load from client")
        return Vertex(named, LocalSource(key), instruction=stage.first, stage=stage.index, files=of)

    def source_input(self, name: str, instruction: Instruction, platform: str) -> Input:
        """What a COPY or a mount looks into: the context (no name), a stage, a named context or an image."""
        if not name:
            return Input(files=self.context, label="the build context")
        number = self.find_source_stage(name, instruction)
        stage_name = "" if number is None else self.stages[number].name
        if found := self.options.context(name) or self.options.context(stage_name):
            key, of = found
            if isinstance(of, str):
                image = self.image(of, platform)
                vertex = self.image_vertex(image, _from_context(key, of), from_context=True)
                return Input(vertex=vertex, label=image.reference)
            return Input(files=of, label=f"the context {key}")
        if number is not None:
            label = self.stages[number].name or f"stage {number}"
            if number not in self.lowered:
                raise DockerfileError(
                    f'cannot copy from stage "{label}": nothing builds it before this trigger runs',
                    cure="Let an earlier instruction of the stage copy from it, or copy without ONBUILD.",
                )
            return Input(vertex=self.lowered[number].root, label=label)
        image = self.source_image(name, platform)
        text = f"FROM {self.shown_image(image)}"
        return Input(vertex=self.image_vertex(image, StepName(text, text)), label=image.reference)


def _from_context(key: str, what: str) -> StepName:
    """How a step is printed that brings what a named context is."""
    return StepName(f"[context {key}] {what}", f"[context {key}] {what}")
