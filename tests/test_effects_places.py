"""Where a command line can write, even when nobody knows what."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layerlib import BuildKit, Project
from layerlib.building.effects.follow import follow
from layerlib.building.effects.followed import FollowedCommand
from layerlib.building.effects.programs import table
from layerlib.building.effects.run import Run
from layerlib.building.files.snapshot import Gap, Snapshot
from layerlib.reading.base_image import BaseImage, unknown_image
from layerlib.reading.errors import DockerfileError
from layerlib.reading.file import FOLDER, File

BASE = Snapshot.of_image(BaseImage.described("debian"))
ANY = {""}
SYSTEM = set(table().system)
GO = {"w", "root/go/pkg", "root/.cache/go-build", "root/.config/go"}


def walk(text: str, below: Snapshot = BASE, folder: str = "/w", user: str = "", **variables: str) -> FollowedCommand:
    return follow(Run(("/bin/sh", "-c", text), below, folder, user, variables))


def region(found: FollowedCommand) -> set[str]:
    """The places, without those that lie in others, and with one name for what lies in /bin and in /usr/bin."""
    paths = {path for path in (*found.unknown_writes, *found.written) if not path or found.get(path) != FOLDER}
    paths |= {path for path, file in found.written.items() if file is not None and file.kind == "folder"}
    return {path for path in paths if not any((path != one and f"{path}/".startswith(f"{one}/")) or (path and not one)
                                              for one in paths)}  # fmt: skip


LINES: list[tuple[str, set[str]]] = [
    # nothing
    ("true", set()), (":", set()), ("echo hello", set()), ("set -eux", set()), ("grep -r x /etc", set()),
    ("test -f x", set()), ("[ -f x ]", set()), ("[[ -f x && -d y ]]", set()), ("which curl | cat", set()),
    ("sleep 1 &", set()), ("export A=1 B=2", set()), ("A=1", set()),
    ("cat /etc/os-release | grep x > /dev/null", set()),
    ("ls -la >&2", set()), ("date 2>/dev/null", set()), ("if [ -f x ]; then echo y; else ls; fi", set()),
    ("for i in 1 2; do echo $i; done", set()), ("while false; do sleep 1; done", set()), ("printf '%s' x", set()),
    ("sed s/a/b/ x", set()), ("sed -n '/a/,/b/p' x", set()), ("awk '{print $1}' x", set()), ("find / -name x", set()),
    ("curl -fsSL https://x/y", set()), ("curl -so /dev/null https://x", set()), ("tar tzf x.tgz", set()),
    ("git --version", set()), ("python3 --version", set()), ("dpkg --print-architecture", set()),
    ("command -v curl", set()), ("exit 0", set()), ("( cd /x )", set()), ("{ true; }", set()),
    # files and folders
    ("touch a /b", {"w/a", "b"}), ("mkdir -p /x/y", {"x"}), ("mkdir -p /x/y z", {"x", "w"}),
    ("cp a b", {"w/b"}), ("cp -r a b /dst/", {"dst"}), ("cp -t /dst a b", {"dst"}), ("cp a ../b", {"b"}),
    ("mv a /b", {"w/a", "b"}), ("ln -s /opt/a /usr/local/bin/a", {"usr/local/bin/a"}), ("ln -s /opt/a", {"w"}),
    ("install -m 755 a /usr/local/bin/a", {"usr/local/bin/a"}), ("install -d /x /y", {"x", "y"}),
    ("rm -rf /x", {"x"}), ("rm -rf /tmp/*", {"tmp"}), ("rm -rf /a/*.tar.gz", {"a"}), ("rm x* /y/z", {"w", "y/z"}),
    ("chmod +x /entry.sh", {"entry.sh"}), ("chown -R app:app /app /data", {"app", "data"}), ("rmdir x", {"w/x"}),
    ("chmod 755 *", {"w"}), ("truncate -s 0 /var/log/x", {"var/log/x"}), ("echo x | tee /a b", {"a", "w/b"}),
    ("mkdir -p /a/{b,c}", {"a/b", "a/c", "a/{b,c}"}), ("cat a b > c", {"w/c"}), ("ls >> /x/y", {"x/y"}),
    ("ls &> all", {"w/all"}),
    ("echo a > /a", {"a"}), ("printf 'a\\n' > /a", {"a"}), ("cat <<E > /a\nx\nE", {"a"}), (": > /a", {"a"}),
    ("cat <<E > /a\n$(make)\nE", ANY), ("cat <<'E' > /a\n$(make)\nE", {"a"}), ("date > a 2> /b", {"w/a", "b"}),
    ("{ date; ls; } > /all", {"all"}), ("if true; then ls; fi >> /log", {"log"}),
    # folders that change
    ("cd /x && touch a", {"x/a"}), ("cd x; touch a", {"w/x/a", "w/a"}), ("set -e; cd x; touch a", {"w/x/a"}),
    ("(cd /x && touch a); touch b", {"x/a", "w/b"}), ("cd /tmp; touch a", {"tmp/a"}), ("cd x || exit 1; touch a",
     {"w/a", "w/x/a"}), ("cd $(mktemp -d) && touch a", {"tmp"}), ("cd $X && touch a", ANY),
    ("cd $X && touch /a", {"a"}), ("cd ~ && touch a", {"root/a"}), ("cd && touch a", {"root/a"}),
    # variables
    ("X=/a; touch $X/b", {"a/b"}), ("touch $X", ANY), ("touch ./$X", ANY), ("touch /a/$X", ANY),
    ("touch /a-$(uname -m)/b", {""}), ("touch /x/a-$(uname -m)", {"x"}), ("X=$(nproc) && touch /x/$X", {"x"}),
    ("touch ${X:-/a}/b", ANY), ("X=; touch ${X:-/a}/b", {"a/b"}), ("for x in a b; do touch /d/$x; done", {"d/a",
    "d/b"}),
    ("for x in /d/*.x; do rm $x; done", {"d"}), ("if true; then X=a; else X=b; fi; touch /$X", ANY),
    ("X=c; if true; then X=a; else X=b; fi; touch /$X", {"a", "b", "c"}), ("X=a-b; touch /${X%-*}", {"a"}),
    ("case $(uname -m) in x) A=p;; *) A=q;; esac; curl -o /o https://x/$A", {"o"}),
    ("X=a; for i in 1 2 3; do X=$X/..; done; touch /d/$X", ANY), ("read X < y; touch $X", ANY),
    ("touch \"$(dirname /x/y)/z\"", {"x/z"}), ("touch $(pwd)/z", {"w/z"}), ("echo $(touch /a)", {"a"}),
    ("echo `touch /a`", {"a"}), ("echo \"$(cat $(touch /a))\"", {"a"}), ("X=$(touch /a)", {"a"}),
    ("f() { touch /a; }", set()), ("f() { touch /a; }; f", {"a"}), ("f() { touch $1; }; f /x", ANY),
    # wrappers and shells
    ("exec touch /a", {"a"}), ("sudo touch /a", {"a"}), ("env A=1 touch /a", {"a"}), ("time touch /a", {"a"}),
    ("sh -c 'touch /a'", {"a"}), ("bash -ec 'cd /x; touch a'", {"x/a"}), ("bash x.sh", ANY), ("curl x | sh", ANY),
    ("bash <<E\ntouch /a\nE", {"a"}), ("sh -c \"$X\"", ANY), ("echo x | xargs rm -rf", ANY),
    ("ls | xargs apt-get install -y", SYSTEM), ("/usr/bin/touch /a", {"a"}), ("/opt/x/touch /a", ANY),
    ("./touch /a", ANY), ("eval 'touch /a'", {"a"}), ("eval $X", ANY), ("trap 'rm -f /a' EXIT", {"a"}),
    (". ./env.sh", ANY), ("source x", ANY), ("nohup touch /a &", {"a"}), ("timeout 5 touch /a", {"a"}),
    ("find /x -name y -delete", {"x"}), ("find /x -exec rm -rf {} +", {"x"}), ("find . -exec chmod 644 {} \\;", {"w"}),
    ("find /x -exec sh -c 'touch $1' _ {} \\;", ANY), ("find /x -fprint /y", {"y"}), ("busybox touch /a", {"a"}),
    ("PATH=/x:$PATH touch /a", {"a"}), ("PATH=x touch /a", ANY), ("export PATH=$X; touch /a", ANY),
    # text
    ("sed -i s/a/b/ /etc/x", {"etc/x"}), ("sed -i.bak s/a/b/ /etc/x", {"etc"}), ("sed -ri -e 's/a/b/g;d' x", {"w/x"}),
    ("sed 'w /y' x", ANY), ("sed -i 's/a/b/e' x", ANY), ("sed 's|a|b|w /y' x", ANY), ("awk '{print > \"/y\"}' x", ANY),
    ("sort -o /y x", {"y"}), ("uniq a b", {"w/b"}),
    # archives and downloads
    ("tar xzf a.tgz", {"w"}), ("tar -xzf a.tgz -C /opt", {"opt"}), ("tar -C /opt -xf a", {"opt"}),
    ("tar xfC a /opt", {"opt"}),
    ("tar czf /a.tgz x", {"a.tgz"}), ("tar -xPf a", ANY), ("tar xf a --to-command=x", ANY),
    ("curl -fsSLo /x https://y", {"x"}),
    ("curl -fsSL https://y -o x", {"w/x"}), ("curl -O https://y/z", {"w"}), ("curl -K x", ANY), ("curl $X y", ANY),
    ("curl -o /o \"$X\"", {"o"}), ("wget https://y/z", {"w", "root/.wget-hsts"}),
    ("wget -qO- https://y", {"root/.wget-hsts"}),
    ("wget -O /x https://y", {"x", "root/.wget-hsts"}), ("wget -P /d https://y", {"d", "root/.wget-hsts"}),
    ("unzip -q a.zip -d /opt", {"opt"}), ("unzip a.zip", {"w"}), ("gunzip /d/a.gz", {"d"}),
    ("curl x | tar -xz -C /opt", {"opt"}), ("git clone https://x/y.git", {"w/y"}),
    ("git clone --depth 1 u /src", {"src"}),
    ("git clone u /src && cd /src && git checkout v1", {"src"}), ("git config --global a b", {"root/.gitconfig",
    "root/.config/git"}),
    # packages
    ("apt-get update", SYSTEM),
    ("apt-get install -y x y", SYSTEM), ("apt-get install -y $X", SYSTEM), ("apk add --no-cache x", SYSTEM),
    ("apk add --root /x y", ANY), ("dnf install -y x", SYSTEM), ("dpkg -i x.deb", SYSTEM), ("dpkg -x x.deb /y", ANY),
    ("npm ci", ANY), ("npm ci --ignore-scripts", {"w", "root/.npm"}), ("npm run build", ANY),
    ("npm cache clean --force", {"root/.npm"}),
    ("yarn install --frozen-lockfile", ANY), ("pnpm install", ANY), ("pip install -r r.txt", ANY),
    ("pip install x", ANY),
    ("pip install --only-binary :all: x", {"usr", "root/.local", "root/.cache/pip"}),
    ("pip install --only-binary=:all: -r x", ANY),
    ("pip install --only-binary :all: .", ANY), ("python3 -m venv /venv", {"venv"}), ("python -c 'x'", ANY),
    ("python x.py -m venv /y", ANY), ("node -e x", ANY), ("make", ANY), ("cargo build", ANY), ("mvn package", ANY),
    ("dotnet restore", ANY), ("bundle install", ANY), ("composer install", ANY), ("go test ./...", ANY),
    ("go mod download", GO), ("go build -o /app .", {*GO, "app"}),
    ("GOPATH=/go go install x@latest", {*GO - {"root/go/pkg"}, "go", "usr/local/go", "root/go"}),
    ("GOPATH=/go go mod download", {*GO, "go/pkg"}), ("go get x", {*GO - {"root/go/pkg"}, "root/go"}),
    ("GOPATH=/go go mod download && go build -o x .", {*GO, "go/pkg"}),
    ("pip install --upgrade pip", {"usr", "root/.local", "root/.cache/pip"}),
    ("python -m pip install -U 'pip>=24' setuptools==75.6.0", {"usr", "root/.local", "root/.cache/pip"}),
    ("pip install --upgrade pip wheel", ANY), ("pip install --upgrade pip -i https://x/simple", ANY),
    ("PIP_NO_BINARY=:all: pip install --upgrade pip", ANY), ("export PIP_INDEX_URL=x; pip install pip", ANY),
    ("pip install pip@https://x/pip.zip", ANY), ("pip install ./pip", ANY), ("pip install pip/", ANY),
    ("npm install -g pnpm@9", {"usr", "root/.npm"}), ("npm i -g pnpm@8.15.4", {"usr", "root/.npm"}),
    ("npm install -g pnpm@9 && apt-get clean", SYSTEM),
    ("npm install -g pnpm", ANY), ("npm install -g pnpm@latest", ANY), ("npm install -g pnpm@10", ANY),
    ("npm install pnpm@9", ANY), ("npm install -g pnpm@9 x", ANY), ("npm install -g --registry x pnpm@9", ANY),
    ("cargo chef prepare --recipe-path /r.json", {"r.json", "w", "root/.cargo"}), ("uv sync", ANY),
    ("poetry install", ANY),
    ("corepack enable", {"usr"}), ("corepack prepare pnpm@9 --activate", {"root/.cache/node"}),
    ("cd / && corepack enable && corepack prepare pnpm@9 --activate", {"usr", "root/.cache/node"}),
    ("corepack use pnpm@9", ANY), ("corepack up", ANY), ("corepack pnpm install", ANY),
    ("ldconfig", {"etc/ld.so.cache", "etc/ld.so.cache~", "var/cache/ldconfig", "usr",
    "lib", "lib32", "lib64", "opt"}),
    ("node -v", set()), ("node x.js -v", ANY), ("node -e x -v", ANY), ("java -version", set()),
    ("make --version x", ANY),
    ("frobnicate", ANY), ("a && npm ci", ANY), ("$X", ANY), ("if", ANY), ("echo 'x", ANY), ("", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places"), LINES, ids=[row[0] for row in LINES])
def test_a_line_writes_only_there(text: str, places: set[str]) -> None:
    assert region(walk(text)) == places


KNOWN = [text for text, places in LINES if places != ANY and "\n" not in text and not text.endswith("&")]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN))
def test_two_lines_write_where_either_does(one: str, other: str) -> None:
    both = walk(f"({one}) && ({other})")
    places = {*both.unknown_writes, *both.written}
    for alone in (walk(one), walk(other)):
        for path in (*alone.unknown_writes, *alone.written):
            assert any(not place or f"{path}/".startswith(f"{place}/") for place in places) or both.get(path) is None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab \n;|&()<>{}[]$'\"`\\#=-1/*?!~%:", max_size=40))
def test_any_text_is_walked(text: str) -> None:
    assert walk(text).sized in (True, False)


@pytest.mark.parametrize("part", ["cd a\n", "$(", "a;", '"', "{ ", "(", "${", "`", "if ", "for x in a; do ", "f() {"])
def test_a_long_text_is_walked(part: str) -> None:
    assert walk(part * 3000).unknown_writes is not None


HARNESS = [
    "cp a b", "cp -r d e", "cp a d/", "mv a c", "mv d f", "ln -s a l", "ln -s $PWD/a d/l", "touch n d/n",
    "mkdir -p x/y/z",
    "tar cf t.tar d && mkdir u && tar -C u -xf t.tar", "tar czf t.tgz d; tar xzf t.tgz --strip-components=1",
    "sed -i s/a/b/ a d/a", "sed -i.bak s/a/b/ a", "echo x | tee n d/m", "echo a > n; echo b >> n", "cat <<E > h\nx\nE",
    "for i in 1 2 3; do touch f$i; done", "if [ -f a ]; then touch y; else touch z; fi",
    "cd d && touch n && cd .. && touch m",
    "(cd d; touch n); touch m", "X=d; touch $X/n", "find d -name a -delete", "find . -name a -exec rm {} +",
    "rm -rf d/*",
    "rm -rf d a", "chmod 600 a && chmod -R 700 d", "sh -c 'cd d; touch n'", "install -m 755 a d/i",
    "f() { touch n; }; f",
    "ls nothing || touch n", "false && touch n; touch m", "cd nowhere; touch n", "touch ${X:-n}", "dd if=a of=n",
    "cat a d/a > n 2>/dev/null", "ls | xargs -I {} cp {} d", "touch $(echo n)", "mktemp -p . || true", "sort -o a a",
    "env A=1 touch n", "truncate -s 5 a", "gzip a", "gzip -k d/a", "mkdir {p,q}", "case x in x) touch n;; esac",
    "ln -s d k && touch k/n", "ln -s d k; echo x > k/n", "cp -r d e && rm -r e/a", "while [ ! -f n ]; do touch n; done",
    "touch n & wait", "printf 'a' > n && cp n m", "mkdir s && cd s && cp ../a .", "trap 'touch n' EXIT", "unlink a",
    "git init -q g && cd g && git config user.name x", "split -b 1 a", "rename a", "link a n",
    "awk '{print > \"n\"}' a",
]  # fmt: skip


@pytest.mark.skipif(os.name == "nt" or not shutil.which("sh"), reason="needs a shell of Unix")
@pytest.mark.parametrize("text", HARNESS)
@pytest.mark.parametrize("options", ["-c", "-ec"])
def test_what_a_real_shell_changed_was_foreseen(text: str, options: str, tmp_path: Path) -> None:
    """Run for real, in an empty folder: every path that changed is in one of the places."""
    root = tmp_path.resolve()
    (root / "d").mkdir()
    for name in ("a", "d/a"):
        (root / name).write_text("a\n")
    before = seen(root)
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "PWD": str(root)}
    subprocess.run(["/bin/sh", options, text], cwd=root, env=environment, capture_output=True, timeout=20, check=False)
    after = seen(root)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    inside = str(root)[1:]
    there = {f"{inside}/{path}": FOLDER if path == "d" else File(b"a\n") for path in before}
    below = BASE.after(there)
    found = follow(Run(("/bin/sh", options, text), below, str(root), variables={"HOME": str(root)}))
    places = {*found.unknown_writes, *(path for path in found.written)}
    for path in changed:
        full = f"{inside}/{path}"
        assert any(not place or f"{full}/".startswith(f"{place}/") for place in places), (path, places)
    exact = {path: file for path, file in found.written.items() if file is not None and file.kind == "file"}
    for path, file in exact.items():
        if not file.opaque_id and options == "-ec" and found.sized:
            assert (Path("/") / path).read_bytes() == file.content


def seen(root: Path) -> dict[str, tuple[object, ...]]:
    """Every path, with what makes it differ. A folder's own time is not compared."""
    found: dict[str, tuple[object, ...]] = {}
    for path in root.rglob("*"):
        status = path.lstat()
        content: object = path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(root))] = (status.st_mode, content, 0 if path.is_dir() else status.st_mtime_ns)
    return found


