"""Walking one stage: what each instruction adds to BuildKit's graph, to the config and to the history.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatchRun, dispatchCopy, ...).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from ..reading.dockerfile import Instruction, Stage, parse
from ..reading.errors import DockerfileError
from ..reading.images import BaseImage
from ..reading.tree import File, Tree, clean, name
from ..reading.words import expand, expand_body, expand_name, expand_run_name
from . import config as rules
from . import mounts
from .contents import has_wildcard
from .frontend import STEP_KEYWORDS, Frontend
from .graph import CopySource, Input, Row, Source, Vertex

NOT_IN_ENVIRONMENT = {"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"}
URL = re.compile(r"(https?|ftp)://|git@|git://", re.IGNORECASE)


class Lowering:
    """A stage while it is walked. `lower` goes through the instructions in order; each changes what follows."""

    def __init__(self, frontend: Frontend, stage: Stage) -> None:
        self.frontend, self.stage, self.escape = frontend, stage, frontend.dockerfile.escape
        self.options = frontend.options
        self.forced = self.options.forces(stage)
        self.number = 0
        self.total = sum(one.keyword in STEP_KEYWORDS for one in stage.instructions)
        self.cmd_set = False
        self.onbuild = ""
        self.rows: list[Row] = []
        self.root: Vertex | None = None
        self.image: BaseImage | None = None
        self.arguments: list[tuple[str, str]] = []
        self.environment: dict[str, str] = {}
        self.directory = "/"

    def lower(self) -> Lowering:
        """Walk the stage. Raises DockerfileError with the line of what Docker refuses."""
        with self.frontend.at(self.stage.first):
            inherited = self._begin()
            triggers = self.frontend.triggers(inherited, self.stage)
        for entry in self.config.get("Env", ()):
            self._assign(*entry.partition("=")[::2])
        self._go_to(self.config.get("WorkingDir") or "/")
        self.total += len(triggers)
        for one in triggers:
            with self.frontend.at(self.stage.first):
                self.onbuild = "ONBUILD "
                self._dispatch(one)
        self.onbuild = ""
        for one in self.stage.instructions:
            with self.frontend.at(one):
                self._dispatch(one)
        return self

    def _begin(self) -> dict[str, object]:
        """Start from a stage, a named context, nothing, or an image; returns the config with its triggers."""
        base = self.frontend.bases[self.stage.index]
        parent = self.frontend.stage_named(base, self.stage.index)
        if parent is not None:
            below = self.frontend.lowered(parent)
            self.root, self.image, self.rows = below.root, below.image, list(below.rows)
            self.config = rules.copied(below.config)
            self.config.pop("OnBuild", None)
            self.arguments, self.environment = list(below.arguments), dict(below.environment)
            return below.config
        if base == "scratch":
            self.config = {"Env": [f"PATH={rules.DEFAULT_PATH}"], "WorkingDir": "/"}
            return {}
        self.image = self.frontend.image(base)
        self.total += 1
        self.root = self.frontend.image_vertex(self.image, self._numbered(), self.stage)
        self.config = rules.start(self.image.config)
        return dict(self.image.config)

    def _numbered(self) -> str:
        self.number += 1
        label = "" if self.frontend.nameless else (self.stage.name or f"stage-{self.stage.index}") + " "
        return f"[{label}{self.number:>{len(str(self.total))}}/{self.total}] {self.onbuild}"

    def _assign(self, variable: str, value: str) -> None:
        """Set a variable for the RUNs below. The last one set comes last. Source: client/llb/meta.go."""
        self.environment.pop(variable, None)
        self.environment[variable] = value

    def _go_to(self, path: str) -> str:
        """Change the working directory; returns it as the config holds it."""
        if not path.startswith("/"):
            path = posixpath.normpath(posixpath.join(self.directory, path))
        self.directory = path
        return path

    def _expand(self, word: str) -> str:
        return expand(word, self.environment, self.escape)

    def _name(self, one: Instruction, suffix: str = "", run: bool = False) -> str:
        shown = (expand_run_name if run else expand_name)(one.source + suffix, self.environment, self.escape)
        first, blank, rest = shown.partition(" ")
        return first.upper() + blank + rest

    def _add(self, text: str, vertex: Vertex | None = None) -> None:
        self.rows.append(Row(text, vertex))

    def _dispatch(self, one: Instruction) -> None:
        rule = INSTRUCTIONS.get(one.keyword)
        if rule is not None:
            rule(self, one)
            return
        if one.keyword == "ENTRYPOINT" and not self.cmd_set:
            self.config.pop("Cmd", None)
        text = rules.apply(self.config, one, self.environment, self.escape)
        self.cmd_set |= one.keyword == "CMD"
        if one.keyword != "ONBUILD":
            self._add(f"{one.keyword} {text}")

    def _env(self, one: Instruction) -> None:
        pairs = [(self._expand(key), self._expand(value or "")) for key, value in one.pairs]
        for key, value in pairs:
            self._assign(key, value)
            rules.set_variable(self.config, key, value)
        self._add("ENV " + " ".join(f"{key}={value}" for key, value in pairs))

    def _arg(self, one: Instruction) -> None:
        texts = []
        given, above = self.options.args, self.frontend.global_args
        pairs = [(self._expand(key), None if default is None else self._expand(default)) for key, default in one.pairs]
        for key, default in pairs:
            value = given.get(key, above.get(key) if default is None else default)
            if value is not None and key not in NOT_IN_ENVIRONMENT:
                self._assign(key, value)
            self.arguments.append((key, value or ""))
            texts.append(key if value is None else f"{key}={value}")
        self._add("ARG " + " ".join(texts))

    def _workdir(self, one: Instruction) -> None:
        path = self._go_to(self._expand(one.words[0]))
        self.config["WorkingDir"] = path
        vertex = None
        if path != "/":
            user = self.config.get("User")
            vertex = Vertex(
                kind="workdir",
                name=self._numbered() + self._name(one),
                definition={
                    "path": posixpath.normpath(path).replace("//", "/"),
                    "owner": _number_of_root(user) if user else None,
                    "epoch": self.options.args.get("SOURCE_DATE_EPOCH"),
                },
                inputs=(Input(self.root),),
                instruction=one,
                stage=self.stage.index,
                owner=_owner(user) if user else None,
            )
            self.root = vertex
        self._add(f"WORKDIR {path}", vertex)

    def _run(self, one: Instruction) -> None:
        argv, suffix, keys, inputs = list(one.words), "", [], [Input(self.root)]
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
        argv = argv if one.json else rules.shell_form(self.config, argv)
        for text in one.flags.get("mount", ()):
            mount = mounts.parse(text, self._expand)
            keys.append(mount.key)
            if mount.type == "bind" or (mount.type == "cache" and mount.origin):
                looked = self.frontend.looked_into(mount.origin, one)
                by_content = looked.vertex is None or looked.vertex is not self.root
                inputs.append(Input(looked.vertex, looked.files, (Source(mount.source),), by_content, looked.label))
        vertex = Vertex(
            kind="run",
            name=self._numbered() + self._name(one, suffix, run=True),
            definition={
                "command": argv,
                "environment": [f"{key}={value}" for key, value in self.environment.items()],
                "user": self.config.get("User") or "",
                "working directory": self.directory,
                "network": _network(one.flag("network") or "default", self.options.network),
                "security": one.flag("security") if one.flag("security") != "sandbox" else "",
                "mounts": sorted(keys, key=lambda key: str(key[1])),
            },
            inputs=tuple(inputs),
            forced=self.forced,
            instruction=one,
            stage=self.stage.index,
            arguments=frozenset(key for key, _ in self.arguments),
            variables=self.environment.copy(),
        )
        self.root = vertex
        self._add(f"RUN {self._argument_prefix()}{' '.join(argv)} # buildkit", vertex)

    def _argument_prefix(self) -> str:
        """`|2 A=1 B= `: the build arguments in scope, in order, as history shows them before a RUN."""
        shown = {key: self.environment.get(key, value) for key, value in self.arguments}
        if not shown:
            return ""
        return " ".join((f"|{len(shown)}", *(f"{key}={value}" for key, value in shown.items()))) + " "

    def _copy(self, one: Instruction) -> None:
        words = [self._expand(word) for word in one.words]
        paths, target = words[:-1], words[-1]
        bodies = {doc.name: doc for doc in one.heredocs}
        chown, chmod = self._expand(one.flag("chown")), self._expand(one.flag("chmod"))
        exclude = tuple(self._expand(pattern) for pattern in one.flags.get("exclude", ()))
        mode = _mode(chmod) if chmod else None
        unpack = one.is_set("unpack") if one.flag("unpack") else one.keyword == "ADD"
        looked = self.frontend.looked_into(one.flag("from"), one)
        if one.flag("checksum") and not any(URL.match(path) for path in paths):
            raise DockerfileError("--checksum needs a source that is a URL", cure="Take --checksum away.")
        inputs: list[Input] = [Input(self.root)]
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
                inputs.append(Input(files=_remote(path, one.flag("checksum")), label=path, by_content=True, sources=(Source(name(path)),)))
                copies.append(CopySource(len(inputs) - 1, Source(name(path))))
                continue
            source = Source(clean(path) if not has_wildcard(path) else path.lstrip("/"), exclude, has_wildcard(path))
            plain.append(source)
        if plain:
            by_content = looked.vertex is None or looked.vertex is not self.root
            selected = tuple(sorted(set(plain), key=lambda source: source.path))
            inputs.append(Input(looked.vertex, looked.files, selected, by_content, looked.label))
            copies += [CopySource(len(inputs) - 1, source) for source in plain]
        for doc in one.heredocs:
            body = expand_body(doc.body, self.environment) if doc.expand else doc.body
            labels.append(f"<<{doc.name}")
            inputs.append(_inline(doc.name, body))
            copies.append(CopySource(len(inputs) - 1, Source(doc.name)))
        destination = _destination(self.directory, target)
        linked = one.is_set("link") and not chmod and self.frontend.store == "containerd"
        definition = {
            "sources": [name(copy.source.path) for copy in copies],
            "destination": destination,
            "owner": [_number_of_root(part) for part in chown.split(":")] if chown else None,
            "mode": mode,
            "unpack": unpack,
            "exclude": list(exclude),
            "wildcards": [copy.source.wildcards for copy in copies],
        }
        number = self._numbered()
        shown = self._name(one)
        if linked:
            inputs[0] = Input()
        vertex = Vertex(
            kind="copy", name=number + shown, definition=definition, inputs=tuple(inputs), forced=self.forced,
            instruction=one, stage=self.stage.index, copies=tuple(copies), destination=destination,
            owner=_owner(chown) if chown else None, mode=mode if isinstance(mode, int) else None, unpack=unpack,
        )  # fmt: skip
        if linked and self.root is not None:
            vertex = Vertex(
                kind="link", name=number + "LINK " + shown, definition={"link": True},
                inputs=(Input(self.root), Input(vertex)), instruction=one, stage=self.stage.index,
            )  # fmt: skip
        self.root = vertex
        flags = [f"--{key}={value}" for key, value in (("chown", chown), ("chmod", chmod)) if value]
        self._add(" ".join([one.keyword, *flags, *labels, target]) + " # buildkit", vertex)


INSTRUCTIONS: dict[str, Callable[[Lowering, Instruction], None]] = {
    "ENV": Lowering._env,
    "ARG": Lowering._arg,
    "WORKDIR": Lowering._workdir,
    "RUN": Lowering._run,
    "COPY": Lowering._copy,
    "ADD": Lowering._copy,
}


def _network(flag: str, build: str) -> str:
    """The network that a RUN gets. Raises ValueError for one that Docker does not know."""
    if flag not in ("default", "none", "host"):
        raise ValueError(f"invalid network mode {flag!r}; it is default, none or host")
    return build if flag == "default" else flag


def _summary(body: str) -> str:
    lines = body.strip().replace("\r\n", "\n").split("\n")
    return lines[0] + ("..." if len(lines) > 1 else "")


def _number_of_root(user: str) -> str:
    return "0" if user == "root" else user


def _owner(text: str) -> tuple[str, str]:
    user, colon, group = text.partition(":")
    user = _number_of_root(user)
    return user, _number_of_root(group) if colon else user


def _mode(text: str) -> int | str:
    """--chmod as a number, or as text if it is symbolic. Raises ValueError for what is neither."""
    if re.fullmatch(r"[0-7]+", text) and int(text, 8) <= 0o7777:
        return int(text, 8)
    if re.fullmatch(r"([ugoa]*[-+=][rwxXstugo]*)(,[ugoa]*[-+=][rwxXstugo]*)*", text):
        return text
    raise ValueError(f"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777")


def _destination(directory: str, target: str) -> str:
    """Where COPY writes: absolute, with a slash at the end if it must be a folder."""
    if target in ("", "."):
        target = "./"
    path = posixpath.normpath(posixpath.join(directory, target)).replace("//", "/")
    return path + "/" if target.endswith(("/", "/.")) and path != "/" else path


def _inline(name_: str, body: str) -> Input:
    file = File(body.encode("utf-8", "surrogateescape"))
    return Input(files=Tree({name_: file}), sources=(Source(name_),), by_content=True, label=f"heredoc {name_} {file.digest}")


def _remote(url: str, checksum: str) -> Tree:
    return Tree({name(url): File(identity=f"{url} {checksum}")})
