"""Which step of an earlier build a step of this one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .reasons import Facts

LONGEST = 500  # steps that differ; beyond that they are paired in order, which takes no time


def pair(now: Sequence[Facts], before: Sequence[Facts]) -> dict[int, Facts | None]:
    """Which step of an earlier build each step of this one is, by number; None for a step that is new."""
    start, ends = 0, (len(now), len(before))
    while start < min(ends) and same(now[start], before[start]):
        start += 1
    tail = 0
    while tail < min(ends) - start and same(now[-1 - tail], before[-1 - tail]):
        tail += 1
    pairs: dict[int, Facts | None] = {i: before[i] for i in range(start)}
    pairs |= {ends[0] - 1 - i: before[ends[1] - 1 - i] for i in range(tail)}
    middle, old = now[start : ends[0] - tail], before[start : ends[1] - tail]
    for index, facts in _pair_middle(middle, old):
        pairs[start + index] = facts
    return pairs


def same(now: Facts, before: Facts) -> bool:
    """Whether two steps are the same instruction, to the letter."""
    return (now.kind, now.text) == (before.kind, before.text)


def _pair_middle(now: Sequence[Facts], before: Sequence[Facts]) -> Iterator[tuple[int, Facts | None]]:
    texts = [(facts.kind, facts.text) for facts in now], [(facts.kind, facts.text) for facts in before]
    blocks: list[tuple[str, int, int, int, int]] = [("replace", 0, len(now), 0, len(before))]
    if max(map(len, texts)) <= LONGEST:
        from difflib import SequenceMatcher

        blocks = [*SequenceMatcher(None, *texts, autojunk=False).get_opcodes()]
    for tag, a, b, c, d in blocks:
        left = list(before[c:d])
        for index in range(a, b):
            match = next((old for old in left if tag == "equal" or old.kind == now[index].kind), None)
            if match is not None:
                left.remove(match)
            yield index, match
