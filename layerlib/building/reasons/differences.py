"""What changed of a step between two builds: one rule for each field that a builder compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import compress
from operator import eq, is_not
from typing import Any

from ...reading.file import File
from ...reading.paths import base_name
from .reasons import Facts, Reason


def difference(now: Facts, before: Facts) -> Reason | None:
    """What changed of a step between two builds, or None if nothing did but what it stands on."""
    for key, rule in _RULES.items():
        old, new = before.definition.get(key), now.definition.get(key)
        if old != new:
            return rule(now, before, old, new)
    for label, files in now.files.items():
        if label in before.files and (reason := _files(label, files, before.files[label], label in now.stages)):
            return reason
    return None


def _command(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
    shell_forms = not (now.exec_form or before.exec_form)
    if shell_forms and isinstance(old, list) and isinstance(new, list) and old[-1:] == new[-1:] and now.kind != "CMD":
        shells = " ".join(new[:-1]), " ".join(old[:-1])
        return Reason("shell", shells[0], f"The shell that runs the command is {shells[0]} now; it was {shells[1]}.")
    if now.text == before.text:
        what = (
            f"The text of the heredoc of {now.text}"
            if "<<" in now.text
            else f"What the variables in {now.text} stand for"
        )
        return Reason("command", now.text, f"{what} changed.")
    return Reason("command", now.text, f"The instruction changed; it was {before.text}.")


def _environment(now: Facts, before: Facts, old: list[str], new: list[str]) -> Reason:
    was, is_ = (dict(entry.partition("=")[::2] for entry in entries) for entries in (old, new))
    for key in dict.fromkeys((*is_, *was)):
        if was.get(key) != is_.get(key):
            kind = "build-argument" if key in now.arguments | before.arguments else "environment"
            what = "build argument" if kind == "build-argument" else "variable"
            if key not in was:
                return Reason(kind, key, f"The {what} {key} is new. Every RUN after it sees it, used or not.")
            if key not in is_:
                return Reason(kind, key, f"The {what} {key} is gone. Every RUN after it saw it, used or not.")
            change = f"from {was[key]!r} to {is_[key]!r}"
            return Reason(kind, key, f"The {what} {key} changed {change}. Every RUN after it sees it, used or not.")
    first = next((one for one, other in zip(is_, was, strict=True) if one != other), "")
    return Reason("order", first, "The variables are the same, but set in another order, and the order counts.")


def _arguments(now: Facts, before: Facts, old: list[str], new: list[str]) -> Reason:
    changed = next((entry for entry in [*new, *old] if (entry in new) != (entry in old)), new[0] if new else old[0])
    name, _, _ = changed.partition("=")
    return Reason(
        "build-argument", name, f"The build argument {name} changed. A RUN sees every ARG above it, used or not."
    )


def _plain(kind: str, what: str, empty: str = "nothing") -> Rule:
    def rule(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
        shown = [_shown(value) for value in (old, new)]
        was, is_ = (value or empty for value in shown)
        return Reason(kind, _shown(new) or _shown(old), f"The {what} changed from {was} to {is_}.")

    return rule


def _shown(value: Any) -> str:
    return "" if value is None else ":".join(map(str, value)) if isinstance(value, list) else str(value)


def _owner(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
    names = [":".join("root" if part == "0" else part for part in _shown(value).split(":")) for value in (old, new)]
    return Reason(
        "user", names[1], f"The owner of what is written changed from {names[0] or 'none'} to {names[1] or 'none'}."
    )


def _default(now: Facts, before: Facts, old: str, new: str) -> Reason:
    (name, _, value), (other, _, was) = new.partition("="), old.partition("=")
    if name != other or not was or not value:
        return Reason("build-argument", name, f"The line is ARG {new} now; it was ARG {old}.")
    return Reason("build-argument", name, f"The default of {name} changed from {was} to {value}.")


def _mounts(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
    changed = next((mount for mount in [*new, *old] if (mount in new) != (mount in old)), new[0] if new else old[0])
    how = (
        "is new"
        if changed not in old and changed[1] not in {mount[1] for mount in old}
        else ("is gone" if changed[1] not in {mount[1] for mount in new} else "is not as it was")
    )
    return Reason("mount", str(changed[1]), f"The mount at {changed[1]} {how}.")


def _sources(now: Facts, before: Facts, old: list[str], new: list[str]) -> Reason:
    if sorted(old) == sorted(new):
        return Reason("order", " ".join(new), f"The sources come in another order; it was {' '.join(old)}.")
    there, here = _all_files(before), _all_files(now)
    if len(old) == len(new) == 1 and list(there.values()) == list(here.values()):
        return Reason(
            "file-renamed", new[0], f"The file is called {new[0]} now; it was {old[0]}, with the same content."
        )
    return Reason("source", " ".join(new), f"Other files are copied: {' '.join(new)}; it was {' '.join(old)}.")


def _all_files(facts: Facts) -> dict[str, str]:
    return {path: file.digest for files in facts.files.values() for path, file in files.items()}


def _unpack(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
    words = ("ADD", "COPY") if new else ("COPY", "ADD")
    return Reason("flags", "ADD", f"It is {words[0]} now and was {words[1]}; only ADD unpacks archives.")


def _chmod(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
    shown = [f"{value:o}" if isinstance(value, int) else value or "none" for value in (old, new)]
    return Reason("flags", "--chmod", f"--chmod changed from {shown[0]} to {shown[1]}.")


def _flag(flag: str, what: str) -> Rule:
    def rule(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
        return Reason("flags", flag, what.format(old=_shown(old) or "none", new=_shown(new) or "none"))

    return rule


def _image(now: Facts, before: Facts, old: str, new: str) -> Reason:
    image = str(now.definition.get("image", new))
    if before.definition.get("image") != image:
        return Reason("base-image", image, f"The base image is {image} now; it was {before.definition.get('image')}.")
    return Reason("base-image", image, f"{image} is another image than at the last build: its tag has moved.")


Rule = Callable[[Facts, Facts, Any, Any], Reason]

_RULES: dict[str, Rule] = {
    "digest": _image,
    "command": _command,
    "argument": _default,
    "arguments": _arguments,
    "environment": _environment,
    "shell": _plain("shell", "shell"),
    "user": _plain("user", "user who runs it", "root"),
    "working directory": _plain("working-directory", "working directory"),
    "network": _flag("--network", "--network changed from {old} to {new}."),
    "mounts": _mounts,
    "path": _plain("working-directory", "folder"),
    "wildcards": _flag("wildcard", "A name became a wildcard or the other way round."),
    "sources": _sources,
    "destination": _plain("destination", "destination"),
    "owner": _owner,
    "chown": _flag("--chown", "--chown changed from {old} to {new}."),
    "mode": _chmod,
    "unpack": _unpack,
    "exclude": _flag("--exclude", "--exclude changed from {old} to {new}."),
    "epoch": _plain("build-argument", "build argument SOURCE_DATE_EPOCH"),
}


def _files(label: str, new: Mapping[str, File], old: Mapping[str, File], stage: bool) -> Reason | None:
    if len(new) == len(old) and all(map(eq, new, old)):  # the same paths; of many files, most are the same
        others = list(compress(new, map(is_not, new.values(), old.values())))
    else:
        others = [path for path, file in new.items() if old.get(path) is not file]
    added = [path for path in others if path not in old]
    removed = [path for path in old if path not in new] if len(new) - len(added) < len(old) else []
    changed = [path for path in others if path not in old or old[path].digest != new[path].digest] + removed
    if not changed:
        return None
    path = changed[0]
    more = len(changed) - 1
    also = f" ({more} more {'differs' if more == 1 else 'differ'})" if more else ""
    if stage:
        seen = (new.get(path) or old[path]).opaque_id
        how = "may not be" if seen else "is not"
        return Reason("stage-output", "/" + path, f"/{path} from {label} {how} what it was{also}.")
    if len(added) == len(removed) == 1 and len(changed) == 2 and new[added[0]].digest == old[removed[0]].digest:
        return Reason("file-renamed", added[0], f"{removed[0]} is called {added[0]} now.")
    if added and added[0] == path:
        return Reason("file-added", path, f"{path} is new among the files that are copied{also}.")
    if removed and removed[0] == path:
        return Reason("file-removed", path, f"{path} is no longer among the files that are copied{also}.")
    before, now = old[path], new[path]
    if before.kind != now.kind or before.target != now.target or before.content_digest != now.content_digest:
        if label.startswith("heredoc"):
            return Reason("file-content", base_name(path), f"The text of the heredoc {base_name(path)} changed.")
        return Reason("file-content", path, f"The content of {path} changed{also}.")
    return Reason("file-mode", path, f"The permissions of {path} changed from {before.mode:o} to {now.mode:o}{also}.")
