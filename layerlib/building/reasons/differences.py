"""What changed of a step between two builds: one rule for each field that a builder compares."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from ...reading.file import File
from ...reading.paths import base_name
from ..files.comparing import may_hold_unknown
from ..operations import Copy, Exec, ImageSource, LocalSource, MakeFolder, Merge, Mount, MountType, Operation
from ..records import Kind, Reason
from .reasons import Facts

T = TypeVar("T")

# Given the step now and before, and a field's old and new value: what to say of it, or None if it does not count.
Rule = Callable[[Facts, Facts, Any, Any], Reason | None]

# For each kind of step its fields, those that say most first. What is not in an operation, no rule can blame.
Rules = Mapping[type[Operation], Mapping[str, Rule]]


INHERITED = {"env", "user", "cwd"}  # fields that no instruction says itself


def difference(now: Facts, before: Facts, rules: Rules) -> Reason | None:
    """What changed of a step between two builds, or None if nothing did but what it builds on."""
    for field, rule in rules[type(now.operation)].items():
        if _is_inherited(field, now, before):
            continue
        old, new = getattr(before.operation, field), getattr(now.operation, field)
        if old != new and (reason := rule(now, before, old, new)):
            return reason
    for label, files in now.files.items():
        if label in before.files and (reason := _files(label, files, before.files[label], label in now.stages)):
            return reason
    return None


def _is_inherited(field: str, now: Facts, before: Facts) -> bool:
    """Whether a field may differ only because the base images do, and nobody knows what one of them sets."""
    if now.undescribed == before.undescribed or isinstance(now.operation, ImageSource):
        return False
    return now.text == before.text or field in INHERITED


# FROM.


def _image(now: Facts, before: Facts, old: str, new: str) -> Reason:
    assert isinstance(now.operation, ImageSource)
    assert isinstance(before.operation, ImageSource)
    image, was = now.operation.image, before.operation.image
    if image != was:
        return Reason("base-image", image, f"The base image is {image} now; it was {was}.")
    return Reason("base-image", image, f"{image} is another image than at the last build: its tag has moved.")


def _image_platform(now: Facts, before: Facts, old: str, new: str) -> Reason | None:
    assert isinstance(now.operation, ImageSource)
    assert isinstance(before.operation, ImageSource)
    if now.operation.digest == before.operation.digest:
        return None  # the containerd store takes one image for every platform
    return Reason("option", "--platform", f"It is the image for {new} now; it was the one for {old}.")


def not_compared(now: Facts, before: Facts, old: Any, new: Any) -> None:
    """A name that is only shown: what it stands for is another field."""


# RUN.


def args_changed(now: Facts, before: Facts, old: tuple[str, ...], new: tuple[str, ...]) -> Reason:
    shell_forms = not (now.exec_form or before.exec_form)
    if shell_forms and old[-1:] == new[-1:]:
        shells = " ".join(new[:-1]), " ".join(old[:-1])
        return Reason("shell", shells[0], f"The shell that runs the command is {shells[0]} now; it was {shells[1]}.")
    return text_changed(now, before, old, new)


def text_changed(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
    """The instruction reads otherwise, or what is in it stands for something else."""
    if now.text != before.text:
        was = f"`{before.text}`" if before.text.endswith(".") else before.text
        return Reason("command", now.text, f"The instruction changed; it was {was}.")
    heredoc = "<<" in now.text
    what = f"The text of the heredoc of {now.text}" if heredoc else f"What the variables in {now.text} stand for"
    return Reason("command", now.text, f"{what} changed.")


def env_changed(now: Facts, before: Facts, old: tuple[str, ...], new: tuple[str, ...]) -> Reason:
    was, is_ = (dict(entry.partition("=")[::2] for entry in entries) for entries in (old, new))
    for variable in dict.fromkeys((*is_, *was)):
        if was.get(variable) != is_.get(variable):
            arguments = now.arguments | before.arguments
            return _variable(variable, was.get(variable), is_.get(variable), arguments, _uses(now, variable))
    first = next((here for here, there in zip(is_, was, strict=True) if here != there), "")
    return Reason("order", first, "The variables are the same, but set in another order, and the order counts.")


def _uses(facts: Facts, variable: str) -> bool:
    """Whether an instruction's text names a variable."""
    return re.search(rf"\$\{{?{re.escape(variable)}\b", facts.text) is not None


