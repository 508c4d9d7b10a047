"""Charts say in words what they show, draw what the build holds, and never take text for markup."""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Callable
from html import escape
from typing import Any
from xml.etree import ElementTree

import matplotlib.figure
import matplotlib.image
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import layerlib
from layerlib import BaseImage, Build, BuildKit, Effect, Project, catalogue, changes, charts
from layerlib.showing import palette
from layerlib.showing.shared import layers_of, shared_layers

NASTY = "<img src=x onerror=alert(1)> $x$ & \"q\" 'r' \t\N{SNOWMAN}"
INSTALLED = {"pip install": Effect(size=90_000_000, seconds=12.0)}
APP = Project.load("python-numpy-app")


def built(base: str = "python") -> Build:
    return BuildKit(effects=INSTALLED).build(changes.set_base(APP, base))


def rebuilt() -> Build:
    return layerlib.rebuild(APP, changes.named("edit app.py"), builder=BuildKit(effects=INSTALLED))


def unknown() -> Build:
    return BuildKit().build(Project.from_files({}, "FROM who/knows\nRUN something\n"))


def nasty() -> Build:
    return BuildKit().build(Project.from_files({"a $b$ <i>": "x"}, f"FROM python\nRUN echo '{NASTY}'\n", NASTY))


def image(name: str) -> BaseImage:
    return catalogue().resolve(name)


def words(chart: charts.Chart) -> list[str]:
    """The texts in a chart, its legend aside."""
    return [text.get_text() for text in chart.figure.axes[0].texts]


