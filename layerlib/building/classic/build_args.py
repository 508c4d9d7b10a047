"""Variables of a stage in the classic builder: ENV, and the build arguments that no ENV hides.

Source: moby, daemon/builder/dockerfile/buildargs.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ..image import config as rules


class Variables:
    """The variables of a stage while it is built.

    Attributes:
        env: what ENV has set.
        given: --build-arg, name to value; above: the ARGs before the first FROM.
        allowed: the ARGs of the stage, name to default.
    """

    def __init__(self, env: dict[str, str], given: Mapping[str, str], above: Mapping[str, str]) -> None:
        self.env, self.given, self.above = env, given, above
        self.allowed: dict[str, str | None] = {}

    @cached_property
    def all(self) -> dict[str, str]:
        """What variables mean to whoever expands them."""
        return {**self.arguments(), **self.env}

    @cached_property
    def entries(self) -> list[str]:
        """ENV as a RUN's definition has it: one list until a variable is set."""
        return rules.entries(self.env)

    def set(self, name: str, value: str) -> None:
        """Set a variable with ENV."""
        self.env[name] = self.all[name] = value
        self.__dict__.pop("entries", None)

    def allow(self, name: str, default: str | None) -> None:
        """Declare a build argument."""
        self.allowed[name] = default
        value = self._value(name)
        if value is not None and name not in self.env:
            self.all[name] = value
        elif value is None and name in self.all:
            del self.all  # worked out anew when somebody asks

    def arguments(self) -> dict[str, str]:
        """The build arguments that have a value and that no ENV hides, sorted."""
        values = ((name, self._value(name)) for name in sorted(self.allowed) if name not in self.env)
        return {name: value for name, value in values if value is not None}

    def _value(self, name: str) -> str | None:
        default = self.allowed[name]
        return self.given.get(name, self.above.get(name) if default is None else default)