# Programs that are not what their names say.

OTHERS = [
    ({"usr/local/bin/touch": File(b"x")}, "touch /a", ANY),
    ({"usr/local/bin/cp": File(b"x")}, "touch /a", {"a"}),
    ({"bin/touch": File(b"x")}, "/usr/bin/touch /a", ANY),
    ({"usr/local/bin": File(opaque_id="x")}, "touch /a", ANY),
    ({"bin/sh": File(b"x")}, "echo x", ANY),
    ({"usr/local/bin/echo": File(b"x")}, "echo x", set()),
    ({"usr/local/bin/env": File(b"x")}, "env touch /a", ANY),
]


@pytest.mark.parametrize(("files", "text", "places"), OTHERS)
def test_a_program_that_was_replaced_is_unknown(files: dict[str, File], text: str, places: set[str]) -> None:
    assert region(walk(text, BASE.after(files))) == places


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("curl -o /usr/local/bin/touch x && touch /a", ANY),
        ("curl -o /usr/local/bin/x x && touch /a", {"usr/local/bin/x", "a"}),
        ("curl x | tar -xz -C /usr/local && touch /a", ANY), ("echo x > /usr/local/bin/touch; touch /a", ANY),
        ("ln -s /x /usr/local/bin/touch && touch /a", ANY), ("cp x /usr/bin/ && touch /a", ANY),
        ("apt-get install -y x && touch /a", {*SYSTEM, "a"}),
        ("chmod 755 /usr/local/bin && touch /a", {"usr/local/bin", "a"}),
        ("tar xf x -C /opt && touch /a", {"opt", "a"}),
    ],
)  # fmt: skip
def test_a_line_that_replaces_a_program_knows_it_no_more(line: str, places: set[str]) -> None:
    assert region(walk(line)) == places


