"""The engine's rules, and the record of a warning.

Source: BuildKit, frontend/dockerfile/linter/ruleset.go, and docs.docker.com/reference/build-checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...reading.dockerfile import Instruction

NOT_MODELLED = frozenset({"InvalidBaseImagePlatform"})
"""Rules that are not here: they look at the image that the engine has, and the model takes it to be as asked for."""


@dataclass(frozen=True)
class CheckWarning:
    """A warning of `docker build` and `docker build --check`. As text, the line that a build prints.

    Attributes:
        rule: the rule's name, such as "JSONArgsRecommended".
        line: the line that it is about, counted from 1.
        text: what is wrong, in Docker's words.
        last_line: where the instruction ends.
        description: what the rule asks for, in Docker's words.
        url: Docker's page about the rule.
    """

    rule: str
    line: int
    text: str
    last_line: int = field(default=0, compare=False)
    description: str = field(default="", repr=False, compare=False)
    url: str = field(default="", repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.rule}: {self.text} (line {self.line})"


@dataclass(frozen=True)
class Rule:
    """One of the engine's rules.

    Attributes:
        name: as `# check=skip=` names it.
        description: what it asks for.
        experimental: whether it counts only where `# check=experimental=` asks for it.
    """

    name: str
    description: str
    experimental: bool = False

    @property
    def url(self) -> str:
        """Docker's page about it."""
        words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", self.name).lower()
        return f"https://docs.docker.com/go/dockerfile/rule/{words}/"

    def broken_at(self, line: int, text: str, last_line: int = 0) -> CheckWarning:
        """The warning about a line."""
        return CheckWarning(self.name, line, text, last_line or line, self.description, self.url)

    def broken_by(self, instruction: Instruction, text: str) -> CheckWarning:
        """The warning about an instruction."""
        return self.broken_at(instruction.line, text, instruction.last_line)


STAGE_NAME_CASING = Rule("StageNameCasing", "Stage names should be lowercase")
FROM_AS_CASING = Rule("FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword")
NO_EMPTY_CONTINUATION = Rule("NoEmptyContinuation", "Empty continuation lines will become errors in a future release")
CONSISTENT_INSTRUCTION_CASING = Rule(
    "ConsistentInstructionCasing",
    "All commands within the Dockerfile should use the same casing (either upper or lower)",
)
DUPLICATE_STAGE_NAME = Rule("DuplicateStageName", "Stage names should be unique")
RESERVED_STAGE_NAME = Rule("ReservedStageName", "Reserved words should not be used as stage names")
JSON_ARGS_RECOMMENDED = Rule(
    "JSONArgsRecommended",
    "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
)
MAINTAINER_DEPRECATED = Rule(
    "MaintainerDeprecated", "The MAINTAINER instruction is deprecated, use a label instead to define an image author"
)
UNDEFINED_ARG_IN_FROM = Rule("UndefinedArgInFrom", "FROM command must use declared ARGs")
WORKDIR_RELATIVE_PATH = Rule(
    "WorkdirRelativePath",
    "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base "
    "image changes",
)
UNDEFINED_VAR = Rule("UndefinedVar", "Variables should be defined before their use")
MULTIPLE_INSTRUCTIONS_DISALLOWED = Rule(
    "MultipleInstructionsDisallowed", "Multiple instructions of the same type should not be used in the same stage"
)
LEGACY_KEY_VALUE_FORMAT = Rule(
    "LegacyKeyValueFormat", "Legacy key/value format with whitespace separator should not be used"
)
REDUNDANT_TARGET_PLATFORM = Rule(
    "RedundantTargetPlatform",
    "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
)
SECRETS_USED_IN_ARG_OR_ENV = Rule(
    "SecretsUsedInArgOrEnv", "Sensitive data should not be used in the ARG or ENV commands"
)
INVALID_DEFAULT_ARG_IN_FROM = Rule(
    "InvalidDefaultArgInFrom", "Default value for global ARG results in an empty or invalid base image name"
)
FROM_PLATFORM_FLAG_CONST_DISALLOWED = Rule(
    "FromPlatformFlagConstDisallowed", "FROM --platform flag should not use a constant value"
)
COPY_IGNORED_FILE = Rule(
    "CopyIgnoredFile", "Attempting to Copy file that is excluded by .dockerignore", experimental=True
)
INVALID_DEFINITION_DESCRIPTION = Rule(
    "InvalidDefinitionDescription",
    "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not "
    "intended to be a description comment, add an empty line or comment between the instruction and the comment.",
    experimental=True,
)
EXPOSE_PROTO_CASING = Rule("ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase")
EXPOSE_INVALID_FORMAT = Rule(
    "ExposeInvalidFormat",
    "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future "
    "release",
)
RULES = {rule.name: rule for rule in list(globals().values()) if isinstance(rule, Rule)}
