"""A build as the labs show it: the Dockerfile line by line, the steps as Docker prints them, and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from html import escape

from ...building.build import Build
from ...building.records import Step
from ...building.report import verdict, why
from ...building.units import human_seconds, human_size, total_in_words
from ..worked import rebuilt_steps, working_steps

# Kinds of reasons whose cause is another instruction than the step's own, and the keywords of that instruction.
_ABOVE = {
    "environment": ("ENV", "ARG"),
    "build-argument": ("ARG", "ENV"),
    "working-directory": ("WORKDIR",),
    "user": ("USER",),
    "shell": ("SHELL",),
}
_NO_CAUSE = ("parent", "stage-output", "first-build", "pruned", "option")


def _is_cause(step: Step) -> bool:
    return step.reason is not None and step.reason.kind not in _NO_CAUSE


def _cause_line(build: Build, step: Step) -> int:
    assert step.reason is not None
    keywords = _ABOVE.get(step.reason.kind, ())
    if step.keyword in keywords or not keywords:
        return step.line
    found = [
        one
        for one in build.project.parsed.instructions
        if one.line < step.line and one.keyword in keywords
    ]  # fmt: skip
    naming = (
        [one for one in found if step.reason.subject in dict(one.pairs)] if keywords[0] in ("ENV", "ARG") else found
    )
    return naming[-1].line if naming else step.line


def dockerfile(build: Build, before: str, upto: int | None = None) -> str:
    """The Dockerfile line by line, each with its result; lines that differ from `before` say "edited"."""
    lines = build.project.dockerfile.splitlines()
    edited = _edited(before.splitlines(), lines)
    steps = build.steps if upto is None else build.steps[:upto]
    causes = {_cause_line(build, step) for step in steps if _is_cause(step)}
    words = {number: _line_words(build, steps, number) for number in range(1, len(lines) + 1)}
    rows = []
    for number, line in enumerate(lines, 1):
        missed = any(step.line == number and not step.cached and step.keyword != "FROM" for step in steps)
        hit = words[number] == "cached"
        marks = ["cause"] if number in causes else []
        marks += ["edited"] if number in edited else []
        marks += [words[number]] if words[number] else []
        kind = (
            f"{'cause ' if number in causes else ''}{'missed' if missed or number in causes else 'hit' if hit else ''}"
        )
        rows.append(
            f'<tr class="{kind}"><td>{number}</td><th scope="row"><code>{escape(line) or "&nbsp;"}</code></th>'
            f"<td>{'<b>cause</b>' if marks[:1] == ['cause'] else ''}{_rest(marks)}</td></tr>"
        )
    head = '<tr><th scope="col">line</th><th scope="col">instruction</th><th scope="col">result</th></tr>'
    return f"<table><caption>Dockerfile</caption><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _rest(marks: Sequence[str]) -> str:
    if marks[:1] == ["cause"]:
        return "".join(f", {mark}" for mark in marks[1:])
    return ", ".join(marks)


def _line_words(build: Build, steps: Sequence[Step], number: int) -> str:
    here = [step for step in steps if step.line == number and step.keyword != "FROM"]
    if not here:
        return ""
    return "rebuilt" if any(not step.cached for step in here) else "cached"


def _edited(before: Sequence[str], after: Sequence[str]) -> frozenset[int]:
    """The lines, counted from 1, that are new or changed."""
    if before == after:
        return frozenset()
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return frozenset(line + 1 for tag, _, _, start, end in blocks if tag != "equal" for line in range(start, end))


def steps(build: Build, caption: str, upto: int | None = None) -> str:
    """The steps as Docker prints them: cached or rebuilt in words, why, seconds and bytes. Text is escaped."""
    upto = len(build.steps) if upto is None else upto
    rows = "".join(_rows(build, upto))
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("step", "result", "why", "time", "layer"))
    table = f"<caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    return f'<table class="steps">{table}</table>'


def _rows(build: Build, upto: int) -> Iterator[str]:
    for place, step in enumerate(build.steps):
        name = f'<th scope="row"><code>{escape(step.name)}</code></th>'
        if place >= upto:
            yield f'<tr class="later">{name}<td>not yet</td><td></td><td></td><td></td></tr>'
            continue
        missed = not step.cached and step.keyword != "FROM"
        kinds = ["missed" if missed or _is_cause(step) else "hit"]
        kinds += ["cause"] if _is_cause(step) else []
        kinds += ["now"] if place == upto - 1 and upto < len(build.steps) else []
        reason = escape(why(step)) if missed or _is_cause(step) else ""
        time = human_seconds(step.seconds).removeprefix("time ") if missed else ""
        size = human_size(step.layer.size) if step.layer is not None else ""
        yield (
            f'<tr class="{" ".join(kinds)}">{name}<td class="word"><b>{verdict(step)}</b></td><td>{reason}</td>'
            f'<td class="number">{time}</td><td class="number">{size}</td></tr>'
        )


def cost(build: Build) -> str:
    """One sentence: how many steps were rebuilt, the seconds and the bytes."""
    ran, missed = working_steps(build), rebuilt_steps(build)
    if not missed:
        return f"Nothing is rebuilt: {_all(len(ran))} cached."
    seconds = [step.seconds for step in missed]
    sizes = [step.layer.size for step in missed if step.layer is not None]
    return (
        f"{len(missed)} of {len(ran)} steps rebuilt: time {added(seconds, human_seconds)}, "
        f"layers {total_in_words(sizes)}."
    )


def _all(number: int) -> str:
    return "the one step is" if number == 1 else f"all {number} steps are"


def added(values: Sequence[float | None], words: Callable[[float], str]) -> str:
    """A sum in words; it says what is unknown."""
    known, unknown = sum(value or 0 for value in values), list(values).count(None)
    if not unknown:
        return words(known)
    return f"{words(known)} and {unknown} unknown" if known else "unknown"


def plain_dockerfile(text: str, before: str) -> str:
    """A Dockerfile line by line, with what was edited and no word about a build."""
    lines = text.splitlines()
    edited = _edited(before.splitlines(), lines)
    rows = "".join(
        f'<tr><td>{number}</td><th scope="row"><code>{escape(line) or "&nbsp;"}</code></th>'
        f"<td>{'edited' if number in edited else ''}</td></tr>"
        for number, line in enumerate(lines, 1)
    )
    head = '<tr><th scope="col">line</th><th scope="col">instruction</th><th scope="col">change</th></tr>'
    return f"<table><caption>Dockerfile</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"