def _variable(name: str, was: str | None, value: str | None, arguments: frozenset[str], used: bool) -> Reason:
    kind: Kind = "build-argument" if name in arguments else "environment"
    what = f"The build argument {name}" if name in arguments else f"The variable {name}"
    if was is None:
        return Reason(kind, name, f"{what} is new. Every RUN after it sees it, used or not.")
    if value is None:
        return Reason(kind, name, f"{what} is gone. Every RUN after it saw it, used or not.")
    sees = "This step uses it." if used else "Every RUN after it sees it, used or not."
    return Reason(kind, name, f"{what} changed from {was!r} to {value!r}. {sees}")


def _mounts(now: Facts, before: Facts, old: tuple[Mount, ...], new: tuple[Mount, ...]) -> Reason:
    changed = first_changed(old, new)
    was, is_ = (_mounted_like(changed, mounts) for mounts in (old, new))
    name = _mount_name(changed)
    subject = changed.target or changed.id or changed.type.value
    if was is None:
        return Reason("mount", subject, f"{name} is new.")
    if is_ is None:
        return Reason("mount", subject, f"{name} is gone.")
    return Reason("mount", subject, f"{name} changed: {_mount_change(was, is_)}.")


def _mounted_like(mount: Mount, mounts: tuple[Mount, ...]) -> Mount | None:
    """The mount that has the place of another: the same target; without one, the same type."""
    place = (mount.target, "" if mount.target else mount.type)
    return next((other for other in mounts if (other.target, "" if other.target else other.type) == place), None)


def _mount_name(mount: Mount) -> str:
    if mount.target:
        return f"The mount at {mount.target}"
    kind = "SSH" if mount.type == MountType.SSH else mount.type.value
    return f"The {kind} mount {mount.id}".rstrip()


def _mount_change(was: Mount, is_: Mount) -> str:
    """The first difference between two mounts in one place, in the words of --mount."""
    names = (field.name for field in fields(Mount))
    field = next((name for name in names if getattr(was, name) != getattr(is_, name)), "")
    if is_.type == MountType.INLINE:
        return "the text of the script"
    if not field:
        return "another mount has its place"
    old, new = getattr(was, field), getattr(is_, field)
    if field == "shared":
        return "sharing is shared now" if new else "sharing is private or locked now; it was shared"
    if field == "readonly":
        return "it is read-only now" if new else "it can be written to now"
    if field == "id" and is_.type == MountType.CACHE:
        if new.endswith("/") or old.endswith("/"):
            return "the build argument BUILDKIT_CACHE_MOUNT_NS means another cache"
        return "it is a cache with a name of its own now" if new else "it is the cache of its target now"
    return f"{field} is {_shown(new) or 'not set'} now; it was {_shown(old) or 'not set'}"


def first_changed(old: tuple[T, ...], new: tuple[T, ...]) -> T:
    """The first that only one of two has; if they differ in the order alone, the first."""
    return next((entry for entry in (*new, *old) if (entry in new) != (entry in old)), (*new, *old)[0])


# COPY and ADD.


def sources_changed(now: Facts, before: Facts, old: tuple[str, ...], new: tuple[str, ...]) -> Reason:
    here, there = " ".join(now.sources or new), " ".join(before.sources or old)
    if sorted(old) == sorted(new):
        return Reason("order", here, f"The sources come in another order; it was {there}.")
    if len(old) == len(new) == 1 and _digests(before) == _digests(now):
        sentence = f"The file is called {new[0]} now; it was {old[0]}, with the same content."
        return Reason("file-renamed", new[0], sentence)
    return Reason("source", here, f"Other files are copied: {here}; it was {there}.")


def _digests(facts: Facts) -> list[str]:
    return [file.digest for files in facts.files.values() for file in files.values()]


def _owner(now: Facts, before: Facts, old: str | None, new: str | None) -> Reason:
    was, is_ = _owner_name(old), _owner_name(new)
    if set((was or "root").split(":")) == set((is_ or "root").split(":")) == {"root"}:
        how = f"{is_} now" if is_ else f"not set now; it was {was}"
        return Reason(
            "user", is_, f"The owner is {how}. An owner that is not set is root, but Docker compares the text."
        )
    return Reason("user", is_, f"The owner of what is written changed from {was or 'root'} to {is_ or 'root'}.")


