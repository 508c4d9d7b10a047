"""The cache and the memory of reasons, apart from any builder."""

from layerlib.building.cache.cache import NOTHING, Cache, CacheKey, InputKeys, Selector
from layerlib.building.cache.results import Result, new_execution
from layerlib.building.files.snapshot import Snapshot
from layerlib.building.operations import Merge
from layerlib.building.reasons.memory import REMEMBERED, Memory
from layerlib.building.reasons.reasons import Facts


def result(execution: int) -> Result:
    return Result(execution, Snapshot())


def facts(text: str) -> Facts:
    return Facts("Exec", text, "0", Merge())


def keys(*inputs: list[CacheKey]) -> list[InputKeys]:
    return [InputKeys(ids) for ids in inputs]


A, B, CONTENT = CacheKey(1), CacheKey(2), CacheKey("content", (Selector("a"),))


def test_results_are_found_oldest_first() -> None:
    cache = Cache()
    for execution in (16, 9, 25, 8):  # in a set, 8, 16 and 25 come before 9
        cache.keep("make", keys([A]), result(execution))
    assert cache.find("make", keys([A])).results == [8, 9, 16, 25]


def test_a_result_matches_in_every_input_by_one_key_or_another() -> None:
    cache = Cache()
    cache.keep("copy", keys([A], [CONTENT]), result(3))
    cache.keep("copy", keys([B], [CONTENT]), result(4))
    assert cache.find("copy", keys([A], [CONTENT])).results == [3]
    assert cache.find("copy", keys([A, B], [CONTENT])).results == [3, 4]
    assert cache.find("copy", keys([A, B], [B, CONTENT])).results == [3, 4]
    assert cache.find("copy", keys([A], [B])).results == []
    assert cache.find("copy", keys([CONTENT], [A])).results == []
    assert cache.find("copy", keys([A], [CacheKey("content", (Selector("a", ("*.md",)),))])).results == []
    assert cache.find("other", keys([A], [CONTENT])).results == []
    assert cache.find("copy", keys([A], [])).results == []
    assert cache.find("copy", []).results == []


def test_another_key_finds_the_result_from_then_on() -> None:
    cache = Cache()
    cache.keep("make", keys([A]), result(3))
    cache.link("make", keys([NOTHING]), result(3))
    assert cache.find("make", keys([NOTHING])).results == [3]


def test_a_result_that_was_taken_back_is_not_found() -> None:
    cache = Cache()
    cache.keep("make", keys([A]), result(3))
    del cache.results[3]
    assert cache.find("make", keys([A])).results == []


def test_pruning_forgets_everything() -> None:
    cache = Cache()
    cache.keep("make", keys([A]), result(3))
    assert not cache.saw_image(["x", "y"])
    assert cache.saw_image(["y"])
    cache.prune()
    assert cache.find("make", keys([A])).results == []
    assert not cache.saw_image(["y"])


def test_no_two_executions_have_one_number() -> None:
    numbers = [new_execution() for _ in range(100)]
    assert sorted(set(numbers)) == numbers
    assert numbers[0] > 0


def test_memory_keeps_the_newest() -> None:
    memory = Memory()
    steps = [facts(str(number)) for number in range(REMEMBERED + 5)]
    for step in steps:
        memory.executed(step, [7])
        memory.built({step.text: [step], "every": [step]})
    assert memory.built_on[7] == steps[-REMEMBERED:]
    assert len(memory.builds) == REMEMBERED
    assert memory.last("every") == [steps[-1]]
    assert memory.last(steps[5].text) == [steps[5]]
    assert memory.last(steps[4].text) == ()


def test_memory_knows_what_was_built_before_a_prune_but_not_on_what() -> None:
    memory = Memory()
    before, after = facts("a"), facts("b")
    memory.executed(before, [1])
    memory.built({"0": [before]})
    memory.prune()
    assert before in memory.pruned
    assert memory.built_on == {}
    assert memory.last("0")
    memory.built({"0": [after]})
    assert after not in memory.pruned
