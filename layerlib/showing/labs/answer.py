"""A learner's answer as one text to hand in: TOML with the level, the learner, the date, and every file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date


def answer_text(level: str, files: Mapping[str, str], learner: str = "", day: date | None = None) -> str:
    """The answer as TOML, such as `tomllib` reads it.

    Args:
        level: the level's name, such as "08-order".
        files: path to text: every file that the learner may have changed.
        learner: who it is; empty where nobody said.
        day: the date; today without it.
    """
    head = [f"level = {_quoted(level)}", f"learner = {_quoted(learner)}", f"date = {(day or date.today()).isoformat()}"]
    return (
        "\n".join([*head, "", "[files]", *(f"{_quoted(path)} = {_text(text)}" for path, text in files.items())]) + "\n"
    )


def _quoted(text: str) -> str:
    """A basic string: what JSON escapes, TOML reads; DEL and lone surrogates aside."""
    made = json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
    return made.replace("\x7f", "\\u007f")


def _text(text: str) -> str:
    """Several lines as they are, wherever a literal string can hold them."""
    plain = all(character.isprintable() or character in "\n\t" for character in text)
    if not plain or "'''" in text or text.endswith("'"):
        return _quoted(text)
    return f"'''\n{text}'''"