def _owner_name(owner: str | None) -> str:
    return ":".join("root" if part == "0" else part for part in (owner or "").split(":"))


def _user(now: Facts, before: Facts, old: str, new: str) -> Reason:
    if {old, new} == {"", "root"}:
        how = "USER is root now" if new else "USER is not set now; it was root"
        return Reason("user", "root", f"{how}. Without USER it is root too, but Docker compares the text.")
    return Reason("user", new or old, f"The user who runs it changed from {old or 'root'} to {new or 'root'}.")


def _network(now: Facts, before: Facts, old: str, new: str) -> Reason | None:
    of_the_build = "--network" not in now.text and "--network" not in before.text
    rule = option_changed("--network") if of_the_build else flag_changed("--network")
    return rule(now, before, old, new)


def _run_platform(now: Facts, before: Facts, old: str, new: str) -> Reason:
    return Reason("option", "--platform", f"The command runs for {new} now; it ran for {old}.")


def _hosts(now: Facts, before: Facts, old: tuple[str, ...], new: tuple[str, ...]) -> Reason:
    if sorted(old) == sorted(new):
        sentence = f"--add-host gives the same names in another order: {', '.join(new)}. Every RUN sees them."
        return Reason("option", "--add-host", sentence)
    was, is_ = (", ".join(names) or "no names" for names in (old, new))
    return Reason("option", "--add-host", f"--add-host gives {is_} now; it gave {was}. Every RUN sees them.")


def _unpack(now: Facts, before: Facts, old: bool, new: bool) -> Reason:
    keyword, other = ("ADD", "COPY") if new else ("COPY", "ADD")
    return Reason("flags", "ADD", f"It is {keyword} now and was {other}; only ADD unpacks archives.")


def _mode(now: Facts, before: Facts, old: int | str | None, new: int | str | None) -> Reason:
    was, is_ = (f"{mode:o}" if isinstance(mode, int) else mode or "none" for mode in (old, new))
    return Reason("flags", "--chmod", f"--chmod changed from {was} to {is_}.")


def _wildcards(now: Facts, before: Facts, old: tuple[bool, ...], new: tuple[bool, ...]) -> Reason:
    here, there = " ".join(now.sources), " ".join(before.sources)
    if len(old) == len(new) == len(now.sources) == len(before.sources):
        which = next(number for number, wildcard in enumerate(new) if wildcard != old[number])
        kinds = ("a wildcard", "a name") if new[which] else ("a name", "a wildcard")
        sentence = f"{now.sources[which]} is {kinds[0]}; it was {kinds[1]}, {before.sources[which]}."
        return Reason("flags", "wildcard", sentence)
    return Reason("flags", "wildcard", f"Other files are copied: {here}; it was {there}.")


# Fields that are a value with a name.


