"""The rules that need the variables: each stage is walked with what ENV and ARG set, and what its base brings.

An image that nobody described may set any variable, so nothing is said about those of a stage on it.

Source: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (dispatch).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ...reading.context import names_left_out
from ...reading.dockerfile import Instruction, Stage
from ...reading.expansion import Environment, Lookups, expand, expand_body, expand_to_words, is_vague
from ...reading.instruction_checks import mount_fields
from ..image import config as image_config
from ..image.gotext import quoted
from ..stage_table import StageTable
from . import rules
from .instructions import keyword
from .nearest import nearest
from .rules import CheckWarning, Rule

URL = re.compile(r"https?://|git@|git://", re.IGNORECASE)
NO_VARIABLES = {"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"}
_WORDS = "apikey|auth|credentials?|key|password|pword|passwd|secret|token"
SECRET = re.compile(f"(?:_|^)(?:{_WORDS})(?:_|$)", re.IGNORECASE)
PUBLIC = re.compile("(?:_|^)public(?:_|$)", re.IGNORECASE)


@dataclass
class Scope:
    """What is true at one place of a stage, as far as the rules ask.

    Attributes:
        variables: ENV, and ARG with its value, the last one set last.
        described: whether the base's variables are known.
        arguments: the names of all ARGs, those without a value too.
        shell: whether SHELL is set.
        directory: whether a WORKDIR stands above.
        triggers: the ONBUILD triggers, for a stage that begins from this one.
        last: CMD, ENTRYPOINT and HEALTHCHECK of this stage.
    """

    variables: Environment = field(default_factory=Environment)
    described: bool = True
    arguments: set[str] = field(default_factory=set)
    shell: bool = False
    directory: bool = False
    triggers: list[str] = field(default_factory=list)
    last: dict[str, Instruction] = field(default_factory=dict)

    def set_variable(self, name: str, value: str, vague: bool = False) -> None:
        """Set a variable for the instructions below. The last one set comes last."""
        self.variables.set(name, value, vague)

    def child(self) -> Scope:
        """The scope at the beginning of a stage that begins from this one."""
        return Scope(self.variables.copy(), self.described, set(self.arguments), self.shell, self.directory)


class Walk:
    """The stages, walked in the order of the text.

    Attributes:
        warnings: what was found so far.
    """

    def __init__(self, table: StageTable) -> None:
        self.table, self.escape = table, table.dockerfile.escape
        self.warnings: list[CheckWarning] = []
        self._scopes: dict[int, Scope] = {}

    def walk(self, stages: Collection[int], built: Collection[int], last: int | None = None) -> None:
        """Walk the stages of these numbers, and stop after the instruction on line `last`.

        Only those of the stages that would be built run the triggers that they inherit.

        Raises DockerfileError where a word cannot be expanded.
        """
        for number in sorted(stages):
            stage = self.table.stages[number]
            with self.table.at(stage.first):
                self._scopes[number] = scope = self._begin(stage)
                inherited = self._triggers(stage) if number in built else []
                triggers = self.table.triggers({"OnBuild": inherited}, stage)
            for instruction in (*triggers, *stage.instructions):
                with self.table.at(instruction):
                    VISITS.get(instruction.keyword, _nothing)(self, scope, instruction)
                if instruction.line == last:
                    return

    def _begin(self, stage: Stage) -> Scope:
        base = self.table.bases[stage.index]
        parent = self.table.find_stage(base, stage.index)
        if parent is not None:
            return self._scopes[parent].child()
        image = self.table.base_image(stage)
        described = image is None or image.known
        config = image_config.start(image.config if image else {}, described)
        return Scope(config["Env"], described, shell=bool(config.get("Shell")))

    def _triggers(self, stage: Stage) -> list[str]:
        base = self.table.bases[stage.index]
        parent = self.table.find_stage(base, stage.index)
        if parent is not None:
            return self._scopes[parent].triggers
        image = self.table.base_image(stage)
        return list(image.config.get("OnBuild") or ()) if image else []

    def found(self, rule: Rule, instruction: Instruction, text: str) -> None:
        """Note a warning."""
        self.warnings.append(rule.broken_by(instruction, text))

    def expand(self, scope: Scope, instruction: Instruction, word: str) -> str:
        """The value of a word; its variables that nobody set are noted."""
        return self._looked_up(scope, instruction, lambda seen: expand(word, seen, self.escape))

    def expand_body(self, scope: Scope, instruction: Instruction, text: str) -> str:
        """The body of a heredoc, likewise."""
        return self._looked_up(scope, instruction, lambda seen: expand_body(text, seen))

    def _looked_up(self, scope: Scope, instruction: Instruction, value: Callable[[Mapping[str, str]], str]) -> str:
        if scope.variables.open:
            return value(scope.variables)
        seen = Lookups(scope.variables)
        try:
            return value(seen)
        finally:
            for name in seen.missing if scope.described else ():
                if name not in scope.arguments and name not in NO_VARIABLES:
                    close = nearest(name, scope.variables)
                    text = f"Usage of undefined variable '${name}'" + (f" (did you mean ${close}?)" if close else "")
                    self.found(rules.UNDEFINED_VAR, instruction, text)


def _nothing(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    """An instruction that no rule is about."""


def _words(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    """USER, VOLUME, STOPSIGNAL."""
    for word in instruction.words:
        walk.expand(scope, instruction, word)


def _pairs(walk: Walk, scope: Scope, instruction: Instruction) -> list[tuple[str, str]]:
    """The pairs of ENV and LABEL, expanded."""
    return [
        (walk.expand(scope, instruction, name), walk.expand(scope, instruction, value or ""))
        for name, value in instruction.pairs
    ]


def _legacy(walk: Walk, instruction: Instruction) -> None:
    if instruction.words[2:3] == ("",):
        name = keyword(instruction)
        text = f'"{name} key=value" should be used instead of legacy "{name} key value" format'
        walk.found(rules.LEGACY_KEY_VALUE_FORMAT, instruction, text)


def _secret(walk: Walk, instruction: Instruction, name: str) -> None:
    if SECRET.search(name) and not PUBLIC.search(name):
        text = f"Do not use ARG or ENV instructions for sensitive data ({instruction.keyword} {quoted(name)})"
        walk.found(rules.SECRETS_USED_IN_ARG_OR_ENV, instruction, text)


def _env(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    pairs = _pairs(walk, scope, instruction)
    _legacy(walk, instruction)
    vague = [is_vague(value or "", scope.variables, walk.escape) for _, value in instruction.pairs]
    for (name, value), unknown in zip(pairs, vague, strict=True):
        _secret(walk, instruction, name)
        scope.set_variable(name, value, unknown)


def _label(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    _pairs(walk, scope, instruction)
    _legacy(walk, instruction)


def _arg(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    for name, default in instruction.pairs:
        _secret(walk, instruction, name)
        unknown = False
        if default is not None and name not in walk.table.options.args:
            unknown = is_vague(default, scope.variables, walk.escape)
            default = walk.expand(scope, instruction, default)
        value = walk.table.argument(name, default)
        if value is not None and name not in NO_VARIABLES:
            scope.set_variable(name, value, unknown)
        scope.arguments.add(name)


def _workdir(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    path = walk.expand(scope, instruction, instruction.words[0])
    unknown = is_vague(instruction.words[0], scope.variables, walk.escape)
    if not scope.directory and not path.startswith("/") and not unknown:
        text = f"Relative workdir {quoted(path)} can have unexpected results if the base image changes"
        walk.found(rules.WORKDIR_RELATIVE_PATH, instruction, text)
    scope.directory = True


def _shell(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    scope.shell = True


def _command(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    """CMD, ENTRYPOINT."""
    _once(walk, scope, instruction)
    if not instruction.json and not scope.shell:
        name = keyword(instruction)
        text = f"JSON arguments recommended for {name} to prevent unintended behavior related to OS signals"
        walk.found(rules.JSON_ARGS_RECOMMENDED, instruction, text)


def _once(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    """Of several, the last counts; the warning is about the one above, which does not."""
    if above := scope.last.get(instruction.keyword):
        text = (
            f"Multiple {keyword(instruction)} instructions should not be used in the same stage because only the last "
            "one will be used"
        )
        walk.found(rules.MULTIPLE_INSTRUCTIONS_DISALLOWED, above, text)
    scope.last[instruction.keyword] = instruction


def _copy(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    for flag in ("chown", "chmod", "checksum"):
        walk.expand(scope, instruction, instruction.flag(flag))
    sources = [word for word in instruction.words[:-1] if not instruction.heredoc_of(word)]
    paths = [walk.expand(scope, instruction, word) for word in sources]
    walk.expand(scope, instruction, instruction.words[-1])
    for heredoc in instruction.heredocs:
        if heredoc.expand:
            walk.expand_body(scope, instruction, heredoc.body)
    if not instruction.flag("from"):
        _ignored(walk, instruction, [path for path in paths if not URL.match(path)])


def _ignored(walk: Walk, instruction: Instruction, paths: Iterable[str]) -> None:
    """COPY of what .dockerignore leaves out."""
    project = walk.table.project
    for path in names_left_out(project.files, project.dockerfile_name, paths, project.dockerignore):
        text = f"Attempting to {instruction.keyword.title()} file {quoted(path)} that is excluded by .dockerignore"
        walk.found(rules.COPY_IGNORED_FILE, instruction, text)


def _expose(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    for word in instruction.words:
        for port in expand_to_words(word, scope.variables, walk.escape):
            address, _, container = port.rpartition(":")
            _, _, protocol = container.partition("/")
            if protocol != protocol.lower():
                text = f"Defined protocol '{port}' in EXPOSE instruction should be lowercase"
                walk.found(rules.EXPOSE_PROTO_CASING, instruction, text)
            if address:
                text = f"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'"
                walk.found(rules.EXPOSE_INVALID_FORMAT, instruction, text)


def _run(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    for mount in instruction.flags.get("mount", ()):
        for part in mount_fields(mount):
            walk.expand(scope, instruction, part.partition("=")[2])


def _onbuild(walk: Walk, scope: Scope, instruction: Instruction) -> None:
    scope.triggers.append(instruction.trigger)


VISITS: Mapping[str, Callable[[Walk, Scope, Instruction], None]] = {
    "ENV": _env,
    "LABEL": _label,
    "ARG": _arg,
    "WORKDIR": _workdir,
    "SHELL": _shell,
    "EXPOSE": _expose,
    "CMD": _command,
    "ENTRYPOINT": _command,
    "HEALTHCHECK": _once,
    "COPY": _copy,
    "ADD": _copy,
    "RUN": _run,
    "ONBUILD": _onbuild,
    "USER": _words,
    "VOLUME": _words,
    "STOPSIGNAL": _words,
}
