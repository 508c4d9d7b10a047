"""What is there after a step, beyond files: programs, packages, and what a compiler has made.

A teaching model, coarser than the builder's: it knows pip, npm, go and the package managers of the usual base images,
takes an unknown image to have everything, and an unknown command to do nothing. It only finds what certainly fails.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ..building.effects.shell import SimpleCommand
from ..reading.file import File
from ..reading.references import familiar_name
from ..reading.shipped_images import catalogue
from ..reading.tree import Tree
from . import pip_commands
from .pip_commands import SYSTEM

DEBIAN = frozenset({"sh", "bash", "apt-get", "apt", "useradd", "adduser"})
ALPINE = frozenset({"sh", "apk", "adduser", "wget"})
TOOLS = frozenset({"gcc", "make", "git", "curl", "wget"})  # of the full images on Debian
BASES: tuple[tuple[str, frozenset[str]], ...] = (
    ("scratch", frozenset()),
    ("python", frozenset({"python", "pip"})),
    ("node", frozenset({"node", "npm", "npx", "yarn"})),
    ("golang", frozenset({"go", "git"})),
    ("debian", frozenset()),
    ("ubuntu", frozenset()),
    ("alpine", frozenset()),
    ("busybox", frozenset({"sh", "wget", "adduser"})),
)
DISTROLESS = ("gcr.io/distroless/static", "gcr.io/distroless/base")
PROGRAM_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")  # Docker's PATH
DEFAULT_PATH = ":".join(PROGRAM_FOLDERS)
# Commands that are known to write no file of a project, by what follows them; "" stands for anything.
ANYTHING = frozenset({""})
LISTED: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "apt-get", "apt", "apk", "pip", "gcc", "rm", "mkdir", "chmod", "chown", "useradd", "adduser", "usermod",
            "groupadd", "addgroup", "echo", "printf", "cd", "set", "true", ":", "export", "ls", "cat", "date", "test",
            "pwd", "", "sleep", "whoami", "id",
        ),
        ANYTHING,
    ),
    "npm": frozenset({"ci", "install", "i", "add", "config", "cache"}),
    "yarn": frozenset({"install", "add", "config", "cache"}),
    "go": frozenset({"build", "install", "test", "vet", "version", "env", "mod"}),
    "python": frozenset({"-V", "--version"}),
    "node": frozenset({"-v", "--version"}),
}  # fmt: skip
# Programs whose absence this model can detect.
DETECTABLE = frozenset({"python", "pip", "node", "npm", "npx", "yarn", "go", "apt-get", "apt", "apk", "sh", "bash"})
# Programs that come with the packages of a system's package manager.
PROGRAMS_OF = {
    "python3": {"python"}, "python3-pip": {"pip", "python"}, "py3-pip": {"pip", "python"}, "nodejs": {"node"},
    "npm": {"npm", "npx"}, "go": {"go"}, "golang": {"go"}, "golang-go": {"go"}, "bash": {"bash"},
}  # fmt: skip
PACKAGE_MANAGERS = frozenset({"apt-get", "apt", "apk"})

Folders = frozenset[str]


@dataclass(frozen=True)
class Installed:
    """What is there after a step.

    Attributes:
        base: the base image, such as "python:slim"; empty for scratch.
        programs: names of programs; None if anything may be there.
        packages: lower-case distribution name, to the folders that it was installed under.
        wheels: lower-case distribution name, to the folders that hold its wheel.
        script_folders: folders whose programs came along with the packages.
        binaries: path of what a compiler wrote, to the C library it needs: "glibc", "musl" or "none".
        foreign: packages that were installed on another C library than this one, and copied here.
        package_lists: whether apt has its lists of packages.
        commands: the text of every command so far, with its variables replaced, to look for names in.
        unlisted: folders in which a command or an image that nobody knows may have left files; "/" for everywhere.
    """

    base: str = ""
    programs: frozenset[str] | None = frozenset()
    packages: Mapping[str, Folders] = field(default_factory=dict)
    wheels: Mapping[str, Folders] = field(default_factory=dict)
    script_folders: Folders = frozenset()
    binaries: Mapping[str, str] = field(default_factory=dict)
    foreign: frozenset[str] = frozenset()
    package_lists: bool = False
    commands: str = ""
    unlisted: Folders = frozenset()

    @property
    def libc(self) -> str:
        """The C library of the base: "musl" on Alpine, "none" on scratch, else "glibc"."""
        if not self.base or self.base.startswith("scratch") or "distroless/static" in self.base:
            return "none"
        return "musl" if "alpine" in self.base or self.base.startswith("busybox") else "glibc"

    def may_hold(self, folder: str) -> bool:
        """Whether files that nobody listed may be in a folder."""
        return any(_is_in(folder, other) or _is_in(other, folder) for other in self.unlisted)

    @property
    def has_unlisted_programs(self) -> bool:
        """Whether any program may be there, since nobody knows what a command has installed."""
        return self.programs is None or any(map(self.may_hold, PROGRAM_FOLDERS))

    def has(self, program: str) -> bool:
        """Whether a program is there, as far as anyone knows."""
        return self.programs is None or program in self.programs or program not in DETECTABLE

    def with_package(self, package: str, folder: str) -> Installed:
        """The same with one package more."""
        packages = _with(self.packages, package, folder)
        return replace(self, packages=packages, script_folders=self.script_folders | {folder})

    def with_wheel(self, package: str, folder: str) -> Installed:
        """The same with one wheel more."""
        return replace(self, wheels=_with(self.wheels, package, folder))


def _is_in(path: str, folder: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


def _with(folders: Mapping[str, Folders], name: str, folder: str) -> dict[str, Folders]:
    return {**folders, name: folders.get(name, frozenset()) | {folder}}


def of_image(reference: str) -> Installed:
    """What a base image brings, as images of its family usually do; what the catalogue knows not to be there is not."""
    name = familiar_name(reference)
    repository, _, tag = name.partition(":")
    brought = next((programs for base, programs in BASES if repository == base), None)
    if brought is None and repository.startswith(DISTROLESS):
        brought = frozenset()
    if brought is None:
        return Installed(name, None, unlisted=frozenset({"/"}))
    if repository in ("python", "node", "golang", "debian", "ubuntu"):
        brought |= ALPINE if "alpine" in tag else DEBIAN
        if "alpine" not in tag and "slim" not in tag and repository in ("python", "node", "golang"):
            brought |= TOOLS
    brought |= ALPINE if repository == "alpine" else frozenset()
    return Installed(name, brought - catalogue().resolve(reference).absent)


def after_command(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    """What is there after a command, given the variables and the files that it sees."""
    opened = (redirection.target for redirection in command.redirections)
    seen = {**variables, **dict(command.variables)}
    words = (_replaced(word, seen) for word in (command.program, *command.arguments, *opened))
    unlisted = installed.unlisted | ({"/"} if _writes_unlisted(command) else set())
    installed = replace(installed, commands=" ".join((installed.commands, *words)), unlisted=unlisted)
    rule = RULES.get(command.program)
    return rule(installed, command, seen, files) if rule else installed


def _replaced(word: str, variables: Mapping[str, str]) -> str:
    """A word with the variables in it replaced that are known."""
    return re.sub(r"\$\{?(\w+)\}?", lambda match: variables.get(match[1], match[0]), word)


def _writes_unlisted(command: SimpleCommand) -> bool:
    """Whether a command may write files that nobody listed."""
    actions = LISTED.get(command.program, frozenset())
    begins = command.arguments[:2] if command.program == "go" else command.arguments[:1]
    return "" not in actions and (actions.isdisjoint(begins) or begins[1:] == ("init",))


def _package_manager(
    installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree
) -> Installed:
    if command.program != "apk" and "update" in command.arguments:
        return replace(installed, package_lists=True)
    if not {"install", "add"} & set(command.arguments):
        return installed
    names = [word.partition("=")[0] for word in command.operands("-t", "--virtual")[1:]]
    for name in names:
        installed = installed.with_package(name, SYSTEM)
    if installed.programs is None:
        return installed
    brought = {program for name in names for program in PROGRAMS_OF.get(name, ())}
    if any(name.startswith("python3") for name in names):
        brought.add("python")
    if command.program != "apk" and "nodejs" in names:  # NodeSource's has npm, Debian's recommends it
        brought |= {"npm", "npx"}
    return replace(installed, programs=installed.programs | brought)


def _rm(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    return replace(installed, package_lists=installed.package_lists and not removes_package_lists(command))


def removes_package_lists(command: SimpleCommand) -> bool:
    """Whether a command deletes the lists that `apt-get update` has fetched."""
    lists = any(word.startswith("/var/lib/apt/lists") for word in command.arguments)
    return command.program == "rm" and lists


def _pip(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    if not {"install", "wheel"} & set(command.arguments):
        return installed
    names = list(pip_commands.packages(command, files))
    for folder in pip_commands.wheel_folders(command):
        names += [package for package, folders in installed.wheels.items() if folder in folders]
    wheel_target = pip_commands.wheel_target(command)
    for name in names:
        if wheel_target:
            installed = installed.with_wheel(name, wheel_target)
        else:
            installed = installed.with_package(name, pip_commands.install_prefix(command, variables))
    return installed


def _npm(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    if not {"ci", "install", "i"} & set(command.arguments):
        return installed
    return installed.with_package("node_modules", posixpath.join(command.folder, "node_modules"))


def _compiler(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    if not {"build", "install", "-o"} & set(command.arguments):
        return installed
    libc = "none" if _links_statically(installed, command, variables) else installed.libc
    return replace(installed, binaries={**installed.binaries, compiler_output(command, files): libc})


def _links_statically(installed: Installed, command: SimpleCommand, variables: Mapping[str, str]) -> bool:
    """Whether what a compiler makes needs no C library. Go's links with one only if it finds a C compiler.

    Source: `go help environment`, CGO_ENABLED.
    """
    if command.program == "gcc":
        return "-static" in command.arguments
    programs = installed.programs
    c_compiler = programs is None or "gcc" in programs or {"gcc", "build-base"} & set(installed.packages)
    return variables.get("CGO_ENABLED", "1") == "0" or not c_compiler


def compiler_output(command: SimpleCommand, files: Tree) -> str:
    """Where a compiler writes: to -o, else into its folder, under the name of the package or the module."""
    chosen = command.option("-o")
    if command.program == "go" and command.arguments[:1] == ("install",):
        chosen = "/go/bin/"  # of the official image
    if chosen and not chosen.endswith("/"):
        return command.resolve(chosen)
    folder = command.resolve(chosen)
    if command.program == "gcc":
        return posixpath.join(folder, "a.out")
    named = [word for word in command.operands("-o", "-ldflags", "-tags")[1:] if word not in (".", "./...")]
    if named and not named[0].endswith(".go"):
        return posixpath.join(folder, posixpath.basename(named[0].partition("@")[0]))
    return posixpath.join(folder, _module(files.get(command.resolve("go.mod").strip("/"))))


def _module(go_mod: File | None) -> str:
    """The last part of a module's name."""
    text = go_mod.read().decode("utf-8", "replace") if go_mod is not None and not go_mod.opaque_id else ""
    module = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
    return posixpath.basename(module[1]) if module else "main"


