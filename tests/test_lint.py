"""The lint: what certainly fails in a build, or when a container starts, and what may be all right."""

from __future__ import annotations

import pytest

from layerlib import Project, catalogue
from layerlib.building.effects.pip_command import pip_command
from layerlib.building.effects.shell import shell_commands
from layerlib.linting.inspected import InspectedBuild
from layerlib.linting.installed import Installed, after_command, compiler_output, of_image
from layerlib.linting.pip_commands import install_prefix, packages
from layerlib.linting.runnable import problem, problems
from layerlib.linting.unset_variables import unset_variables
from layerlib.reading.tree import Tree

FILES = {
    "app.py": "import flask\n",
    "requirements.txt": "Flask>=2  # web\nnumpy\n",
    "package.json": "{}",
    "go.mod": "module example.com/tool\n",
    "main.go": "package main\n",
    "main.c": "",
    "run.sh": "",
}


def inspected(text: str) -> InspectedBuild:
    project = Project.from_files(FILES, text if text.endswith("\n") else f"{text}\n")
    return InspectedBuild(project)


START = '\nCMD ["python", "/app.py"]'
PYTHON = f"FROM python\nCOPY . /\n{{}}{START}"

# A Dockerfile, and a part of what is said of it; empty if nothing is.
COMMANDS = [
    # programs
    ("FROM python\nRUN pip install numpy\nCMD python -V", ""),
    ("FROM debian\nRUN pip install numpy\nCMD ls", "runs pip, and debian:latest has no pip"),
    ("FROM debian\nRUN apt-get update && apt-get install python3-pip\nRUN pip install numpy\nCMD ls", ""),
    ("FROM python:alpine\nRUN apt-get update\nCMD ls", "has no apt-get"),
    ("FROM alpine\nRUN apk add nodejs npm\nRUN npm install x\nCMD ls", ""),
    ("FROM debian\nRUN /opt/pip install numpy\nCMD ls", ""),
    ("FROM registry.example/base\nRUN pip install numpy\nCMD ls", ""),
    ("FROM python\nRUN frobnicate\nCMD ls", ""),
    ("FROM gcr.io/distroless/base\nRUN ls\nCMD [\"/ls\"]", "needs a shell"),
    ("FROM debian\nRUN pip install numpy || true\nCMD ls", ""),
    ("FROM debian\nRUN if a; then pip install numpy; fi\nCMD ls", ""),
    ("FROM debian\nRUN (cd /x && pip install numpy)\nCMD ls", "has no pip"),
    # apt and its lists
    ("FROM debian\nRUN apt-get install -y curl\nCMD ls", "finds no package lists"),
    ("FROM debian\nRUN apt-get install -y ./x.deb\nCMD ls", ""),
    ("FROM debian\nRUN apt-get update && apt-get install -y curl\nCMD ls", ""),
    ("FROM debian\nRUN apt-get update\nRUN apt-get install -y curl\nCMD ls", ""),
    ("FROM debian\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y curl\nCMD ls",
     "finds no package lists"),
    ("FROM debian\nRUN apt-get update && rm -rf /tmp/x\nRUN apt-get install -y curl\nCMD ls", ""),
    ("FROM alpine\nRUN apk add curl\nCMD ls", ""),
    ("FROM debian\nUSER app\nRUN apt-get update\nCMD ls", "runs as app"),
    # files
    (PYTHON.format("WORKDIR /w\nRUN pip install -r requirements.txt"),
     "no /w/requirements.txt. There is a /requirements.txt"),
    (PYTHON.format("WORKDIR /w\nRUN cd / && pip install -r requirements.txt"), ""),
    (PYTHON.format("WORKDIR /w\nRUN pip install -r ../requirements.txt"), ""),
    (PYTHON.format("RUN pip install -r other.txt"), "needs other.txt, and when it runs there is no /other.txt"),
    (PYTHON.format("RUN pip install --requirement=other.txt"), "needs other.txt"),
    (PYTHON.format("RUN pip install -rother.txt"), "needs other.txt"),
    (PYTHON.format("RUN pip install -r $LIST"), ""),
    (PYTHON.format("RUN echo numpy > other.txt && pip install -r other.txt"), ""),
    (PYTHON.format("RUN pip install ."), "needs pyproject.toml"),
    (PYTHON.format("RUN rm other.txt"), "needs other.txt"),
    (PYTHON.format("RUN rm -f other.txt"), ""),
    (PYTHON.format("RUN rm other*"), ""),
    (PYTHON.format("RUN python other.py"), "needs other.py"),
    (PYTHON.format("RUN python -c other.py"), ""),
    (PYTHON.format("RUN echo other.py"), ""),
    ("FROM node\nCOPY package.json .\nRUN npm install\nCMD ls", ""),
    ("FROM node\nRUN npm install\nCMD ls", "needs package.json"),
    ("FROM node\nRUN npm install express\nCMD ls", ""),
    ("FROM node\nCOPY package.json .\nRUN npm ci\nCMD ls", "needs package-lock.json"),
    ("FROM golang\nRUN go mod download\nCMD ls", "needs go.mod"),
    ("FROM golang\nCOPY go.mod .\nRUN go build\nCMD ls", "needs its source"),
    ("FROM golang\nCOPY go.mod main.go ./\nRUN go build\nCMD ls", ""),
    ("FROM golang\nCOPY go.mod ./\nCOPY main.go cmd/\nRUN go build ./cmd\nCMD ls", ""),
    # the counterparts of tests/working-dockerfiles.txt
    ("FROM golang\nCOPY go.mod .\nRUN go build ./main.go\nCMD ls", "needs ./main.go"),
    ("FROM golang\nRUN go mod tidy\nCMD ls", "needs go.mod"),
    ("FROM golang\nCOPY main.go .\nRUN go build .\nCMD ls", "needs go.mod"),
    ("FROM node\nWORKDIR /app\nRUN npm ci --prefix web\nCMD ls", "needs web/package.json"),
    ("FROM python\nRUN pip install --user .\nCMD ls", "needs pyproject.toml"),
    ("FROM debian\nCOPY app.py /app/\nRUN (python /app/app.py)\nCMD ls", "has no python"),
    ("FROM debian\nUSER app:app\nRUN apt-get update\nCMD ls", "runs as app"),
    # mounts
    ("FROM python\nRUN --mount=target=/w,ro cd /w && pip install -r requirements.txt\nCMD ls", ""),
    ("FROM python\nRUN --mount=source=requirements.txt,target=/r.txt pip install -r /r.txt\nCMD ls", ""),
    ("FROM python\nRUN --mount=source=requirements.txt,target=/r.txt pip install -r /s.txt\nCMD ls", "needs /s.txt"),
    ("FROM scratch AS empty\nFROM python\n"
     "RUN --mount=type=cache,from=empty,target=/c --mount=source=requirements.txt,target=/r.txt pip install -r /r.txt\n"
     "CMD ls", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), COMMANDS, ids=[row[0].replace("\n", "; ") for row in COMMANDS])
