"""Docker Hub's official images: what was measured holds for them, and for no other image of a similar name."""

from __future__ import annotations

from typing import NamedTuple

OFFICIAL = "docker.io/library/"


class OfficialImage(NamedTuple):
    """An official image's repository, such as "python", and its tag, such as "3.14-slim"; empty for any other image."""

    repository: str = ""
    tag: str = ""

    @property
    def variants(self) -> list[str]:
        """The parts of the tag: "3.14-slim" is "3.14" and "slim"."""
        return self.tag.split("-")

    @property
    def is_alpine(self) -> bool:
        """Whether it is built on Alpine, as its name says."""
        return self.repository == "alpine" or any(part.startswith("alpine") for part in self.variants)


def official_image(reference: str) -> OfficialImage:
    """What a full reference, as Docker prints it, names."""
    name = reference.partition("@")[0]
    if not name.startswith(OFFICIAL):
        return OfficialImage()
    repository, _, tag = name.removeprefix(OFFICIAL).partition(":")
    return OfficialImage(repository, tag)
