"""What one instruction may say: its flags and its arguments.

The rules and their order are those of BuildKit's frontend/dockerfile/instructions (parse.go, bflag.go); which of
them Engine 28.5 refuses was recorded (tests/traces/malformed-buildkit.json).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .durations import nanoseconds
from .errors import DockerfileError, closest_name

KEYWORDS = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
]  # fmt: skip

FLAGS = {
    "FROM": {"platform"},
    "RUN": {"mount", "network"},
    "COPY": {"from", "chown", "chmod", "link", "exclude"},
    "ADD": {"chown", "chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack"},
    "HEALTHCHECK": {"interval", "timeout", "start-period", "start-interval", "retries"},
}
# Flags that only another frontend knows, by way of a `# syntax=` line.
OTHER_FRONTENDS = {"COPY": {"parents"}, "RUN": {"security", "device"}}
# What people forget to put RUN before.
COMMANDS = """
    apk apt apt-get bash cat cd chmod chown conda cp curl dnf echo export git go import ls make mkdir mv node npm pip
    pip3 poetry python python3 rm sed set sh source sudo tar touch unzip useradd uv wget yarn yum
"""
YES_OR_NO = {"link", "keep-git-dir", "unpack"}
SEVERAL = {"mount", "exclude"}
LEAST = 10**6  # nanoseconds; Docker checks no oftener than every millisecond
STAGE_NAME = r"[a-z][a-z0-9-_.]*"

Flags = dict[str, tuple[str, ...]]


def refused(problem: str, cure: str, spot: str = "") -> DockerfileError:
    """An instruction that Docker refuses: what is wrong, what to do about it, and the text to point at."""
    return DockerfileError(problem, cure=cure, spot=spot)


def unknown_instruction(line: str) -> DockerfileError:
    """The first word of a line names no instruction."""
    word = next(iter(line.split(maxsplit=1)), "")
    return refused(f"unknown instruction: {word}", _instruction_meant(word, line), word)


def _instruction_meant(word: str, line: str) -> str:
    if not word:
        return "A \\ at the end of a line goes on with the next line, and there is none. Remove it."
    if word in ("&&", "||", "|", ";"):
        return "The command goes on here: the line above needs a \\ at its end."
    close = "" if word in COMMANDS.split() else closest_name(word.upper(), KEYWORDS, 0.5)
    if close:
        return f"Did you mean {close}?"
    if word in COMMANDS.split() or word.islower():
        return f"To run a command while the image is built, write RUN before it: RUN {_shortened(line)}"
    return f"An instruction is one of {', '.join(KEYWORDS)}."


def _shortened(line: str) -> str:
    first = line.partition("\n")[0]
    return first if len(first) <= 60 else first[:59] + "…"


def syntax_error(problem: str) -> DockerfileError:
    """What the parser complains about, with a cure."""
    cures = {
        "unterminated heredoc": "End it with a line that holds the heredoc's name and nothing else.",
        "must have two arguments": "Write NAME=value.",
        "can't find =": 'Write name=value, with quotes around a value that has spaces: NAME="two words".',
        "Only strings are supported": 'Put every item in double quotes: ["echo", "1"].',
        "escape token": "The escape directive takes \\ or `.",
        "parser directive": "Keep one of them.",
    }
    cure = next((cure for part, cure in cures.items() if part in problem), "")
    return refused(problem.removeprefix("Syntax error - "), cure)


def read_flags(keyword: str, written: Sequence[str]) -> Flags:
    """The flags of an instruction, by name.

    Raises DockerfileError for an unknown flag, one given twice, or one without its value.
    """
    flags: Flags = {}
    if keyword in ("ARG", "STOPSIGNAL"):  # Docker takes no notice of theirs
        return flags
    known = FLAGS.get(keyword, set())
    for text in written:
        name, equals, value = text.removeprefix("--").partition("=")
        if name not in known:
            close = closest_name(name, known)
            cure = f"Did you mean --{close}?" if close else _known_flags(keyword, known)
            if name in OTHER_FRONTENDS.get(keyword, ()):
                cure = (
                    "The line # syntax=docker/dockerfile:1-labs brings a frontend that may know it. "
                    "This model has the engine's own and follows no # syntax line."
                )
            raise refused(f"unknown flag: --{name}", cure, text)
        if name in flags and name not in SEVERAL:
            raise refused(f"duplicate flag specified: --{name}", "Keep one of them.", text)
        if name in YES_OR_NO:
            if equals and value not in ("true", "false"):
                raise refused(f"--{name} takes true or false, not {value!r}", f"Write --{name} alone.", text)
            value = value or "true"
        elif not equals:
            raise refused(f"missing a value on flag: --{name}", f"Write --{name}=VALUE, without spaces.", text)
        flags[name] = (*flags.get(name, ()), value)
    return flags


def _known_flags(keyword: str, known: set[str]) -> str:
    if not known:
        return f"{keyword} has no flags. A command that begins with -- goes into a shell: sh -c '--...'."
    return f"{keyword} knows {', '.join('--' + name for name in sorted(known))}."


def check(keyword: str, words: Sequence[str], json: bool, flags: Flags) -> None:
    """Raise DockerfileError for arguments that the instruction's own rules refuse."""
    if keyword in CHECKS:
        CHECKS[keyword](words, json, flags)


