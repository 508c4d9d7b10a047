"""Turns every Markdown file of a folder into a web page: python build.py PAGES SITE."""

import sys
from pathlib import Path

import markdown

PAGE = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>{title}</title></head>
  <body>
{body}
  </body>
</html>
"""


def main(pages, site):
    site.mkdir(parents=True, exist_ok=True)
    for page in sorted(pages.glob("*.md")):
        body = markdown.markdown(page.read_text(encoding="utf-8"))
        target = site / f"{page.stem}.html"
        target.write_text(PAGE.format(title=page.stem, body=body), encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
