"""Opens pictures of any kind Pillow reads: limits first, then one decode, upright, told if cut."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError
from desktopproc.core.operation import Source, Work
from desktopproc.core.stages import Stage, during
from desktopproc.formats.image_colour import resizable
from desktopproc.formats.image_errors import DECODER_ERRORS, reading_picture
from desktopproc.formats.image_kind import is_heif, is_jxl, is_svg, raw_kind
from desktopproc.formats.image_whole import is_whole
from desktopproc.formats.photos.drawing import drawn
from desktopproc.formats.photos.foreign import need_jxl, open_pillow, orientation_of
from desktopproc.formats.photos.sizes import check_pixels

if TYPE_CHECKING:
    from PIL.Image import Image

CODECS = (
    "PIL.Image",
    "PIL.ImageCms",
    "PIL.ImageOps",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.WebPImagePlugin",
    "PIL.TiffImagePlugin",
    "PIL.MpoImagePlugin",
)
"""What worker processes import once for every operation on photos."""

JPEGS = frozenset({"JPEG", "MPO"})
"""What Pillow calls files that can be decoded at a fraction, and tell their EXIF before that."""

_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF orientation -> PIL.Image.Transpose


@dataclass(slots=True)
class Picture:
    """An opened picture whose pixels are not decoded yet; `size` is as stored.

    `orientation` is the EXIF wish that is still to be fulfilled: known after `decode`, and of
    JPEGs at once.
    """

    name: str
    format: str
    image: "Image"
    content: bytes
    note: Callable[[str], None]
    orientation: int = 1

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    @property
    def profile(self) -> bytes | None:
        """The colour profile, if there is one."""
        found = self.image.info.get("icc_profile")
        return found if isinstance(found, bytes) and found else None

    def decode(self, at_least: tuple[int, int] | None = None) -> None:
        """Decode the pixels; a JPEG may come out smaller, but never below `at_least`."""
        with during(Stage.DECODE), reading_picture(self.name):
            whole = is_whole(self.content, self.format)
            try:
                if at_least and self.format in JPEGS:
                    self.image.draft("RGB", at_least)
                self.image.load()
            except DECODER_ERRORS as e:
                if whole:
                    raise
                raise BadInputError(
                    f"{self.name} is damaged: the picture is cut off. Copy it again."
                ) from e
            if not whole:
                self.note(f"{self.name} is damaged, possibly incomplete.")
            self.orientation = orientation_of(self.image)


@contextmanager
def opened(source: Source, work: Work[Any]) -> Iterator[Picture]:
    """Open one source of a job: size checked against the limit, nothing decoded yet."""
    name, content = source.path.name, source.read()
    with reading_picture(name):
        if not content:
            raise BadInputError(f"{name} is empty. Copy it again.")
        if is_svg(content) or raw_kind(content, source.path.suffix):
            image, kind = drawn(source, work), "DRAWN"
        else:
            image, kind = _open(name, content, work.max_pixels)
        turned = orientation_of(image) if kind in JPEGS else 1
    with image:
        yield Picture(name, kind, image, content, work.note, turned)


def tell_frames(picture: Picture) -> None:
    """Say that only the first of several pictures in one file is used; ask before decoding."""
    has_more = False
    with reading_picture(picture.name), suppress(*DECODER_ERRORS):
        has_more = bool(getattr(picture.image, "is_animated", False))
    if has_more and picture.format != "MPO":
        picture.note("Only the first picture in the file was used.")


def upright(image: "Image", orientation: int) -> "Image":
    """Turn the pixels as EXIF asks; what comes back must not ask for it again."""
    from PIL.Image import Transpose

    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(Transpose(turn))


def fitted(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """The size inside a square of `edge`, same shape, never larger than it is."""
    longest = max(size)
    if longest <= edge:
        return size
    return max(1, round(size[0] * edge / longest)), max(1, round(size[1] * edge / longest))


def resized(
    image: "Image", target: tuple[int, int], full: tuple[int, int] | None = None
) -> "Image":
    """One Lanczos resize; `full` is the size before a JPEG was decoded at a fraction of it."""
    from PIL.Image import Resampling

    source = resizable(image)
    if source.size == target:
        return source
    box = (0.0, 0.0, *_exact(full or source.size, source.size))
    return source.resize(target, Resampling.LANCZOS, box=box)


def _exact(full: tuple[int, int], decoded: tuple[int, int]) -> tuple[float, float]:
    """How much of a decode at 1/2, 1/4 or 1/8 is picture: the last column may be a part of one."""
    scale = max(1, round(full[0] / decoded[0]), round(full[1] / decoded[1]))
    return min(full[0] / scale, decoded[0]), min(full[1] / scale, decoded[1])


def _open(name: str, content: bytes, max_pixels: int) -> tuple["Image", str]:
    from PIL import AvifImagePlugin

    if is_heif(content):
        return _open_heif(name, content, max_pixels), "HEIF"
    if is_jxl(content):
        need_jxl(name)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # workers are as many as cores already
    image = open_pillow(name, content, max_pixels)
    check_pixels(name, image.size, max_pixels)
    return image, image.format or ""


def _open_heif(name: str, content: bytes, max_pixels: int) -> "Image":
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    found = pillow_heif.open_heif(io.BytesIO(content))
    check_pixels(name, found.size, max_pixels)
    image: Image = found.to_pillow()
    return image
