"""How long a click in the cache lab takes until its result is painted, against an empty round trip.

    python benchmarks/click_to_paint.py [clicks]

Both are measured in the same JupyterLab and Chromium, by turns: a checkbox whose callback sets a label, and a toggle of
the cache lab for a project of 20 steps, all of its picture included. The clock is the page's: it starts at the click
and stops as soon as the frame that holds the result has been painted. Prints both distributions.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser.laboratory import Laboratory, chromium  # noqa: E402

PROJECT = """
import ipywidgets, layerlib
from layerlib import labs
box, label = ipywidgets.Checkbox(description="empty"), ipywidgets.Label("0")
def _set(change):
    label.value = str(int(label.value) + 1)
box.observe(_set, "value")
text = "FROM python\\n" + "".join(f"WORKDIR /w{n}\\nCOPY a{n}.py .\\nRUN echo {n}\\n" for n in range(6)) + "RUN echo\\n"
files = {f"a{n}.py": "x" for n in range(6)}
project = layerlib.Project.from_files(files, dockerfile=text)
assert len(layerlib.BuildKit().build(project).steps) == 20
ipywidgets.VBox([box, label, labs.cache(project)])
"""

# Resolves with the milliseconds from the click until the frame that shows the change has been painted.
CLICK = """([button, shown]) => new Promise(done => {
  setTimeout(() => done(null), 10000);
  const begin = performance.now();
  const watch = new MutationObserver(() => {
    watch.disconnect();
    requestAnimationFrame(() => {
      const after = new MessageChannel();  // its message comes when the frame has been painted
      after.port1.onmessage = () => done(performance.now() - begin);
      after.port2.postMessage(0);
    });
  });
  watch.observe(shown, {childList: true, characterData: true, subtree: true, attributes: true});
  button.click();
})"""


def measure(clicks: int = 200) -> tuple[list[float], list[float]]:
    """Milliseconds of so many empty round trips, and of so many clicks in the cache lab."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise SystemExit("There is no Chromium; CHROMIUM=/path names one.")
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium(path) as browser,
        Laboratory(Path(folder) / "lab", browser) as laboratory,
    ):
        page = laboratory.page()
        laboratory.lab(page, PROJECT)
        page.wait_for_timeout(2000)
        empty = [page.get_by_label("empty").element_handle(), page.query_selector(".jupyter-widgets.widget-label")]
        chips = page.query_selector_all(".layerlib-lab .chip")
        view = page.query_selector(".layerlib-lab [data-key=listing]")
        # Chips that change what the listing shows; of the others a click paints the same again, and nothing could be
        # timed.
        toggles = [chip for chip in chips if chip.evaluate("e => /^(edit|chmod)/.test(e.innerText)")]
        # Each on, then off again: every click has something to show.
        for box in toggles:
            page.evaluate(CLICK, [box, view])
            page.evaluate(CLICK, [box, view])
        trips, labs = [], []
        for number in range(clicks):
            trips.append(page.evaluate(CLICK, empty))
            labs.append(page.evaluate(CLICK, [toggles[number // 2 % len(toggles)], view]))
    if None in trips + labs:
        raise SystemExit("A click changed nothing.")
    return trips, labs


def quantiles(values: list[float]) -> str:
    """The median, the 95th and the 99th of a hundred, and the longest."""
    cuts = statistics.quantiles(values, n=100)
    return (
        f"median {cuts[49]:6.1f} ms   95% {cuts[94]:6.1f} ms   99% {cuts[98]:6.1f} ms   longest {max(values):6.1f} ms"
    )


def main() -> None:
    """Measure and print."""
    trips, labs = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    print(f"empty round trip  {quantiles(trips)}")
    print(f"cache lab         {quantiles(labs)}")
    print(f"ratio of the medians {statistics.median(labs) / statistics.median(trips):.2f} (at most 2.5)")


if __name__ == "__main__":
    main()