def test_commands(text: str, said: str) -> None:
    found = problem(inspected(text))
    assert said in found if said else found == ""


STARTS = [
    (f"FROM python\nCOPY . /{START}", ""),
    (f"FROM python\nCOPY . /w/{START}", "needs /app.py, and at its start there is no /app.py. There is a /w/app.py"),
    ("FROM python\nCOPY . /w/\nWORKDIR /w\nCMD python app.py", ""),
    ("FROM python\nENTRYPOINT python other.py", "ENTRYPOINT python other.py needs other.py"),
    ("FROM python", "starts python3 and nothing else"),
    ("FROM scratch\nCOPY app.py /", "starts nothing"),
    ("FROM python\nCOPY . /\nCMD [\"app.py\"]", "is a file, not a program"),
    (f"FROM debian\nCOPY . /{START}", "starts python, and debian:latest has none"),
    ("FROM scratch\nCOPY run.sh /\nCMD /run.sh", "is in shell form, and scratch has no shell"),
    ("FROM debian\nCOPY . /\nCMD [\"/run.sh\"]", ""),
    ("FROM debian\nCMD [\"/run.sh\"]", "starts /run.sh, which is not in the image"),
    ("FROM debian\nCMD [\"/usr/bin/run.sh\"]", ""),
    (f"FROM python\nCOPY . /\nUSER app{START}", "should run as app, but no step creates that user"),
    (f"FROM python\nCOPY . /\nRUN useradd app\nUSER app:app{START}", ""),
    (f"FROM python\nCOPY . /\nUSER 1000{START}", ""),
    (f"FROM python\nCOPY . /\nUSER nobody{START}", ""),
    ("FROM node\nUSER node\nCMD ls", ""),
    ("FROM debian\nUSER node\nCMD ls", "should run as node"),
    ("FROM debian\nWORKDIR /w\nCMD [\"./bin/tool\"]", "starts /w/bin/tool, which is not in the image"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), STARTS, ids=[row[0].replace("\n", "; ") for row in STARTS])
def test_the_start_of_a_container(text: str, said: str) -> None:
    found = problem(inspected(text))
    assert said in found if said else found == ""


