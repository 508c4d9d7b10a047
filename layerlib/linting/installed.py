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
    ("gcr.io/distroless/static", frozenset()),
    ("gcr.io/distroless/base", frozenset()),
)
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
        commands: the text of every command so far, to look for names in.
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

    @property
    def libc(self) -> str:
        """The C library of the base: "musl" on Alpine, "none" on scratch, else "glibc"."""
        if not self.base or self.base.startswith("scratch") or "distroless/static" in self.base:
            return "none"
        return "musl" if "alpine" in self.base or self.base.startswith("busybox") else "glibc"

    def has(self, program: str) -> bool:
        """Whether a program may be there."""
        return self.programs is None or program in self.programs or program not in DETECTABLE

    def with_package(self, package: str, folder: str) -> Installed:
        """The same with one package more."""
        packages = _with(self.packages, package, folder)
        return replace(self, packages=packages, script_folders=self.script_folders | {folder})

    def with_wheel(self, package: str, folder: str) -> Installed:
        """The same with one wheel more."""
        return replace(self, wheels=_with(self.wheels, package, folder))


def _with(folders: Mapping[str, Folders], name: str, folder: str) -> dict[str, Folders]:
    return {**folders, name: folders.get(name, frozenset()) | {folder}}


def of_image(reference: str) -> Installed:
    """What a base image brings."""
    name = familiar_name(reference)
    repository, _, tag = name.partition(":")
    brought = next((programs for base, programs in BASES if repository.startswith(base)), None)
    if brought is None:
        return Installed(name, None)
    if repository in ("python", "node", "golang", "debian", "ubuntu"):
        brought |= ALPINE if "alpine" in tag else DEBIAN
        if "alpine" not in tag and "slim" not in tag and repository in ("python", "node", "golang"):
            brought |= TOOLS
    return Installed(name, brought | (ALPINE if repository == "alpine" else frozenset()))


def after_command(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    """What is there after a command, given the variables and the files that it sees."""
    opened = (redirection.target for redirection in command.redirections)
    words = (installed.commands, command.program, *command.arguments, *opened)
    installed = replace(installed, commands=" ".join(words))
    rule = RULES.get(command.program)
    return rule(installed, command, {**variables, **dict(command.variables)}, files) if rule else installed


def _package_manager(
    installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree
) -> Installed:
    if command.program != "apk" and "update" in command.arguments:
        return replace(installed, package_lists=True)
    if not {"install", "add"} & set(command.arguments):
        return installed
    names = [word.partition("=")[0] for word in command.operands()[1:]]
    for name in names:
        installed = installed.with_package(name, SYSTEM)
    if installed.programs is None:
        return installed
    brought = {program for name in names for program in PROGRAMS_OF.get(name, ())}
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
    if not {"build", "-o"} & set(command.arguments):
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
    if chosen and not chosen.endswith("/"):
        return command.resolve(chosen)
    folder = command.resolve(chosen)
    if command.program == "gcc":
        return posixpath.join(folder, "a.out")
    named = [word for word in command.operands("-o", "-ldflags", "-tags")[1:] if word not in (".", "./...")]
    if named and not named[0].endswith(".go"):
        return posixpath.join(folder, posixpath.basename(named[0]))
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
