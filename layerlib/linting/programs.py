"""What a stage has at each of its steps, beyond files: programs, Python packages, and what a compiler has made.

A teaching model, coarser than the builder's: it knows pip, npm, go and the package managers of the usual base images,
takes an unknown image to have everything, and an unknown command to do nothing. It only finds what certainly fails.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..reading.tree import Tree
from .shell import Command

SYSTEM = "/usr/local"  # where the official images keep Python's packages and their programs

DEBIAN = frozenset({"sh", "bash", "apt-get", "apt", "useradd", "adduser"})
ALPINE = frozenset({"sh", "apk", "adduser", "wget"})
BUILD = frozenset({"gcc", "make", "git", "curl", "wget"})
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
# Programs that this model knows the absence of.
KNOWN = frozenset({"python", "pip", "node", "npm", "npx", "yarn", "go", "apt-get", "apt", "apk", "sh", "bash"})
# What a package manager's packages bring.
BRING = {
    "python3": {"python"}, "python3-pip": {"pip", "python"}, "py3-pip": {"pip", "python"}, "nodejs": {"node"},
    "npm": {"npm", "npx"}, "go": {"go"}, "golang": {"go"}, "golang-go": {"go"}, "bash": {"bash"},
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """What is there after a step.

    Attributes:
        base: the base image, as written; empty for scratch.
        programs: names of programs; None if anything may be there.
        packages: Python distribution in small letters, to the folders that it was installed under.
        scripts: folders whose programs came along with the packages.
        made: path of what a compiler wrote, to the C library it needs: "glibc", "musl" or "none".
        foreign: packages that were installed on another C library than this one, and copied here.
        lists: whether apt has its lists of packages.
        said: the text of every command so far, to look for names in.
    """

    base: str = ""
    programs: frozenset[str] | None = frozenset()
    packages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scripts: frozenset[str] = frozenset()
    made: Mapping[str, str] = field(default_factory=dict)
    foreign: frozenset[str] = frozenset()
    lists: bool = False
    said: str = ""

    @property
    def libc(self) -> str:
        """The C library of the base: "musl" on Alpine, "none" on scratch, else "glibc"."""
        if not self.base or self.base.startswith("scratch") or "distroless/static" in self.base:
            return "none"
        return "musl" if "alpine" in self.base or self.base.startswith("busybox") else "glibc"

    def has(self, program: str) -> bool:
        """Whether a program may be there."""
        return self.programs is None or program in self.programs or program not in KNOWN

    def installed(self, package: str, place: str) -> World:
        """The world with a Python package more."""
        places = self.packages.get(package, frozenset()) | {place}
        return replace(self, packages={**self.packages, package: places}, scripts=self.scripts | {place})


def of_image(reference: str) -> World:
    """What a base image brings."""
    name = reference.removeprefix("docker.io/").removeprefix("library/")
    repository, _, tag = name.partition(":")
    brought = next((programs for base, programs in BASES if repository == base or repository.startswith(base)), None)
    if brought is None:
        return World(name, None)
    if repository in ("python", "node", "golang", "debian", "ubuntu"):
        brought |= ALPINE if "alpine" in tag else DEBIAN
        if "alpine" not in tag and "slim" not in tag and repository in ("python", "node", "golang"):
            brought |= BUILD
    return World(name, brought | (ALPINE if repository == "alpine" else frozenset()))


def ran(world: World, one: Command, variables: Mapping[str, str], files: Tree) -> World:
    """The world after a command."""
    world = replace(world, said=f"{world.said} {one.program} {' '.join(one.arguments)}")
    if one.program in ("apt-get", "apt") and "update" in one.arguments:
        return replace(world, lists=True)
    if one.program == "rm" and any(word.startswith("/var/lib/apt/lists") for word in one.arguments):
        return replace(world, lists=False)
    if one.program in ("apt-get", "apt", "apk") and {"install", "add"} & set(one.arguments):
        names = [word.partition("=")[0] for word in one.plain()[1:]]
        for name in names:
            world = world.installed(name, SYSTEM)
        brought = {program for name in names for program in BRING.get(name, ())}
        return world if world.programs is None else replace(world, programs=world.programs | brought)
    if one.program == "pip" and {"install", "wheel"} & set(one.arguments):
        place = pip_place(one, variables)
        for package in pip_packages(one, files):
            for name in _in_wheels(world, package) if package.endswith("/*") else [package]:
                world = world.installed(name, place)
    if one.program in ("npm", "yarn") and {"ci", "install", "i"} & set(one.arguments):
        world = world.installed("node_modules", posixpath.join(one.folder, "node_modules"))
    if one.program in ("go", "gcc") and {"build", "-o"} & set(one.arguments):
        libc = "none" if _links_statically(world, one, variables) else world.libc
        world = replace(world, made={**world.made, go_output(one, files): libc})
    return world


def _links_statically(world: World, one: Command, variables: Mapping[str, str]) -> bool:
    """Whether what a compiler makes needs no C library. Go's links with one only if it finds a C compiler."""
    if one.program == "gcc":
        return "-static" in one.arguments
    setting = next((text for text in one.variables if text.startswith("CGO_ENABLED=")), "").partition("=")[2]
    compiler = world.programs is None or "gcc" in world.programs or {"gcc", "build-base"} & set(world.packages)
    return (setting or variables.get("CGO_ENABLED", "1")) == "0" or not compiler


