"""The classic builder's instructions that change only the config. Each is an image of its own, compared by its text.

Source: moby, daemon/builder/dockerfile/dispatchers.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...reading.dockerfile import Instruction
from ...reading.expansion import expand_to_words
from ..cache.cache import Result
from ..files.snapshot import Snapshot
from ..image import config as rules
from ..image import gotext

if TYPE_CHECKING:
    from .stage import ClassicStage

# What a changed instruction is called in a reason; any other is "command".
FIELDS = {"ENV": "environment", "ARG": "argument", "USER": "user", "WORKDIR": "path", "SHELL": "shell"}


def metadata(stage: ClassicStage, one: Instruction) -> None:
    """An instruction that changes only the config. It is compared by its text and by the whole config."""
    value: Any = None
    if one.keyword == "ENV":
        pairs = [(stage.expand(key), stage.expand(text or "")) for key, text in one.pairs]
        for key, text in pairs:
            stage.variables.set(key, text)
        value = [f"{key}={text}" for key, text in pairs]
        arguments = " ".join(value)
    elif one.keyword == "ARG":
        pairs_ = [(stage.expand(key), None if text is None else stage.expand(text)) for key, text in one.pairs]
        for key, default in pairs_:
            stage.variables.allow(key, default)
        arguments = " ".join(key if text is None else f"{key}={text}" for key, text in pairs_)
    else:
        if one.keyword == "ENTRYPOINT" and not stage.cmd_set:
            stage.config.pop("Cmd", None)
        arguments = rules.apply(stage.config, one, stage.variables.all, stage.escape)
        stage.config.pop("ArgsEscaped", None)
        stage.cmd_set |= one.keyword == "CMD"
        if one.keyword == "HEALTHCHECK":
            arguments = _healthcheck(one)
        elif one.keyword == "EXPOSE":
            arguments = " ".join(
                word for text in one.words for word in expand_to_words(text, stage.variables.all, stage.escape)
            )
    if one.keyword == "SHELL":
        value = " ".join(one.words)
    text = f"{one.keyword} {arguments}"
    definition = {FIELDS.get(one.keyword, "command"): value or arguments}
    command = [*stage.shell(), "#(nop) ", text]
    stage.probe(one, command, definition, lambda key, below: Result(key, Snapshot(below)))


def _healthcheck(one: Instruction) -> str:
    check = rules.healthcheck(one)
    times = [gotext.duration(check[key]) for key in ("Interval", "Timeout", "StartPeriod", "StartInterval")]
    return f"&{{[{' '.join(check['Test'])}] {' '.join(times)} {check['Retries']}}}"