@pytest.mark.parametrize(
    ("programs", "text", "places"),
    [
        (set(), "true", ANY), ({"sh"}, "true", set()), ({"sh"}, "touch /a", ANY), ({"sh", "touch"}, "touch /a", {"a"}),
        ({"sh"}, "echo x > /a", {"a"}), ({"touch"}, "touch /a", ANY),
    ],
)  # fmt: skip
def test_an_image_that_lists_its_programs_has_no_others(programs: set[str], text: str, places: set[str]) -> None:
    assert region(walk(text, Snapshot.of_image(BaseImage.described("x", programs=programs)))) == places


# Links.


def test_a_link_that_somebody_else_may_have_left_leads_where_it_may() -> None:
    after_tar = BASE.after({}, {"opt": Gap("1", "1")}, {"opt": "opt"})
    after_make = BASE.after({"w": FOLDER}, {"": Gap("1", "1")}, {"": ""})
    assert region(walk("touch /opt/x/y", after_tar)) == {"opt"}
    assert region(walk("touch /out/y", after_make)) == ANY
    assert region(walk("mkdir -p /usr/local/bin && curl -o /etc/x y", after_make)) == ANY
    assert region(walk("cat x", after_make)) == set()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("mkdir /data", {"data"}), ("mkdir -p /data /w/logs", {"data", "w/logs"}), ("rm -rf /data", {"data"}),
        ("rmdir logs", {"w/logs"}), ("mkdir -p /usr/local/share/x", {"usr/local/share/x"}),
        ("mkdir -p /data/logs", ANY), ("rm -rf /data/x", ANY), ("rm -rf /data/*", ANY), ("mkdir /data/.", ANY),
        ("chmod +x /data", ANY), ("truncate -s 0 /data", ANY), ("touch /data", ANY),
        ("apt-get clean", SYSTEM), ("apt-get update && true", SYSTEM), ("apt-get update; true", SYSTEM),
    ],
)  # fmt: skip
def test_a_folder_is_made_and_a_path_deleted_where_it_is_not_where_a_link_there_leads(
    text: str, places: set[str]
) -> None:
    after_make = BASE.after({"w": FOLDER}, {"": Gap("1", "1")}, {"": ""})
    assert region(walk(text, after_make)) == places