CHARTS: dict[str, Callable[[], charts.Chart]] = {
    "layers": lambda: charts.layers(built(), "Title"),
    "layers of a build that nobody knows": lambda: charts.layers(unknown()),
    "layers of nothing": lambda: charts.layers(BuildKit().build(Project.from_files({}, "FROM scratch\nLABEL a=b\n"))),
    "compare": lambda: charts.compare({"full": built(), "slim": built(base="python:slim"), "unknown": unknown()}),
    "rebuild": lambda: charts.rebuild({"first": built(), "then": rebuilt(), "unknown": unknown()}),
    "day": lambda: charts.day({"a day": [rebuilt()] * 3, "none": []}),
    "shared": lambda: charts.shared(image("python:slim"), image("debian:trixie-slim")),
    "shared by builds": lambda: charts.shared(built(), built(base="python:slim")),
    "three sizes": lambda: charts.three_sizes(image("python:3.12-slim")),
    "three sizes of a build": lambda: charts.three_sizes(built()),
    "nasty": lambda: charts.layers(nasty(), NASTY),
    "nasty label": lambda: charts.rebuild({NASTY: nasty()}, NASTY),
}


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_chart_is_a_picture_with_alternative_text(make: Callable[[], charts.Chart]) -> None:
    chart = make()
    data, metadata = chart._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == repr(chart) == chart.alt == metadata["image/png"]["alt"]
    assert chart.alt.endswith(".")
    assert isinstance(chart.figure, matplotlib.figure.Figure)


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_svg_is_the_same_every_time_and_names_itself(make: Callable[[], charts.Chart]) -> None:
    text = make().svg()
    assert text == make().svg()
    top = ElementTree.fromstring(text)
    assert top.get("role") == "img"
    assert top.get("aria-label") == make().alt.replace("\t", " ")
    assert "dc:date" not in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_nothing_is_cut_off_at_the_edges_and_the_ground_is_the_pages(make: Callable[[], charts.Chart]) -> None:
    alpha = matplotlib.image.imread(io.BytesIO(make().png()), format="png")[:, :, 3]
    edges = [alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]]
    assert all((edge == 0).all() for edge in edges)
    assert alpha.max() > 0.9


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_no_two_texts_overlap(make: Callable[[], charts.Chart]) -> None:
    figure = make().figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    axes = figure.axes[0]
    texts = [text for text in (*axes.texts, *figure.texts, *axes.get_xticklabels()) if text.get_text().strip()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    for at, box in enumerate(boxes):
        assert [texts[n].get_text() for n, one in enumerate(boxes[:at]) if one.overlaps(box)] == [], texts[
            at
        ].get_text()


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_without_matplotlib_a_chart_is_html(make: Callable[[], charts.Chart], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"] or ["matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "layerlib.showing.drawing", raising=False)
    monkeypatch.delattr("layerlib.showing.drawing", raising=False)
    chart = make()
    data, _ = chart._repr_mimebundle_()
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"] == chart.alt
    assert escape(chart.alt) in data["text/html"]


def test_a_stack_names_the_layers_of_the_base_for_people() -> None:
    said = words(charts.layers(built()))
    assert {"Debian", "tools", "compilers", "libraries", "Python", "RUN pip install numpy"} <= set(said)


def test_an_unknown_layer_is_hatched_at_a_fixed_height_with_a_break_mark() -> None:
    chart = charts.layers(unknown())
    hatched: list[Any] = [one for one in chart.figure.axes[0].patches if one.get_hatch() == palette.HATCH]
    heights = {one.get_height() for one in hatched}
    assert heights == {34.0}
    assert len(chart.figure.axes[0].lines) == 2 * len(chart.figure.axes[0].patches)
    assert "size unknown" in words(chart)


def test_layers_say_base_and_own_apart() -> None:
    alt = charts.layers(built()).alt
    assert "The base image: 7 layers, 1.12GB" in alt
    assert "RUN pip install numpy, 90MB" in alt


def test_a_rebuild_says_what_is_cached_and_what_takes_time() -> None:
    chart = charts.rebuild({"after an edit": rebuilt()})
    assert "2 of 3 steps rebuilt" in chart.alt
    assert {"cached", "rebuilt, 12.0s"} <= {*words(chart)}


def test_a_day_counts_the_builds() -> None:
    alt = charts.day({"as it is": [rebuilt()] * 20}).alt
    assert "as it is, 20 builds, 240.0s" in alt
    assert "RUN pip install numpy rebuilt 20 times, 240.0s" in alt
    assert "WORKDIR /home/app never rebuilt" in alt


def app(content: str, below: str = "WORKDIR /a") -> Project:
    return Project.from_files({"app.py": content}, f"FROM python\n{below}\nCOPY app.py .\n")


def after_others(project: Project) -> Build:
    """The build of a project by a builder that has built other things before."""
    builder = BuildKit()
    for content in ("x", "yy", "zzz"):
        builder.build(app(content, "RUN other"))
    return builder.build(project)


SHARED = [
    # two images, how many layers they share
    (image("python:slim"), image("debian:trixie-slim"), 1),
    (image("alpine"), image("debian:trixie-slim"), 0),
    (image("python"), image("python"), 7),
    (image("python"), BuildKit().build(app("1\n")), 7),
    (BuildKit().build(app("1\n")), image("python"), 7),
    (BuildKit().build(app("1\n")), BuildKit().build(app("1\n")), 9),
    (BuildKit().build(app("1\n")), after_others(app("1\n")), 9),
    (BuildKit().build(app("1\n")), BuildKit().build(app("22\n")), 8),
    (BuildKit().build(app("1\n")), after_others(app("22\n")), 8),
    (BuildKit().build(app("1\n")), BuildKit().build(app("1\n", "WORKDIR /b")), 7),
    (BuildKit().build(app("1\n")), BuildKit().build(changes.set_base(app("1\n"), "python:slim")), 0),
]


@pytest.mark.parametrize(("first", "second", "number"), SHARED)
def test_shared_layers_are_the_same_ones_from_the_bottom_up(
    first: Build | BaseImage, second: Build | BaseImage, number: int
) -> None:
    shared = shared_layers(first, second)
    assert len(shared) == number
    assert shared == layers_of(first)[:number]


def test_two_projects_whose_files_differ_do_not_share_that_layer() -> None:
    alt = charts.shared(BuildKit().build(app("1\n")), BuildKit().build(app("22\n"))).alt
    assert "Both hold the same 8 layers, 1.12GB" in alt


def test_a_chart_says_which_layers_are_shared() -> None:
    chart = charts.shared(image("python:slim"), image("debian:trixie-slim"))
    assert "Both hold the same 1 layer, 78.8MB" in chart.alt
    hatched = [patch for patch in chart.figure.axes[0].patches if patch.get_hatch() == palette.SHARED_HATCH]
    assert len(hatched) == 2
    assert "no layer in common" in charts.shared(image("alpine"), image("debian:trixie-slim")).alt


def test_unknown_is_said_and_hatched() -> None:
    chart = charts.layers(unknown())
    assert "unknown" in chart.alt
    assert any(patch.get_hatch() == palette.HATCH for patch in chart.figure.axes[0].patches)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
@pytest.mark.parametrize("colour", [palette.BASE, palette.OWN, palette.SHARED, palette.REBUILT])
def test_marks_stand_out_on_light_and_dark(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= 3


def test_neighbours_differ_in_grey_print() -> None:
    assert contrast(palette.BASE, palette.OWN) >= 1.5
    assert contrast(palette.BASE, palette.REBUILT) >= 1.5


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_words_can_be_read_on_light_and_dark(ground: str) -> None:
    assert contrast(palette.INK, ground) >= 4


@pytest.mark.parametrize("draw", [charts.compare, charts.rebuild, charts.day])
def test_a_chart_of_nothing_says_so(draw: Callable[[dict[str, Any]], charts.Chart]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw({}).alt.partition(". ")[2] in ("No image.", "No build.")
