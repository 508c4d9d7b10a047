"""Measure what common RUN commands write and how long they take, with a real Docker engine.

    python benchmarks/measure_installs.py                 # everything, about half an hour
    python benchmarks/measure_installs.py --only pip      # or --only apt: the other half of the file stays
    python benchmarks/measure_installs.py --quick         # one package of each kind, to see that it works

It needs a Docker on the overlay2 store whose `python:latest` is a Debian with Python and pip, and a build that reaches
PyPI and Debian (`--network=host` is passed). It writes layerlib/figures/installs.json; layerlib/figures/README.md says
what each field means. The images it makes are removed at the end; `python:latest` is left as it is.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import datetime
import gzip
import hashlib
import http.server
import json
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "layerlib" / "figures" / "installs.json"
TAG = "measure-installs"
PIP_PACKAGES = ["numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "requests", "flask", "django", "fastapi"]
PIP_PACKAGES += ["gunicorn", "uvicorn", "pytest", "sqlalchemy", "pillow", "httpx", "jupyterlab"]
APT_PACKAGES = ["curl", "git", "gcc", "build-essential", "libpq-dev", "ffmpeg"]
CHEAP = 6.0  # seconds: a RUN faster than this is timed three times


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def docker(*arguments: str, given: bytes | None = None) -> bytes:
    done = subprocess.run(["docker", *arguments], input=given, capture_output=True)
    if done.returncode:
        raise SystemExit(f"docker {' '.join(arguments[:2])} failed:\n{done.stderr.decode(errors='replace')[-3000:]}")
    return done.stdout


# --- one build, and what its last step wrote -------------------------------------------------------------------------


@dataclass
class Step:
    """The last step of a build: how long it ran, the Size that `docker history` shows, and the files of its layer."""

    tag: str
    seconds: float
    layer_bytes: int
    files: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # RECORD and METADATA of what pip installed

    def below(self, *folders: str) -> int:
        return sum(size for path, size in self.files.items() if path.startswith(folders))


def build(tag: str, *lines: str, context: Path | None = None) -> Step:
    """Build `lines` without the cache, and time its last RUN by BuildKit's own clock."""
    dockerfile = ("\n".join(lines) + "\n").encode()
    place = ["-f", "-", str(context)] if context else ["-"]
    subprocess.run(["docker", "image", "rm", "-f", f"{TAG}:{tag}"], capture_output=True)  # else it stays, untagged
    command = ["docker", "build", "--network=host", "--no-cache", "--progress=rawjson", "-t", f"{TAG}:{tag}", *place]
    done = subprocess.run(command, input=dockerfile, capture_output=True)
    vertexes: dict[str, dict] = {}
    log = b""
    for line in done.stderr.splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            status = json.loads(line)
            for vertex in status.get("vertexes", []):
                vertexes[vertex["digest"]] = vertex
            log += b"".join(base64.b64decode(part["data"]) for part in status.get("logs", []) if part.get("data"))
    if done.returncode:
        raise SystemExit(f"the build of {lines[-1]!r} failed:\n{log.decode(errors='replace')[-3000:]}")
    runs = [v for v in vertexes.values() if re.match(r"\[.*\d+/\d+\] RUN ", v["name"]) and v.get("completed")]
    seconds = [moment(v["completed"]) - moment(v["started"]) for v in runs]
    sizes = docker("history", "--no-trunc", "--human=false", "--format", "{{.Size}}", f"{TAG}:{tag}").split()
    return Step(tag, round(seconds[-1], 2) if seconds else 0.0, int(sizes[0]))


def moment(text: str) -> float:
    stem, fraction = re.match(r"([^.Z]*)(?:\.(\d+))?", text).groups()
    return datetime.datetime.fromisoformat(stem + "+00:00").timestamp() + float(f"0.{fraction or 0}")


