"""Goals about what an image holds and says: files, traces of a secret, the user, the start command."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable
from fnmatch import fnmatch

from ...building.image.config import variables
from ...linting import runnable
from ...linting.inspected import quoted
from ...reading.file import File
from ..attempt import Attempt
from .goal import Goal


def holds(path: str, source: str = "") -> Goal:
    """The image has a file, with the content that the file of the project has."""
    source = source or posixpath.basename(path)

    def check(attempt: Attempt) -> str:
        wanted = attempt.project.files.get(source)
        found = attempt.files.get(path.strip("/"))
        if found is not None and (wanted is None or found.content_digest == wanted.content_digest):
            return ""
        elsewhere = [p for p, file in attempt.files.items() if wanted is not None and _same(file, wanted)]
        if elsewhere:
            return f"There is no {path} in the image, but there is /{elsewhere[0]}. Look at where that COPY writes."
        if found is not None:
            return f"There is a {path} in the image, but its content is not that of {source}."
        return f"There is no {path} in the image, and {source} is not copied to any other place."

    return Goal(f"The image holds {source} as {path}.", check)


def _same(file: File, other: File) -> bool:
    return file.kind == "file" and file.content_digest == other.content_digest


def no_layer_holds(path: str) -> Goal:
    """No layer that the Dockerfile makes has a file of this name, not even one that a later layer hides."""

    def check(attempt: Attempt) -> str:
        for step, files in attempt.layers():
            found = [name for name in files if any(fnmatch(part, path) for part in name.split("/"))]
            if found:
                more = f" and {len(found) - 1} more" if len(found) > 1 else ""
                return (
                    f"The layer of {quoted(step)} holds /{found[0]}{more}. Deleting it in a later step would not help."
                )
        return ""

    return Goal(f"No layer holds {path}.", check)


def no_trace_of(text: str, name: str = "the secret") -> Goal:
    """No layer, no variable and no line of the history has a text."""

    def check(attempt: Attempt) -> str:
        for step, files in attempt.layers():
            for path, file in files.items():
                if file.kind == "file" and not file.opaque_id and text.encode() in file.read():
                    return f"The layer of {quoted(step)} holds /{path}, and {name} is in it."
        for entry in attempt.build.image.config.get("Env") or ():
            if text in entry:
                return f"The image's variable {entry.partition('=')[0]} holds it: docker inspect shows it to everybody."
        for row in attempt.build.history():
            if text in row.created_by:
                return f"docker history shows it, in the row that begins with {row.created_by.split()[0]}."
        return ""

    return Goal(f"Neither a layer nor the history holds {name}.", check)


def workdir(path: str) -> Goal:
    """The container starts in a folder."""

    def check(attempt: Attempt) -> str:
        found = attempt.build.image.config.get("WorkingDir") or "/"
        return (
            ""
            if posixpath.normpath(found) == path
            else f"It starts in {found}. Look at WORKDIR, or for where it is missing."
        )

    return Goal(f"The container starts in {path}.", check)


def user() -> Goal:
    """The container's program does not run as root."""

    def check(attempt: Attempt) -> str:
        found = str(attempt.build.image.config.get("User") or "")
        if found.partition(":")[0] in ("", "0", "root"):
            return f"It runs as {found or 'root'}. Look at USER, or for where it is missing: the last one counts."
        return ""

    return Goal("The program does not run as root.", check)


def starts(command: str, given: str = "") -> Goal:
    """`docker run IMAGE given` runs a command."""
    run = f"docker run IMAGE {given}".strip()

    def check(attempt: Attempt) -> str:
        argv = attempt.argv(shlex.split(given))
        if _plain(argv) == shlex.split(command):
            return ""
        return f"It runs: {shlex.join(_plain(argv)) or 'nothing'}. Look at what ENTRYPOINT and CMD say."

    return Goal(f"{run!r} runs: {command}.", check)


def variable(name: str, value: str) -> Goal:
    """The container's program sees a variable."""

    def check(attempt: Attempt) -> str:
        found = variables(attempt.build.image.config.get("Env") or ())
        if found.get(name) == value:
            return ""
        return (
            f"In the container, {name} is {found[name]!r}."
            if name in found
            else f"In the container, {name} is not set."
        )

    return Goal(f"In the container, the variable {name} is {value!r}.", check)


def label(name: str, value: str, after: str = "nothing") -> Goal:
    """The image has a label, also after a change of the build."""
    begin = "" if after == "nothing" else f"With {after!r}: "

    def check(attempt: Attempt) -> str:
        found = (attempt.rebuild(after).image.config.get("Labels") or {}).get(name)
        if found == value:
            return ""
        return f"There is no label {name}." if found is None else f"The label {name} is {found!r}."

    return Goal(f"{begin}the label {name} is {value!r}.", check)


def direct() -> Goal:
    """The program is the container's first process, with no shell around it."""

    def check(attempt: Attempt) -> str:
        argv = attempt.argv()
        if not argv:
            return "Nothing is started."
        if argv[:2] == ["/bin/sh", "-c"] and len(argv) > 2 and not argv[2].startswith("exec "):
            return "The first process is /bin/sh, which runs the program as its child and passes no stop signal on."
        if argv[0] in ("npm", "yarn", "npx"):
            return (
                f"The first process is {argv[0]}, which runs the program as its child. Look at CMD, and at the scripts."
            )
        return ""

    return Goal("The program is the first process: no shell sits between it and 'docker stop'.", check)


def works(packages: list[str] | None = None) -> Goal:
    """The commands find what they need at the place where they stand, and the container can start."""
    needed = tuple(packages or ())
    also = f" It finds {', '.join(needed)}." if needed else ""
    text = f"The build finds what it needs, and the container starts.{also}"
    return Goal(text, lambda attempt: runnable.problem(attempt, needed))


def _plain(argv: list[str]) -> list[str]:
    """A command without the shell around it, and python3 as python."""
    if argv[:2] == ["/bin/sh", "-c"] and len(argv) > 2:
        text = argv[2].removeprefix("exec ")
        try:
            argv = shlex.split(text)
        except ValueError:  # an unclosed quote
            argv = text.split()
    return ["python" if word in ("python3", "/usr/local/bin/python") else word for word in argv]


CHECKS: dict[str, Callable[..., Goal]] = {
    "works": works,
    "holds": holds,
    "no_layer_holds": no_layer_holds,
    "no_trace_of": no_trace_of,
    "workdir": workdir,
    "user": user,
    "starts": starts,
    "direct": direct,
    "variable": variable,
    "label": label,
}
