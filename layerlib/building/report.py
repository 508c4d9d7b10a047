"""A build as text and as HTML: what Docker prints, and a table for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..reading.base_image import HistoryRow
from .checks.rules import CheckWarning
from .records import Step
from .units import human_seconds, human_size


class History(tuple[HistoryRow, ...]):
    """The rows of `docker history`, newest first. As text, the table that Docker prints.

    The columns IMAGE and CREATED are left out: a model has no image IDs and no clock. To compare, run
    `docker history --format "table {{.CreatedBy}}\\t{{.Size}}\\t{{.Comment}}" IMAGE`.
    """

    __slots__ = ()

    def __new__(cls, rows: Iterable[HistoryRow]) -> History:
        return super().__new__(cls, tuple(rows))

    def __str__(self) -> str:
        table = [("CREATED BY", "SIZE", "COMMENT")]
        for row in self:
            text = row.created_by.replace("\t", " ")
            table.append((text if len(text) <= 45 else text[:44] + "…", human_size(row.size), row.comment))
        widths = [max(7, *(len(line[column]) for line in table)) + 3 for column in (0, 1)]
        return "\n".join(f"{a:<{widths[0]}}{b:<{widths[1]}}{c}".rstrip() for a, b, c in table)

    def _repr_html_(self) -> str:
        rows = [
            [f"<code>{_escaped(row.created_by)}</code>", human_size(row.size), _escaped(row.comment)] for row in self
        ]
        return table("docker history, newest first", ("created by", "size", "comment"), rows)


def buildkit_log(printed: Sequence[Step], warnings: Sequence[CheckWarning] = ()) -> str:
    """The log of BuildKit as Docker prints it, less what nobody can know: IDs, transfers, and what a command says."""
    blocks: list[tuple[str, str]] = [("[internal] load build definition from Dockerfile", "DONE 0.0s")]
    images = [step.text for step in printed if step.keyword == "FROM" and step.text.startswith("FROM ")]
    for reference in dict.fromkeys(text.removeprefix("FROM ").partition("@")[0] for text in images):
        blocks.append((f"[internal] load metadata for {reference}", "DONE 0.0s"))
    blocks.append(("[internal] load .dockerignore", "DONE 0.0s"))
    context = any(step.keyword in ("COPY", "ADD") for step in printed)
    for step in printed:
        if context and step.keyword != "FROM":
            blocks.append(("[internal] load build context", "DONE 0.0s"))
            context = False
        blocks.append((step.name, _end(step)))
    blocks.append(("exporting to image", "DONE 0.0s"))
    head = '#0 building with "default" instance using docker driver'
    lines = [head, *(f"\n#{number} {name}\n#{number} {end}" for number, (name, end) in enumerate(blocks, 1))]
    if warnings:
        definition = blocks[0][0]
        lines[1] = "\n".join([f"\n#1 {definition}", *(f"#1 WARN: {warning}" for warning in warnings), "#1 DONE 0.0s"])
        count = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
        lines.append(f"\n {count} found (use docker --debug to expand):")
        lines += [f" - {warning}" for warning in warnings]
    return "\n".join(lines)


def classic_log(steps: Sequence[Step]) -> str:
    """The log of the classic builder, less image IDs and what a command says."""
    lines = []
    for step in steps:
        lines.append(step.name)
        if step.keyword != "FROM":
            running = f" ---> Running ({human_seconds(step.seconds_if_rebuilt)})"
            ends = {"cached": " ---> Using cache", "rebuilt": running, "depends": f" ---> Using cache, or{running}"}
            lines.append(ends[step.verdict])
    return "\n".join([*lines, "Successfully built"])


def _end(step: Step) -> str:
    """How a step ends in the log of BuildKit; both ways, where nobody knows which."""
    done = f"DONE {human_seconds(step.seconds_if_rebuilt)}"
    return {"cached": "CACHED", "rebuilt": done, "depends": f"CACHED or {done}"}[step.verdict]


def verdict(step: Step) -> str:
    """ "cached", "rebuilt" or "depends"; FROM is none of them: its image is only looked up."""
    return "base image" if step.keyword == "FROM" else step.verdict


def _cost(step: Step) -> str:
    """What a step that depends costs, both ways, such as "0.0s or 41.0s"; empty if that is the same, or unknown."""
    if step.verdict != "depends" or step.keyword == "FROM" or not step.seconds_if_rebuilt:
        return ""
    return f"{human_seconds(0)} or {human_seconds(step.seconds_if_rebuilt)}"


def why(step: Step) -> str:
    """The reason in words, or nothing for a cached step and for FROM with no earlier result."""
    if step.reason is None or (step.keyword == "FROM" and step.reason.kind in ("first-build", "pruned")):
        return ""
    return str(step.reason)


def _result(step: Step) -> str:
    """The verdict; where it depends, with both costs."""
    return f"{verdict(step)} ({_cost(step)})" if _cost(step) else verdict(step)


def text(steps: Sequence[Step]) -> str:
    """One line a step: its name, cached or rebuilt, and why."""
    width = min(max((len(step.name) for step in steps), default=0), 60)
    lines = [f"{step.name:<{width}}  {_result(step)}" + (f": {why(step)}" if why(step) else "") for step in steps]
    return "\n".join(lines) or "no steps: nothing builds on FROM scratch"


def html(name: str, steps: Sequence[Step], missed: int, notes: Sequence[str] = ()) -> str:
    """The steps of a project's build as a table with a caption and header cells, and notes below. Every text is
    escaped."""
    rows = []
    for step in steps:
        size = "" if step.layer is None else human_size(step.layer.size)
        rows.append([f"<code>{_escaped(step.name)}</code>", f"<b>{_result(step)}</b>", _escaped(why(step)), size])
    counted = [step for step in steps if step.keyword != "FROM"]
    depend = sum(step.verdict == "depends" for step in counted)
    also = f", {depend} {'depends' if depend == 1 else 'depend'}" if depend else ""
    caption = f"{name}: {missed} of {len(counted)} steps rebuilt{also}"
    below = "".join(f"<p>{_escaped(note)}</p>" for note in notes)
    return table(_escaped(caption), ("step", "result", "why", "layer"), rows) + below


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table. Cells are HTML already; the first of each row is its header."""
    head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row" style="text-align:left;font-weight:normal">{row[0]}</th>'
        + "".join(f'<td style="text-align:left">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _escaped(text: str) -> str:
    from html import escape  # loads a table of all entities, and only a notebook asks for HTML

    return escape(text)
