"""The colours of every chart and lab, told apart without colour vision and in grey print.

Each meaning has a colour of its own lightness, and a pattern or a word beside it. Marks have a contrast of at least
3:1, texts of at least 4.5:1, on white and on JupyterLab's dark background.
"""

from __future__ import annotations

INK = "#757575"  # texts and lines of a chart: it holds on white and on dark, 4:1 at least
PAPER = "#ffffff"

BASE = "#8c959f"  # layers of the base image; the first build
OWN = "#0072b2"  # layers of this Dockerfile; a rebuilt step
SHARED = "#009e73"  # layers that two images have in common
REBUILT = "#b84f00"  # what an edit costs
UNKNOWN = "#00000000"  # no fill: an unknown number is a hatched box
HATCH = "////"
SHARED_HATCH = "...."
