"""Texts that would do something if a page took them for HTML, in every place where a learner's text can be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import layerlib
from layerlib import Effect, LayerlibError, Project, changes, charts, course, labs, tables
from layerlib.showing.labs.lab import Lab

PAYLOADS = {
    "html": '<img src=x onerror="window.ran = 1">',
    "attribute": '" onmouseover="window.ran = 1" yy-payload="',
    "attribute, single quotes": "' onmouseover='window.ran = 1' yy-payload='",
    "style": "</style><script>window.ran = 1</script>",
    "svg": "</title></text></svg><svg onload='window.ran = 1'><xx-payload/>",
    "comment": "--><script>window.ran = 1</script><!--",
    "link": '<a href="javascript:window.ran = 1">here</a>',
    "table": "</code></th></tr></table><xx-payload yy-payload>",
    "entities": "&lt;img src=x onerror=&quot;window.ran = 1&quot;&gt;",
    "id": ' id="axes_1" font-family: x; #1f2328',
}


def quoted(text: str) -> str:
    """A text as a word of a Dockerfile."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") + '"'


def project(text: str) -> Project:
    """A project that Docker builds, with a text wherever there can be one."""
    flat = text.replace("/", "∕").replace("'", "ʼ").replace('"', "ʺ")  # names that COPY finds
    flat = "/".join(flat[start : start + 60] for start in range(0, len(flat), 60))  # of at most 255 bytes
    lines = [
        f"# {text}",
        f"ARG BEFORE={quoted(text)}",
        "FROM python AS first",
        f"ARG ARGUMENT={quoted(text)}",
        f"LABEL one={quoted(text)}",
        f"ENV VARIABLE={quoted(text)}",
        f"WORKDIR {'/' + text}",
        f"COPY [{quoted(flat + '.py')}, {quoted('/' + flat)}]",
        "COPY . .",
        f"RUN pip install numpy # {text}",
        "RUN echo $VARIABLE $ARGUMENT",
        f"RUN <<END\necho {text}\nEND",
        f"COPY <<END /heredoc.txt\n{text}\nEND",
        f"USER {quoted(text)}",
        f"CMD {quoted(text)}",
    ]
    files = {f"{flat}.py": text, f"{text}.js": text, "app.py": text, "requirements.txt": text}
    return Project.from_files(files, "\n".join(lines) + "\n", text)


REFUSED = {
    "an instruction": "FROM python\n{}\n",
    "an instruction in the middle": "FROM python\nBOO {}\n",
    "an image": "FROM {}\n",
    "an image after a registry": "FROM example.com/{}\n",
    "a tag": "FROM python:{}\n",
    "a platform": "FROM --platform={} python\n",
    "a stage": "FROM python AS {}\n",
    "a stage in one word": "FROM python AS x{}\n",
    "a stage that does not exist": "FROM python\nCOPY --from={} a b\n",
    "a file": "FROM python\nCOPY {} /x/\n",
    "a file, quoted": 'FROM python\nCOPY ["{}", "/x/"]\n',
    "a flag": "FROM python\nCOPY --{}=1 a b\n",
    "a permission": "FROM python\nCOPY --chmod={} . .\n",
    "a mount": "FROM python\nRUN --mount=type={} true\n",
    "a mount's source": "FROM python\nRUN --mount=type=bind,from={} true\n",
    "a network": "FROM python\nRUN --network={} true\n",
    "a build argument": "FROM python\nARG {}=1\nARG 1{}\n",
    "a variable": "FROM python\nENV {}\n",
    "a variable's end": "FROM python\nENV A=${{{}\n",
    "a label": "FROM python\nLABEL {}\n",
    "a heredoc": "FROM python\nRUN <<{}\n",
    "a heredoc without end": "FROM python\nRUN <<END\n{}\n",
    "a health check": "FROM python\nHEALTHCHECK --interval={} CMD true\n",
    "a shell": "FROM python\nSHELL {}\n",
    "a signal": "FROM python\nSTOPSIGNAL {}\n",
    "a port": "FROM python\nEXPOSE {}\n",
    "a trigger": "FROM python\nONBUILD {}\n",
    "a directive": "# escape={}\nFROM python\n",
    "a syntax": "# syntax={}\nFROM python\n",
    "an address": "FROM python\nADD https://{} /x\n",
}


