"""What holds for a whole Dockerfile, in both builders: options, global ARGs, stages by name, and base images.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go; where the classic builder differs, `classic/` says so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from ..reading.base_image import BaseImage
from ..reading.catalogue import Catalogue
from ..reading.dockerfile import Instruction, Stage, parse_trigger
from ..reading.errors import ContextError, DockerfileError, LayerlibError, MissingPath, closest_name
from ..reading.expansion import expand
from ..reading.platforms import HERE, parse, parts
from ..reading.project import Project
from ..reading.tree import Tree
from . import missing_files
from .options import Options

MANY = 100  # Above this many stages, no "did you mean": it is quadratic.


class StageTable:
    """A Dockerfile with the options of a build, and the images that it may begin from."""

    platforms = True  # whether TARGETARCH and the like have values; with the classic builder they have none

    def __init__(self, project: Project, options: Options, images: Catalogue) -> None:
        self.project, self.options, self.images = project, options, images
        self.unknown: dict[str, dict[str, str]] = {}  # image to variables that nobody knows, to the first that uses it
        self.dockerfile = project.parsed
        self.stages = self.dockerfile.stages

    def bare(self) -> StageTable:
        """The table without what a builder noted in it."""
        return StageTable(self.project, self.options, self.images)

    @property
    def context(self) -> Tree:
        """The build context, as the builder gets it. Raises ContextError for a .dockerignore that cannot be read."""
        return self.project.context

    @contextmanager
    def at(self, instruction: Instruction) -> Iterator[None]:
        """A block in which every refusal gets the line of an instruction."""
        try:
            yield
        except LayerlibError as error:
            line = instruction.line or None
            text = self.dockerfile.line(instruction.line) if line else instruction.source
            raise error.at(line, text, self._cure(error, instruction)) from None

    def _cure(self, error: LayerlibError, instruction: Instruction) -> str:
        """What to do about files that do not suit an instruction, or an empty string."""
        if isinstance(error, MissingPath):
            return missing_files.cure(error.path, instruction, self.project)
        if isinstance(error, ContextError) and instruction.words[:1] and instruction.words[0].startswith("["):
            return 'The JSON form needs double quotes and commas: COPY ["app.py", "/home/app/"].'
        return ""

    # Arguments.

    @cached_property
    def global_args(self) -> Mapping[str, str]:
        """ARGs before the first FROM and the platform's, with their values."""
        known: dict[str, str] = {}
        if self.platforms:
            known = _platform_args("BUILD", HERE) | _platform_args("TARGET", self.options.platform)
            known["TARGETSTAGE"] = self.options.target or "default"
        known |= {name: value for name, value in self.options.args.items() if name in known}
        for instruction in self.dockerfile.arguments:
            with self.at(instruction):
                for name, default in instruction.pairs:
                    if name in self.options.args:
                        known[name] = self.options.args[name]
                    elif default is not None:
                        known[name] = expand(default, known, self.dockerfile.escape)
        return known

    def argument(self, name: str, default: str | None) -> str | None:
        """The value of an ARG in a stage: --build-arg, its default, or the global ARG's; None if it has none."""
        return self.options.args.get(name, self.global_args.get(name) if default is None else default)

    # Stages.

    def find_stage(self, name: str, before: int | None = None) -> int | None:
        """The number of the stage with a name, whatever its case; of several, the last.

        Args:
            name: as FROM or COPY --from writes it.
            before: only stages above the one with this number count.
        """
        numbers = self._numbers.get(name.lower(), [])
        place = len(numbers) if before is None else bisect_left(numbers, before)
        return numbers[place - 1] if place else None

    def find_base(self, name: str, before: int) -> int | None:
        """The number of the stage that a FROM begins with, or None for an image. Stage names are kept in lower case,
        and FROM compares them as they are: `FROM Builder` never means a stage."""
        return self.find_stage(name, before) if name == name.lower() else None

    @cached_property
    def _numbers(self) -> Mapping[str, list[int]]:
        numbers: dict[str, list[int]] = {}
        for stage in self.stages:
            if stage.name:
                numbers.setdefault(stage.name, []).append(stage.index)
        return numbers

    def find_source_stage(self, name: str, instruction: Instruction) -> int | None:
        """The stage that COPY --from or a mount names, or None for an image or a named context."""
        if re.fullmatch(r"[+-]?[0-9]{1,18}", name) and instruction.keyword == "COPY":
            if not 0 <= int(name) < len(self.stages):
                raise DockerfileError(
                    f"invalid stage index {name}: this Dockerfile has stages 0 to {len(self.stages) - 1}",
                    spot=name, cure="Give the stage a name with FROM image AS name, and use the name.",
                ).at(instruction.line, self.dockerfile.line(instruction.line))  # fmt: skip
            return int(name)
        return self.find_stage(name)

    def target_stage(self) -> int:
        """The number of the stage to build. Raises DockerfileError for a name that no stage has."""
        if not (name := self.options.target):
            return len(self.stages) - 1
        if (number := self.find_stage(name)) is None:
            names = ", ".join(stage.name for stage in self.stages if stage.name) or "none has a name"
            raise DockerfileError(f'target stage "{name}" could not be found', cure=f"The stages: {names}.")
        return number

    # Images.

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """The base of every stage, variables replaced."""
        bases = []
        for stage in self.stages:
            with self.at(stage.first):
                base = expand(stage.base, self.global_args, self.dockerfile.escape)
                if not base:
                    raise DockerfileError(
                        f"the base name ({stage.base}) should not be blank",
                        cure="Give the ARG a default above FROM: ARG VERSION=3.14.",
                    )
                bases.append(base)
                if platform := stage.first.flag("platform"):
                    self._read_platform(platform)
        return tuple(bases)

    @cached_property
    def stage_platforms(self) -> tuple[str, ...]:
        """What each stage is built for: FROM --platform, that of the stage it begins with, or the build's."""
        platforms: list[str] = []
        for stage, base in zip(self.stages, self.bases, strict=True):
            begun_with = self.find_base(base, stage.index)
            if written := stage.first.flag("platform"):
                with self.at(stage.first):
                    platforms.append(self._read_platform(written))
            else:
                platforms.append(self.options.platform if begun_with is None else platforms[begun_with])
        return tuple(platforms)

    def _read_platform(self, written: str) -> str:
        platform = expand(written, self.global_args, self.dockerfile.escape)
        if not platform:
            cure = "Write a platform such as linux/amd64."
            if not self.platforms:
                cure = "The classic builder gives BUILDPLATFORM and TARGETPLATFORM no value. Remove --platform."
            raise DockerfileError(f"failed to parse platform: {written} is empty", spot=written, cure=cure)
        return parse(platform)

    def image(self, reference: str, platform: str | None = None) -> BaseImage:
        """The image that a reference means, for a platform if that matters. Raises ImageError for one that cannot be
        read."""
        return self.images.resolve_for(reference, platform) if platform else self.images.resolve(reference)

    def base_image(self, stage: Stage, platform: str | None = None) -> BaseImage | None:
        """The image that a stage begins with, named contexts regarded; None for an empty file system or a folder."""
        base = self.bases[stage.index]
        if found := self.options.context(base):
            base = found[1] if isinstance(found[1], str) else "scratch"
        return None if base == "scratch" else self.image(base, platform)

    def replaced(self, stage: Stage) -> bool:
        """Whether a named context takes the place of a whole stage."""
        return bool(stage.name) and self.options.context(stage.name) is not None

    def source_image(self, name: str, platform: str | None = None) -> BaseImage:
        """The image that COPY --from or a mount names.

        Raises DockerfileError for an unknown short name close to a stage's: a typo, which Docker would try to pull.
        """
        stages = [stage.name for stage in self.stages if stage.name]
        short = len(stages) <= MANY and re.fullmatch(r"[\w-]{1,99}", name) and name not in self.images
        if short and (close := closest_name(name.lower(), stages, 0.7)):
            raise DockerfileError(
                f"there is no stage and no known image called {name}", cure=f"Did you mean {close}?", spot=name
            )
        return self.image(name, platform)

    def note_unknown(self, image: str, names: Iterable[str], instruction: Instruction) -> None:
        """Note that an instruction uses variables of an image that nobody described."""
        for name in names:
            self.unknown.setdefault(image, {}).setdefault(name, str(instruction))

    def triggers(self, image_config: Mapping[str, object], stage: Stage) -> list[Instruction]:
        """The ONBUILD triggers that a stage inherits. Raises DockerfileError for one that cannot run."""
        kept = image_config.get("OnBuild") or []
        assert isinstance(kept, list | tuple)
        triggers = []
        line = stage.first.line
        for text in kept:
            try:
                triggers.append(replace(parse_trigger(str(text)), line=line, last_line=line))
            except DockerfileError as error:
                raise DockerfileError(
                    f"the base image's trigger ONBUILD {text} cannot run: {error.problem}", cure=error.cure
                ).at(line, self.dockerfile.line(line)) from None
        return triggers


def _platform_args(side: str, platform: str) -> dict[str, str]:
    """The build arguments that a platform sets: TARGETOS, TARGETARCH and so on."""
    system, machine, variant = parts(platform)
    values = {"OS": system, "ARCH": machine, "VARIANT": variant, "PLATFORM": platform}
    return {f"{side}{key}": value for key, value in values.items()}