def read_layer(step: Step) -> Step:
    """Fill in the files of the step's layer, from the tar file that `docker save` writes."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "image.tar"
        docker("save", "-o", str(archive), f"{TAG}:{step.tag}")
        with tarfile.open(archive) as image:
            last = json.load(image.extractfile("manifest.json"))[0]["Layers"][-1]
            with tarfile.open(fileobj=image.extractfile(last)) as layer:
                for member in layer:
                    if member.isfile():
                        step.files[member.name.removeprefix("./")] = member.size
                        if member.name.endswith((".dist-info/RECORD", ".dist-info/METADATA")):
                            step.texts[member.name] = layer.extractfile(member).read().decode()
    assert sum(step.files.values()) == step.layer_bytes, f"{step.tag}: docker history and the layer's files disagree"
    return step


def seconds_of(times: Iterable[float]) -> float:
    return round(statistics.median(times), 2)


def timed(tag: str, *lines: str, context: Path | None = None) -> tuple[Step, list[float]]:
    """Build once, or three times where the step is cheap; the last build and every time."""
    step = build(tag, *lines, context=context)
    times = [step.seconds]
    while step.seconds and times[0] < CHEAP and len(times) < 3:
        step = build(tag, *lines, context=context)
        times.append(step.seconds)
    return step, times


# --- an index on this machine that sends the caching headers of PyPI -------------------------------------------------

PAGE_HEADERS = {"Cache-Control": "max-age=600, public", "Vary": "Accept, Accept-Encoding"}
FILE_HEADERS = {"Cache-Control": "max-age=365000000, immutable, public"}


class Index:
    """PyPI by way of 127.0.0.1.

    pip keeps a download only when the answer's headers allow it. PyPI's do; an index in between may drop them, and
    then `pip install` writes no cache at all. This one passes pip's own requests on and sends the headers PyPI sends.
    """

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.wheels: dict[str, bytes] = {}
        self.origin: dict[str, str] = {}
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                index.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fetch(self, url: str, accept: str = "*/*") -> bytes:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=300) as answer:
            return answer.read()

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        try:
            if match := re.fullmatch(r"/simple/([a-z0-9.-]+)/", handler.path):
                body, headers = self.page(match[1]), dict(PAGE_HEADERS)
                headers["Content-Type"] = "application/vnd.pypi.simple.v1+json"
                if "gzip" in handler.headers.get("Accept-Encoding", ""):
                    body = gzip.compress(body, mtime=0)
                    headers["Content-Encoding"] = "gzip"
            else:
                body = self.wheel(handler.path)
                headers = FILE_HEADERS | {"Content-Type": "application/octet-stream"}
        except Exception:
            handler.send_error(404)
            return
        handler.send_response(200)
        headers |= {"ETag": f'"{hashlib.md5(body).hexdigest()}"', "Content-Length": str(len(body))}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def page(self, name: str) -> bytes:
        if name not in self.pages:
            page = json.loads(self.fetch(f"https://pypi.org/simple/{name}/", "application/vnd.pypi.simple.v1+json"))
            for file in page["files"]:
                path = "/packages/" + file["url"].split("/packages/", 1)[1]
                self.origin[path] = file["url"]
                file["url"] = self.url + path
            self.pages[name] = json.dumps(page, separators=(",", ":")).encode()
        return self.pages[name]

    def wheel(self, path: str) -> bytes:
        if path not in self.wheels:
            self.wheels[path] = self.fetch(self.origin[path])
        return self.wheels[path]

    def wheel_of(self, name: str, version: str) -> str | None:
        """The path of the file that pip took for a distribution."""
        for path in self.wheels:
            parts = path.rsplit("/", 1)[1].removesuffix(".tar.gz").split("-")
            if normal(parts[0]) == name and version in parts[1:]:
                return path
        return None

    def cached_at(self, path: str) -> str:
        """Where pip's cache keeps the answer to a path: the file, and beside it the `.body`."""
        name = hashlib.sha224((self.url + path).encode()).hexdigest()
        return "root/.cache/pip/http-v2/" + "/".join([*name[:5], name])


# --- pip -------------------------------------------------------------------------------------------------------------

