"""The listing as HTML: a table for one stage, blocks with arrows between them for several, builders in columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..building.build import Build
from .listing import Kind, Listing, Row, compared
from .page.markup import Child, Markup, classes, escaped, spaced, tag

MARKS: Mapping[Kind, str] = {"kept": "✓ ", "cause": "● ", "again": "↓ ", "open": "? "}
LEGEND: Mapping[Kind, str] = {
    "kept": "taken from the cache",
    "cause": "the cause",
    "again": "rebuilt with it",
    "open": "depends on what a RUN writes",
    "setting": "setting only",
}
DIFFERS = {True: ("≠ ", "differs: ", "differs"), False: ("= ", "the same: ", None), None: ("· ", "", None)}
WIDEST = 84  # pixels of the longest bar of bytes
CAPTION = "What the next build does, line by line. Click on a line to see what the builder compares."


@dataclass(frozen=True)
class Shown:
    """One builder's listing and what it is compared with: its name, the listing, and the first build."""

    builder: str
    listing: Listing
    first: Build | None = None


def code(row: Row) -> Markup:
    """The text of a row, its keyword in bold."""
    return escaped([tag("span", row.keyword, class_="k") if row.keyword else None, tag("span", row.rest)])


def state(row: Row) -> Markup:
    """The verdict of a row in words, with its mark."""
    mark = MARKS.get(row.kind, "") if row.verdict in ("cached", "rebuilt", "depends", "the cause") else ""
    return tag("b", mark + row.verdict) if row.verdict else Markup("")


def reason(text: str) -> list[Child]:
    """A sentence; names of files in it are code."""
    pieces = re.split(r"(?<![\w/.-])((?:[\w./-]+/)?[\w-]+\.(?:py|txt|js|ts|json|html|toml|mod|lock|go|md))\b", text)
    return [tag("code", piece) if at % 2 else piece for at, piece in enumerate(pieces)]


def listing_table(shown: Shown, opened: Collection[int] = (), caption: str = CAPTION) -> Markup:
    """One table: number, text, result, reason and cost of each line. Lines in `opened` show what was compared."""
    most = max((row.size.known for row in shown.listing.rows if row.size), default=0)
    heads = [
        tag("th", tag("span", "line", class_="hidden"), scope="col"),
        tag("th", "Dockerfile", scope="col"),
        tag("th", "result", scope="col"),
        tag("th", "why", scope="col"),
        tag("th", "layer", scope="col", class_="number"),
    ]
    links = chain(shown.listing.rows)
    rows = [
        part
        for at, (row, link) in enumerate(zip(shown.listing.rows, links, strict=True))
        for part in _table_row(row, at, most, shown, opened, link)
    ]
    body = tag("tbody", rows)
    return tag("table", tag("caption", caption), tag("thead", tag("tr", heads)), body, class_="listing")


def chain(rows: Sequence[Row]) -> list[str]:
    """Of each row, its place in the chain from the first cause to the last row that is rebuilt; empty beside it."""
    fallen = [at for at, row in enumerate(rows) if row.kind in ("cause", "again")]
    if len(fallen) < 2:
        return [""] * len(rows)
    start, end = fallen[0], fallen[-1]
    return [
        "" if not start <= at <= end else "chain first" if at == start else "chain last" if at == end else "chain"
        for at in range(len(rows))
    ]


def _table_row(row: Row, at: int, most: float, shown: Shown, opened: Collection[int], link: str) -> Iterator[Markup]:
    is_open = at in opened and bool(row.steps)
    cost = None if row.kind == "setting" else tag("td", row.cost, _bar(row, most), class_="cost")
    yield tag(
        "tr",
        tag("td", row.line or "·", class_="no"),
        tag("th", _code_button(row, at, is_open), class_="code", scope="row"),
        tag("td", state(row), class_="state"),
        tag("td", reason(row.why), class_="why", colspan=None if cost else 2),
        cost,
        class_=classes(row.kind, row.edited and "edited", link),
        data_key=f"row-{at}",
        data_at=True,
        data_do="open" if row.steps else None,
        data_arg=at if row.steps else None,
        style=f"animation-delay: {at * 0.1:.1f}s",
    )
    if is_open:
        yield tag(
            "tr",
            tag("td", details(row, shown.first), colspan=5, class_="details-cell"),
            class_=classes("details", link and not link.endswith("last") and "chain"),
            data_key=f"details-{at}",
        )


def _code_button(row: Row, at: int, is_open: bool) -> Markup:
    edited = tag("span", " (changed line)", class_="hidden") if row.edited else None
    if not row.steps:
        return code(row) + (edited or "")
    return tag(
        "button", code(row), edited, type="button", data_key="code", data_do="open", data_arg=at,
        aria_expanded="true" if is_open else "false",
    )  # fmt: skip


def _bar(row: Row, most: float) -> Markup | None:
    if not row.size or not most or row.size.unknown:
        return None
    width = max(2, round(row.size.known / most * WIDEST))
    return tag("span", tag("span", class_="bar", style=f"width: {width}px"), class_="slot")


def details(row: Row, first: Build | None) -> Markup:
    """What the builder compared of a row."""
    pairs = []
    for one in compared(row, first):
        mark, said, look = DIFFERS[one.differs]
        now: Child = reason(one.now) if one.in_words else tag("code", one.now)
        was: Child = (" — it was ", tag("code", one.was)) if one.was is not None else None
        name = (tag("i", mark, aria_hidden="true"), tag("span", said, class_="hidden"), one.name)
        pairs.append((tag("dt", name, class_=look), " ", tag("dd", now, was, class_=look)))
    return tag("div", tag("b", "What the builder compares"), tag("dl", pairs))


