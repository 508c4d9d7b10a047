"""What each image reference means: a catalogue of base images that a build can start from.

An image that is not in it exists all the same: its size and content are unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace

from .base_image import BaseImage, for_platform, unknown_image
from .errors import ImageError
from .platforms import suits
from .references import normalize


class Catalogue:
    """What each reference means. It never changes: `with_image` gives a new one."""

    __slots__ = ("_images",)

    def __init__(self, images: Iterable[BaseImage] = ()) -> None:
        """Of two images with one reference, the later counts. Raises ImageError for an invalid reference."""
        self._images = {normalize(image.reference): image for image in images}

    def resolve(self, reference: str) -> BaseImage:
        """The image that a reference means, under the reference's full name.

        An image that nobody described comes back as one layer of unknown size. Raises ImageError for an invalid
        reference. "scratch" is an image of no layers here; only FROM knows that it is none at all.
        """
        name = normalize(reference)
        image = self._find(name) or unknown_image(name)
        return replace(image, reference=name, config=deepcopy(dict(image.config)))

    def resolve_for(self, reference: str, platform: str) -> BaseImage:
        """As `resolve`, the image for a platform. Of another platform than the one described, only the config is taken
        to be the same."""
        image = self.resolve(reference)
        return image if suits(image.platform, platform) else for_platform(image, platform)

    def with_image(self, image: BaseImage) -> Catalogue:
        """A catalogue in which `image.reference` means this image, as after a base has moved."""
        return Catalogue([*self._images.values(), image])

    def _find(self, name: str) -> BaseImage | None:
        tagged, _, digest = name.partition("@")
        if name in self._images or not digest:
            return self._images.get(name)
        named = ((_repository(other), image) for other, image in self._images.items())
        return next((image for other, image in named if (other, image.digest) == (_repository(tagged), digest)), None)

    def __contains__(self, reference: object) -> bool:
        """Whether an image is described."""
        try:
            return isinstance(reference, str) and self._find(normalize(reference)) is not None
        except ImageError:
            return False

    def __iter__(self) -> Iterator[str]:
        """The full references of the described images, one for each tag."""
        return iter(self._images)


def _repository(name: str) -> str:
    """A full reference without its tag and digest."""
    return re.sub(r":[^/:]*$", "", name.partition("@")[0])
