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
            "apt-get", "apt", "apk", "pip", "gcc", "rm", "mkdir", "chmod", "chown", "useradd", "adduser", "userdel",
            "deluser", "usermod",
            "groupadd", "addgroup", "echo", "printf", "cd", "set", "true", ":", "export", "ls", "cat", "date", "test",
            "pwd", "", "sleep", "whoami", "id",
        ),
        ANYTHING,
    ),
    "npm": frozenset({"ci", "clean-install", "ic", "install-clean", "install", "i", "add", "config", "cache"}),
    "uv": frozenset({"pip"}),
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
    "npm": {"npm", "npx"}, "go": {"go"}, "shadow": {"useradd", "groupadd", "usermod"}, "busybox-extras": {"httpd"},
    "adduser": {"adduser", "addgroup"}, "passwd": {"useradd", "groupadd", "usermod"},
    "golang": {"go"}, "golang-go": {"go"}, "bash": {"bash"},
}  # fmt: skip
PACKAGE_MANAGERS = frozenset({"apt-get", "apt", "apk"})

NEEDS = {
    "pandas": ("numpy",),
    "scipy": ("numpy",),
    "matplotlib": ("numpy",),
    "sklearn": ("scikit-learn", "scipy", "numpy"),
}
"""What Debian's and Alpine's packages of Python's libraries bring along. Source: Debian 13, Depends."""
NPM_INSTALLS = {"ci", "clean-install", "ic", "install-clean", "install", "i", "add"}
DISTRIBUTION = "/usr"  # where the packages of Debian and Alpine put Python's libraries, for their own Python
NOT_EXECUTABLE = "nobody"

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
        absent: programs that the base certainly does not have, as the catalogue says.
        perhaps: packages that only a command brings which the line may do without: after `||`, or in an `if`.
        gone_users: users that were deleted.
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
    absent: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    gone_users: frozenset[str] = frozenset()

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
        if self.programs is None or program in self.programs:
            return True
        return program not in DETECTABLE and program not in self.absent

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
    absent = catalogue().resolve(reference).absent
    return Installed(name, brought - absent, absent=absent)


