"""What `docker build` is told besides the Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..reading.dockerfile import Stage
from ..reading.errors import ImageError, LayerlibError
from ..reading.platforms import HERE
from ..reading.references import normalize
from ..reading.tree import Tree

NamedContexts = Mapping[str, Tree | str]  # by name: the files of a folder, or the reference of an image


@dataclass(frozen=True)
class Options:
    """What `docker build` is told besides the Dockerfile, read (`option_values.py`).

    Attributes:
        args: --build-arg, name to value.
        target: --target, a stage's name, or None for the last.
        no_cache: --no-cache, whether all stages are built anew.
        no_cache_filter: --no-cache-filter, the names of stages that are; case does not count.
        contexts: --build-context, name to files or to an image's reference.
        network: --network, what a RUN without a --network of its own gets.
        secrets, ssh: the ids that --secret and --ssh give. What they stand for never counts.
        platform: --platform, as `platforms.parse` writes it.
        labels: --label, name to value.
        hosts: the names that --add-host gives, in lower case and in order. Their addresses never count.
        ulimits: --ulimit, each as name=soft:hard, by name.
        shm_size: --shm-size in bytes, 0 for Docker's own.
        cgroup_parent: --cgroup-parent, or empty.
    """

    args: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    no_cache: bool = False
    no_cache_filter: tuple[str, ...] = ()
    contexts: NamedContexts = field(default_factory=dict)
    network: str = "default"
    secrets: frozenset[str] = frozenset()
    ssh: frozenset[str] = frozenset()
    platform: str = HERE
    labels: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    ulimits: tuple[str, ...] = ()
    shm_size: int = 0
    cgroup_parent: str = ""

    def refuse(self) -> None:
        """Raise LayerlibError for values that docker takes from nobody. Source: recorded."""
        if self.no_cache and self.no_cache_filter:
            raise LayerlibError("--no-cache and --no-cache-filter cannot be used together: --no-cache means all stages")
        if self.network not in ("", "default", "none", "host"):
            raise LayerlibError(f'network mode "{self.network}" not supported by BuildKit; it is default, none or host')
        epoch = self.args.get("SOURCE_DATE_EPOCH", "")
        if epoch and not re.fullmatch("[+-]?[0-9]{1,18}", epoch):
            raise LayerlibError(f"invalid SOURCE_DATE_EPOCH: {epoch}; it is a whole number, the seconds since 1970")
        for name in self.contexts:
            try:
                normalize(name)
            except ImageError as error:
                raise LayerlibError(f"invalid context name {name!r}: {error}") from None

    @property
    def epoch(self) -> str | None:
        """The build argument SOURCE_DATE_EPOCH, as a number is written; None where it has no value."""
        text = self.args.get("SOURCE_DATE_EPOCH")
        return str(int(text)) if text else None

    @property
    def shows_platform(self) -> bool:
        """The build argument BUILDKIT_MULTI_PLATFORM: whether step names show what they are built for."""
        return self.args.get("BUILDKIT_MULTI_PLATFORM", "") in ("1", "t", "T", "true", "TRUE", "True")

    def forces(self, stage: Stage) -> str:
        """The option by which a stage's steps are executed whatever the cache holds; empty if there is none."""
        if self.no_cache:
            return "--no-cache"
        named = stage.name and stage.name in {name.lower() for name in self.no_cache_filter}
        return "--no-cache-filter" if named else ""

    def context(self, name: str) -> tuple[str, Tree | str] | None:
        """The named context that takes the place of an image or a stage, with its name; None if there is none.

        They are compared as image references are: python is docker.io/library/python:latest. Source: BuildKit,
        frontend/dockerui/namedcontext.go.
        """
        if not self.contexts or not name:
            return None
        wanted = _reference(name)
        return next(((key, of) for key, of in self.contexts.items() if _reference(key) == wanted), None)


def _reference(name: str) -> str:
    try:
        return normalize(name.lower())
    except ImageError:
        return name.lower()
