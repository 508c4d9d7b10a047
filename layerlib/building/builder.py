"""What the two builders have in common: what they are given, a cache, and a memory for the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..reading.catalogue import Catalogue
from ..reading.errors import LayerlibError
from ..reading.shipped_images import catalogue
from .cache.cache import Cache
from .effects.effects import Effects, as_effects
from .reasons.memory import Memory
from .records import STORES, Store


class Builder:
    """A builder with a cache that remembers every build. `BuildKit` says what the arguments are."""

    def __init__(
        self,
        images: Catalogue | None = None,
        effects: Effects | Mapping[str, Any] | None = None,
        store: Store = "overlay2",
    ) -> None:
        if store not in STORES:
            raise LayerlibError(f"there is no image store {store!r}; it is {' or '.join(STORES)}")
        self.images = images or catalogue()
        self.effects = as_effects(effects)
        self.store: Store = store
        self.cache = Cache()
        self.memory = Memory()

    def prune(self) -> None:
        """Empty the cache, as `docker builder prune --all` does."""
        self.cache.prune()
        self.memory.prune()