def after_command(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    """What is there after a command, given the variables and the files that it sees."""
    opened = (redirection.target for redirection in command.redirections)
    seen = {**variables, **dict(command.variables)}
    words = (_replaced(word, seen) for word in (command.program, *command.arguments, *opened))
    unlisted = installed.unlisted | ({"/"} if _writes_unlisted(command) else set())
    installed = replace(installed, commands=" ".join((installed.commands, *words)), unlisted=unlisted)
    rule = RULES.get(command.program)
    if rule is None:
        return installed
    after = rule(installed, command, seen, files)
    perhaps = installed.perhaps & after.packages.keys()
    if command.optional:
        perhaps |= after.packages.keys() - installed.packages.keys()
    else:
        perhaps -= {name for name in perhaps if after.packages[name] != installed.packages.get(name)}
    return replace(after, perhaps=perhaps)


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
    if {"purge", "remove", "del", "autoremove"} & set(command.arguments):
        gone = set(command.operands("-t", "--virtual")[1:])
        return replace(installed, packages={name: at for name, at in installed.packages.items() if name not in gone})
    if not {"install", "add"} & set(command.arguments) or {
        "-s",
        "--simulate",
        "--dry-run",
        "-d",
        "--download-only",
    } & set(command.arguments):
        return installed
    names = [word.partition("=")[0] for word in command.operands("-t", "--virtual")[1:]]
    for name in names:
        installed = installed.with_package(name, SYSTEM)
        library = re.fullmatch(r"(?:python3|py3)-([\w.-]+)", name)
        if library and library[1] not in ("pip", "venv", "dev", "setuptools", "minimal", "full", "distutils"):
            for package in (library[1], *NEEDS.get(library[1], ())):
                installed = installed.with_package(package, DISTRIBUTION)
    if installed.programs is None:
        return installed
    brought = {program for name in names for program in PROGRAMS_OF.get(name, ())}
    if any(name.startswith("python3") for name in names):
        brought.add("python")
    if command.program != "apk" and "nodejs" in names:  # NodeSource's has npm, Debian's recommends it
        brought |= {"npm", "npx"}
    # Any package may bring a program that the base lacks, but of these it is known which do.
    absent = installed.absent.intersection(set().union(*PROGRAMS_OF.values())) - brought - set(names)
    return replace(installed, programs=installed.programs | brought | set(names), absent=absent)


def _rm(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    packages = {
        name: frozenset(folder for folder in folders if not _is_deleted(name, folder, command))
        for name, folders in installed.packages.items()
    }
    lists = installed.package_lists and not removes_package_lists(command)
    return replace(installed, package_lists=lists, packages={name: left for name, left in packages.items() if left})


def _is_deleted(package: str, folder: str, command: SimpleCommand) -> bool:
    """Whether a command deletes an installed package, or a folder that it is in."""
    inside = folder if folder.endswith("node_modules") else f"{folder}/lib/python3/site-packages/{package}"
    for word in command.operands():
        path = re.sub(r"/python3[^/]*/", "/python3/", command.resolve(word)).rstrip("/").removesuffix("/*")
        if path != "/" and _is_in(inside, path):
            return True
    return False


def removes_package_lists(command: SimpleCommand) -> bool:
    """Whether a command deletes the lists that `apt-get update` has fetched."""
    lists = any(word.startswith("/var/lib/apt/lists") for word in command.arguments)
    return command.program == "rm" and lists


def _uv(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    """uv pip: into the virtual environment, or with --system for everybody. Source: docs.astral.sh/uv/pip."""
    words = [word for word in command.arguments[1:] if word != "--system"]
    system = "--system" in command.arguments or "UV_SYSTEM_PYTHON" in variables
    where = "" if system else variables.get("VIRTUAL_ENV", "/.venv")
    if where:
        words += ["--prefix", where]
    return _pip(installed, replace(command, program="pip", arguments=tuple(words)), variables, files)


def _pip(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    if "uninstall" in command.arguments:
        gone = {word.lower() for word in command.operands()[1:]}
        return replace(installed, packages={name: at for name, at in installed.packages.items() if name not in gone})
    if not {"install", "wheel"} & set(command.arguments) or "--dry-run" in command.arguments:
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
    words = set(command.arguments)
    if not NPM_INSTALLS & words or words & {"--dry-run", "--package-lock-only", "-g", "--global", "--location=global"}:
        return installed
    folder = command.resolve(command.option("--prefix") or command.option("-C") or ".")
    return installed.with_package("node_modules", posixpath.join(folder, "node_modules"))


def _user_gone(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    return replace(installed, gone_users=installed.gone_users | set(command.arguments[-1:]))


def _user_made(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    return replace(installed, gone_users=installed.gone_users - set(command.arguments))


def asks_for_a_password(command: SimpleCommand, base: str) -> str:
    """The option without which adduser asks, in a build where nobody answers; an empty text if it does not ask.

    Sources: busybox, loginutils/adduser.c; Debian, adduser(8).
    """
    words = set(command.arguments)
    if command.program != "adduser" or {"--help", "--version"} & words:
        return ""
    short = {letter for word in words if re.fullmatch(r"-[A-Za-z]+", word) for letter in word[1:]}
    if "alpine" in base or base.startswith("busybox"):
        quiet = bool(short & {"D", "S"} or words & {"--disabled-password", "--system"})
        return "" if quiet or len(command.operands("-h", "-g", "-s", "-G", "-u", "-k")) > 1 else "-D"
    told = bool(words & {"--disabled-password", "--disabled-login", "--system"}) or len(command.operands()) > 1
    return (
        "" if told or not base.startswith(("debian", "ubuntu", "python", "node", "golang")) else "--disabled-password"
    )


def _chmod(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    mode, *paths = command.operands() or [""]
    octal = re.fullmatch(r"[0-7]+", mode) is not None
    takes = not int(mode, 8) & 0o111 if octal else re.fullmatch(r"[aug]*(-[rw]*x[rwx]*|=[rw]+)", mode) is not None
    named = {command.resolve(path) for path in paths} & installed.binaries.keys()
    if not takes or not named:
        return installed
    return replace(installed, binaries={**installed.binaries, **dict.fromkeys(named, NOT_EXECUTABLE)})


def _compiler(installed: Installed, command: SimpleCommand, variables: Mapping[str, str], files: Tree) -> Installed:
    if not {"build", "install", "-o"} & set(command.arguments):
        return installed
    libc = "none" if _links_statically(installed, command, variables) else installed.libc
    system, processor = variables.get("GOOS") or "linux", variables.get("GOARCH") or "amd64"
    if command.program == "go" and (system, processor) != ("linux", "amd64"):
        libc = f"{system}/{processor}"
    return replace(installed, binaries={**installed.binaries, compiler_output(command, files): libc})


def _links_statically(installed: Installed, command: SimpleCommand, variables: Mapping[str, str]) -> bool:
    """Whether what a compiler makes needs no C library. Go's links with one only if it finds a C compiler.

    Source: `go help environment`, CGO_ENABLED.
    """
    if command.program == "gcc":
        return "-static" in command.arguments
    words = " ".join(command.arguments)
    if {"netgo", "osusergo"} <= set(re.split(r"[\s,]+", command.option("-tags"))) or re.search(
        r"extldflags.*-static", words
    ):
        return True
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
    "chmod": _chmod,
    **dict.fromkeys(("useradd", "adduser"), _user_made),
    **dict.fromkeys(("userdel", "deluser"), _user_gone),
    "uv": _uv,
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
