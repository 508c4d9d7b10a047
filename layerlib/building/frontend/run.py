"""RUN in BuildKit's graph: the command line, and all that is in its cache key.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatchRun) and convert_runmount.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...reading.dockerfile import Instruction
from ..image import config as rules
from . import mounts
from .llb import Input, Source, Vertex

if TYPE_CHECKING:
    from .dispatch import StageWalk


def run(walk: StageWalk, one: Instruction) -> None:
    argv, suffix, keys, inputs = list(one.words), "", [], [Input(walk.root)]
    if one.heredocs:
        body = one.heredocs[0].body
        if len(one.heredocs) == 1 and re.fullmatch(r"\d*<<-?\s*\S+", argv[0]):
            suffix = f" ({_summary(body)})"
            argv = [body]
            if body.startswith("#!"):
                argv = [f"/dev/pipes/{one.heredocs[0].name}"]
                keys.append(("inline", argv[0], body))
        else:
            argv = [argv[0] + "".join(f"\n{doc.body}{doc.name}" for doc in one.heredocs)]
    argv = argv if one.json else rules.shell_form(walk.config, argv)
    for text in one.flags.get("mount", ()):
        mount = mounts.parse(text, walk.expand, walk.directory)
        keys.append(mount.key)
        if mount.type == "bind" or (mount.type == "cache" and mount.origin):
            looked = walk.frontend.looked_into(mount.origin, one)
            by_content = looked.vertex is None or looked.vertex is not walk.root
            inputs.append(Input(looked.vertex, looked.files, (Source(mount.source),), by_content, looked.label))
    vertex = Vertex(
        kind="run",
        name=walk.numbered() + walk.name(one, suffix, run=True),
        definition={
            "command": argv,
            "environment": walk.seen,
            "user": walk.config.get("User") or "",
            "working directory": walk.directory,
            "network": _network(one.flag("network") or "default", walk.options.network),
            "mounts": sorted(keys, key=lambda key: str(key[1])),
        },
        inputs=tuple(inputs),
        forced=walk.forced,
        instruction=one,
        stage=walk.stage.index,
        arguments=frozenset(key for key, _ in walk.arguments),
    )
    walk.root = vertex
    walk.add(f"RUN {_argument_prefix(walk)}{' '.join(argv)} # buildkit", vertex)


def _argument_prefix(walk: StageWalk) -> str:
    """`|2 A=1 B= `: the build arguments in scope, in order, as history shows them before a RUN."""
    shown = {key: walk.environment.get(key, value) for key, value in walk.arguments}
    if not shown:
        return ""
    return " ".join((f"|{len(shown)}", *(f"{key}={value}" for key, value in shown.items()))) + " "


def _network(flag: str, build: str) -> str:
    """The network that a RUN gets."""
    return build if flag == "default" else flag


def _summary(body: str) -> str:
    lines = body.strip().replace("\r\n", "\n").split("\n")
    return lines[0] + ("..." if len(lines) > 1 else "")
