"""A RUN with all that its command sees: whatever is asked of its effects is asked of this."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...reading.expansion import Variables
from ..files.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Run:
    """A RUN that is to be executed.

    Attributes:
        args: the program and its arguments; in shell form, the shell first.
        below: the files that it finds.
        directory: the absolute folder that it starts in, or None if nobody knows it.
        user: as USER wrote it; empty for root.
        variables: what it sees of ENV and ARG.
        mounted: folders and files that are not in the image, whatever is written there, relative to its root: mounts,
            and the classic builder's volumes.
    """

    args: tuple[str, ...]
    below: Snapshot
    directory: str | None
    user: str = ""
    variables: Variables = field(default_factory=dict)
    mounted: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command line as one text, in which declared effects are looked for."""
        return " ".join(self.args)
