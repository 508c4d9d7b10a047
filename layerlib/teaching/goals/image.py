"""Goals about what an image holds and says: files, traces of a secret, the user, the start command."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Iterator
from fnmatch import fnmatch

from ...building.image.config import variables
from ...linting import runnable
from ...linting.inspected import quoted
from ...linting.solved_step import SolvedStep
from ...reading.file import File
from ..attempt import Attempt
from ..results import Unknown
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
        if attempt.steps and attempt.steps[-1].after.unknown_file_of_steps(path.strip("/")):
            return Unknown(f"Nobody knows whether {path} is in the image: a RUN may have written it.")
        return f"There is no {path} in the image, and {source} is not copied to any other place."

    return Goal(f"The image holds {source} as {path}.", check)


def _is_named(path: str, pattern: str) -> bool:
    """Whether a part of a path is what a pattern says."""
    return any(fnmatch(part, pattern) for part in path.split("/"))


def _same(file: File, other: File) -> bool:
    return file.kind == "file" and file.content_digest == other.content_digest


def no_layer_holds(path: str) -> Goal:
    """No layer that the Dockerfile makes has a file of this name, not even one that a later layer hides."""

    def check(attempt: Attempt) -> str:
        for step, files in attempt.layers():
            found = [name for name in files if _is_named(name, path)]
            if found:
                more = f" and {len(found) - 1} more" if len(found) > 1 else ""
                return (
                    f"The layer of {quoted(step)} holds /{found[0]}{more}. Deleting it in a later step would not help."
                )
        runs = (step for step in attempt.chain if step.is_run)
        return next((said for step in runs for said in _written_out(step, path, lambda at, _: _is_named(at, path))), "")

    return Goal(f"No layer holds {path}.", check)


def no_trace_of(text: str, name: str = "the secret") -> Goal:
    """No layer, no variable and no line of the history has a text."""

    def check(attempt: Attempt) -> str:
        for step, files in attempt.layers():
            for path, file in files.items():
                if file.kind == "file" and not file.opaque_id and text.encode() in file.read():
                    return f"The layer of {quoted(step)} holds /{path}, and {name} is in it."
        if problem := next(_copies_of(attempt, text, name), ""):
            return problem
        for entry in attempt.build.image.config.get("Env") or ():
            if text in entry:
                return f"The image's variable {entry.partition('=')[0]} holds it: docker inspect shows it to everybody."
        for row in attempt.build.history():
            if text in row.created_by:
                return f"docker history shows it, in the row that begins with {row.created_by.split()[0]}."
        return ""

    return Goal(f"Neither a layer nor the history holds {name}.", check)


def _copies_of(attempt: Attempt, text: str, name: str) -> Iterator[str]:
    """What a COPY --from or a command takes of a file that holds a text into a layer of the image."""
    for step in attempt.chain:
        for copy in step.copies:
            below = f"{copy.path.strip('/')}/".lstrip("/")
            for path, file in copy.step.after.tree.items():
                if (f"{path}/".startswith(below)) and _has(file, text):
                    yield f"{quoted(step.name)} copies /{path}, and {name} is in it."
        if step.is_run:
            yield from _written_out(step, name, lambda _, file: _has(file, text), secrets=True)


def _written_out(
    step: SolvedStep, name: str, is_meant: Callable[[str, File], bool], secrets: bool = False
) -> Iterator[str]:
    """What a RUN writes of mounted files that are meant, and of secrets, and does not delete again."""
    mounted = {path: file for mount in step.mounts for path, file in mount.files.items()}
    targets = {f"/{path}" for path, file in mounted.items() if is_meant(path, file)}
    targets |= {mount.target for mount in step.mounts if secrets and mount.type == "secret"}
    if not targets:
        return
    left: dict[str, str] = {}
    for command in step.commands:
        opened = [one.target for one in command.redirections if one.operator.startswith("<")]
        named = (word.partition("=")[2] if command.program == "dd" else word for word in command.operands())
        words = [command.resolve(word) for word in (*named, *opened) if word and not word.startswith("-")]
        read = any(target == word or target.startswith(f"{word.rstrip('/')}/") for word in words for target in targets)
        outputs = [command.resolve(one.target) for one in command.redirections if one.operator.startswith((">", "&>"))]
        if command.program == "rm":
            left = {
                path: by
                for path, by in left.items()
                if not any(path == word or path.startswith(f"{word}/") for word in words)
            }
        elif command.program in ("cp", "mv", "install", "ln", "rsync") and read:
            outputs += words[-1:]
        elif command.program in ("tee", "tar", "dd", "zip"):
            outputs += words if read or command.joined == "|" else []
        if read or (command.joined == "|" and outputs):
            left |= {path: command.program for path in outputs if path not in targets and not path.startswith("/dev/")}
    if left:
        path, program = next(iter(left.items()))
        yield f"{quoted(step.name)} writes {name} to {path} with {program}, and a layer keeps it."


def _has(file: File, text: str) -> bool:
    return file.kind == "file" and not file.opaque_id and text.encode() in file.read()


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
        folder = str(attempt.build.image.config.get("WorkingDir") or "/")
        if _started(_plain(argv), folder) == _started(shlex.split(command), folder):
            return ""
        return f"It runs: {shlex.join(_plain(argv)) or 'nothing'}. Look at what ENTRYPOINT and CMD say."

    return Goal(f"{run!r} runs: {command}.", check)


def _started(argv: list[str], folder: str) -> list[str]:
    """What a Python program is started with: options that only change how it prints go, and its path is whole."""
    if argv[:1] != ["python"]:
        return argv
    words = argv[1:]
    while words and words[0] in ("-u", "-B", "-O", "-OO", "-I", "-s"):
        del words[0]
    if words[:1] == ["-m"] and len(words) > 1:
        words = [words[1].replace(".", "/") + ".py", *words[2:]]
    if words and words[0].endswith(".py"):
        words[0] = posixpath.normpath(posixpath.join(folder, words[0]))
    return ["python", *words]


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


IDLE = {"sleep", "tail", "true", "false", "echo", "cat", "ls", "sh", "bash", "ash", "top", "yes"}
SERVERS = {"httpd", "nginx", "caddy", "lighttpd", "apache2", "darkhttpd", "static-web-server", "thttpd"}


def serves() -> Goal:
    """The container's program answers requests."""

    def check(attempt: Attempt) -> str:
        argv = _plain(attempt.argv())
        program = posixpath.basename(argv[0]) if argv else ""
        if program == "busybox" and len(argv) > 1:
            program = argv[1]
        if program in SERVERS or "http.server" in argv:
            return ""
        if not argv or program in IDLE:
            return f"It runs: {shlex.join(argv) or 'nothing'}. That serves nothing."
        return Unknown(f"Nobody knows whether {program} serves anything.")

    return Goal("The container serves the pages.", check)


def works(packages: list[str] | None = None) -> Goal:
    """The commands find what they need at the place where they stand, and the container can start."""
    needed = tuple(packages or ())
    also = f" It finds {', '.join(needed)}." if needed else ""
    text = f"The build finds what it needs, and the container starts.{also}"

    def check(attempt: Attempt) -> str:
        found = runnable.problems(attempt, needed)
        if certain := next((str(problem) for problem in found if problem.certain), ""):
            return certain
        perhaps = next((str(problem) for problem in found if problem.kind == "package"), "")
        return Unknown(perhaps) if perhaps else ""

    return Goal(text, check)


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
    "serves": serves,
    "variable": variable,
    "label": label,
}
