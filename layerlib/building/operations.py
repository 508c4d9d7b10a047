"""What a step does, as far as a builder compares it: one record for each kind of step.

A step's cache key is made of these fields and of its inputs, and a reason is a comparison of two records of one kind
(`reasons/differences.py`). What a field does not hold, no builder compares. These are BuildKit's; the classic builder's
are in `classic/operations.py`.

Source: BuildKit, solver/pb/ops.proto.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from ..reading.paths import absolute
from ..reading.platforms import HERE


class MountType(StrEnum):
    """What a RUN may mount. INLINE is not written: a heredoc that begins with #! is a script of its own."""

    BIND = "bind"
    CACHE = "cache"
    TMPFS = "tmpfs"
    SECRET = "secret"
    SSH = "ssh"
    INLINE = "inline"


@dataclass(frozen=True)
class Operation:
    """What a step does.

    Attributes:
        option: the option of `docker build` that asks for the step; empty for an instruction of the Dockerfile.
    """

    option: ClassVar[str] = ""


@dataclass(frozen=True)
class ImageSource(Operation):
    """FROM, or COPY --from of an image (a SourceOp).

    Attributes:
        image: its full reference.
        digest: what that means.
        platform: what it is for.
        from_context: whether a named context asks for it. BuildKit asks then without the attributes that FROM gives, so
            it is a vertex of its own, though nothing that stands on it is. Source: dockerui/namedcontext.go; recorded.
    """

    image: str
    digest: str
    platform: str = HERE
    from_context: bool = False


@dataclass(frozen=True)
class LocalSource(Operation):
    """A stage that begins with the folder of a named context (a SourceOp). Each build loads it anew, and what stands
    on it is never found in the cache. Source: recorded; BuildKit, source/local/source.go (the key is the session's)."""

    name: str


@dataclass(frozen=True)
class Mount:
    """What a RUN's cache key holds of a --mount; the content of a bind mount's source is an input of the step.

    Attributes:
        type: what kind of mount it is.
        target: where it is mounted, as written.
        id: the name of a secret or an SSH socket; for a cache, "own" if it has a name of its own: which, is not
            compared; otherwise the build's namespace, with a slash. Of a script, the text.
        readonly, required: as written, with the type's default.
        shared: whether builds may use a cache at the same time.
        mode, uid, gid, env, size: as written, or empty.
    """

    type: MountType
    target: str
    id: str = ""
    readonly: bool = False
    required: str = ""
    shared: bool = True
    mode: str = ""
    uid: str = ""
    gid: str = ""
    env: str = ""
    size: str = ""

    def path(self, cwd: str) -> str:
        """Where a command that works in `cwd` sees it, from the root. A secret without a target has a usual place.

        Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert_runmount.go and convert_secrets.go.
        """
        return absolute(self.target or f"/run/secrets/{posixpath.basename(self.id)}", cwd)


@dataclass(frozen=True)
class Exec(Operation):
    """RUN (an ExecOp).

    Attributes:
        args: the program and its arguments; in shell form, the shell first.
        env: variables as NAME=value, the last one set comes last.
        user: as USER wrote it; empty for root.
        cwd: the working directory, as the config holds it.
        network: "default", "none" or "host".
        mounts: sorted by target.
        hostname: the build argument BUILDKIT_SANDBOX_HOSTNAME, or empty.
        platform: what the stage is built for.
        hosts: the names that --add-host gives, in order.
        ulimits: --ulimit, as name=soft:hard, sorted.
        shm_size: --shm-size in bytes; 0 for Docker's own.
        cgroup_parent: --cgroup-parent, or empty.
    """

    args: tuple[str, ...]
    env: tuple[str, ...]
    user: str
    cwd: str
    network: str
    mounts: tuple[Mount, ...] = ()
    hostname: str = ""
    platform: str = HERE
    hosts: tuple[str, ...] = ()
    ulimits: tuple[str, ...] = ()
    shm_size: int = 0
    cgroup_parent: str = ""


@dataclass(frozen=True)
class Copy(Operation):
    """COPY or ADD (a FileOp with copy actions).

    Attributes:
        sources: the last part of each source's path: where a source lies, no builder compares.
        destination: absolute; a folder if it ends with a slash.
        owner: --chown, root as 0; None to keep 0:0.
        mode: --chmod, a number where it is one; None to keep the files' own.
        unpack: whether archives are unpacked.
        exclude: the patterns of --exclude.
        wildcards: for each source, whether it is a pattern.
    """

    sources: tuple[str, ...]
    destination: str
    owner: str | None = None
    mode: int | str | None = None
    unpack: bool = False
    exclude: tuple[str, ...] = ()
    wildcards: tuple[bool, ...] = ()


@dataclass(frozen=True)
class MakeFolder(Operation):
    """WORKDIR (a FileOp with a mkdir action).

    Attributes:
        path: absolute.
        owner: the USER that the folder belongs to, root as 0; None where no USER was set.
        epoch: the build argument SOURCE_DATE_EPOCH, which becomes the folder's time.
    """

    path: str
    owner: str | None = None
    epoch: str | None = None


@dataclass(frozen=True)
class Merge(Operation):
    """The second step of COPY --link on the containerd store (a MergeOp): what was copied, over what lies below."""
