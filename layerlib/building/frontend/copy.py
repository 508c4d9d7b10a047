"""COPY and ADD in BuildKit's graph: what they look at, and all that is in their cache key.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatchCopy).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ...reading.dockerfile import Instruction
from ...reading.errors import DockerfileError
from ...reading.expansion import expand_body
from ...reading.file import File
from ...reading.paths import base_name, clean
from ...reading.tree import Tree
from ..files.owners import number_of_root, owner
from ..files.selecting import has_wildcard
from .llb import CopySource, Input, Source, Vertex

if TYPE_CHECKING:
    from .dispatch import StageWalk

URL = re.compile(r"(https?|ftp)://|git@|git://", re.IGNORECASE)


def copy(walk: StageWalk, one: Instruction) -> None:
    words = [walk.expand(word) for word in one.words]
    paths, target = words[:-1], words[-1]
    bodies = {doc.name: doc for doc in one.heredocs}
    chown, chmod = walk.expand(one.flag("chown")), walk.expand(one.flag("chmod"))
    exclude = tuple(walk.expand(pattern) for pattern in one.flags.get("exclude", ()))
    mode = _mode(chmod) if chmod else None
    unpack = one.is_set("unpack") if one.flag("unpack") else one.keyword == "ADD"
    looked = walk.frontend.looked_into(one.flag("from"), one)
    if one.flag("checksum") and not any(URL.match(path) for path in paths):
        raise DockerfileError("--checksum needs a source that is a URL", cure="Take --checksum away.")
    inputs: list[Input] = [Input(walk.root)]
    copies: list[CopySource] = []
    labels, plain = [], []
    for path in paths:
        heredoc = re.fullmatch(r"\d*<<-?\s*['\"]?(.+?)['\"]?", path)
        if heredoc and heredoc[1] in bodies:
            continue
        labels.append(path)
        if URL.match(path):
            if one.keyword == "COPY":
                raise DockerfileError("source can't be a URL for COPY", cure="Use ADD for a URL.", spot=path)
            inputs.append(
                Input(
                    files=_remote(path, one.flag("checksum")),
                    label=path,
                    by_content=True,
                    sources=(Source(base_name(path)),),
                )
            )
            copies.append(CopySource(len(inputs) - 1, Source(base_name(path))))
            continue
        source = Source(clean(path) if not has_wildcard(path) else path.lstrip("/"), exclude, has_wildcard(path))
        plain.append(source)
    if plain:
        by_content = looked.vertex is None or looked.vertex is not walk.root
        selected = tuple(sorted(set(plain), key=lambda source: source.path))
        inputs.append(Input(looked.vertex, looked.files, selected, by_content, looked.label))
        copies += [CopySource(len(inputs) - 1, source) for source in plain]
    for doc in one.heredocs:
        body = expand_body(doc.body, walk.environment) if doc.expand else doc.body
        labels.append(f"<<{doc.name}")
        inputs.append(_inline(doc.name, body))
        copies.append(CopySource(len(inputs) - 1, Source(doc.name)))
    destination = _destination(walk.directory, target)
    linked = one.is_set("link") and not chmod and walk.frontend.store == "containerd"
    definition = {
        "sources": [base_name(copy.source.path) for copy in copies],
        "destination": destination,
        "owner": [number_of_root(part) for part in chown.split(":")] if chown else None,
        "mode": mode,
        "unpack": unpack,
        "exclude": list(exclude),
        "wildcards": [copy.source.wildcards for copy in copies],
    }
    number = walk.numbered()
    shown = walk.name(one)
    if linked:
        inputs[0] = Input()
    vertex = Vertex(
        kind="copy", name=number + shown, definition=definition, inputs=tuple(inputs), forced=walk.forced,
        instruction=one, stage=walk.stage.index, copies=tuple(copies), destination=destination,
        owner=owner(chown) if chown else None, mode=mode if isinstance(mode, int) else None, unpack=unpack,
    )  # fmt: skip
    if linked and walk.root is not None:
        vertex = Vertex(
            kind="link", name=number + "LINK " + shown, definition={"link": True},
            inputs=(Input(walk.root), Input(vertex)), instruction=one, stage=walk.stage.index,
        )  # fmt: skip
    walk.root = vertex
    flags = [f"--{key}={value}" for key, value in (("chown", chown), ("chmod", chmod)) if value]
    walk.add(" ".join([one.keyword, *flags, *labels, target]) + " # buildkit", vertex)


def _mode(text: str) -> int | str:
    """--chmod as a number, or as text if it is symbolic. Raises DockerfileError for what is neither."""
    if re.fullmatch(r"[0-7]+", text) and int(text, 8) <= 0o7777:
        return int(text, 8)
    if re.fullmatch(r"([ugoa]*[-+=][rwxXstugo]*)(,[ugoa]*[-+=][rwxXstugo]*)*", text):
        return text
    raise DockerfileError(f"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777")


def _destination(directory: str, target: str) -> str:
    """Where COPY writes: absolute, with a slash at the end if it must be a folder."""
    if target in ("", "."):
        target = "./"
    path = posixpath.normpath(posixpath.join(directory, target)).replace("//", "/")
    return path + "/" if target.endswith(("/", "/.")) and path != "/" else path


def _inline(name_: str, body: str) -> Input:
    file = File(body.encode("utf-8", "surrogateescape"))
    return Input(
        files=Tree({name_: file}),
        sources=(Source(name_),),
        by_content=True,
        label=f"heredoc {name_}",
        token=file.digest,
    )


def _remote(url: str, checksum: str) -> Tree:
    return Tree({base_name(url): File(opaque_id=f"{url} {checksum}")})