REQUIRES = """
import importlib.metadata as m, json
from pip._vendor.packaging.requirements import Requirement as R
from pip._vendor.packaging.utils import canonicalize_name as c
have = {c(d.name): [R(r) for r in d.requires or []] for d in m.distributions()}
extras = {name: {""} for name in have}
grown = True
while grown:
    grown, needs = False, {}
    for name, rows in have.items():
        used = [r for r in rows if any(r.marker is None or r.marker.evaluate({"extra": e}) for e in extras[name])]
        needs[name] = sorted({c(r.name) for r in used})
        for r in used:
            more = r.extras - extras.get(c(r.name), r.extras)
            if more:
                extras[c(r.name)] |= more
                grown = True
print(json.dumps(needs))
"""

BARE = (
    "import importlib.metadata as m, pathlib, shutil; "
    "[shutil.rmtree(p) for d in list(m.distributions()) if d.name != 'pip' "
    "for p in pathlib.Path(d.locate_file('')).glob(d.name + '*')]"
)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions_of(step: Step) -> dict[str, dict]:
    """What pip installed in the step's layer: each distribution's version, bytes and files, from its RECORD."""
    found = {}
    for path, record in step.texts.items():
        folder = path.rsplit("/", 2)[0]
        if not path.endswith("/RECORD") or not folder.endswith("-packages"):  # bleach, say, ships another's inside it
            continue
        metadata = step.texts[path.removesuffix("RECORD") + "METADATA"]
        name, version = (re.search(rf"^{key}: (.+)$", metadata, re.M)[1].strip() for key in ("Name", "Version"))
        paths = {resolve(folder, row.rsplit(",", 2)[0].strip('"')) for row in record.splitlines() if row}
        sizes = [step.files[p] for p in paths if p in step.files]
        found[normal(name)] = {"version": version, "installed_bytes": sum(sizes), "files": len(sizes)}
    return found


def resolve(folder: str, path: str) -> str:
    parts = [] if path.startswith("/") else folder.split("/")
    for part in path.strip("/").split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def closure(names: Iterable[str], table: dict[str, dict], present: Iterable[str] = ()) -> list[str]:
    todo, seen = list(names), set()
    while todo:
        if (name := todo.pop()) not in seen and name not in present:
            seen.add(name)
            todo += table[name]["requires"]
    return sorted(seen)


def predict(names: Iterable[str], pip: dict, *, cache: bool, present: Iterable[str] = (), first: bool = False) -> int:
    """The additive model: distributions that no earlier layer has, their downloads if kept, pip's own first run."""
    table = pip["distributions"]
    new = closure(names, table, present)
    kept = sum(table[name]["cache_bytes"] for name in new) if cache else 0
    return sum(table[name]["installed_bytes"] for name in new) + kept + (pip["first_run_bytes"] if first else 0)


