"""What changed of a step of the classic builder: one rule for each field that it compares."""

from __future__ import annotations

from ..operations import ImageSource
from ..reasons import differences
from ..reasons.differences import (
    Rules,
    args_changed,
    env_changed,
    first_changed,
    flag_changed,
    option_changed,
    sources_changed,
    text_changed,
    value_changed,
)
from ..reasons.reasons import Facts
from ..records import Reason
from .operations import (
    ClassicCopy,
    ClassicRun,
    ClassicWorkdir,
    LabelOption,
    SetArg,
    SetConfig,
    SetEnv,
    SetShell,
    SetUser,
)


def _arguments(now: Facts, before: Facts, old: tuple[str, ...], new: tuple[str, ...]) -> Reason:
    name, _, _ = first_changed(old, new).partition("=")
    was, is_ = (dict(entry.partition("=")[::2] for entry in entries).get(name) for entries in (old, new))
    how = "is new" if was is None else "is gone" if is_ is None else f"changed from {was!r} to {is_!r}"
    return Reason(
        "build-argument", name, f"The build argument {name} {how}. A RUN sees every ARG above it, used or not."
    )


def _argument(now: Facts, before: Facts, old: str, new: str) -> Reason:
    (name, _, value), (other, _, was) = new.partition("="), old.partition("=")
    if name != other or not was or not value:
        return Reason("build-argument", name, f"The line is ARG {new} now; it was ARG {old}.")
    return Reason("build-argument", name, f"The default of {name} changed from {was} to {value}.")


RULES: Rules = {
    ImageSource: differences.RULES[ImageSource],
    ClassicRun: {"args": args_changed, "arguments": _arguments, "env": env_changed},
    ClassicCopy: {
        "sources": sources_changed,
        "destination": value_changed("destination", "destination"),
        "chown": flag_changed("--chown"),
    },
    ClassicWorkdir: {"path": value_changed("working-directory", "folder")},
    SetEnv: {"env": env_changed},
    SetArg: {"argument": _argument},
    SetUser: {"user": value_changed("user", "user who runs it", "root")},
    SetShell: {"shell": value_changed("shell", "shell")},
    SetConfig: {"text": text_changed},
    LabelOption: {"text": option_changed("--label")},
}
