"""Charts say in words what they show, draw what the build holds, and take any text for text."""

import io
import re
from xml.etree import ElementTree

import matplotlib.figure
import matplotlib.image
import pytest

from layerlib import BaseImage, Build, BuildKit, Effect, Project, catalogue, changes, charts
from layerlib.showing import palette

NASTY = "<img src=x onerror=alert(1)> $x$ & \"q\" 'r' \t\N{SNOWMAN}"
INSTALLED = {"pip install": Effect(size=90_000_000, seconds=12.0)}


def built(effects=INSTALLED, base="python") -> Build:
    project = changes.set_base(Project.load("python-numpy-app"), base)
    return BuildKit(effects=effects).build(project)


def rebuilt() -> Build:
    builder, project = BuildKit(effects=INSTALLED), Project.load("python-numpy-app")
    builder.build(project)
    return builder.build(changes.edit_file(project, "app.py"))


def unknown() -> Build:
    return BuildKit().build(Project.from_files({}, "FROM who/knows\nRUN something\n"))


def nasty() -> Build:
    return BuildKit().build(Project.from_files({"a $b$ <i>": "x"}, f"FROM python\nRUN echo '{NASTY}'\n", NASTY))


def image(name: str) -> BaseImage:
    return catalogue().resolve(name)


CHARTS = {
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
def test_chart_is_a_picture_with_alternative_text(make):
    chart = make()
    data, metadata = chart._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == repr(chart) == chart.alt == metadata["image/png"]["alt"]
    assert chart.alt.endswith(".")
    assert isinstance(chart.figure, matplotlib.figure.Figure)


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_svg_is_the_same_every_time_and_names_itself(make):
    text = make().svg()
    assert text == make().svg()
    top = ElementTree.fromstring(text)
    assert top.get("role") == "img"
    assert top.get("aria-label") == make().alt.replace("\t", " ")
    assert "dc:date" not in text
    assert "<img" not in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_nothing_is_cut_off_at_the_edges(make):
    pixels = matplotlib.image.imread(io.BytesIO(make().png()), format="png")[:, :, :3]
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    assert all((edge == 1).all() for edge in edges)


def test_layers_say_base_and_own_apart():
    alt = charts.layers(built()).alt
    assert "The base image: 7 layers, 1.12GB" in alt
    assert "RUN pip install numpy, 90MB" in alt


def test_a_rebuild_says_what_is_cached_and_what_takes_time():
    chart = charts.rebuild({"after an edit": rebuilt()})
    assert "2 of 3 steps rebuilt" in chart.alt
    words = [text.get_text() for text in chart.figure.axes[0].texts]
    assert "cached" in words
    assert "rebuilt, 12.0s" in words


def test_a_day_counts_the_builds():
    alt = charts.day({"as it is": [rebuilt()] * 20}).alt
    assert "as it is, 20 builds, 240.0s" in alt
    assert "RUN pip install numpy rebuilt 20 times, 240.0s" in alt
    assert "WORKDIR /home/app never rebuilt" in alt


def test_shared_layers_are_those_at_the_bottom():
    assert "Both hold the same 1 layer, 78.8MB" in charts.shared(image("python:slim"), image("debian:trixie-slim")).alt
    assert "no layer in common" in charts.shared(image("alpine"), image("debian:trixie-slim")).alt


def test_unknown_is_said_and_hatched():
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
def test_marks_stand_out_on_light_and_dark(colour, ground):
    assert contrast(colour, ground) >= 3


def test_neighbours_differ_in_grey_print():
    assert contrast(palette.BASE, palette.OWN) >= 1.5
    assert contrast(palette.BASE, palette.REBUILT) >= 1.5
    assert contrast(palette.OWN, palette.OWN_TOO) >= 1.5
    assert contrast(palette.INK, palette.PAPER) >= 4.5