def two_stages(base: str, build: str, last: str, copy: str = "/w/tool /tool", start: str = "/tool") -> str:
    return (
        f'FROM {base} AS build\nWORKDIR /w\nCOPY . .\n{build}\nFROM {last}\nCOPY --from=build {copy}\nCMD ["{start}"]\n'
    )


BINARIES = [
    # With a C compiler, Go links with the C library of its image; without one it needs none.
    (two_stages("golang", "RUN go build -o tool", "debian"), ""),
    (two_stages("golang", "RUN go build -o tool", "scratch"), "built for glibc, and scratch has another"),
    (two_stages("golang", "RUN go build -o tool", "alpine"), "built for glibc, and alpine:latest has another"),
    (two_stages("golang:alpine", "RUN go build -o tool", "scratch"), ""),
    (two_stages("golang:alpine", "RUN go build -o tool", "debian"), ""),
    (two_stages("golang:alpine", "RUN apk add gcc\nRUN go build -o tool", "debian"), "built for musl"),
    (two_stages("golang:alpine", "RUN apk add build-base && go build -o tool", "scratch"), "built for musl"),
    (two_stages("golang:alpine", "RUN apk add gcc\nRUN go build -o tool", "alpine"), ""),
    (two_stages("golang", "RUN CGO_ENABLED=0 go build -o tool", "scratch"), ""),
    (two_stages("golang", "RUN export CGO_ENABLED=0 && go build -o tool", "scratch"), ""),
    (two_stages("golang", "ENV CGO_ENABLED=0\nRUN go build -o tool", "scratch"), ""),
    (two_stages("golang", "ENV CGO_ENABLED=0\nRUN CGO_ENABLED=1 go build -o tool", "scratch"), "built for glibc"),
    (two_stages("golang", "RUN go build", "debian"), ""),  # named after the module
    (two_stages("golang", "RUN go build -o bin/", "debian", "/w/bin/tool /tool"), ""),
    (two_stages("golang", "RUN go build -o bin/tool", "debian"), "but what was built there is /w/bin/tool"),
    (two_stages("golang", "RUN go build -o tool", "debian", "/w /opt", "/opt/tool"), ""),
    (two_stages("golang", "RUN go build -o tool", "debian", "/w/tool /bin/"), "There is /bin/tool"),
    (two_stages("python", "RUN gcc -o tool main.c", "scratch"), "built for glibc"),
    (two_stages("python", "RUN gcc -static -o tool main.c", "scratch"), ""),
]


@pytest.mark.parametrize(("text", "said"), BINARIES, ids=[row[0].replace("\n", "; ") for row in BINARIES])
def test_what_a_compiler_has_made(text: str, said: str) -> None:
    found = problem(inspected(text))
    assert said in found if said else found == ""


def in_two(base: str, install: str, last: str, copy: str, more: str = "") -> str:
    return (
        f"FROM {base} AS build\nCOPY . .\nRUN {install}\nFROM {last}\nCOPY . .\nCOPY --from=build {copy}\n{more}"
        'CMD ["python", "/app.py"]\n'
    )


SITE = "/usr/local/lib/python3.14/site-packages"
NUMPY = [
    (PYTHON.format("RUN pip install numpy"), ""),
    (PYTHON.format("RUN pip install numpy==$VERSION"), ""),
    (PYTHON.format("RUN pip install -r requirements.txt"), ""),
    (PYTHON.format("RUN pip install flask"), "numpy is not in the final image"),
    (PYTHON.format("RUN pip wheel numpy"), "numpy is not in the final image"),
    (PYTHON.format("RUN pip wheel -w /wheels numpy\nRUN pip install /wheels/*"), ""),
    (PYTHON.format("RUN pip wheel -w /wheels numpy\nRUN pip install /other/*.whl"), "numpy is not in the final image"),
    (PYTHON.format("RUN pip install --target=/lib numpy"), "numpy is installed in /lib"),
    (PYTHON.format("ENV PYTHONPATH=/x:/lib\nRUN pip install --target=/lib numpy"), ""),
    (PYTHON.format("RUN python -m venv /venv && /venv/bin/pip install numpy"), "numpy is installed in /venv"),
    (PYTHON.format("RUN /venv/bin/pip install numpy\nENV PATH=/venv/bin:$PATH"), ""),
    (PYTHON.format("ENV PATH=/venv/bin:$PATH\nRUN pip install numpy"), ""),
    (PYTHON.format("RUN pip install --user numpy"), ""),
    (PYTHON.format("RUN useradd app\nUSER app\nRUN pip install --user numpy"), ""),
    (PYTHON.format("RUN useradd app\nUSER app\nRUN pip install --user numpy\nUSER root"),
     "numpy is installed in /home/app/.local"),
    (PYTHON.format("RUN pip install --user numpy\nUSER nobody"), "numpy is installed in /root/.local"),
    (in_two("python", "pip install numpy", "python", "/usr/local /usr/local"), ""),
    (in_two("python", "pip install numpy", "python", f"{SITE} {SITE}"), ""),
    (in_two("python", "pip install numpy", "python", "/usr/local/bin /usr/local/bin"), "numpy is not in the final"),
    (in_two("python", "pip install --prefix=/install numpy", "python", "/install /usr/local"), ""),
    (in_two("python", "pip install --prefix=/install numpy", "python", "/install /opt"), "numpy is installed in /opt"),
    (in_two("python", "pip wheel -w /wheels numpy", "python", "/wheels /w", "RUN pip install /w/*\n"), ""),
    (in_two("python", "pip install numpy", "python:alpine", f"{SITE} {SITE}"), "made for another C library"),
    (in_two("python:alpine", "pip install numpy", "python:slim", f"{SITE} {SITE}"), "python:slim has glibc"),
    (in_two("python:slim", "pip install numpy", "python", f"{SITE} {SITE}"), ""),
    ("FROM python AS build\nRUN pip install numpy\nFROM python\nCOPY . .\n"
     f"RUN --mount=from=build,source={SITE},target={SITE} ls{START}", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), NUMPY, ids=[row[0].replace("\n", "; ") for row in NUMPY])