def _at_least_one(keyword: str, example: str) -> Callable[[Sequence[str], bool, Flags], None]:
    def rule(words: Sequence[str], json: bool, flags: Flags) -> None:
        if not words:
            raise refused(f"{keyword} requires at least one argument", f"For example: {example}.")

    return rule


def _exactly_one(keyword: str, example: str) -> Callable[[Sequence[str], bool, Flags], None]:
    def rule(words: Sequence[str], json: bool, flags: Flags) -> None:
        if len(words) != 1:
            raise refused(f"{keyword} requires exactly one argument", f"For example: {example}.")

    return rule


def _from(words: Sequence[str], json: bool, flags: Flags) -> None:
    if len(words) not in (1, 3) or (len(words) == 3 and words[1].lower() != "as"):
        raise refused("FROM requires either one or three arguments", "Write FROM image, or FROM image AS name.")
    if len(words) == 3 and not re.fullmatch(STAGE_NAME, words[2].lower()):
        raise refused(
            f'invalid name for build stage: "{words[2]}"',
            "A stage's name begins with a letter; letters, digits, - _ and . may follow.",
            words[2],
        )


def mount_fields(text: str) -> list[str]:
    """The fields of a --mount: comma-separated values. Raises DockerfileError."""
    import csv

    try:
        return next(csv.reader([text], strict=True)) if '"' in text else text.split(",")
    except (csv.Error, StopIteration):
        raise refused(
            "the value of --mount cannot be read: a quote is in the wrong place",
            "Write --mount=type=...,target=... without quotes.",
            "--mount",
        ) from None


def _run(words: Sequence[str], json: bool, flags: Flags) -> None:
    if (network := flags.get("network", ("default",))[-1]) not in ("default", "none", "host"):
        raise refused(f"invalid network mode {network!r}", "It is default, none or host.", network)
    for text in flags.get("mount", ()):
        if not text:
            raise refused("--mount has no value", "For example: --mount=type=cache,target=/k.", "--mount=")
        if any(re.match(r"(?i:from)=.*?\$.", field) for field in mount_fields(text)):
            raise refused("'from' takes no variables in --mount", "Name a stage with FROM $VARIABLE AS name.", "from=")


def _copy(keyword: str) -> Callable[[Sequence[str], bool, Flags], None]:
    def rule(words: Sequence[str], json: bool, flags: Flags) -> None:
        if len(words) < 2:
            raise refused(
                f"{keyword} requires at least two arguments: what to copy, and where to",
                f"For example: {keyword} app.py /home/app/.",
            )
        if "$" in (source := flags.get("from", ("",))[-1]):
            raise refused(
                "--from takes no variables",
                "Give the image a stage's name with FROM $VARIABLE AS name, then COPY --from=name.",
                source,
            )

    return rule


def _pairs(keyword: str) -> Callable[[Sequence[str], bool, Flags], None]:
    def rule(words: Sequence[str], json: bool, flags: Flags) -> None:
        if not words:
            raise refused(f"{keyword} requires at least one argument", f"For example: {keyword} NAME=value.")
        if not all(words[0::3]):
            raise refused(f"{keyword} names can not be blank", "Write NAME=value.")

    return rule


