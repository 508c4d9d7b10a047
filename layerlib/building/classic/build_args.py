"""Variables of a stage in the classic builder: ENV, and the build arguments that no ENV hides.

Source: moby, daemon/builder/dockerfile/buildargs.go.
"""

from __future__ import annotations

from ...reading.expansion import Environment
from ..stage_table import StageTable


class Variables:
    """The variables of a stage while it is built.

    Attributes:
        env: what ENV has set.
        table: knows --build-arg and the ARGs before the first FROM.
        allowed: the ARGs of the stage, name to default.
        all: what variables mean to whoever expands them.
    """

    def __init__(self, env: Environment, table: StageTable) -> None:
        self.env, self.table = env, table
        self.allowed: dict[str, str | None] = {}
        self.all = env.copy()
        self._entries = {name: f"{name}={value}" for name, value in env.items()}

    @property
    def entries(self) -> tuple[str, ...]:
        """ENV as a RUN compares it: NAME=value."""
        return tuple(self._entries.values())

    def set(self, name: str, value: str, vague: bool = False) -> None:
        """Set a variable with ENV; `vague` as `Environment` has it."""
        self.env.put(name, value, vague)
        self.all.put(name, value, vague)
        self._entries[name] = f"{name}={value}"

    def allow(self, name: str, default: str | None, vague: bool = False) -> None:
        """Declare a build argument; `vague` is said of its default."""
        self.allowed[name] = default
        value = self.table.argument(name, default)
        if name in self.env:
            return
        if value is None:
            self.all.pop(name, None)
        else:
            self.all.put(name, value, vague and name not in self.table.options.args)

    def arguments(self) -> dict[str, str]:
        """The build arguments that have a value and that no ENV hides, sorted."""
        values = (
            (name, self.table.argument(name, self.allowed[name]))
            for name in sorted(self.allowed)
            if name not in self.env
        )
        return {name: value for name, value in values if value is not None}
