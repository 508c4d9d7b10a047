"""Files over files: what is seen from above is what a plain dictionary would hold."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from layerlib import File
from layerlib.building.files.overlay import Overlay

FILES = [None, *(File(letter.encode()) for letter in "xyz")]
WRITES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(FILES), max_size=4)


@given(st.lists(WRITES, max_size=40))
def test_every_step_sees_what_a_dictionary_would_hold(steps: list[Mapping[str, File | None]]) -> None:
    overlay, expected = Overlay[File](), dict[str, File | None]()
    views = [(overlay, dict(expected))]
    for written in steps:
        overlay, expected = overlay.under(written), {**expected, **written}
        views.append((overlay, expected))
    for view, files in views:  # of the earlier ones too: a later step changes none of them
        assert view.all() == {path: file for path, file in files.items() if file is not None}
        assert {path: view.get(path) for path in "abcdefg"} == {path: files.get(path) for path in "abcdefg"}


def test_a_long_stage_has_few_levels_and_copies_few_files() -> None:
    overlay, copied = Overlay[File](), 0
    for number in range(1000):
        overlay = overlay.under({f"f{number}": FILES[1]})
        copied += len(overlay.levels[0].files)
        assert len(overlay.levels) <= (number + 1).bit_length()
    assert copied <= 1000 * 10
    assert len(overlay.all()) == 1000


def test_a_step_that_writes_nothing_changes_nothing() -> None:
    overlay = Overlay[File]().under({"a": FILES[1]})
    assert overlay.under({}) is overlay
