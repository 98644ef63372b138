"""Runs stacks of steps on one decoded photo, decoding no more of it than they need."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktopproc.core.stages import Stage, during
from desktopproc.core.steps import Step
from desktopproc.formats import steps as kinds
from desktopproc.formats.photos.colours import to_srgb, working
from desktopproc.formats.photos.fields import fields_of
from desktopproc.formats.photos.photo import Photo, upright
from desktopproc.formats.photos.scene import Scene
from desktopproc.formats.photos.sizes import check_memory, check_pixels
from desktopproc.formats.pixels import has_alpha
from desktopproc.formats.steps.resizing import Fit, Resize, boxed, scaled

if TYPE_CHECKING:
    from pyvips import Image

Stack = tuple[Step, ...]

_IN_MEMORY = 400_000_000  # bytes of decoded pixels; more stay on the disk of temporary files
_PEAK = 3  # times the decoded pixels: an encoder may hold as much again, twice
_FRACTIONS = (8, 4, 2)
_HEADROOM = 2.0  # how much larger than wanted a JPEG is decoded before the one good resize


class Darkroom:
    """One photo, decoded once, for as many stacks as there are.

    Decoding happens at most once and at the largest size that any stack needs; what libvips
    cannot decode is raised while a stack is run.
    """

    def __init__(self, photo: Photo, stacks: Sequence[Stack], max_pixels: int) -> None:
        self.photo, self.max_pixels = photo, max_pixels
        self._profile = photo.blocks.icc
        self.full = photo.size
        self._stacks = stacks
        self._frames: list[Image] = []
        self._is_lazy = False  # decoded, strip by strip, by their one resize

    def decode(self) -> None:
        """Decode now what the stacks need."""
        with during(Stage.DECODE):
            self._frames = self._frames or self._decoded(self._stacks)

    def run(self, stack: Stack, scene: Scene, *, every: bool) -> "list[Image]":
        """The frames after the steps; without `every` only the first."""
        self.decode()
        frames = self._frames if every else self._frames[:1]
        made = []
        for frame in frames:
            scene.profile = self._profile
            made.append(self._one(frame, stack, scene))
        return made

    def fields(self) -> dict[str, str]:
        """The words that texts on the photo may hold."""
        return fields_of(self.photo)

    def _decoded(self, stacks: Sequence[Stack]) -> "list[Image]":
        photo = self.photo
        if photo.again is None:
            return [self._work_on(frame) for frame in photo.frames]
        first = photo.frames[0]
        leads = [lead(stack) for stack in stacks]
        factor = self._factor(leads)
        if factor > 1:
            first = photo.again(shrink=factor)
        is_huge = _bytes(first) > _IN_MEMORY
        check_memory(photo.name, _PEAK * min(_bytes(first), _IN_MEMORY))
        is_one_pass = len(stacks) == 1 and leads[0] is not None
        is_plain = len(stacks[0]) == 1 and photo.orientation < 3 and not has_alpha(first)
        if is_one_pass and (is_plain or not is_huge):
            self._is_lazy = True
            return [self._work_on(first)]
        if is_huge:
            return [self._work_on(photo.again(access="random"))]
        return [self._work_on(first.copy_memory())]

    def _work_on(self, image: "Image") -> "Image":
        image, self._profile = working(image, self.photo.blocks.icc)
        return image

    def _factor(self, leads: "Sequence[Resize | None]") -> int:
        """At which fraction a JPEG may be decoded: what is left is twice as large as wanted."""
        if self.photo.format != "jpeg" or None in leads:
            return 1
        least = [lead.scaled(self.full) for lead in leads if lead is not None]
        room = min(min(self.full[0] / w, self.full[1] / h) for w, h in least) / _HEADROOM
        return next((fraction for fraction in _FRACTIONS if room >= fraction), 1)

    def _one(self, image: "Image", stack: Stack, scene: Scene) -> "Image":
        kept = [kinds.load()[step.kind].keeps_colours for step in stack]
        if image.interpretation == "cmyk" and not all(kept):
            scene.note("CMYK colours were converted to sRGB.")
            image, scene.profile = to_srgb(image.copy_memory(), scene.profile), b""
        if first := lead(stack):
            image = self._resized(image, first, scene)
            stack = stack[1:]
        else:
            image = upright(image, self.photo.orientation)
        for step in stack:
            image = kinds.load()[step.kind].apply(image, step.options, scene)
            image = _settled(image)
        check_pixels(scene.name, (image.width, image.height), scene.max_pixels)
        return image

    def _resized(self, image: "Image", lead: Resize, scene: Scene) -> "Image":
        """Resize as stored, then turn what is smaller."""
        turned = self.photo.orientation in {5, 6, 7, 8}
        target = lead.scaled(self.full)
        check_pixels(scene.name, target, self.max_pixels)
        with during(Stage.DECODE if self._is_lazy else Stage.PROCESS):
            small = _settled(scaled(image, target[::-1] if turned else target, lead.kernel))
        return boxed(upright(small, self.photo.orientation), lead)


def _settled(image: "Image") -> "Image":
    """Computed now, so that later steps may look at pixels in any order; large ones wait."""
    return image.copy_memory() if _bytes(image) <= _IN_MEMORY else image


def _bytes(image: "Image") -> int:
    return int(image.width * image.height * image.bands) * (2 if image.format == "ushort" else 1)


def lead(stack: Stack) -> Resize | None:
    """The resize that a stack begins with, if it does."""
    if stack and isinstance(stack[0].options, Resize):
        return stack[0].options
    return None


def turns_only(stack: Stack) -> bool:
    """Whether a stack does nothing but turn and mirror."""
    return all(step.kind in {"rotate", "flip"} for step in stack)


def shows_the_same(stack: Stack) -> bool:
    """Whether the picture looks as before but for its size, so that old previews still fit it."""
    return all(
        step.kind == "dpi" or (isinstance(step.options, Resize) and step.options.fit is Fit.INSIDE)
        for step in stack
    )