def measure_pip(packages: list[str], combos: bool) -> dict:
    index = Index()
    # What an official image has: pip and nothing else. A second base asks the index above, a third has no .pyc files.
    build("bare", "FROM python", f'RUN python -c "{BARE}"')
    bare, caching, fresh = (f"FROM {TAG}:{name}" for name in ("bare", "caching", "fresh"))
    environment = f"ENV PIP_INDEX_URL={index.url}/simple PIP_TRUSTED_HOST={index.url.removeprefix('http://')}"
    docker("build", "-t", f"{TAG}:caching", "-", given=f"{bare}\n{environment}\n".encode())
    build("fresh", bare, r"RUN find / -xdev -name __pycache__ -type d -prune -exec rm -rf {} +")

    pip: dict = {"first_run_bytes": None, "distributions": {}, "packages": {}, "combinations": []}
    table, own = pip["distributions"], {}

    def add_to_table(step: Step) -> dict[str, dict]:
        """Put a layer's distributions into the table; what pip's cache keeps is counted for the file and its page."""
        needs = json.loads(
            docker("run", "--rm", "-i", "--network=none", f"{TAG}:{step.tag}", "python", "-", given=REQUIRES.encode())
        )
        rows = distributions_of(step)
        for name, row in rows.items():
            wheel = index.wheel_of(name, row["version"])
            kept = step.below(index.cached_at(f"/simple/{name}/"), index.cached_at(wheel)) if wheel else 0
            row |= {
                "wheel_bytes": len(index.wheels[wheel]) if wheel else None,
                "cache_bytes": kept or None,
                "requires": needs[name],
            }
            table.setdefault(name, row)
        return rows

    for package in packages:
        direct, times = timed("direct", bare, f"RUN pip install {package}")
        lean, lean_times = timed("lean", bare, f"RUN pip install --no-cache-dir {package}")
        step = read_layer(build("cached", caching, f"RUN pip install {package}"))
        rows = add_to_table(step)
        own[package] = table[package] = rows[package]
        cache = step.below("root/.cache/")
        installed = sum(row["installed_bytes"] for row in rows.values())
        counted = sum(row["cache_bytes"] or 0 for row in rows.values())
        pip["packages"][package] = {
            "version": rows[package]["version"],
            "layer_bytes": step.layer_bytes,
            "layer_bytes_no_cache_dir": lean.layer_bytes,
            "layer_bytes_index_without_cache_headers": direct.layer_bytes,
            "cache_bytes": cache,
            "other_bytes": step.layer_bytes - installed - cache,
            "cache_bytes_not_in_distributions": cache - counted,
            "seconds": seconds_of(times),
            "seconds_no_cache_dir": seconds_of(lean_times),
            "timed": len(times),
            "wheel_bytes": sum(row["wheel_bytes"] or 0 for row in rows.values()),
            "files": sum(row["files"] for row in rows.values()),
            "distributions": sorted(rows),
        }
        say(f"pip {package} {json.dumps(pip['packages'][package])}")

    # The first run of pip where no .pyc files are: what the layer holds beside the distributions; then a second step.
    firsts, parts = {}, {}
    for package in [p for p in ("requests", "numpy", "flask") if p in packages] or packages[:1]:
        first = read_layer(build("first", fresh, f"RUN pip install --no-cache-dir {package}"))
        firsts[package] = first.layer_bytes - sum(row["installed_bytes"] for row in distributions_of(first).values())
        compiled = {path: size for path, size in first.files.items() if path.endswith(".pyc") and "/pip/" in path}
        parts[package] = {"pip": sum(compiled.values()), "standard_library": firsts[package] - sum(compiled.values())}
    pip["first_run_bytes"] = round(statistics.median(firsts.values()))
    pip["first_run_bytes_by_package"] = firsts
    pip["first_run_parts_by_package"] = parts
    second = read_layer(
        build(
            "second",
            fresh,
            f"RUN pip install --no-cache-dir {packages[0]}",
            f"RUN pip install --no-cache-dir {packages[-1]}",
        )
    )
    pip["second_run_bytes"] = second.layer_bytes - sum(
        row["installed_bytes"] for row in distributions_of(second).values()
    )
    say(f"first run {firsts} second run {pip['second_run_bytes']}")

    if combos:
        measure_combinations(pip, bare, caching, fresh)
    return pip


def measure_combinations(pip: dict, bare: str, caching: str, fresh: str) -> None:
    """Builds that the model has not seen, beside what it says."""

    def record(step: Step, command: str, setting: str, predicted: int) -> None:
        error = step.layer_bytes - predicted
        pip["combinations"].append(
            {"command": command, "setting": setting, "layer_bytes": step.layer_bytes, "predicted_bytes": predicted,
             "error_bytes": error, "error_percent": round(100 * error / step.layer_bytes, 5) + 0.0}
        )  # fmt: skip
        say(str(pip["combinations"][-1]))

    sets = [
        "numpy pandas",
        "flask requests",
        "fastapi uvicorn httpx",
        "numpy scipy pandas scikit-learn matplotlib",
        "django gunicorn pillow",
    ]
    for names in sets:
        for flag, base in (("", caching), ("--no-cache-dir ", bare)):
            command = f"pip install {flag}{names}"
            record(
                build("combo", base, f"RUN {command}"), command, "one step", predict(names.split(), pip, cache=not flag)
            )
    listed = ["flask", "gunicorn", "requests", "sqlalchemy"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "requirements.txt").write_text(
            "".join(f"{n}=={pip['distributions'][n]['version']}\n" for n in listed)
        )
        for flag, base in (("", caching), ("--no-cache-dir ", bare)):
            command = f"pip install {flag}-r requirements.txt"
            step = build("combo", base, "COPY requirements.txt .", f"RUN {command}", context=Path(folder))
            record(
                step,
                command,
                f"requirements.txt: {', '.join(listed)}, each pinned",
                predict(listed, pip, cache=not flag),
            )
    earlier = closure(["numpy"], pip["distributions"])
    step = build("combo", caching, "RUN pip install numpy", "RUN pip install pandas")
    record(
        step,
        "pip install pandas",
        "after a step `pip install numpy`",
        predict(["pandas"], pip, cache=True, present=earlier),
    )
    earlier = closure(["flask"], pip["distributions"])
    step = build("combo", caching, "RUN pip install flask", "RUN pip install --no-cache-dir jupyterlab")
    predicted = predict(["jupyterlab"], pip, cache=False, present=earlier)
    record(step, "pip install --no-cache-dir jupyterlab", "after a step `pip install flask`", predicted)
    for names in ("numpy", "django", "pandas requests"):
        command = f"pip install --no-cache-dir {names}"
        predicted = predict(names.split(), pip, cache=False, first=True)
        record(build("combo", fresh, f"RUN {command}"), command, "pip's first run, no .pyc files yet", predicted)