def test_an_undescribed_image_has_the_usual_path_also_where_env_adds_to_it() -> None:
    image = Snapshot.of_image(unknown_image("docker.io/x/y:latest"))
    assert region(walk("touch /a", image, PATH="/pnpm:$PATH")) == {"a"}
    assert region(walk("touch /a", image, PATH="${PATH}:/opt/bin")) == {"a"}
    assert region(walk("touch /a", image, PATH="$PATHS:/bin")) == ANY
    assert region(walk("touch /pnpm/touch && touch /a", image, PATH="/pnpm:$PATH")) == ANY


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM x/y\nCOPY a.jar /app\nWORKDIR /app\n",
        "FROM x/y\nCOPY a.jar /app\nCOPY b /app/\n",
        "FROM x/y\nCOPY a.jar /app\nCOPY c /app\n",
        "FROM debian:12\nRUN ./make-app\nCOPY a.jar /app\nWORKDIR /app/d\n",
        "FROM x/y\nRUN mkdir app\nCOPY a.jar /app\nWORKDIR /app\n",
    ],
)
def test_a_file_copied_to_what_may_be_a_folder_refuses_nothing(dockerfile: str) -> None:
    files = {"a.jar": "a", "b": "b", "c/d/e": "e"}
    assert BuildKit().build(Project.from_files(files, dockerfile)).steps
    with pytest.raises(DockerfileError, match="not a directory"):
        BuildKit().build(Project.from_files(files, "FROM debian:12\nCOPY a.jar /app\nWORKDIR /app\n"))


