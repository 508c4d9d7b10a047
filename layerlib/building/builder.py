"""What the two builders have in common: what they are given, what a build is asked for, a cache, and a memory for the
reasons."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from ..reading.catalogue import Catalogue
from ..reading.errors import LayerlibError
from ..reading.project import Project
from ..reading.shipped_images import catalogue
from . import option_values
from .build import Build
from .cache.cache import Cache
from .effects.effects import Effects, as_effects
from .noted import effects_of, images_of
from .options import Options
from .reasons.memory import Memory
from .records import STORES, Store


class Builder(ABC):
    """A builder with a cache that remembers every build.

    Args:
        images: the base images that FROM can name; without it, the shipped catalogue. A project's layerlib.toml adds
            those that are not among them.
        effects: what commands write and how long they take: an `Effects`, or a mapping from a text found in the
            command to an `Effect`; measured effects of common commands are known without it. What a project's
            layerlib.toml says of a command counts if nothing here does.
        store: the image store, "overlay2" (sizes are the sum of the files) or "containerd" (sizes count blocks of
            4096 bytes, and COPY --link has two steps).
    """

    name = ""

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

    def build(
        self,
        project: Project,
        args: Mapping[str, str] | None = None,
        target: str | None = None,
        no_cache: bool = False,
        no_cache_filter: Iterable[str] = (),
        contexts: Mapping[str, Any] | None = None,
        network: str = "default",
        secrets: Iterable[str] = (),
        ssh: Iterable[str] = (),
        platform: str | None = None,
        labels: option_values.Pairs = (),
        add_hosts: option_values.Pairs = (),
        ulimits: option_values.Pairs = (),
        shm_size: int | str | None = None,
        cgroup_parent: str | None = None,
    ) -> Build:
        """Build a project, as `docker build` would; `ClassicBuilder`, as `DOCKER_BUILDKIT=0 docker build` would.

        Args:
            project: what to build.
            args: --build-arg, name to value. SOURCE_DATE_EPOCH, which docker also takes from the environment, is one.
            target: --target, the name of a stage; without it, the last.
            no_cache: --no-cache.
            no_cache_filter: --no-cache-filter, names of stages. BuildKit only.
            contexts: --build-context, name to a folder's path, a `Tree`, a mapping from path to content, or
                "docker-image://" and a reference. It takes the place of a stage or an image. BuildKit only.
            network: --network, the network of every RUN that names none itself.
            secrets: --secret, the ids that are given; a mapping from id to value will do. A value never counts.
                BuildKit only.
            ssh: --ssh, the ids that are given; `--ssh default` is "default". BuildKit only.
            platform: --platform, such as "linux/arm64"; without it, linux/amd64, on which the model builds.
                The classic builder is modelled for linux/amd64 only.
            labels: --label, name to value, or texts such as "version=1".
            add_hosts: --add-host, name to IP address, or texts such as "db:10.0.0.2". With BuildKit the names count
                for a RUN's cache key, and their order; the addresses never count.
            ulimits: --ulimit, name to limit, such as {"nofile": "1024:2048"}, or texts such as "nofile=1024". They
                count for a RUN's cache key with BuildKit, as the next two do. With the classic builder none counts.
            shm_size: --shm-size, bytes, or a text such as "64m".
            cgroup_parent: --cgroup-parent.

        Raises:
            DockerfileError: for what Docker refuses, with the line. It is a ContextError too where the files are the
                cause, and an ImageError too where an image is.
            ContextError: for a .dockerignore that cannot be read, and a named context that cannot be.
            LayerlibError: for options that Docker refuses, that this builder does not know, or that are not modelled,
                and for a layerlib.toml that cannot be read.
        """
        options = Options(
            args={name: str(value) for name, value in (args or {}).items()},
            target=target,
            no_cache=no_cache,
            no_cache_filter=option_values.names(no_cache_filter),
            contexts=option_values.contexts(contexts or {}),
            network=network,
            secrets=frozenset(option_values.names(secrets)),
            ssh=frozenset(option_values.names(ssh)),
            platform=option_values.platform(platform),
            labels=option_values.labels(labels),
            hosts=option_values.hosts(add_hosts),
            ulimits=option_values.ulimits(ulimits),
            shm_size=option_values.size(shm_size),
            cgroup_parent=cgroup_parent or "",
        )
        return self._build(project, options)

    def images_for(self, project: Project) -> Catalogue:
        """The base images that the FROM lines of a project can name. Raises LayerlibError for its layerlib.toml."""
        return images_of(project, self.images)

    def effects_for(self, project: Project) -> Effects:
        """What the commands of a project do. Raises LayerlibError for its layerlib.toml."""
        return effects_of(project, self.effects)

    @abstractmethod
    def _build(self, project: Project, options: Options) -> Build:
        """Build a project with these options."""

    def prune(self, all: bool = True) -> None:
        """Empty the cache.

        Args:
            all: as `docker builder prune --all` does. Without it, as `docker builder prune` does (classic: `docker
                image prune`): what an image uses that was built so far stays. On the containerd store little does:
                only what such an image has on an empty base, and the copies of COPY --link. Source: recorded
                (tests/traces/options-*); `Cache.used` says what that is.
        """
        if all:
            self.cache.prune()
            self.memory.prune()
        else:
            self.cache.prune_unused()
