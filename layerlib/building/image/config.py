"""The image's config: what each instruction that makes no layer writes into it, and what history says of it.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go; the texts are recorded ones (tests/traces).
Both builders change the config in the same way; only their history texts differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...reading.dockerfile import Instruction
from ...reading.durations import nanoseconds
from ...reading.errors import DockerfileError
from ...reading.expansion import Environment, Variables, expand, expand_to_words, is_vague
from . import gotext

DEFAULT_SHELL = ("/bin/sh", "-c")
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

Config = dict[str, Any]

_PORT = re.compile(r"\+?0*[0-9]{1,5}")
_REAL_TIME = re.compile(r"RTMIN\+([1-9]|1[0-5])|RTMAX-([1-9]|1[0-4])")
SIGNALS = """
    ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN SEGV STKFLT STOP SYS
    TERM TRAP TSTP TTIN TTOU UNUSED URG USR1 USR2 VTALRM WINCH XCPU XFSZ
"""


def start(base: Mapping[str, Any], described: bool = True) -> Config:
    """The config that a stage begins with: the base image's, its ONBUILD triggers consumed, PATH always set.

    While a stage is walked, Env is an `Environment`. An image that nobody described may set any variable, PATH too.
    """
    config = {key: _copy(value) for key, value in base.items() if key != "OnBuild"}
    config["Env"] = Environment(variables(config.get("Env", ())), open=not described)
    if described:
        config["Env"].setdefault("PATH", DEFAULT_PATH)
    return config


def finished(config: Mapping[str, Any]) -> Config:
    """The config as an image has it: Env is a list of name=value."""
    return {key: entries(value) if key == "Env" else value for key, value in config.items()}


def variables(entries: Iterable[str]) -> dict[str, str]:
    """Variables out of entries as Docker writes them."""
    return dict(entry.partition("=")[::2] for entry in entries)


def entries(variables: Variables) -> list[str]:
    """Variables as Docker writes them: name=value."""
    return [f"{name}={value}" for name, value in variables.items()]


def copied(config: Mapping[str, Any]) -> Config:
    """A config of its own for a stage that begins with another one's."""
    return {key: _copy(value) for key, value in config.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, Environment):
        return value.copy()
    return list(value) if isinstance(value, list | tuple) else dict(value) if isinstance(value, dict) else value


def shell_form(config: Mapping[str, Any], words: Iterable[str]) -> list[str]:
    """A command line for the shell: SHELL's words and the command as instruction."""
    return [*(config.get("Shell") or DEFAULT_SHELL), " ".join(words)]


def command_line(config: Mapping[str, Any], instruction: Instruction) -> list[str]:
    """What CMD, ENTRYPOINT or RUN starts: the JSON array as it is, or the shell with the text."""
    return list(instruction.words) if instruction.json else shell_form(config, instruction.words)


def expanded_pairs(instruction: Instruction, expand: Callable[[str], str]) -> list[tuple[str, str | None]]:
    """The pairs of ENV or ARG, each name and value expanded with what the variables were above the instruction."""
    return [(expand(name), None if value is None else expand(value)) for name, value in instruction.pairs]


def drop_inherited_cmd(config: Config, instruction: Instruction, cmd_set: bool) -> bool:
    """ENTRYPOINT takes the base image's CMD away, unless the stage has a CMD of its own.

    Returns whether the stage has one after this instruction.
    """
    if instruction.keyword == "ENTRYPOINT" and not cmd_set:
        config.pop("Cmd", None)
    return cmd_set or instruction.keyword == "CMD"


# Each rule changes the config and returns the arguments that history shows after the keyword.