@pytest.mark.parametrize(
    ("text", "place"),
    [("touch /bin/x", "usr/bin/x"), ("touch /usr/lib/x", "lib/x"), ("touch /var/run/x", "run/x"),
     ("cp /x /etc/localtime", "usr/share/zoneinfo")],
)  # fmt: skip
def test_the_usual_links_of_images(text: str, place: str) -> None:
    assert place in walk(text).unknown_writes


# Exactly.


def test_what_is_certain_stays_exact() -> None:
    made = walk("mkdir -p /d && echo hi > /d/a && touch /d/b && cp /d/a /d/c && ln -s a /d/l")
    assert made.sized
    assert made.unknown_writes == set()
    files = {path: (file.kind, file.content, file.target) for path, file in made.written.items() if file}
    assert files == {
        "d": ("folder", b"", ""), "d/a": ("file", b"hi\n", ""), "d/b": ("file", b"", ""), "d/c": ("file", b"hi\n", ""),
        "d/l": ("link", b"", "a"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "certain"),
    [("echo a > /x; make", False), ("make; echo a > /x", False), ("tar xf y -C /d; echo a > /x", True),
     ("echo a > /d/x; tar xf y -C /d", False), ("if true; then echo a > /x; fi", False), ("true || echo a > /x", False),
     ("! echo a > /x", False), ("[ -f y ] && echo a > /x", True), ("[ -f y ] && echo a > /x; true", False)],
)  # fmt: skip
def test_a_file_that_may_have_been_rewritten_is_not_certain(text: str, certain: bool) -> None:
    file = walk(text).written.get("x") or walk(text).written.get("d/x")
    assert (file is not None) == certain