RULES: dict[str, Callable[[Installed, SimpleCommand, Mapping[str, str], Tree], Installed]] = {
    **dict.fromkeys(PACKAGE_MANAGERS, _package_manager),
    "rm": _rm,
    "pip": _pip,
    "npm": _npm,
    "yarn": _npm,
    "go": _compiler,
    "gcc": _compiler,
}


# COPY --from.


def after_copy(installed: Installed, source: Installed, path: str, destination: str) -> Installed:
    """What is there after a COPY --from: the packages, programs and binaries that lie in what is copied.

    Args:
        installed: what is there before.
        source: what is there in the stage that is copied from.
        path: what is copied.
        destination: where to, as written.
    """
    path, target = "/" + path.strip("/"), destination.rstrip("/") or "/"
    if source.may_hold(path):
        installed = replace(installed, unlisted=installed.unlisted | {target})
    installed = _with_programs(installed, source, path)
    for package, folders in source.packages.items():
        for folder in filter(None, (_moved(folder, path, target) for folder in folders)):
            scripts = installed.script_folders
            installed = installed.with_package(package, folder)
            if "site-packages" in path:  # the programs lie elsewhere, in bin
                installed = replace(installed, script_folders=scripts)
            if source.libc != installed.libc:
                installed = replace(installed, foreign=installed.foreign | {package})
    for package, folders in source.wheels.items():
        for folder in filter(None, (_moved(folder, path, target) for folder in folders)):
            installed = installed.with_wheel(package, folder)
    if path.endswith("/bin") and _moved(SYSTEM, path.removesuffix("/bin"), SYSTEM):
        installed = replace(installed, script_folders=installed.script_folders | {SYSTEM})
    copied = {_copied_to(binary, path, destination): libc for binary, libc in source.binaries.items()}
    copied.pop("", None)
    return replace(installed, binaries={**installed.binaries, **copied})


