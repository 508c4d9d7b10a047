"""Dockerfiles that were changed at random, and what the engine says of each: accepted, or refused at which line.

`python tests/fuzz/mutated.py` asks the Docker of this machine and writes mutated-buildkit.json.gz anew. It needs an
image called python; it pulls nothing. What hangs on the network is left out.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from layerlib.recorded.traces import read

HERE = Path(__file__).parent
TRACES = HERE.parent / "traces"
ANSWERS = HERE / "mutated-buildkit.json.gz"
FILES = {"a.py": "1\n", "app.py": "app\n", "requirements.txt": "flask\n", "src/a.py": "a\n", "src/deep/x.txt": "x\n"}
SEEDS = {7: 700, 8: 330}  # and how many of each

KEYWORDS = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN",
    "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
]  # fmt: skip
FLAGS = [
    "--from=0", "--from=a", "--from=", "--from", "--chown=1:2", "--chown=", "--chmod=755", "--chmod=999", "--chmod=u+x",
    "--link", "--link=false", "--link=maybe", "--exclude=*.md", "--exclude=[", "--parents", "--checksum=sha256:00",
    "--keep-git-dir", "--unpack=false", "--mount=type=cache,target=/k", "--mount=type=bind", "--mount=", "--mount=x",
    "--mount=target=/m,source=src", "--mount=type=secret,id=s", "--network=none", "--network=moon",
    "--security=insecure", "--platform=linux/amd64", "--platform=", "--platform=moon", "--interval=1s", "--interval=x",
    "--retries=3", "--retries=-1", "--", "---x", "--x=1", "-x",
]  # fmt: skip
PIECES = [
    "'", '"', "\\", "`", "$", "${", "}", "${X:-", "${X:?no}", "${X^}", "$$", "<<E", "<<-E", "<<'E'", "<<", "\nE\n", "[",
    "]", '["a"]', '["a", 1]', "[]", "{}", "=", "==", ",", "#", " # x", "*", "[a-", "..", "/", "\t", "\v", "\f", "\r",
    "\r\n", "\n", "\n\n", "\\\n", "\\\n\n", "\\ \n", "\0", "\x7f", "é", "\u00a0", "\u2028", "\ufeff", "\udcff", "&&",
    ";", "AS", "as b", "scratch", "python", "a:b", "x" * 300, "0", "-1", "65536", "1-3", "NONE", "CMD",
    "http://127.0.0.1:9/x",
]  # fmt: skip
HEADS = [
    "# escape=`\n", "# escape=\\\n", "# escape=x\n", "#escape=`\n# escape=`\n", "# escape = `\n", "# ESCAPE=`\n", "\n",
    "# check=skip=all\n", "# check=error=true\n", "# x=y\n# escape=`\n", "\ufeff", "\ufeff# escape=`\n",
    " # escape=`\n", "# a comment\n# escape=`\n", "\t\n", "ARG X=1\n", "ARG X\n", "RUN ls\n", "\udcff", "#\n",
]  # fmt: skip


def insert_piece(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(PIECES) + text[place:]


def insert_between_words(text: str, chance: random.Random) -> str:
    places = [match.start() for match in re.finditer(r"[ \n]", text)] or [0]
    place = chance.choice(places)
    return f"{text[:place]} {chance.choice([*PIECES, *FLAGS])}{text[place:]}"


def put_flag(text: str, chance: random.Random) -> str:
    return _with_line(text, chance, lambda line: re.sub(r"^\s*(\S+)", rf"\1 {chance.choice(FLAGS)}", line, count=1))


def put_keyword(text: str, chance: random.Random) -> str:
    return _with_line(text, chance, lambda line: re.sub(r"^\s*\S+", chance.choice(KEYWORDS), line, count=1))


def swap_words(text: str, chance: random.Random) -> str:
    words = re.split(r"([ \n]+)", text)
    one, other = (chance.randrange(0, len(words), 2) for _ in range(2))
    words[one], words[other] = words[other], words[one]
    return "".join(words)


def swap_lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join(lines)


def double_line(text: str, chance: random.Random) -> str:
    return _with_line(text, chance, lambda line: f"{line}\n{line}")


def cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def take_value(text: str, chance: random.Random) -> str:
    return _with_line(text, chance, lambda line: line.split(" ")[0])


def repeat_letter(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + text[place] * chance.choice([2, 3, 300]) + text[place + 1 :]


def put_head(text: str, chance: random.Random) -> str:
    return chance.choice(HEADS) + text


def other_line_ends(text: str, chance: random.Random) -> str:
    return text.replace("\n", chance.choice(["\r\n", "\r", "\n\n", " \n", "\n\t"]))


def _with_line(text: str, chance: random.Random, edit: Callable[[str], str]) -> str:
    lines = text.split("\n")
    number = chance.randrange(len(lines))
    lines[number] = edit(lines[number])
    return "\n".join(lines)


EDITS = [
    insert_piece, insert_piece, insert_between_words, insert_between_words, put_flag, put_flag, put_keyword, swap_words,
    swap_lines, double_line, cut, take_value, repeat_letter, put_head, other_line_ends,
]  # fmt: skip


def mutated() -> Iterator[str]:
    """Dockerfiles with one to three edits each; always the same ones."""
    files = [TRACES / f"{name}-buildkit.json.gz" for name in ("curated", "rules", "made", "malformed")]
    texts = sorted({build["dockerfile"] for file in files for trace in read(file) for build in trace["builds"]})
    texts = [text for text in texts if 0 < len(text) < 2000 and "sleep" not in text]
    for seed, count in SEEDS.items():
        chance = random.Random(seed)
        for _ in range(count):
            text = chance.choice(texts)
            for _ in range(chance.choice([1, 1, 1, 2, 3])):
                text = chance.choice(EDITS)(text, chance) or "\n"
            yield text


ELSEWHERE = re.compile(
    "failed to do request|pull access denied|dial tcp|connection refused|not found: manifest|lookup "
)
RAN = re.compile("did not complete successfully|failed to compute cache key: .* exit code")
LINE = re.compile(r"^Dockerfile:(\d+)$", re.MULTILINE)


def ask(text: str) -> dict[str, object] | None:
    """What the engine says of a Dockerfile; None if that hangs on the network or takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**FILES, "Dockerfile": text}.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8", "surrogateescape"))
        words = ["docker", "build", "--progress=plain", "--network=none", "--output=type=cacheonly", folder]
        try:
            done = subprocess.run(words, capture_output=True, check=False, timeout=60)
        except subprocess.TimeoutExpired:
            return None
    said = done.stderr.decode("utf-8", "replace")
    error = said.strip().rpartition("\n")[2]
    if done.returncode and ELSEWHERE.search(error):
        return None
    if not done.returncode or RAN.search(error):
        return {"dockerfile": text, "accepted": True, "error": "", "line": None}
    line = LINE.search(said)
    return {"dockerfile": text, "accepted": False, "error": error[:300], "line": int(line[1]) if line else None}


def main() -> None:
    """Ask about each, and keep the answers."""
    found = []
    for text in dict.fromkeys(mutated()):
        if (answer := ask(text)) is not None:
            found.append(answer)
            print(f"\r{len(found)}", end="", flush=True)
    data = json.dumps(found, indent=0).encode()
    ANSWERS.write_bytes(gzip.compress(data, mtime=0))
    print(f" answers, {sum(one['accepted'] is True for one in found)} of them accepted")


if __name__ == "__main__":
    main()