# --- apt -------------------------------------------------------------------------------------------------------------

# What the official Debian images set (debuerreotype's minimizing configuration) and the three suites they list.
OFFICIAL = r"""RUN set -e; cd /etc/apt; \
    clean='"rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true";'; \
    echo "DPkg::Post-Invoke { $clean }; APT::Update::Post-Invoke { $clean };" > apt.conf.d/docker-clean; \
    echo 'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";' >> apt.conf.d/docker-clean; \
    echo 'Acquire::GzipIndexes "true";' > apt.conf.d/docker-gzip-indexes; \
    echo 'Acquire::Languages "none";' > apt.conf.d/docker-no-languages; \
    echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/docker-apt-speedup; \
    if [ -f sources.list ] && [ ! -f sources.list.d/debian.sources ]; then \
        set -- $(awk '$1 == "deb" { print $2, $3; exit }' sources.list); \
        echo "deb $1 $2-updates main" >> sources.list; \
        echo "deb ${1%/debian*}/debian-security $2-security main" >> sources.list; \
    fi"""
VARIANTS = {
    "install": "apt-get update && apt-get install -y {}",
    "install_clean": "apt-get update && apt-get install -y {} && rm -rf /var/lib/apt/lists/*",
    "no_recommends": "apt-get update && apt-get install -y --no-install-recommends {}",
    "no_recommends_clean": (
        "apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*"
    ),
}


def installed_packages(tag: str) -> int:
    query = docker("run", "--rm", "--network=none", tag, "dpkg-query", "-W", "-f", "${Package}\n")
    return len(query.split())


def apt_row(base: str, before: int, command: str) -> dict:
    step, times = timed("apt", base, f"RUN {command}")
    read_layer(step)
    return {
        "command": command,
        "layer_bytes": step.layer_bytes,
        "lists_bytes": step.below("var/lib/apt/lists/"),
        "apt_cache_bytes": step.below("var/cache/apt/"),
        "seconds": seconds_of(times),
        "timed": len(times),
        "packages": installed_packages(f"{TAG}:apt") - before,
    }


