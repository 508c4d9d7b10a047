"""The classic builder's instructions that change only the config. Each is an image of its own, compared by its text.

Source: moby, daemon/builder/dockerfile/dispatchers.go.
"""

from __future__ import annotations

from ...reading.dockerfile import Instruction
from ...reading.expansion import expand_to_words
from .. import executing
from ..image import config as rules
from ..image import gotext
from ..operations import Operation
from .operations import LabelOption, SetArg, SetConfig, SetEnv, SetShell, SetUser
from .stage import ClassicStage


def metadata(stage: ClassicStage, instruction: Instruction) -> None:
    """An instruction that changes only the config. It is compared by its text and by the whole config."""
    match instruction.keyword:
        case "ENV":
            operation, arguments = _env(stage, instruction)
        case "ARG":
            operation, arguments = _arg(stage, instruction)
        case _:
            operation, arguments = _other(stage, instruction)
    command = [*stage.shell(), "#(nop) ", f"{instruction.keyword} {arguments}"]
    stage.probe(instruction, operation, command, lambda below, verdict: executing.write(below, {}, 0))


def add_labels(stage: ClassicStage) -> None:
    """What --label adds to the last stage: a LABEL for each, by name. The values are taken as they are. Recorded."""
    for name, value in sorted(stage.table.options.labels.items()):
        text = f"{name}={value}"
        instruction = Instruction("LABEL", f"LABEL {text}", words=(text,))
        stage.name = stage.numbering.name(instruction.source)
        stage.config.setdefault("Labels", {})[name] = value
        command = [*stage.shell(), "#(nop) ", instruction.source]
        stage.probe(instruction, LabelOption(text), command, lambda below, verdict: executing.write(below, {}, 0))


def _env(stage: ClassicStage, instruction: Instruction) -> tuple[Operation, str]:
    variables = [(name, value or "") for name, value in rules.expanded_pairs(instruction, stage.expand)]
    vague = [stage.is_vague(value or "") for _, value in instruction.pairs]
    for (name, value), unknown in zip(variables, vague, strict=True):
        stage.variables.set(name, value, unknown)
    shown = tuple(f"{name}={value}" for name, value in variables)
    return SetEnv(shown), " ".join(shown)


def _arg(stage: ClassicStage, instruction: Instruction) -> tuple[Operation, str]:
    pairs = rules.expanded_pairs(instruction, stage.expand)
    vague = [stage.is_vague(default or "") for _, default in instruction.pairs]
    for (name, default), unknown in zip(pairs, vague, strict=True):
        stage.variables.allow(name, default, unknown)
    shown = " ".join(name if default is None else f"{name}={default}" for name, default in pairs)
    return SetArg(shown), shown


def _other(stage: ClassicStage, instruction: Instruction) -> tuple[Operation, str]:
    escape = stage.table.dockerfile.escape
    stage.cmd_set = rules.drop_inherited_cmd(stage.config, instruction, stage.cmd_set)
    text = rules.apply(stage.config, instruction, stage.variables.all, escape)
    stage.config.pop("ArgsEscaped", None)
    match instruction.keyword:
        case "CMD" if not instruction.words and not instruction.json:  # BuildKit adds an empty word
            stage.config["Cmd"] = stage.shell()
            text = gotext.quoted_list(stage.shell())
        case "ENTRYPOINT" if not instruction.words:
            stage.config.pop("Entrypoint", None)
            text = "[]"
        case "HEALTHCHECK":
            text = _healthcheck(instruction)
        case "EXPOSE":
            ports = (expand_to_words(word, stage.variables.all, escape) for word in instruction.words)
            text = " ".join(port for words in ports for port in words)
        case "USER":
            return SetUser(text), text
        case "SHELL":
            return SetShell(" ".join(instruction.words)), text
    return SetConfig(text), text


def _healthcheck(instruction: Instruction) -> str:
    check = rules.healthcheck(instruction)
    times = [gotext.duration(check[key]) for key in ("Interval", "Timeout", "StartPeriod", "StartInterval")]
    return f"&{{[{' '.join(check['Test'])}] {' '.join(times)} {check['Retries']}}}"