def _in_wheels(world: World, pattern: str) -> list[str]:
    """The packages whose wheels lie in a folder, from `pip install /wheels/*`."""
    place = f"wheels in {posixpath.dirname(pattern)}"
    return [package for package, places in world.packages.items() if place in places]


def pip_place(one: Command, variables: Mapping[str, str]) -> str:
    """The folder that a `pip install` installs under, or the one that `pip wheel` writes to."""
    if "wheel" in one.arguments:
        return "wheels in " + one.resolve(one.option("--wheel-dir", "-w") or ".")
    if chosen := one.option("--prefix", "--target", "-t", "--root"):
        return one.resolve(chosen)
    if "--user" in one.arguments:
        return "/root/.local"
    if one.path.endswith("/bin"):
        return one.resolve(one.path.removesuffix("/bin"))
    first = variables.get("PATH", "").partition(":")[0]
    standard = first in ("", "/usr/local/bin", "/usr/local/sbin", "/usr/bin") or not first.endswith("/bin")
    return SYSTEM if standard else first.removesuffix("/bin")


def pip_packages(one: Command, files: Tree) -> Iterator[str]:
    """The packages that a pip command names, itself or in a file of requirements; in small letters."""
    valued = ("-r", "--requirement", "-c", "--constraint", "--prefix", "--target", "-t", "--root", "-w", "--wheel-dir",
              "-i", "--index-url", "--find-links", "-f")  # fmt: skip
    words = one.plain(*valued)[1:]
    for path in requirement_files(one):
        file = files.get(one.resolve(path).strip("/"))
        if file is not None and file.kind == "file" and not file.opaque_id:
            words += [line.partition("#")[0].strip() for line in file.read().decode("utf-8", "replace").splitlines()]
    for word in words:
        wheels = re.match(r"(.*)/\*(\.whl)?$", word)
        if wheels:
            yield f"{one.resolve(wheels[1])}/*"
        if match := re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", word):
            yield match[0].lower().replace("_", "-")


def requirement_files(one: Command) -> list[str]:
    """The files of requirements that a pip command reads."""
    found = []
    for index, word in enumerate(one.arguments):
        if word in ("-r", "--requirement") and index + 1 < len(one.arguments):
            found.append(one.arguments[index + 1])
        elif word.startswith("--requirement="):
            found.append(word.partition("=")[2])
        elif re.match(r"-r.", word):
            found.append(word[2:])
    return found


def go_output(one: Command, files: Tree) -> str:
    """Where a compiler writes: to -o, else into its folder, under the module's name."""
    if chosen := one.option("-o"):
        path = one.resolve(chosen)
        if not chosen.endswith("/"):
            return path
        folder = path
    else:
        folder = one.folder
    if one.program == "gcc":
        return posixpath.join(folder, "a.out")
    named = [word for word in one.plain("-o", "-ldflags", "-tags")[1:] if word not in (".", "./...")]
    if named and not named[0].endswith(".go"):
        return posixpath.join(folder, posixpath.basename(named[0]))
    mod = files.get(f"{one.folder.strip('/')}/go.mod".strip("/"))
    text = mod.read().decode("utf-8", "replace") if mod is not None and not mod.opaque_id else ""
    module = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
    return posixpath.join(folder, module[1].rpartition("/")[2] if module else "main")


def copied(world: World, source: World, path: str, destination: str) -> World:
    """The world after a COPY --from: the packages and the programs that lie in what is copied."""
    source_path, target = "/" + path.strip("/"), destination.rstrip("/") or "/"
    for package, places in source.packages.items():
        for place in places:
            new = _moved(place, source_path, target)
            if new:
                before = world
                world = world.installed(package, new)
                if "site-packages" in source_path:  # the programs lie elsewhere, in bin
                    world = replace(world, scripts=before.scripts)
                if source.libc != world.libc:
                    world = replace(world, foreign=world.foreign | {package})
    if source_path.endswith("/bin") and _moved(SYSTEM, source_path.removesuffix("/bin"), SYSTEM):
        world = replace(world, scripts=world.scripts | {SYSTEM})
    for made, libc in source.made.items():
        if made == source_path:
            into = posixpath.join(target, posixpath.basename(made)) if destination.endswith("/") else target
            world = replace(world, made={**world.made, into: libc})
        elif made.startswith(source_path.rstrip("/") + "/"):
            world = replace(world, made={**world.made, target + made[len(source_path.rstrip("/")) :]: libc})
    return world


def _moved(place: str, source: str, target: str) -> str:
    """Where an installed package's folder lies after a COPY, or an empty text if it is not copied."""
    if place.startswith("wheels in "):
        inner = _moved(place.removeprefix("wheels in "), source, target)
        return f"wheels in {inner}" if inner else ""
    if place == source or place.startswith(source.rstrip("/") + "/"):
        return target + place[len(source.rstrip("/")) :] if source != "/" else place
    inside = re.match(r"(.*)/lib/python3[\d.]*(/site-packages)?$", source)
    if inside and inside[1] == place:
        onto = re.match(r"(.*)/lib/python3[\d.]*(/site-packages)?$", target)
        return onto[1] if onto else ""
    return ""