def _arg(words: Sequence[str], json: bool, flags: Flags) -> None:
    if not words:
        raise refused("ARG requires at least one argument", "For example: ARG VERSION=1.")
    if any(word.startswith("=") for word in words):
        raise refused("ARG names can not be blank", "Write ARG NAME or ARG NAME=default.")


def _volume(words: Sequence[str], json: bool, flags: Flags) -> None:
    if not words:
        raise refused("VOLUME requires at least one argument", "For example: VOLUME /data.")
    if any(not word.strip() for word in words):
        raise refused("VOLUME specified can not be an empty string", "Name the folder: VOLUME /data.")


def _shell(words: Sequence[str], json: bool, flags: Flags) -> None:
    if not json:
        raise refused("SHELL requires the arguments to be in JSON form", 'For example: SHELL ["/bin/bash", "-c"].')
    if not words:
        raise refused("SHELL requires at least one argument", 'For example: SHELL ["/bin/bash", "-c"].')


def _healthcheck(words: Sequence[str], json: bool, flags: Flags) -> None:
    if not words:
        raise refused("HEALTHCHECK requires at least one argument", "Write HEALTHCHECK CMD command, or NONE.")
    kind = words[0].upper()
    if kind == "NONE" and len(words) > 1:
        raise refused("HEALTHCHECK NONE takes no arguments", "Remove what follows NONE.")
    if kind not in ("CMD", "NONE"):
        cure = f"Write HEALTHCHECK NONE, or CMD before the command: HEALTHCHECK CMD {_shortened(' '.join(words))}"
        raise refused(f'unknown type "{words[0]}" in HEALTHCHECK', cure, words[0])
    if kind == "CMD" and not any(words[1:]):
        raise refused("missing command after HEALTHCHECK CMD", "Say what to run: HEALTHCHECK CMD curl localhost.")
    for name in ("interval", "timeout", "start-period", "start-interval"):
        _check_duration(name, flags.get(name, ("",))[-1])
    retries = flags.get("retries", ("0",))[-1] or "0"
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", retries) or not 0 <= int(retries) < 2**31:
        raise refused(f'--retries must be a whole number, not "{retries}"', "For example: --retries=3.", retries)


def _check_duration(name: str, text: str) -> None:
    """Refuse what HEALTHCHECK does not take as a time; 0 and an empty text stand for Docker's default."""
    try:
        duration = nanoseconds(text) if text else 0
    except ValueError:
        raise refused(f'--{name}: invalid duration "{text}"', "For example: 30s, 5m or 1m30s.", text) from None
    if duration and duration < LEAST:
        raise refused(f"--{name} cannot be less than 1ms", "For example: 30s.", text)


def check_trigger(trigger: str) -> None:
    """Raise DockerfileError for what may not follow ONBUILD. An unknown instruction is refused when it is used."""
    if not trigger:
        raise refused("ONBUILD requires at least one argument", "For example: ONBUILD COPY . /app.")
    keyword = trigger.split(maxsplit=1)[0].upper()
    if keyword == "ONBUILD":
        raise refused("chaining ONBUILD via ONBUILD ONBUILD isn't allowed", "Remove one ONBUILD.", "ONBUILD ONBUILD")
    if keyword in ("FROM", "MAINTAINER"):
        raise refused(f"{keyword} isn't allowed as an ONBUILD trigger", "Triggers run in the child's stage.", keyword)


CHECKS: dict[str, Callable[[Sequence[str], bool, Flags], None]] = {
    "FROM": _from,
    "RUN": _run,
    "COPY": _copy("COPY"),
    "ADD": _copy("ADD"),
    "ENV": _pairs("ENV"),
    "LABEL": _pairs("LABEL"),
    "ARG": _arg,
    "EXPOSE": _at_least_one("EXPOSE", "EXPOSE 80"),
    "VOLUME": _volume,
    "SHELL": _shell,
    "HEALTHCHECK": _healthcheck,
    "WORKDIR": _exactly_one("WORKDIR", "WORKDIR /home/app"),
    "USER": _exactly_one("USER", "USER app"),
    "STOPSIGNAL": _exactly_one("STOPSIGNAL", "STOPSIGNAL SIGINT"),
    "MAINTAINER": _exactly_one("MAINTAINER", "MAINTAINER name"),
}
