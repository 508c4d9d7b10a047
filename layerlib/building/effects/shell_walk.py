"""Walking through a command line: every command that may run, with what its words may be and where it may work.

Source: POSIX, XCU 2 (Shell Command Language); bash's manual for what only bash has.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product

from ...reading.errors import LayerlibError
from ...reading.paths import clean
from .followed import FollowedCommand, Unknown
from .places import ANYWHERE, SEARCHED, SPECIAL, holds, is_itself, places, same_place
from .programs import Call, Program, sorted_words, table
from .scripts import awk_writes, sed_script_writes
from .shell import PATH_LIMIT, SHELLS, SimpleCommand, simple_command
from .shell_tree import Choice, Commands, Function, Group, Item, Loop, Node, Simple, Unreadable, shell_tree
from .shell_values import HOLES, MOST, NAME, RESERVED, TEXT, WORDS, Expander, Field
from .shell_words import Redirection, Unclosed, Word
from .written_text import text_of_echo, written_text

Rule = Callable[[FollowedCommand, SimpleCommand], None]

DEEPEST = 6  # functions and shells in each other
MOST_CALLS = 5_000
# They take a program with its arguments. Options with a value, for each.
WRAPPERS = {
    "exec": "-a", "command": "", "builtin": "", "nohup": "", "time": "-f -o", "eatmydata": "", "nice": "-n",
    "ionice": "-c -n -p", "stdbuf": "-i -o -e", "timeout": "-k -s", "busybox": "", "linux32": "", "linux64": "",
    "sudo": "-u -g -C -p -r -t -h", "doas": "-u", "env": "-u", "xargs": "-n -P -I -L -d -s -E", "fakeroot": "",
}  # fmt: skip
BUILT_IN = frozenset({
    "exec", "command", "builtin", "time", ":", ".", "[", "[[", "alias", "break", "cd", "continue", "declare", "echo",
    "enable", "eval", "exit", "export", "false", "getopts", "hash", "help", "jobs", "kill", "let", "local", "printf",
    "pwd", "read", "readonly", "return", "set", "shift", "shopt", "source", "test", "times", "trap", "true", "type",
    "typeset", "ulimit", "umask", "unalias", "unset", "wait",
})  # fmt: skip
NAMES_PRINTED = {
    ("uname",), ("uname", "-m"), ("uname", "-s"), ("uname", "-r"), ("arch",), ("nproc",), ("whoami",), ("id", "-u"),
    ("id", "-g"), ("id", "-un"), ("dpkg", "--print-architecture"), ("lsb_release", "-cs"), ("lsb_release", "-sc"),
    ("lsb_release", "-rs"), ("lsb_release", "-is"), ("date", "+%s"), ("date", "+%Y%m%d"), ("apk", "--print-arch"),
    ("getconf", "_NPROCESSORS_ONLN"), ("dpkg-architecture", "--query", "DEB_BUILD_MULTIARCH"),
    ("dpkg-architecture", "--query", "DEB_BUILD_GNU_TYPE"),
}  # fmt: skip
INTERPRETER = re.compile(r"(python|pip)3?(\.\d+)?")


@dataclass
class _State:
    """What a command finds: variables with what they may be, the folders that it may be in, functions."""

    variables: dict[str, frozenset[str]]
    folders: frozenset[str]
    errexit: bool = False
    functions: dict[str, Commands] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)

    def copy(self) -> _State:
        return replace(
            self, variables=dict(self.variables), functions=dict(self.functions), exported=dict(self.exported)
        )

    def joined(self, other: _State) -> _State:
        """What a command finds that comes after either."""
        names = self.variables.keys() | other.variables.keys()
        variables = {name: _either(self.variables.get(name), other.variables.get(name)) for name in names}
        folders = self.folders | other.folders
        functions = {**self.functions, **other.functions}
        for name in self.functions.keys() & other.functions.keys():
            if self.functions[name] != other.functions[name]:
                functions[name] = self.functions[name] + other.functions[name]
        return _State(
            variables, folders if len(folders) <= MOST else frozenset({TEXT}), self.errexit and other.errexit,
            functions, {**self.exported, **other.exported},
        )  # fmt: skip


def _either(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str]:
    if one is None or other is None:
        return frozenset({TEXT})
    both = one | other
    return both if len(both) <= MOST else frozenset({TEXT})


class Walk:
    """A walk through one line. What the commands do is told to `followed`."""

    def __init__(
        self, followed: FollowedCommand, rules: Mapping[str, Rule], variables: Mapping[str, str | None]
    ) -> None:
        self.followed = followed
        self.rules = rules
        known = {name: frozenset({TEXT if value is None else value}) for name, value in variables.items()}
        known.setdefault("PATH", frozenset({SEARCHED}))
        known.setdefault("HOME", frozenset({"/root" if followed.is_root else TEXT}))
        self.state = _State(known, frozenset({"/"}))
        self.depth = self.calls = 0
        self.in_shell = True
        self.unsafe = any(RESERVED.search(value or "") for value in variables.values())

    # The whole line.

    def run(self, args: Sequence[str], folder: str) -> None:
        """Walk through a RUN, in shell form (with the shell first) or exec form."""
        self.state.folders = frozenset({folder})
        if self.unsafe or RESERVED.search("".join(args)) or not args:
            self._anywhere()
            return
        text = _shell_text(args)
        if text is None:
            self.in_shell = False
            self._call([Field(word) for word in args], (), {}, True)
            return
        shell_folder, slash, name = args[0].rpartition("/")
        if not self._is_itself(name, shell_folder or slash):
            self._anywhere()
            return
        self._options_of_shell(args[1:])
        self._text(text, True)

    def _text(self, text: str, certain: bool) -> None:
        """Walk through a shell text."""
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise Unreadable
            self._sequence(shell_tree(text), certain, certain)
        except (Unreadable, Unclosed, RecursionError):
            self._anywhere()
        finally:
            self.depth -= 1

    def _options_of_shell(self, words: Iterable[str]) -> None:
        for word, following in pairwise([*words, ""]):
            if re.fullmatch(r"-[A-Za-z]*e[A-Za-z]*", word) or (word.endswith("o") and following == "errexit"):
                self.state.errexit = True

    # Lists. `certain`: whether it runs, once, and everything before it has succeeded. `last`: whether nothing comes
    # after it, so that the line fails if it does.

    def _sequence(self, items: Commands, certain: bool, last: bool) -> None:
        lists: list[list[Item]] = []
        for item in items:
            if not lists or item.joint in ("", ";"):
                lists.append([])
            lists[-1].append(item)
        for place, members in enumerate(lists, 1):
            self._and_or(members, certain, last and place == len(lists))

    def _and_or(self, items: Sequence[Item], certain: bool, last: bool) -> None:
        pipelines: list[list[Item]] = []
        for item in items:
            if item.joint == "|" and pipelines:
                pipelines[-1].append(item)
            else:
                pipelines.append([item])
        alternatives = any(item.joint == "||" for item in items)
        first: _State | None = None
        for place, pipeline in enumerate(pipelines):
            sure = certain and not alternatives and (not place or last or (self.state.errexit and last))
            before = self.state.copy()
            self.goes_on = place + 1 < len(pipelines) and pipelines[place + 1][0].joint == "&&"
            self._pipeline(pipeline, sure, last and place + 1 == len(pipelines))
            if pipeline[0].joint == "||":
                self.state = self.state.joined(before)
            first = first or self.state.copy()
        if len(pipelines) > 1 and not (certain and last) and first is not None:
            self.state = self.state.joined(first)

    goes_on = False

    def _pipeline(self, items: Sequence[Item], certain: bool, last: bool) -> None:
        if len(items) == 1 and not items[0].background:
            self._node(items[0].node, certain, last)
            return
        before = self.state
        for item in items:
            self.state = before.copy()
            self._node(item.node, False, False)
        self.state = before

    def _node(self, node: Node, certain: bool, last: bool) -> None:
        if isinstance(node, Simple):
            self._simple(node, certain)
            return
        if isinstance(node, Function):
            self.state.functions[node.name] = node.body
            return
        self._redirected(node.redirections)
        if isinstance(node, Group):
            before = self.state.copy()
            self._sequence(node.body, certain, last)
            if node.subshell:
                self.state = before
        elif isinstance(node, Choice):
            self._sequence(node.first, False, False)
            for word in node.words:
                self._fields(word)
            before = self.state
            after = before.copy()
            for body in node.bodies:
                self.state = before.copy()
                self._sequence(body, False, False)
                after = after.joined(self.state)
            self.state = after
        else:
            self._loop(node)

    def _loop(self, loop: Loop) -> None:
        values: set[str] = set()
        for word in loop.words:
            for alternative in self._fields(word):
                values |= {_name_found(field) for field in alternative}
        start = self.state.copy()
        for turn in range(3):
            if loop.variable:
                all_values = frozenset(values) if len(values) <= 4 * MOST else frozenset({TEXT})
                self.state.variables[loop.variable] = all_values
            before = self.state.copy()
            self._sequence(loop.body, False, False)
            if self.state == before and turn:
                break
            after = self.state.joined(before)
            if turn == 1:  # what still changes may become anything
                for name, value in after.variables.items():
                    if value != before.variables.get(name) and name != loop.variable:
                        after.variables[name] = frozenset({TEXT})
                if after.folders != before.folders:
                    after.folders = frozenset({TEXT})
            self.state = after
        self.state = self.state.joined(start)

    # Words.

    def _expander(self) -> Expander:
        variables = {**self.state.variables, "PWD": self.state.folders}
        return Expander(variables, self.state.variables["HOME"], self._substitute)

    def _fields(self, word: Word) -> list[tuple[Field, ...]]:
        return self._expander().fields(word.raw or word.text)

    def _substitute(self, text: str) -> frozenset[str]:
        """Walk through a command substitution. Returns what it prints."""
        if text.startswith("\0"):
            self._anywhere()
            return frozenset({TEXT})
        before = self.state
        self.state = before.copy()
        self._text(text, False)
        self.state = before.copy()
        printed = self._printed(text)
        self.state = before
        return printed

    def _printed(self, text: str) -> frozenset[str]:
        try:
            items = shell_tree(text)
        except Unreadable:
            return frozenset({TEXT})
        if len(items) != 1 or not isinstance(items[0].node, Simple) or self.depth >= DEEPEST:
            return frozenset({TEXT})
        node = items[0].node
        self.depth += 1
        words = self._combinations(node.words)
        self.depth -= 1
        if len(words) != 1 or any(
            redirection.operator[-1] == ">" for redirection in node.redirections if redirection.operator[0] != "2"
        ):
            return frozenset({TEXT})
        name, *arguments = [field.text for field in words[0]] or [""]
        if not self._is_program(name, ""):
            return frozenset({TEXT})
        return self._printed_by(name, arguments)

    def _printed_by(self, name: str, arguments: list[str]) -> frozenset[str]:
        """What a program prints that is itself."""
        if (name, *arguments) in NAMES_PRINTED:
            return frozenset({NAME})
        if (
            name == "mktemp"
            and not [word for word in arguments if not word.startswith("-")]
            and arguments in ([], ["-d"], ["-q"], ["-qd"])
        ):
            return frozenset({f"{value}/{NAME}" for value in self.state.variables.get("TMPDIR", {"/tmp"})})
        if name == "pwd" and not arguments:
            return self.state.folders
        if name in ("dirname", "basename") and len(arguments) == 1 and not HOLES.search(arguments[0]):
            part = posixpath.dirname(arguments[0]) or "." if name == "dirname" else posixpath.basename(arguments[0])
            return frozenset({part})
        if name == "basename" and arguments:
            return frozenset({NAME})
        if name == "echo":
            printed = text_of_echo(arguments)
            return frozenset({TEXT if printed is None else printed.strip("\n")})
        return frozenset({TEXT})

    def _combinations(self, words: Sequence[Word]) -> list[tuple[Field, ...]]:
        each = [self._fields(word) for word in words]
        count = 1
        for alternatives in each:
            count *= len(alternatives)
        if count > MOST:
            each = [alternatives if len(alternatives) == 1 else [(Field(WORDS),)] for alternatives in each]
        return [tuple(field for fields in chosen for field in fields) for chosen in product(*each)]

    # Redirections.

    def _redirected(self, redirections: Sequence[Redirection]) -> bool:
        """Open what a command writes to. Returns whether that is nothing."""
        nothing = True
        for redirection in redirections:
            operator = redirection.operator.lstrip("0123456789")
            if operator.startswith("<<"):
                if operator == "<<<":
                    self._expander().fields(redirection.raw)
                elif not set("'\"\\") & set(redirection.raw):
                    self._expander().heredoc(redirection.target)
            elif operator in (">&", "<&") and re.fullmatch(r"[\d-]+", redirection.target):
                continue
            elif operator == "<":
                self._expander().fields(redirection.raw)
            else:
                for fields in self._expander().fields(redirection.raw):
                    found = self._places(fields or [Field(TEXT)])
                    nothing = self._writes(found, dict.fromkeys(found)) and nothing
        return nothing

    # Simple commands.

    def _simple(self, node: Simple, certain: bool) -> None:
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise Unreadable
        goes_on = self.goes_on
        words = list(node.words)
        assigned: dict[str, frozenset[str]] = {}
        while words and words[0].assigned:
            word = words.pop(0)
            name, _, value = word.raw.partition("=")
            added = name.endswith("+")
            assigned[word.assigned] = frozenset({TEXT}) if added else self._expander().value(value)
            if added:
                self._expander().value(value)
        combinations = self._combinations(words)
        only = certain and len(combinations) == 1
        if only and words and not assigned and self._writes_text(combinations[0], node.redirections):
            return
        nothing = self._redirected(node.redirections)
        if not words:
            self.state.variables |= assigned
            return
        start = self.state
        after: _State | None = None
        for fields in combinations:
            self.state = start.copy()
            self.goes_on = goes_on
            self._call(list(fields), node.redirections if fields else (), assigned, only and nothing)
            after = self.state if after is None else after.joined(self.state)
        self.state = after or start

    def _writes_text(self, fields: Sequence[Field], redirections: Sequence[Redirection]) -> bool:
        """`echo text > file`, `cat <<E > file`: whether it is known what is written, and so is written."""
        if not redirections or not fields or not self._is_program(fields[0].text, ""):
            return False
        written = written_text(self.followed, fields, redirections, self._expander(), self.state.folders)
        if written is None or any(holds(mount, written[0]) for mount in self.followed.mounted):
            return False
        path, file = written
        self.followed.written |= {path: file}
        self.followed.sources.append("computed: the text is in the command")
        return True

    def _call(
        self, fields: list[Field], redirections: Sequence[Redirection], assigned: Mapping[str, frozenset[str]],
        certain: bool,
    ) -> None:  # fmt: skip
        """A program with its arguments."""
        if not fields:
            return
        outer = self.state.variables
        if assigned:
            self.state.variables = {**outer, **assigned}
        try:
            self._program(fields, redirections, certain and not assigned)
        finally:
            for name in assigned:
                if name in outer:
                    self.state.variables[name] = outer[name]
                else:
                    self.state.variables.pop(name, None)

    def _program(self, fields: list[Field], redirections: Sequence[Redirection], certain: bool) -> None:
        written = fields[0].text
        folder, slash, name = written.rpartition("/")
        if HOLES.search(written) or fields[0].pattern:
            self._anywhere()
            return
        if self.in_shell and not slash and name in self.state.functions:
            self._function(name)
            return
        if name in WRAPPERS:
            self._wrapper(name, folder or slash, fields[1:])
            return
        if not self._is_program(name, folder or slash):
            self._anywhere()
            return
        if name in SHELLS:
            self._shell(fields[1:], redirections)
        elif name == "find":
            self._find(fields[1:])
        elif name == "sed":
            self._sed(fields[1:])
        elif name in ("awk", "gawk", "mawk", "nawk"):
            self._instant(awk_writes(fields[1:]))
        elif not (self.in_shell and not slash and self._built_in(name, fields[1:])):
            self._table(name, fields, certain and not slash)

    def _is_program(self, name: str, folder: str) -> bool:
        return (self.in_shell and not folder and name in BUILT_IN) or self._is_itself(name, folder)

    def _is_itself(self, name: str, folder: str) -> bool:
        searched = self.state.variables["PATH"]
        return all(is_itself(self.followed, name, folder, path) for path in searched)

    def _function(self, name: str) -> None:
        body = self.state.functions[name]
        self.depth += 1
        if self.depth > DEEPEST:
            self._anywhere()
        else:
            self._sequence(body, False, False)
        self.depth -= 1

    def _wrapper(self, name: str, folder: str, words: list[Field]) -> None:
        """sudo, env, xargs and their like: the program that they run."""
        if not self._is_program(name, folder):
            self._anywhere()
            return
        valued = WRAPPERS[name].split()
        added: dict[str, frozenset[str]] = {}
        placeholder = ""
        while words and words[0].text.startswith("-"):
            option = words.pop(0).text
            if option == "--":
                break
            if option in valued and words:
                value = words.pop(0)
                placeholder = value.text if option == "-I" else placeholder
                if name == "time" and option == "-o":
                    self._writes(self._places([value]), {})
            self._option_of_wrapper(name, option[1:2], added)
        if name == "timeout" and words:
            words.pop(0)
        while name in ("env", "sudo") and words and re.match(r"[A-Za-z_]\w*=", words[0].text):
            variable, _, value_text = words.pop(0).text.partition("=")
            added[variable] = frozenset({value_text.replace(WORDS, TEXT)})
        words = self._with_found(words, placeholder) if name == "xargs" else words
        if not words:
            return
        self.followed.timed = False
        was, self.in_shell = self.in_shell, self.in_shell and name in ("builtin", "command", "time", "exec")
        self._call(words, (), added, False)
        self.in_shell = was

    def _option_of_wrapper(self, name: str, letter: str, added: dict[str, frozenset[str]]) -> None:
        if name == "doas" or (name == "sudo" and letter in ("u", "i", "s")):
            added["HOME"] = frozenset({TEXT})
        if name == "env" and letter in ("C", "S", "-"):
            self._anywhere()

    @staticmethod
    def _with_found(words: list[Field], placeholder: str) -> list[Field]:
        """The words of a program that xargs runs, with those that it adds."""
        if not placeholder:
            return [*words, Field(WORDS)]
        return [Field(TEXT) if placeholder in word.text else word for word in words]

    def _shell(self, words: list[Field], redirections: Sequence[Redirection]) -> None:
        """sh -c text, or a shell that reads a heredoc."""
        text: str | None = None
        for word, following in pairwise([*words, Field("")]):
            if re.fullmatch(r"-[A-Za-z]*c", word.text):
                text = following.text
                break
        documents = [one for one in redirections if one.operator.lstrip("0123456789") in ("<<", "<<-")]
        if text is None and documents and all(word.text.startswith("-") for word in words):
            document = documents[-1]
            texts = {document.target}
            if not set("'\"\\") & set(document.raw):
                texts = set(self._expander().heredoc(document.target))
            text = texts.pop() if len(texts) == 1 else None
        if text is None or HOLES.search(text):
            self._anywhere()
            return
        before = self.state.copy()
        was, self.in_shell = self.in_shell, True
        self.state.errexit = False
        self._options_of_shell(word.text for word in words)
        self._text(text, False)
        self.in_shell, self.state = was, before

    # Built-ins that change what the others find.

    def _built_in(self, name: str, words: list[Field]) -> bool:
        """Whether a built-in has been dealt with here."""
        texts = [word.text for word in words]
        if name == "cd":
            self._cd(texts)
            return False
        if name in ("export", "readonly", "local", "declare", "typeset"):
            self._export(name, texts)
        elif name in ("read", "getopts", "unset", "let", "mapfile") or (name == "printf" and texts[:1] == ["-v"]):
            for text in texts:
                self.state.variables[text] = frozenset({TEXT})
        elif name == "set":
            self._set(texts)
        elif name in ("eval", "trap"):
            text = " ".join(texts) if name == "eval" else next((one for one in texts if one not in ("-", "")), "")
            if HOLES.search(text):
                self._anywhere()
            else:
                self._text(text, False)
            return True
        return False

    def _export(self, name: str, texts: list[str]) -> None:
        for text in texts:
            variable, equals, value = text.partition("=")
            if equals:
                self.state.variables[variable] = frozenset({value.replace(WORDS, TEXT)})
                if name == "export":
                    self.state.exported[variable] = value
            elif HOLES.search(text):
                self.state.variables["PATH"] = frozenset({TEXT})

    def _set(self, texts: list[str]) -> None:
        for text, following in pairwise([*texts, ""]):
            if text == "--" or not re.match(r"[-+]", text):
                break
            if re.fullmatch(r"[-+][A-Za-z]*e[A-Za-z]*", text) or (text[1:].endswith("o") and following == "errexit"):
                self.state.errexit = text[0] == "-"

    def _cd(self, words: list[str]) -> None:
        targets = [word for word in words if not word.startswith("-") or word == "-"]
        target = targets[0] if targets else next(iter(self.state.variables["HOME"]))
        new: set[str] = set()
        certain = self.state.errexit or self.goes_on
        for folder in self.state.folders:
            if (
                HOLES.search(target.replace(NAME, ""))
                or target == "-"
                or (HOLES.search(folder.replace(NAME, "")) and not target.startswith("/"))
            ):
                new.add(TEXT)
                continue
            path = posixpath.normpath(posixpath.join(folder, target)).replace("//", "/")
            if NAME in folder and ".." in target:
                path = TEXT
            if len(path) > PATH_LIMIT:
                self._anywhere()
                path = TEXT
            known = self.followed.get(clean(path))
            certain = certain or clean(path) in table().folders or (known is not None and known.kind == "folder")
            new.add(path)
        folders = frozenset(new) if certain else frozenset(new) | self.state.folders
        self.state.folders = folders if len(folders) <= MOST else frozenset({TEXT})

    # What programs do.

    def _table(self, name: str, fields: list[Field], certain: bool) -> None:
        """The exact rule for a program, if there is one that knows; otherwise where the table says that it writes."""
        if match := INTERPRETER.fullmatch(name):
            name = match[1]
        if name == "python" and [field.text for field in fields[1:3]] == ["-m", "pip"]:
            name, fields = "pip", [fields[0], *fields[3:]]
        if certain and name in self.rules and self._exactly(name, fields):
            return
        program = table().programs.get(name)
        if program is None or (name == "python" and fields[1:] and not fields[1].text.startswith(("-m", "-V", "--v"))):
            self._anywhere()
            return
        if program.is_harmless:
            self._instant(False, program.steady)
            return
        if not program.steady and any(field.text.startswith(WORDS) for field in fields[1:]):
            self._anywhere()
            return
        call = sorted_words(program, fields[1:])
        rule = program.rule(call, self.state.variables)
        if rule is None:
            self._anywhere()
            return
        found: set[str] = set()
        for item in rule.writes:
            found |= self._item(item, program, call)
        foreign: dict[str, str | None] = {}
        if not (program.installs or rule.installs or program.keeps):
            lead = {"": None, "anywhere": self._link_target(call)}
            foreign = {place: lead.get(program.links, place) for place in found}
        self.followed.timed = False
        self._writes(found, foreign)

    def _exactly(self, name: str, fields: list[Field]) -> bool:
        """Follow a command by its rule. Returns whether that could be done."""
        if any(not field.known for field in fields) or len(self.state.folders) != 1:
            return False
        folder = next(iter(self.state.folders))
        if HOLES.search(folder) or (self.state.exported and name in ("pip", "apt-get")):
            return False
        words = [Word(field.text, pattern=field.pattern) for field in fields]
        command = replace(simple_command(words, {}, folder=folder), program=name, program_folder="")
        followed = self.followed
        kept = dict(vars(followed))
        copies = {key: type(value)(value) for key, value in kept.items() if isinstance(value, dict | set | list)}
        try:
            followed.searched = tuple(self.state.variables["PATH"])
            self.rules[name](followed, command)
        except (Unknown, LayerlibError):
            vars(followed).update(kept | copies)
            return False
        return True

    def _instant(self, writes: bool, steady: bool = False) -> None:
        if writes:
            self._anywhere()
        self.followed.timed = self.followed.timed and steady

    def _find(self, words: list[Field]) -> None:
        roots: list[Field] = []
        while words and not re.match(r"[-(!]", words[0].text):
            roots.append(words.pop(0))
        while words and words[0].text in ("-L", "-H", "-P", "-E"):
            words.pop(0)
            while words and not re.match(r"[-(!]", words[0].text):
                roots.append(words.pop(0))
        roots = roots or [Field(".")]
        self.followed.timed = False
        while words:
            word = words.pop(0).text
            if word == "-delete":
                self._writes(self._places(roots), {})
            elif word in ("-fprint", "-fls", "-fprintf", "-fprint0"):
                found = self._places(words[:1] or [Field(TEXT)])
                self._writes(found, dict.fromkeys(found))
            elif word in ("-exec", "-execdir", "-ok", "-okdir"):
                end = next((place for place, one in enumerate(words) if one.text in (";", "+")), len(words))
                for root in roots:
                    called = [root if one.text == "{}" else _within(one) for one in words[:end]]
                    was, self.in_shell = self.in_shell, False
                    self._call(called, (), {}, False)
                    self.in_shell = was
                del words[: end + 1]
            elif word.startswith(WORDS):
                self._anywhere()

    def _sed(self, words: list[Field]) -> None:
        """sed: with -i, the files that it names. Source: GNU sed's manual."""
        scripts: list[str] = []
        files: list[Field] = []
        in_place, suffix = False, False
        rest = list(words)
        self.followed.timed = False
        while rest:
            word = rest.pop(0)
            text = word.text
            if re.fullmatch(r"-[nErsuz]*e|--expression", text) and rest:
                scripts.append(rest.pop(0).text)
            elif match := re.fullmatch(r"(?:-[nErsuz]*i|--in-place=?)(.*)", text, re.DOTALL):
                in_place, suffix = True, suffix or bool(match[1])
            elif re.fullmatch(
                r"-[nErsuz]+|--(quiet|silent|regexp-extended|null-data|separate|posix|debug)|--version", text
            ):
                continue
            elif text.startswith(("-", WORDS)) and text != "-":
                self._anywhere()
                return
            else:
                files.append(word)
        if not scripts and files:
            scripts.append(files.pop(0).text)
        if any(map(sed_script_writes, scripts)):
            self._anywhere()
        if in_place:
            found = self._beside(files) if suffix else self._places(files)
            self._writes(found, dict.fromkeys(found))

    # Places.

    def _link_target(self, call: Call) -> str:
        """Where the link leads that an `ln` makes."""
        if len(call.operands) != 2 or not call.operands[0].text.startswith("/"):
            return ANYWHERE
        found = self._places(call.operands[:1])
        return found.pop() if len(found) == 1 else ANYWHERE

    def _item(self, item: str, program: Program, call: Call) -> set[str]:
        """What one entry of `writes` means here."""
        for part in item.split(" or "):
            found = self._part(part, program, call)
            if found is not None:
                return found
        return set()

    def _part(self, part: str, program: Program, call: Call) -> set[str] | None:
        kind, *words = part.split()
        if kind == "anywhere":
            return {ANYWHERE}
        if kind == "system":
            return set(table().system)
        if kind == "prefixes":
            return self._prefixes()
        if kind == "top":
            return {_top(folder) for folder in self._bases(program, call)}
        if kind == "option":
            values = call.values(words)
            return self._places([value for value in values if value.text != "-"]) if values else None
        if kind == "env":
            return self._of_variable(*words[0].partition("/")[::2])
        return self._part_of_operands(part, kind, words, program, call)

    def _part_of_operands(
        self, part: str, kind: str, words: list[str], program: Program, call: Call
    ) -> set[str] | None:
        operands = [field for field in call.operands if field.text != "-"]
        if kind in ("operands", "operand"):
            number = int(words[0]) if words else 1
            chosen = operands[number - 1 :] if kind == "operands" else operands[number - 1 : number]
            return self._places(chosen, self._bases(program, call), program.itself) if chosen else None
        if kind == "last":
            return self._places(operands[-1:]) if operands else None
        if kind == "beside":
            return self._beside(operands)
        if kind == "clone":
            return self._clone(operands, self._bases(program, call))
        if kind == "archive":
            values = call.values(("-C", "--directory"))
            return self._places(values or [Field(".")])
        if part.startswith("~"):
            homes = self.state.variables["HOME"]
            return self._places([Field(f"{home}{part[1:]}" or "/") for home in homes])
        return self._places([Field(part)], self._bases(program, call))

    def _prefixes(self) -> set[str]:
        """The folders above those of programs."""
        above = {clean(one).rpartition("/")[0] for path in self.state.variables["PATH"] for one in path.split(":")}
        return {"usr", *above} - {""} if not any(map(HOLES.search, above)) else {ANYWHERE}

    def _of_variable(self, name: str, below: str) -> set[str] | None:
        if name not in self.state.variables:
            return None
        values = {value for text in self.state.variables[name] for value in text.split(":")}
        return self._places([Field(posixpath.join(value, below)) for value in values]) if all(values) else None

    def _bases(self, program: Program, call: Call) -> set[str]:
        """The folders that a program may work in."""
        given = call.values(program.folder) if program.folder else []
        if not given:
            return set(self.state.folders)
        return {
            TEXT if place == ANYWHERE and clean(value.text) else f"/{place}"
            for value in given
            for place in self._places([value])
        }

    def _clone(self, operands: list[Field], folders: Iterable[str]) -> set[str]:
        if len(operands) > 2:
            return self._places(operands[2:3], folders)
        name = operands[1].text.rstrip("/").rpartition("/")[2].removesuffix(".git") if len(operands) > 1 else ""
        name = name.rpartition(":")[2]
        return self._places([Field(name if name and not HOLES.search(name) else ".")], folders)

    def _beside(self, fields: Iterable[Field]) -> set[str]:
        found: set[str] = set()
        for one in fields:
            found |= self._places([Field(posixpath.dirname(one.text) or ".", one.pattern)])
        return found

    def _places(self, fields: Iterable[Field], folders: Iterable[str] = (), itself: bool = False) -> set[str]:
        bases = list(folders) or list(self.state.folders)
        return {place for field in fields for folder in bases for place in places(self.followed, field, folder, itself)}

    def _writes(self, found: Iterable[str], foreign: Mapping[str, str | None]) -> bool:
        """A command may write there. Returns whether none of it is in the image."""
        mounted = self.followed.mounted
        inside = {place for path in found for place in (same_place(path) if path else [path])}
        inside = {place for place in inside if place not in ("dev/null", "dev") and not place.startswith(SPECIAL)}
        inside = {place for place in inside if not any(holds(mount, place) for mount in mounted)}
        self.followed.may_write(inside)
        for path, target in foreign.items():
            for place in same_place(path) if path else [path]:
                if place in inside:
                    self._by_others(place, target)
        if ANYWHERE in inside:
            self.followed.foreign[ANYWHERE] = ANYWHERE
        if inside:
            self.followed.sized = self.followed.timed = False
        return not inside

    def _by_others(self, place: str, target: str | None) -> None:
        """Programs of others may be there, and links of theirs that lead to `target`; without any, None."""
        known = self.followed.foreign.get(place)
        self.followed.foreign[place] = target if known in (None, target) else known if target is None else ANYWHERE

    def _anywhere(self) -> None:
        self._writes({ANYWHERE}, {})


def _top(folder: str) -> str:
    """The outermost folder on the way to one."""
    return ANYWHERE if HOLES.search(folder) else clean(folder).partition("/")[0]


def _shell_text(args: Sequence[str]) -> str | None:
    """The text of a RUN in shell form, or of `["sh", "-c", ...]`."""
    if args and posixpath.basename(args[0]) in SHELLS:
        for option, text in pairwise(args[1:]):
            if re.fullmatch(r"-[A-Za-z]*c", option):
                return text
    return None


def _name_found(field: Field) -> str:
    """What a word of a `for` loop may be, of which the last part may be a pattern."""
    if not field.pattern:
        return field.text
    folder, slash, _ = field.text.rpartition("/")
    return f"{folder}{slash}{NAME}" if not set("*?[") & set(folder) else TEXT


def _within(word: Field) -> Field:
    """A word of -exec that holds `{}` may be any path."""
    return Field(TEXT) if "{}" in word.text and not word.text.startswith("s") else word