def test_where_a_package_is_found(text: str, said: str) -> None:
    found = problem(inspected(text), ("numpy",))
    assert said in found if said else found == ""


def test_programs_of_packages_are_on_the_path() -> None:
    text = in_two("python", "pip install gunicorn", "python", "{}").replace('["python", "/app.py"]', '["gunicorn"]')
    assert problem(inspected(text.format("/usr/local /usr/local"))) == ""
    lost = "gunicorn is not on the PATH"
    assert lost in problem(inspected(text.format(f"{SITE} {SITE}")))
    both = text.format(f"{SITE} {SITE}\nCOPY --from=build /usr/local/bin /usr/local/bin")
    assert problem(inspected(both)) == ""


def test_a_folder_whose_name_begins_like_another_is_not_on_the_path() -> None:
    text = f"FROM python\nENV PATH=/x/bin2:$PATH\nRUN pip install --prefix=/x gunicorn{START}"
    assert "not on the PATH" in problem(inspected(text.replace('"python", "/app.py"', '"gunicorn"')))


@pytest.mark.parametrize(
    ("folder", "said"), [("/app", ""), ("/app/src", ""), ("/", "node_modules is installed in /app/node_modules")]
)
def test_node_looks_for_its_packages_upwards(folder: str, said: str) -> None:
    text = f"FROM node\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nWORKDIR {folder}\nCMD ls\n"
    found = problem(inspected(text), ("node_modules",))
    assert said in found if said else found == ""


def test_a_file_that_a_command_only_names_is_no_certain_problem() -> None:
    (found,) = problems(inspected(f"FROM python\nRUN sh run.sh\nCOPY . /{START}"))
    assert (found.certain, found.kind, found.about) == (False, "file", "run.sh")


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("make", {"/w/Makefile"}), ("make all", {"/w/Makefile"}), ("cargo build", {"/w/Cargo.toml"}),
        ("bundle install", {"/w/Gemfile"}), ("npm start", {"/w/package.json", "/w/server.js"}),
        ("flask --app app run", {"/w/app.py"}), ("cargo run", set()), ("./run.sh x=app.py", {"/w/run.sh", "/w/app.py"}),
        ("python -c \"open('app.py')\"", {"/w/app.py"}),
    ],
)  # fmt: skip
def test_files_that_a_command_usually_reads(command: str, files: set[str]) -> None:
    context = dict.fromkeys(("Makefile", "Cargo.toml", "Gemfile", "package.json", "server.js", "app.py", "run.sh"), "")
    project = Project.from_files(context, f"FROM x\nWORKDIR /w\nRUN {command}\nCMD ls\n")
    predicates = " ".join(found.predicate for found in problems(InspectedBuild(project)))
    assert {path for path in [f"/w/{name}" for name in context] if f"no {path}." in predicates} == files


def test_variables_are_set_above() -> None:
    text = (
        "ARG V\nFROM x AS a\nENV A=1\nRUN echo $A ${B:-x} \\$C $V\nARG V\nWORKDIR $V\nCMD $D\n"
        "FROM a\nUSER $A\nFROM x\nUSER $A\n"
    )
    found = [(one.about, one.stage, str(one)) for one in unset_variables(inspected(text).project)]
    assert [(name, stage) for name, stage, _ in found] == [("B", 0), ("V", 0), ("A", 2)]
    assert found[2][2] == "USER $A uses $A, and no ENV or ARG above sets it."


