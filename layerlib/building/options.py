"""What `docker build` is told besides the Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..reading.dockerfile import Stage
from ..reading.errors import ImageError, LayerlibError
from ..reading.references import normalize
from ..reading.tree import Tree


@dataclass(frozen=True)
class Options:
    """What `docker build` is told besides the Dockerfile.

    Attributes:
        args: --build-arg, name to value.
        target: --target, a stage's name, or None for the last.
        no_cache: --no-cache, whether all stages are built anew.
        no_cache_filter: --no-cache-filter, the names of stages that are; case does not count.
        contexts: --build-context, name to files.
        network: --network, what a RUN without a --network of its own gets.
        secrets, ssh: the ids that --secret and --ssh give. What they stand for never counts.
    """

    args: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    no_cache: bool = False
    no_cache_filter: tuple[str, ...] = ()
    contexts: Mapping[str, Tree] = field(default_factory=dict)
    network: str = "default"
    secrets: frozenset[str] = frozenset()
    ssh: frozenset[str] = frozenset()

    def refuse(self) -> None:
        """Raise LayerlibError for values that docker takes from nobody. Source: recorded."""
        if self.no_cache and self.no_cache_filter:
            raise LayerlibError("--no-cache and --no-cache-filter cannot be used together: --no-cache means all stages")
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

    def forces(self, stage: Stage) -> str:
        """The option by which a stage's steps are executed whatever the cache holds; empty if there is none."""
        if self.no_cache:
            return "--no-cache"
        named = stage.name and stage.name in {name.lower() for name in self.no_cache_filter}
        return "--no-cache-filter" if named else ""


def names(given: Iterable[str]) -> tuple[str, ...]:
    """Names given as a list, or as one text with commas, as on the command line."""
    return tuple(given.split(",")) if isinstance(given, str) else tuple(given)
