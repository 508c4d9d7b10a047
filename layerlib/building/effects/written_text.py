"""What `echo`, `printf` and `cat` with a heredoc write to a file, if all of it stands in the command."""

from __future__ import annotations

from collections.abc import Sequence

from ...reading.file import File
from ...reading.paths import clean, parents
from ..files.owners import owner
from .followed import FollowedCommand
from .places import led
from .shell_values import HOLES, Expander, Field
from .shell_words import Redirection


def text_of_echo(arguments: Sequence[str]) -> str | None:
    """What echo prints, or None if that depends on the shell: backslashes and options do."""
    text = " ".join(arguments)
    if "\\" in text or HOLES.search(text) or (arguments and arguments[0].startswith("-")):
        return None
    return f"{text}\n"


def _text_of_printf(arguments: Sequence[str]) -> str | None:
    if len(arguments) == 2 and arguments[0] in ("%s", "%s\\n"):
        text = arguments[1] + ("\n" if arguments[0] == "%s\\n" else "")
    elif len(arguments) == 1 and "%" not in arguments[0] and not arguments[0].startswith("-"):
        text = arguments[0].replace("\\n", "\n").replace("\\t", "\t")
        if "\\" in text:
            return None
    else:
        return None
    return None if HOLES.search(text) else text


def written_text(
    followed: FollowedCommand, fields: Sequence[Field], redirections: Sequence[Redirection], expander: Expander,
    folders: frozenset[str],
) -> tuple[str, File] | None:  # fmt: skip
    """The one file that a command writes its known text to, and what it is then."""
    outputs = [one for one in redirections if one.operator in (">", "1>", ">|")]
    documents = [one for one in redirections if one.operator in ("<<", "<<-")]
    name, *arguments = [field.text for field in fields]
    if (
        len(outputs) != 1
        or len(outputs) + len(documents) != len(redirections)
        or any(field.pattern for field in fields)
    ):
        return None
    text: str | None = None
    if name == "echo" and not documents:
        text = text_of_echo(arguments)
    elif name == "printf" and not documents:
        text = _text_of_printf(arguments)
    elif name == "cat" and not arguments and len(documents) == 1:
        texts = {documents[0].target}
        if not set("'\"\\") & set(documents[0].raw):
            texts = set(expander.heredoc(documents[0].target))
        text = texts.pop() if len(texts) == 1 else None
    targets = expander.fields(outputs[0].raw)
    if text is None or HOLES.search(text) or len(targets) != 1 or len(targets[0]) != 1 or len(folders) != 1:
        return None
    target, folder = targets[0][0], next(iter(folders))
    if target.pattern or not target.known or HOLES.search(folder):
        return None
    path = clean(target.text if target.text.startswith("/") else f"{folder}/{target.text}")
    return (
        (path, new_file(followed, path, text.encode("utf-8", "surrogateescape"))) if is_plain(followed, path) else None
    )


def is_plain(followed: FollowedCommand, path: str) -> bool:
    """Whether a path certainly means the file of that name: no link is on the way, and it is no folder."""
    file = followed.get(path)
    is_file = file is None or (file.kind == "file" and followed.is_certain(path))
    return bool(path) and is_file and led(followed, path) == {path}


def new_file(followed: FollowedCommand, path: str, content: bytes) -> File:
    """A file that the command makes, or writes anew; one that is there keeps its mode and owner."""
    known = followed.get(path)
    if known is not None:
        return File(content, known.mode, uid=known.uid, gid=known.gid)
    uid, gid = owner(followed.user) if followed.user else ("0", "0")
    return File(content, uid=uid, gid=gid)


def has_no_file(followed: FollowedCommand, path: str) -> bool:
    """Whether certainly nothing is at a path: the folder was made on the way, or every file is known."""
    if followed.get(path) is not None:
        return False
    above = path.rpartition("/")[0]
    made = above in followed.written or any(
        above in step.written and step.below is not None for step in followed.below.steps
    )
    untouched = followed.is_certain(path) and all(followed.is_certain(part) for part in parents(path))
    new = made and above not in followed.below.base_folders
    return untouched and (new or (followed.below.image is None and followed.below.unknown_file(path) is None))