# Single commands.


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("pip install Flask_SQLAlchemy 'numpy>=2' -c limits.txt", ["flask-sqlalchemy", "numpy"]),
        ("pip install -i https://x/simple numpy", ["numpy"]),
        ("pip install -r requirements.txt pandas", ["pandas", "flask", "numpy"]),
        ("pip install ./x . /wheels/*", []),
        ("pip install numpy==$VERSION", ["numpy"]),
    ],
)
def test_packages_of_a_pip_command(command: str, names: list[str]) -> None:
    files = Project.from_files(FILES, "FROM x\n").context
    assert list(packages(shell_commands(command)[0], files)) == names


def test_requirement_files_of_a_pip_command() -> None:
    command = shell_commands("pip install -r a --requirement b --requirement=c -rd -r")[0]
    assert pip_command(command).requirement_files == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("command", "path", "prefix"),
    [
        ("pip install x", "/usr/local/bin:/bin", "/usr/local"),
        ("pip install x", "", "/usr/local"),
        ("pip install x", "/venv/bin:/usr/bin", "/venv"),
        ("pip install x", "/tools:/usr/bin", "/usr/local"),
        ("/venv/bin/pip install x", "/usr/bin", "/venv"),
        ("pip install --prefix p x", "/venv/bin", "/w/p"),
        ("pip install -t/lib x", "", "/lib"),
        ("pip install --user x", "/venv/bin", "/root/.local"),
    ],
)
def test_where_pip_installs(command: str, path: str, prefix: str) -> None:
    assert install_prefix(shell_commands(command, "/w")[0], {"PATH": path}) == prefix


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("go build", "/w/tool"), ("go build -o x", "/w/x"), ("go build -o /bin/", "/bin/tool"),
        ("go build ./cmd/server", "/w/server"), ("go build ./...", "/w/tool"), ("go build main.go", "/w/tool"),
        ("cd / && go build", "/main"), ("gcc main.c", "/w/a.out"), ("gcc -o x main.c", "/w/x"),
    ],
)  # fmt: skip
def test_where_a_compiler_writes(command: str, path: str) -> None:
    files = Project.from_files({"w/go.mod": FILES["go.mod"]}, "FROM x\n").context
    assert compiler_output(shell_commands(command, "/w")[-1], files) == path


@pytest.mark.parametrize(
    ("image", "libc", "there", "missing"),
    [
        ("python", "glibc", {"python", "pip", "apt-get", "sh", "gcc"}, {"node", "apk", "go"}),
        ("docker.io/library/python:3.14-slim", "glibc", {"python", "apt-get", "sh"}, {"apk"}),
        ("python:alpine", "musl", {"python", "apk", "sh"}, {"apt-get", "bash"}),
        ("alpine", "musl", {"apk", "sh"}, {"apt-get", "bash", "python"}),
        ("busybox", "musl", {"sh"}, {"apk", "bash"}),
        ("debian:trixie-slim", "glibc", {"apt-get", "bash"}, {"python", "apk"}),
        ("gcr.io/distroless/static", "none", set(), {"sh", "python"}),
        ("gcr.io/distroless/base", "glibc", set(), {"sh"}),
        ("somebody/anything", "glibc", {"sh", "python", "apk"}, set()),
    ],
)
def test_what_a_base_image_brings(image: str, libc: str, there: set[str], missing: set[str]) -> None:
    installed = of_image(image)
    assert installed.libc == libc
    assert {program for program in there | missing if installed.has(program)} == there


def test_a_command_that_nobody_knows_changes_only_the_text() -> None:
    before = of_image("python")
    after = after_command(before, shell_commands("frobnicate app > out")[0], {}, Tree({}))
    assert after == Installed(**{**vars(before), "commands": " frobnicate app out", "unlisted": frozenset({"/"})})


@pytest.mark.parametrize("reference", sorted(catalogue()))
def test_the_lint_and_the_catalogue_know_the_same_of_an_image(reference: str) -> None:
    programs = of_image(reference).programs
    assert programs is None or programs.isdisjoint(catalogue().resolve(reference).absent)


@pytest.mark.parametrize(("text", "program"), [("FROM debian:trixie-slim\nRUN adduser a\nCMD ls", "adduser")])
def test_what_a_build_refuses_the_lint_reads_on_after(text: str, program: str) -> None:
    assert program not in (of_image("debian:trixie-slim").programs or ())
    assert inspected(text).build.image.size is None