def two_builders(shown: Sequence[Shown]) -> Markup:
    """Several builders side by side: the Dockerfile once, and a column for each builder."""
    heads = [
        tag("th", tag("span", "line", class_="hidden"), scope="col"),
        tag("th", "Dockerfile", scope="col"),
        *(tag("th", one.builder, scope="col") for one in shown),
    ]
    rows = []
    for at, row in enumerate(shown[0].listing.rows):
        sides = [_side(one.listing.rows[at]) if at < len(one.listing.rows) else tag("td") for one in shown]
        rows.append(
            tag(
                "tr",
                tag("td", row.line or "·", class_="no"),
                tag("th", code(row), class_="code", scope="row"),
                sides,
                class_=classes("comment" if row.kind == "comment" else "line", row.edited and "edited"),
                data_key=f"row-{at}",
                data_at=True,
                style=f"animation-delay: {at * 0.1:.1f}s",
            )
        )
    table = (
        tag("caption", "What the next build does, line by line"),
        tag("thead", tag("tr", heads)),
        tag("tbody", rows),
    )
    return tag("table", table, class_="listing both")


def _side(row: Row) -> Markup:
    cost = f" ({row.cost})" if row.rebuilt and row.cost else ""
    return tag("td", state(row), " ", reason(row.why), cost, class_=classes("side", row.kind))


def blocks(shown: Shown, opened: Collection[int] = ()) -> Markup:
    """Stages as blocks side by side, and COPY --from as an arrow between them."""
    at = len(shown.listing.above)
    made, arrows = [], []
    for block in shown.listing.blocks:
        cards = []
        for row, link in zip(block.rows, chain(block.rows), strict=True):
            cards.append(_card(row, at, shown, at in opened, link))
            if row.source[0] and (start := _end_of(shown.listing, row.source[0])) is not None:
                arrows.append(_arrow(start, at))
            at += 1
        head = tag("h4", "stage ", tag("b", block.called), ": the image" if block.last else "")
        made.append(tag("div", head, cards, class_="stage", data_key=f"stage-{block.number}"))
    above = [_card(row, at, shown, at in opened) for at, row in enumerate(shown.listing.above)]
    return tag(
        "div",
        tag("p", CAPTION, class_="small soft"),
        tag("div", above) if above else None,
        tag("div", made, class_="stages"),
        arrows,
        class_="listing",
    )


def _end_of(listing: Listing, name: str) -> int | None:
    """The place of the last row of a stage that makes a layer."""
    place, found = len(listing.above), None
    for block in listing.blocks:
        last = None
        for row in block.rows:
            last = place if row.steps else last
            place += 1
        if name.lower() == block.name.lower() or name == str(block.number):
            found = last
    return found


def _card(row: Row, at: int, shown: Shown, is_open: bool, link: str = "") -> Markup:
    is_open = is_open and bool(row.steps)
    told: Child = reason(row.why)
    cost = f" · {row.cost}" if row.rebuilt and row.cost else ""
    says = tag(
        "span", tag("span", state(row), class_="state"), " ", tag("span", told, cost, class_="why"), class_="says"
    )
    name, path = row.source
    came = tag("span", f"⇠ {path} from {name}", class_="from") if name else None
    edited = tag("span", " (changed line)", class_="hidden") if row.edited else None
    body = spaced([tag("span", code(row), class_="code"), edited, came, says if row.verdict or row.why else None])
    if row.steps:
        inside: Child = tag(
            "button", body, type="button", data_do="open", data_arg=at, style="width: 100%", data_key="code",
            aria_expanded="true" if is_open else "false",
        )  # fmt: skip
    else:
        inside = body
    opened = tag("div", details(row, shown.first), class_="details") if is_open else None
    return tag(
        "div", inside, opened, class_=classes("card", row.kind, row.edited and "edited", link), data_key=f"row-{at}",
        data_at=True, style=f"animation-delay: {at * 0.1:.1f}s; anchor-name: --row-{at}",
    )  # fmt: skip


def _arrow(start: int, end: int) -> list[Markup]:
    """Three strokes between two cards: out of the one, along the gap, and into the other."""
    one, other = f"--row-{start}", f"--row-{end}"
    gap = f"calc(anchor({other} left) - 28px)"
    strokes = (
        f"top: anchor({one} center); left: anchor({one} right); right: calc(anchor({other} left) + 28px);"
        " border-top-width: 2px",
        f"top: min(anchor({one} center), anchor({other} center));"
        f" bottom: min(anchor({one} center), anchor({other} center)); left: {gap}; border-left-width: 2px",
        f"top: anchor({other} center); left: {gap}; right: anchor({other} left); border-top-width: 2px",
    )
    shaft = [
        tag("span", class_="arrow", style=stroke, data_key=f"arrow-{start}-{end}-{number}")
        for number, stroke in enumerate(strokes)
    ]
    tip = f"top: calc(anchor({other} center) - 9px); right: calc(anchor({other} left) - 2px); color: #7a68d8"
    return [
        *shaft,
        tag("span", "▸", class_="arrow", style=tip, data_key=f"arrow-{start}-{end}-tip", aria_hidden="true"),
    ]


def shown_as(shown: Shown, opened: Collection[int] = ()) -> Markup:
    """A table for one stage, blocks for several."""
    return blocks(shown, opened) if len(shown.listing.blocks) > 1 else listing_table(shown, opened)


def legend(shown: Sequence[Shown]) -> Markup:
    """What the colours mean: those that are there."""
    kinds = {row.kind for one in shown for row in one.listing.rows}
    entries = [
        tag("span", tag("span", class_=f"sw {kind}"), words)
        for kind, words in LEGEND.items()
        if kind in kinds or kind in ("kept", "cause", "again")
    ]
    return tag("div", spaced(entries), class_="legend")
