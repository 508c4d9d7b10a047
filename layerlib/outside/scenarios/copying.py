"""What COPY picks and where it puts it: sources, wildcards, links, folders over files, modes, patterns left out."""

from __future__ import annotations

from .draft import Draft, Draw


def several_sources(draft: Draft, draw: Draw) -> None:
    """Several sources, with and without a slash behind the destination, and something that stands on it."""
    sources = draw.some(["app.py", "b.py", "src/a.txt", "src", "notes.log"], 2, 3)
    folder = f"/several{draw.number(1, 3)}"
    draft.add(f"{draw.one(['COPY', 'COPY', 'ADD'])} {' '.join(sources)} {folder}{draw.one(['/', '/', '/', '', '/in'])}")
    draft.add(draw.one([f"COPY app.py {folder}/again.py", f"WORKDIR {folder}", f"COPY src {folder}", "RUN echo after"]))


def missing_before_wildcards(draft: Draft, draw: Draw) -> None:
    """A wildcard that matches nothing, below a folder that is there or not; alone, or beside a source that is there."""
    missing = draw.one(["gone/*.py", "gone*/x", "src/*.none", "src/go*/x", "*/none/*", "[x]*.py", "src/deep/*.py"])
    sources = draw.one([[missing], [missing, "app.py"], ["b.py", missing], ["src/*", missing]])
    draft.add(f"COPY {' '.join(sources)} /m{draw.number(1, 3)}/", "RUN echo after")


def links(draft: Draft, draw: Draw) -> None:
    """Links in the context: to a file, a folder, out of it, to nothing, to each other; copied, or gone through."""
    targets = {
        "to-file": "app.py",
        "to-folder": "src",
        "out": "../outside",
        "absolute": "/etc/passwd",
        "nowhere": "gone",
        "inside": "deep/x.txt",
        "again": "to-file",
    }
    folder = draw.one(["", "lk/"])
    for name in draw.some(list(targets), 1, 4):
        target = targets[name]
        draft.link(folder + name, target if target.startswith(("/", "..")) or not folder else f"../{target}")
    names = [path.rpartition("/")[2] for path in draft.files if path.startswith(folder) and "link" in draft.files[path]]
    name = folder + draw.one(names)
    lines = [
        f"COPY {name} /l1",
        f"COPY {name} /l2/",
        f"COPY {name}/ /l3/",
        f"COPY {folder}* /l4/",
        f"COPY {folder or '.'} /l5/",
        f"COPY {name}/a.txt /l6/",
        f"ADD {name} /l7/",
        f"COPY {name}/*.txt /l8/",
    ]
    draft.add(*draw.some(lines, 1, 2))


def links_in_the_destination(draft: Draft, draw: Draw) -> None:
    """A link that one COPY put there is the destination of another, or on its way."""
    target = draw.one(["/srv/real", "real", "../up", "/etc", "/nowhere/at/all", "file.txt"])
    draft.file("linked/file.txt", draw.text())
    draft.link("linked/to", target)
    draft.add("COPY linked/ /d/")
    if draw.chance(0.5):
        draft.add("COPY src /srv/real/")
    draft.add(draw.one(["COPY app.py /d/to", "COPY app.py /d/to/", "COPY src /d/to", "COPY app.py b.py /d/to/in/"]))
    draft.add(draw.one(["WORKDIR /d/to", "RUN echo after", "COPY linked /d", "COPY b.py /srv/real/"]))


def hard_links(draft: Draft, draw: Draw) -> None:
    """Two names of one file, copied together or apart."""
    draft.file("hard/one", draw.text())
    draft.files["hard/two"] = {"same_as": "hard/one"}
    draft.files["other-name"] = {"same_as": "hard/one"}
    lines = [
        "COPY hard /h1",
        "COPY hard/one hard/two /h2/",
        "COPY hard/two /h3",
        "COPY . /h4/",
        "COPY hard/* other-name /h5/",
    ]
    draft.add(*draw.some(lines, 1, 2))


def file_over_folder(draft: Draft, draw: Draw) -> None:
    """A file where a folder is."""
    draft.file("over/x", draw.text())
    draft.add("COPY src /t/x")
    draft.add(
        draw.one(["COPY app.py /t/x", "COPY over /t", "COPY over/ /t/", "COPY over/x /t/", "COPY over/x /t/x/"]),
        "RUN echo",
    )


def folder_over_file(draft: Draft, draw: Draw) -> None:
    """A folder where a file is."""
    draft.file("under/x/y", draw.text())
    draft.add("COPY app.py /t/x")
    draft.add(
        draw.one(["COPY src /t/x", "COPY under /t", "COPY under/ /t/", "COPY b.py /t/x/", "WORKDIR /t/x"]), "RUN echo"
    )


def modes(draft: Draft, draw: Draw) -> None:
    """--chmod in letters, on files that have modes of their own."""
    for path, mode in zip(
        ["m/a", "m/run", "m/secret"], draw.some(["644", "755", "600", "640", "444", "777"], 3, 3), strict=True
    ):
        draft.file(path, draw.text(), mode=mode)
    letters = [
        "u+x",
        "go-rwx",
        "a=r",
        "a+X",
        "u=rwX,go=rX",
        "+x",
        "-w",
        "g=u",
        "u+s",
        "+t",
        "0750",
        "o=g",
        "u=rw,g=r,o=",
    ]
    flag = f"--chmod={draw.one(letters)}"
    draft.add(f"COPY {flag} {draw.one(['m', 'm/', 'm/*', 'm/run', 'app.py'])} /c{draw.number(1, 3)}/")
    draft.add(
        f"COPY {flag} --chown={draw.one(['0', '1:2', '1000:1000'])} m/secret /c/" if draw.chance(0.4) else "RUN echo"
    )


def excludes(draft: Draft, draw: Draw) -> None:
    """--exclude, once or twice."""
    patterns = ["*.txt", "deep", "**/*.txt", "src/deep", "!src/a.txt", "*.py", "src/*", "*", "nothing", "deep/x.txt"]
    flags = " ".join(f"--exclude={pattern}" for pattern in draw.some(patterns, 1, 2))
    draft.add(
        f"COPY {flags} {draw.one(['src', 'src/', '.', '*.py src', 's*'])} /e{draw.number(1, 3)}/", "RUN echo after"
    )


def ignored(draft: Draft, draw: Draw) -> None:
    """.dockerignore, and what is left of the context."""
    patterns = [
        "*.log",
        "src/deep",
        "**/*.txt",
        "!src/a.txt",
        "b.py",
        "Dockerfile",
        "*",
        "!app.py",
        "!src",
        "src/*",
        "# none",
        "/app.py",
    ]
    draft.file(".dockerignore", "".join(pattern + "\n" for pattern in draw.some(patterns, 1, 4)))
    draft.add(draw.one(["COPY . /i/", "COPY src /i/", "COPY *.py /i/", "COPY app.py /i/", "ADD . /i"]))
