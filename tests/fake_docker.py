"""A `docker` command for tests: it answers from a table and notes how it was called.

    python fake_docker.py TABLE CALLS WORDS...

TABLE is a JSON file, {the first words of a call: [answer, ...]}; an answer may have "stdout", "stderr" and "code". The
answers to one kind of call are given in turn, the last of them again and again. CALLS is where each call is noted, a
line of JSON: its "words", the variable "DOCKER_BUILDKIT", the "context" of a build ({path: facts}) and what is in the
archive of an "import".
"""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any


def context(folder: Path) -> dict[str, Any]:
    """The files of a folder: content, mode and time, or where a link leads."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = {"link": str(path.readlink())}
        elif path.is_file():
            status = path.stat()
            found[name] = {
                "content": path.read_bytes().decode(),
                "mode": f"{status.st_mode & 0o777:o}",
                "mtime": status.st_mtime,
            }
    return found


def archive(data: bytes) -> dict[str, str]:
    """The files of a tar archive."""
    with tarfile.open(fileobj=io.BytesIO(data)) as opened:
        return {member.name: opened.extractfile(member).read().decode() for member in opened}  # type: ignore[union-attr]


def main() -> int:
    """Answer one call."""
    table, calls, *words = sys.argv[1:]
    call: dict[str, Any] = {"words": words, "DOCKER_BUILDKIT": os.environ.get("DOCKER_BUILDKIT")}
    if words[0] == "build":
        call["context"] = context(Path(words[-1]))
    elif words[0] == "import":
        call["import"] = archive(sys.stdin.buffer.read())
    answers = json.loads(Path(table).read_text())
    (key,) = (key for key in answers if words[: len(key.split())] == key.split())
    earlier = [json.loads(line)["words"] for line in Path(calls).read_text().splitlines()]
    turn = sum(other[: len(key.split())] == key.split() for other in earlier)
    with Path(calls).open("a") as notes:
        notes.write(json.dumps(call) + "\n")
    answer = answers[key][min(turn, len(answers[key]) - 1)]
    sys.stdout.write(answer.get("stdout", ""))
    sys.stderr.write(answer.get("stderr", ""))
    return int(answer.get("code", 0))


if __name__ == "__main__":
    sys.exit(main())