def measure_apt(packages: list[str]) -> dict:
    build("official", "FROM python", OFFICIAL)
    before = installed_packages("python")
    apt: dict = {"update": {}, "packages": {name: {"version": None} for name in packages}, "combinations": []}
    for setting, base in (("official_settings", f"FROM {TAG}:official"), ("debian_defaults", "FROM python")):
        apt["update"][setting] = apt_row(base, before, "apt-get update")
        say(f"apt {setting} {apt['update'][setting]}")
        for name in packages:
            rows = {variant: apt_row(base, before, text.format(name)) for variant, text in VARIANTS.items()}
            version = docker(
                "run", "--rm", "--network=none", f"{TAG}:apt", "dpkg-query", "-W", "-f", "${Version}", name
            )
            apt["packages"][name]["version"] = version.decode()
            apt["packages"][name][setting] = rows
            say(
                f"apt {setting} {name} "
                + json.dumps({k: (r["layer_bytes"], r["seconds"], r["packages"]) for k, r in rows.items()})
            )
    base, setting = f"FROM {TAG}:official", "official_settings"
    if {"curl", "git"} <= set(packages):
        row = apt_row(base, before, VARIANTS["no_recommends_clean"].format("curl git"))
        apart = [apt["packages"][name][setting]["no_recommends_clean"]["layer_bytes"] for name in ("curl", "git")]
        apt["combinations"].append(row | {"setting": setting, "sum_of_separate_steps_bytes": sum(apart)})
        removed = read_layer(
            build("apt", base, "RUN apt-get update && apt-get install -y curl", "RUN rm -rf /var/lib/apt/lists/*")
        )
        apt["removed_in_a_later_step"] = {"command": "rm -rf /var/lib/apt/lists/*", "layer_bytes": removed.layer_bytes}
        say(f"{apt['combinations']} {apt['removed_in_a_later_step']}")
    return apt


# --- the file --------------------------------------------------------------------------------------------------------

NOTE = (
    "Bytes are the Size of `docker history` on the overlay2 store: the sum of the layer's file sizes. Seconds are "
    "BuildKit's for the one RUN (median of `timed` builds) on one machine with two cores and a near index; yours "
    "differ. pip.packages: layer_bytes keeps pip's downloads, as PyPI's headers let it; those builds asked an "
    "index on the machine itself that passes PyPI's answers on with PyPI's headers. The seconds are of builds "
    "that asked the index directly. An index that drops those headers leaves "
    "layer_bytes_index_without_cache_headers. The base of the pip builds has pip and no other distribution, and "
    "pip's own .pyc files: an image without them (the official python ones) adds first_run_bytes in its first pip "
    "step."
)
SOURCES = {
    "measured": "every figure: benchmarks/measure_installs.py",
    "pip cache headers": (
        "pypi/infra, pull request 22 and its Fastly configuration (files: max-age=365000000, immutable, public); "
        "astral-sh/uv, docs/concepts, on what PyPI sends (pages: max-age=600)"
    ),
    "apt official_settings": "debuerreotype/debuerreotype, scripts/debuerreotype-minimizing-config",
}


def describe() -> dict:
    version = json.loads(docker("version", "--format", "{{json .Server}}"))
    driver = docker("info", "--format", "{{.Driver}}").decode().strip()
    probe = "import sys, pip; print('Python', sys.version.split()[0] + ', pip', pip.__version__)"
    python = docker("run", "--rm", "--network=none", "python", "python", "-c", probe).decode().strip()
    release = docker("run", "--rm", "--network=none", "python", "sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME")
    return {
        "date": datetime.date.today().isoformat(),
        "engine": f"Docker Engine {re.match(r'[0-9.]+', version['Version'])[0]}, BuildKit",
        "base": f"Debian {release.decode().strip()}, {python}",
        "store": driver,
        "note": NOTE,
    }


@contextlib.contextmanager
def cleaned_up() -> Iterator[None]:
    try:
        yield
    finally:
        tags = docker("images", "--format", "{{.Repository}}:{{.Tag}}", TAG).decode().split()
        if tags:
            docker("image", "rm", "-f", *tags)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=["pip", "apt"])
    parser.add_argument("--quick", action="store_true", help="one package of each kind, and no combinations")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    chosen = parser.parse_args()
    figures = json.loads(chosen.output.read_text()) if chosen.output.exists() else {}
    figures = {"measured": describe(), "pip": figures.get("pip"), "apt": figures.get("apt"), "sources": SOURCES}
    assert figures["measured"]["store"] == "overlay2", "the sizes are those of the overlay2 store"
    with cleaned_up():
        if chosen.only != "apt":
            figures["pip"] = measure_pip(["requests"] if chosen.quick else PIP_PACKAGES, combos=not chosen.quick)
            chosen.output.write_text(json.dumps(figures, indent=1) + "\n")
        if chosen.only != "pip":
            figures["apt"] = measure_apt(["curl"] if chosen.quick else APT_PACKAGES)
            chosen.output.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