def value_changed(kind: Kind, what: str, empty: str = "nothing") -> Rule:
    """A rule for a field of which both values are shown."""

    def rule(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
        was, is_ = _shown(old), _shown(new)
        return Reason(kind, is_ or was, f"The {what} changed from {was or empty} to {is_ or empty}.")

    return rule


def flag_changed(flag: str) -> Rule:
    """A rule for a field that a flag sets."""

    def rule(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
        return Reason("flags", flag, f"{flag} changed from {_shown(old) or 'none'} to {_shown(new) or 'none'}.")

    return rule


def option_changed(option: str) -> Rule:
    """A rule for a field that an option of `docker build` sets."""

    def rule(now: Facts, before: Facts, old: Any, new: Any) -> Reason:
        return Reason("option", option, f"{option} is {_listed(new)} now; it was {_listed(old)}.")

    return rule


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) and value else str(value) if value else "not given"


def _shown(value: Any) -> str:
    return "" if value is None else ":".join(map(str, value)) if isinstance(value, tuple) else str(value)


RULES: Rules = {
    ImageSource: {"platform": _image_platform, "digest": _image, "image": not_compared, "from_context": not_compared},
    LocalSource: {"name": option_changed("--build-context")},
    Exec: {
        "args": args_changed,
        "platform": _run_platform,
        "env": env_changed,
        "user": _user,
        "cwd": value_changed("working-directory", "working directory", "the base image's"),
        "network": _network,
        "mounts": _mounts,
        "hostname": value_changed("build-argument", "build argument BUILDKIT_SANDBOX_HOSTNAME"),
        "hosts": _hosts,
        "ulimits": option_changed("--ulimit"),
        "shm_size": option_changed("--shm-size"),
        "cgroup_parent": option_changed("--cgroup-parent"),
    },
    MakeFolder: {
        "path": value_changed("working-directory", "folder"),
        "owner": _owner,
        "epoch": value_changed("build-argument", "build argument SOURCE_DATE_EPOCH"),
    },
    Copy: {
        "wildcards": _wildcards,
        "sources": sources_changed,
        "destination": value_changed("destination", "destination"),
        "owner": _owner,
        "mode": _mode,
        "unpack": _unpack,
        "exclude": flag_changed("--exclude"),
    },
    Merge: {},
}


# What is looked at: the files of the context, of a stage, of a heredoc.

Files = Mapping[str, File]


def open_differences(now: Facts, before: Facts | None) -> list[tuple[str, str]]:
    """The files that a step looks at and nobody knows, and that may not be what they were: path and doubt."""
    return [
        (path, file.doubt)
        for label, files in now.files.items()
        for path, file in files.items()
        if file.doubt and (before is None or before.files.get(label, {}).get(path) != file)
    ]


def _files(label: str, new: Files, old: Files, stage: bool) -> Reason | None:
    """What certainly changed of the files in one input; None if they are the same, or may be."""
    different = [
        path for path, file in new.items()
        if (before := old.get(path)) is not file and _differ(path, file, before, old)
    ]  # fmt: skip
    different += [path for path, file in old.items() if path not in new and _differ(path, file, None, new)]
    if not different:
        return None
    path, more = different[0], len(different) - 1
    also = f" ({more} more {'differs' if more == 1 else 'differ'})" if more else ""
    if stage:
        return Reason("stage-output", "/" + path, f"/{path} from {label} is not what it was{also}.")
    if len(different) == 2 and (renamed := _renamed(different, new, old)):
        return renamed
    if path not in old:
        return Reason("file-added", path, f"{path} is new among the files that are copied{also}.")
    if path not in new:
        return Reason("file-removed", path, f"{path} is no longer among the files that are copied{also}.")
    return _changed_file(label, path, new[path], old[path], also)


def _differ(path: str, file: File, other: File | None, others: Files) -> bool:
    """Whether a file certainly is another one than what is at its path among other files."""
    if other is None:
        return not file.doubt and not may_hold_unknown(others, path)
    return not file.doubt and not other.doubt and file.digest != other.digest


def _renamed(different: list[str], new: Files, old: Files) -> Reason | None:
    """One file is new and one is gone, with the same content."""
    added, removed = different
    if added in old or removed in new or new[added].digest != old[removed].digest:
        return None
    return Reason("file-renamed", added, f"{removed} is called {added} now.")


def _changed_file(label: str, path: str, now: File, before: File, also: str) -> Reason:
    if (before.kind, before.target, before.content_digest) == (now.kind, now.target, now.content_digest):
        modes = f"from {before.mode:o} to {now.mode:o}"
        return Reason("file-mode", path, f"The permissions of {path} changed {modes}{also}.")
    if now.kind != before.kind:
        kinds = {"link": "a symbolic link", "folder": "a folder", "file": "a file"}
        return Reason("file-content", path, f"{path} is {kinds[now.kind]} now; it was {kinds[before.kind]}{also}.")
    if now.kind == "link":
        return Reason("file-content", path, f"The link {path} leads to {now.target} now; it was {before.target}{also}.")
    if label.startswith("heredoc"):
        return Reason("file-content", base_name(path), f"The text of the heredoc {base_name(path)} changed.")
    hint = " Unless the image needs it, list it in .dockerignore." if base_name(path) == "Dockerfile" else ""
    return Reason("file-content", path, f"The content of {path} changed{also}.{hint}")