def refused(text: str) -> dict[str, Project]:
    """Projects that Docker refuses, or would if the text were shorter, with the text in what it says."""
    return {
        where: Project.from_files({"app.py": ""}, dockerfile.format(*[text] * 2), text)
        for where, dockerfile in REFUSED.items()
    }


def level(start: Project, text: str) -> SimpleNamespace:
    """A level whose words are all this text."""
    said = SimpleNamespace(passed=False, text=text)
    words = dict.fromkeys(("name", "title", "task", "hint", "goal_text"), text)
    return SimpleNamespace(**words, project=start, editable=(text,), check=lambda answer: said)


def effects(text: str) -> dict[str, Effect]:
    """What commands do, from a source with this text."""
    return {"pip install": Effect(size=1000, seconds=2.0, source=text)}


KINDS = ("cache", "predict", "order", "size", "goal", "levels", "opening")


def lab(kind: str, start: Project, text: str) -> Lab:
    """A lab, with the text wherever it takes one."""
    known = effects(text)
    opened: Lab
    if kind == "predict":
        opened = labs.predict(start, layerlib.Change(text, lambda given: changes.edit_file(given, "app.py")), known)
    elif kind == "order":
        opened = labs.order(start, {"app.py": 3, text: 0}, known)
    elif kind == "goal":
        opened = labs.goal(level(start, text))
    elif kind == "cache":
        opened = labs.cache(start, known)
    elif kind == "levels":
        opened = labs.levels([level(start, text)], text)
        opened.act("level", text)
    elif kind == "opening":
        opened = labs.opening(start, next(path for path in (f"{text}.js", "app.py") if path in start.files), known)
    else:
        opened = labs.size(start, known)
    return opened


def everything(text: str) -> dict[str, Any]:
    """One of everything that a notebook shows without a lab."""
    start = project(text)
    known = effects(text)
    builders = {"BuildKit": layerlib.BuildKit(effects=known)}
    shown: dict[str, Any] = {}
    for name, builder in builders.items():
        first = builder.build(start)
        edited = changes.edit_file(start, "app.py", f"{text} again")
        again = builder.build(edited, args={"ARGUMENT": f"{text}{text}", text: text})
        builds = {text: first, "again": again}
        shown |= {
            f"{name} first": first,
            f"{name} again": again,
            f"{name} history": again.history(),
            f"{name} layers": charts.layers(again, text),
            f"{name} compare": charts.compare(builds, text),
            f"{name} rebuild": charts.rebuild(builds, text),
            f"{name} day": charts.day({text: [again], "two": [first]}, text),
            f"{name} shared": charts.shared(first, again, text),
            f"{name} sizes": charts.three_sizes(again, text),
        }
    plain = Project.from_files({"app.py": ""}, f"FROM python\nENV A={quoted(text)}\nCOPY . .\nRUN a # {text}\n", text)
    classic = layerlib.ClassicBuilder()
    classic.build(plain)
    changed = classic.build(changes.set_env(plain, "A", f"{text}!"))
    shown |= {"classic": changed, "classic history": changed.history()}
    shown["prediction"] = course.predict(start, changes.edit_file(start, "app.py"), {text: text, "RUN": text})
    shown["prediction, right"] = course.predict(plain, changes.edit_file(plain, "app.py"), "cached cached")
    shown["prediction, refused"] = course.predict(plain, plain.with_dockerfile(f"FROM {text}\n"), text)
    shown["table"] = tables.Table(text, ["name", text], [[text, text]])
    shown["no level"] = course.check(text)
    shown["refused"] = course.level("08-order").check(f"FROM python\n{text}\n")
    shown["wrong"] = course.level("08-order").check(f"FROM python\nENV A={quoted(text)}\nRUN echo {text}\n")
    return shown


def errors(text: str) -> dict[str, LayerlibError]:
    """What is raised for the projects that are refused."""
    found: dict[str, LayerlibError] = {}
    for where, one in refused(text).items():
        try:
            layerlib.BuildKit().build(one)
        except LayerlibError as error:
            found[where] = error
    return found