def test_a_doubtful_file_is_not_made_certain_by_chmod() -> None:
    below = BASE.after({"x": File(b"x")}).after({}, {"": Gap("1", "1")}, {"": ""})
    assert walk("chmod +x /x", below).written == {}
    assert walk("chmod +x /x", BASE.after({"x": File(b"x")})).written != {}


def test_a_variable_that_holds_one_of_an_image_that_nobody_described_is_unknown() -> None:
    below = Snapshot.of_image(unknown_image("docker.io/library/x:latest"))
    assert region(walk("touch $D", below, D="/a/$HERE")) == ANY
    assert region(walk("touch $D", below, D="/a/b")) == {"a/b"}


def test_an_unknown_folder_is_any_folder() -> None:
    found = follow(Run(("/bin/sh", "-c", "touch a"), BASE, None))
    assert found.unknown_writes == {""}
    assert follow(Run(("/bin/sh", "-c", "touch /a"), BASE, None)).unknown_writes == {"a"}


def built(text: str) -> tuple[list[int | None], float | None]:
    build = BuildKit().build(Project.from_files({"a": "a"}, text))
    return [layer.size for layer in build.image.layers if not layer.base], build.steps[-1].seconds


def test_a_line_of_which_only_the_places_are_known_has_no_size_and_no_time() -> None:
    assert built("FROM debian\nRUN useradd app\n") == ([None], None)
    assert built("FROM debian\nRUN grep x /etc/passwd\n") == ([0], None)


