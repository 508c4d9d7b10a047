"""What the book adds to Sphinx: alternative text of the figures, and links to what is no page of the book."""

import hashlib
import json
from base64 import b64decode
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx import addnodes


def described(notebook):
    """The alternative texts that a notebook saved with its figures, by the SHA-256 of the picture."""
    found = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                found[hashlib.sha256(b64decode("".join(output["data"]["image/png"]))).hexdigest()] = alt
    return found


def describe(app, doctree):
    """Give each figure of a notebook its alternative text. Its file is named after the SHA-256 of the picture."""
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix == ".ipynb":
        alts = described(source)
        for image in doctree.findall(nodes.image):
            image["alt"] = alts.get(PurePosixPath(image["uri"]).stem, image.get("alt", ""))


def unlink_folders(app, doctree):
    """A link to a folder of the repository: the book has no such page, so its text stays and the link goes."""
    here = Path(app.env.doc2path(app.env.docname)).parent
    for link in list(doctree.findall(addnodes.pending_xref)):
        if (here / link["reftarget"]).is_dir():
            link.replace_self(link.children)


def setup(app):
    app.connect("doctree-read", describe)
    app.connect("doctree-read", unlink_folders)
    app.add_css_file("book.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