def _label(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    texts = []
    for name, value in instruction.pairs:
        name, value = expand(name, env, escape), expand(value or "", env, escape)
        config.setdefault("Labels", {})[name] = value
        texts.append(f"{name}={value}")
    return " ".join(texts)


def _maintainer(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    return instruction.words[0]


def _expose(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    ports: list[str] = []
    for word in instruction.words:
        words = expand_to_words(word, env, escape)
        ports += words if is_vague(word, env, escape) else ports_of(words)
    config.setdefault("ExposedPorts", {}).update({port: {} for port in ports})
    return f"[{' '.join(ports)}]"


def _user(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    config["User"] = expand(instruction.words[0], env, escape)
    return str(config["User"])


def _volume(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    paths = [expand(word, env, escape) for word in instruction.words]
    if not all(paths):
        cure = "Name the folder: VOLUME /data. A variable that is not set is replaced by nothing."
        raise DockerfileError("VOLUME specified can not be an empty string", cure=cure)
    config.setdefault("Volumes", {}).update({path: {} for path in paths})
    return f"[{' '.join(paths)}]"


def _stopsignal(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    signal = expand(instruction.words[0], env, escape)
    name = signal.upper().removeprefix("SIG")
    number = re.fullmatch("[+-]?[0-9]{1,18}", signal) and int(signal)
    known = number or name in SIGNALS.split() or _REAL_TIME.fullmatch(name)
    if not known and not is_vague(instruction.words[0], env, escape):
        cure = "Write a signal's name or number: STOPSIGNAL SIGINT, or STOPSIGNAL 2."
        raise DockerfileError(f"invalid signal: {signal}", cure=cure, spot=instruction.words[0])
    config["StopSignal"] = signal
    return signal


def _shell(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    config["Shell"] = list(instruction.words)
    return f"[{' '.join(instruction.words)}]"


def _cmd(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    config["Cmd"] = command_line(config, instruction)
    config["ArgsEscaped"] = True
    return gotext.quoted_list(config["Cmd"])


def _entrypoint(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    config["Entrypoint"] = command_line(config, instruction)
    return gotext.quoted_list(config["Entrypoint"])


def _healthcheck(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    check = healthcheck(instruction)
    config["Healthcheck"] = {key: value for key, value in check.items() if value}
    times = [
        gotext.quoted(gotext.duration(check[key])) for key in ("Interval", "Timeout", "StartPeriod", "StartInterval")
    ]
    return f"&{{{gotext.quoted_list(check['Test'])} {' '.join(times)} {gotext.quoted_number(check['Retries'])}}}"


def _onbuild(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    config.setdefault("OnBuild", []).append(instruction.trigger)
    return instruction.trigger


RULES: dict[str, Callable[[Config, Instruction, Variables, str], str]] = {
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "EXPOSE": _expose,
    "USER": _user,
    "VOLUME": _volume,
    "STOPSIGNAL": _stopsignal,
    "SHELL": _shell,
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "HEALTHCHECK": _healthcheck,
    "ONBUILD": _onbuild,
}


def apply(config: Config, instruction: Instruction, env: Variables, escape: str) -> str:
    """Let an instruction of `RULES` change the config; returns the arguments that BuildKit's history shows.

    Raises DockerfileError for a value that Docker refuses.
    """
    return RULES[instruction.keyword](config, instruction, env, escape)


def healthcheck(instruction: Instruction) -> dict[str, Any]:
    """HEALTHCHECK as the config holds it: Test, and times in nanoseconds."""
    kind = instruction.words[0].upper()
    times = {
        "Interval": "interval",
        "Timeout": "timeout",
        "StartPeriod": "start-period",
        "StartInterval": "start-interval",
    }
    test = ["NONE"] if kind == "NONE" else ["CMD" if instruction.json else "CMD-SHELL", *instruction.words[1:]]
    return {
        "Test": test,
        **{key: nanoseconds(instruction.flag(flag) or "0") for key, flag in times.items()},
        "Retries": int(instruction.flag("retries") or 0),
    }


def ports_of(words: Sequence[str]) -> list[str]:
    """EXPOSE's words as ports with their protocol, ranges written out.

    Raises DockerfileError for what is not a port.
    """
    ports = []
    for word in words:
        numbers, _, protocol = word.partition("/")
        numbers = numbers.rpartition(":")[2]
        first, dash, last = numbers.partition("-")
        last = last if dash else first
        if not (_PORT.fullmatch(first) and _PORT.fullmatch(last) and 0 <= int(first) <= int(last) <= 65535):
            cure = "A port is a number from 0 to 65535, or a range of them: EXPOSE 80, EXPOSE 8000-8010/udp."
            raise DockerfileError(f"invalid containerPort: {word}", cure=cure, spot=word)
        if protocol.lower() not in ("", "tcp", "udp", "sctp"):
            cure = "A protocol is tcp, udp or sctp: EXPOSE 80/tcp."
            raise DockerfileError(f"invalid proto: {protocol}", cure=cure, spot=word)
        ports += [f"{number}/{protocol.lower() or 'tcp'}" for number in range(int(first), int(last) + 1)]
    return ports