def _with_programs(installed: Installed, source: Installed, path: str) -> Installed:
    """The same with the programs that a copied path brings: one of them, or all that are in a folder for programs."""
    if installed.programs is None or source.programs is None:
        return installed
    name = posixpath.basename(path)
    folder = any(_is_in(program_folder, path) for program_folder in PROGRAM_FOLDERS)
    brought = source.programs if folder else source.programs & {name}
    return replace(installed, programs=installed.programs | brought)


def _copied_to(binary: str, path: str, destination: str) -> str:
    """Where a binary lies after a COPY of a path; an empty text if it is not copied."""
    if binary == path:
        return posixpath.join(destination, posixpath.basename(binary)) if destination.endswith("/") else destination
    inside = path.rstrip("/") + "/"
    return posixpath.join(destination, binary.removeprefix(inside)) if binary.startswith(inside) else ""


def _moved(folder: str, path: str, target: str) -> str:
    """Where an installed package's folder lies after a COPY of a path; an empty text if it is not copied."""
    if folder == path or folder.startswith(path.rstrip("/") + "/"):
        return target + folder[len(path.rstrip("/")) :] if path != "/" else folder
    inside = re.match(r"(.*)/lib/python3[\d.]*(/site-packages)?$", path)
    if inside and inside[1] == folder:
        onto = re.match(r"(.*)/lib/python3[\d.]*(/site-packages)?$", target)
        return onto[1] if onto else ""
    return ""