@pytest.mark.parametrize(
    ("command", "path", "cached"),
    [("apt-get install -y gcc", "/srv", True), ("apt-get install -y gcc", "/usr/bin/gcc", False),
     ("useradd app", "/etc/passwd", False), ("useradd app", "/etc/hosts", True), ("./configure", "/srv", False),
     ("tar xf x -C /opt", "/srv", True), ("tar xf x -C /opt", "/opt/x", False)],
)  # fmt: skip
def test_what_later_stages_may_find(command: str, path: str, cached: bool) -> None:
    text = f"FROM python:slim AS build\nRUN {command}\nFROM debian\nCOPY --from=build {path} /copied\n"
    builder = BuildKit()
    builder.build(Project.from_files({}, text))
    again = builder.build(Project.from_files({}, text), no_cache_filter=("build",))
    assert [step.cached for step in again.steps if "--from" in step.name] == [cached]


def test_a_mounted_folder_is_not_in_the_image() -> None:
    assert built("FROM debian\nRUN --mount=type=cache,target=/c tar xf x -C /c\n") == ([0], None)


def test_every_row_of_the_table_has_a_source() -> None:
    assert len(table().programs) > 350
    assert all(program.source for program in table().programs.values())


@pytest.mark.parametrize(
    ("path", "verdict"),
    [("/opt/venv/bin:$PATH", "depends"), ("/usr/local/bin:/usr/bin:/bin", "cached")],
)
def test_the_pip_of_a_virtual_environment_installs_there(path: str, verdict: str) -> None:
    """Source: recorded (idioms: python-venv-copied)."""
    text = (
        f"FROM python:3.13-slim AS build\nRUN python -m venv /opt/venv\nENV PATH={path}\nCOPY requirements.txt .\n"
        "RUN pip install -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /opt/venv /opt/venv\n"
    )
    builder, project = BuildKit(), Project.from_files({"requirements.txt": "flask==3.1.0\n"}, text)
    builder.build(project)
    edited = builder.build(project.with_files({"requirements.txt": "flask==3.1.0\nnumpy\n"}))
    assert edited.steps[-1].verdict == verdict


def test_a_working_directory_that_nobody_knows_hides_only_what_is_written_there() -> None:
    project = Project.from_files({}, "FROM centos:7\nRUN yum -y install httpd\nRUN touch here\n")
    installed, touched = (step.layer for step in BuildKit().build(project).steps[1:])
    assert installed is not None
    assert touched is not None
    assert isinstance(installed.contents, Snapshot)
    assert isinstance(touched.contents, Snapshot)
    assert "" not in installed.contents.unknown_in
    assert "" in touched.contents.unknown_in
