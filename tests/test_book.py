"""The course as a site: pages, links, images and alternative texts. What `make book` made is checked where it is."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

ROOT = Path(__file__).parent.parent
SITE = ROOT / "book" / "_build" / "html"
TOC = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
PAGES = {page["file"]: page["title"] for part in TOC["parts"] for page in part["chapters"]}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb")) + sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
TEXTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "book").glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "layerlib").rglob("*.md"),
    *(ROOT / "notebooks").glob("*.md"),
    *NOTEBOOKS,
]
HTML = sorted(path for path in SITE.rglob("*.html") if "_static" not in path.parts)

FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(
    r"\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)|(?:href|src)=\"([^\"]+)\"|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE
)
# A page, or a page and a heading on it.
DOCKER = re.compile(r"https://docs\.docker\.com(/[a-z0-9._-]+)*/(#[a-z0-9-]+)?")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def markdown(path: Path) -> str:
    """The Markdown of a file, of a notebook that of all its text cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def links(text: str) -> list[str]:
    """The targets of all links and images in Markdown, code aside."""
    return ["".join(found) for found in LINK.findall(CODE.sub("", FENCE.sub("", text)))]


def test_links_are_found() -> None:
    text = '[a](b.md) ![c](d.png) [`e`](f.md#g) `[no](no.md)` <a href="h.md">\n```\n[no](no.md)\n```\n\n[i]: j.md\n'
    assert sorted(links(text)) == ["b.md", "d.png", "f.md#g", "h.md", "j.md"]


# ---- The table of contents


def test_every_page_of_the_contents_exists() -> None:
    for page in [TOC["root"], *PAGES]:
        assert any((ROOT / f"{page}{suffix}").is_file() for suffix in (".md", ".ipynb")), page


def test_every_notebook_is_in_the_contents_in_its_order() -> None:
    assert [page for page in PAGES if re.search(r"/\d\d_", page)] == [name(path)[:-6] for path in NOTEBOOKS]


def test_the_other_texts_are_in_the_contents() -> None:
    assert {"docs/fidelity", "layerlib/figures/README", "notebooks/TEACHING"} <= set(PAGES)


def test_lessons_are_called_as_in_the_readme() -> None:
    table = dict(re.findall(r"\[(\d\d [^\]]+)\]\((.+?)\.ipynb\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert table == {title: page for page, title in PAGES.items() if re.match(r"notebooks/\d\d_", page)}


def test_what_the_first_page_takes_from_the_readme_is_there() -> None:
    index = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    cuts = re.findall(r':start-after: "(.+)"\n:end-before: "(.+)"', index)
    assert len(cuts) == index.count("{include}")
    for start, end in cuts:
        assert 0 <= readme.find(f"{start}\n") < readme.find(f"{end}\n"), (start, end)


# ---- The sources


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_links_and_images_lead_to_files(path: Path) -> None:
    for target in links(markdown(path)):
        parts = urlsplit(target)
        if not parts.scheme and parts.path:
            assert (path.parent / unquote(parts.path)).exists(), target


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_links_to_dockers_documentation_are_well_formed(path: Path) -> None:
    for target in links(markdown(path)):
        assert urlsplit(target).scheme in ("", "https"), target
        if "docker.com" in target and "hub.docker.com" not in target:
            assert DOCKER.fullmatch(target), target


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_figures_are_saved_with_alternative_text(path: Path) -> None:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                assert output["metadata"]["image/png"]["alt"].strip()


# ---- The site


class Page(HTMLParser):
    """What a page links to, shows, loads, and what can be linked to on it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[dict[str, str]] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.tags: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append(tag)
        self.ids.add(given.get("id", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "img":
            self.images.append(given)
        elif tag == "link" and given.get("rel") not in ("canonical", "author"):
            self.loaded.append(given["href"])
        elif tag in ("script", "iframe", "source") and "src" in given:
            self.loaded.append(given["src"])


Site = dict[Path, Page]


@pytest.fixture(scope="module")
def site() -> Site:
    if not HTML:
        pytest.skip("the book is not built (make book)")
    made = (SITE / "index.html").stat().st_mtime
    if any(path.stat().st_mtime > made for path in [*TEXTS, *(ROOT / "book").glob("*.yml")]):
        pytest.skip("the book is older than its sources (make book)")
    return {path.resolve(): Page(path) for path in HTML}


def broken(site: Site, path: Path, target: str) -> bool:
    """Whether a target on a page of the site leads nowhere. Other sites are not asked."""
    parts = urlsplit(target)
    if parts.scheme:
        return parts.scheme not in ("https", "mailto")
    there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not there.is_file():
        return True
    return bool(parts.fragment) and there in site and unquote(parts.fragment) not in site[there].ids


def test_the_site_has_every_page(site: Site) -> None:
    assert {(SITE / f"{page}.html").resolve() for page in ["index", "search", TOC["root"], *PAGES]} <= set(site)


def test_every_link_and_image_of_the_site_resolves(site: Site) -> None:
    found = {
        (path.relative_to(SITE.resolve()).as_posix(), target)
        for path, page in site.items()
        for target in [*page.links, *page.loaded, *(image["src"] for image in page.images)]
        if broken(site, path, target)
    }
    assert not found


def test_the_site_loads_nothing_from_elsewhere(site: Site) -> None:
    for page in site.values():
        assert not [target for target in [*page.loaded, *(i["src"] for i in page.images)] if urlsplit(target).netloc]


def test_every_image_of_the_site_has_alternative_text(site: Site) -> None:
    for path, page in site.items():
        assert not [image["src"] for image in page.images if not image.get("alt", "").strip()], path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_the_site_shows_figures_tables_and_folded_answers(site: Site, path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    page = site[(SITE / name(path)).with_suffix(".html").resolve()]
    assert len(page.images) >= sum("image/png" in data for data in outputs)
    assert page.tags.count("table") >= sum("<table" in "".join(data.get("text/html", "")) for data in outputs)
    folded = sum("".join(data.get("text/html", "")).count("<details") for data in outputs)
    assert page.tags.count("details") == markdown(path).count("<details>") + folded
