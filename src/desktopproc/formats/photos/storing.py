"""Stores one copy of a photo: steps, format, size limit, metadata, in that order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktopproc.core.errors import OutputError
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.headers import readers
from desktopproc.formats.headers.in_memory import InMemory
from desktopproc.formats.image_blocks import upright, with_dpi, without_previews
from desktopproc.formats.image_strip import Strip, cleaned, stripped
from desktopproc.formats.image_whole import is_whole, size_in
from desktopproc.formats.photos import jpeg_keeping
from desktopproc.formats.photos.adapting import Adaptation, adapted
from desktopproc.formats.photos.companions import left_behind
from desktopproc.formats.photos.encoding import Effort, Encoding, Film, encoded
from desktopproc.formats.photos.options import CopyOptions
from desktopproc.formats.photos.photo import Many, Photo
from desktopproc.formats.photos.rendering import Darkroom, shows_the_same
from desktopproc.formats.photos.scene import Scene
from desktopproc.formats.photos.targets import HOLDS, Format
from desktopproc.formats.steps.density import Density

if TYPE_CHECKING:
    from pyvips import Image

_LEAST_QUALITY = 5


@dataclass(frozen=True, slots=True)
class Stored:
    """A finished file in memory, and its size in pixels."""

    content: bytes
    size: tuple[int, int]
    pages: int = 1


def made_copy(photo: Photo, room: Darkroom, options: CopyOptions, target: Format) -> Stored:
    """The copy of the photo that the options describe."""
    if jpeg_keeping.can_keep(photo, options, target):
        return _kept(photo, room, options)
    if _can_stay(photo, options, target):
        return _untouched(photo, room, options)
    scene = _scene(photo, room)
    every = _takes_every(photo, target)
    frames = room.run(options.stack, scene, every=every)
    how = Adaptation(options.background, _wants_srgb(options), photo.bits)
    fitted = [adapted(frame, scene.profile, target, how, photo.note) for frame in frames]
    blocks = _told(photo, options, size_of(frames), is_new=True)
    film = Film(
        [frame for frame, _ in fitted],
        fitted[0][1],
        photo.delays if every else (),
        photo.repeats,
        scene.dpi,
    )
    blocks = replace(_printed(blocks, scene.dpi), icc=film.profile)
    return Stored(_within(photo, film, options, target, blocks), size_of(frames), len(frames))


def size_of(frames: "Sequence[Image]") -> tuple[int, int]:
    """Width and height of the first frame."""
    return frames[0].width, frames[0].height


def _told(photo: Photo, options: CopyOptions, size: tuple[int, int], *, is_new: bool) -> Blocks:
    """What is left of the metadata, as it is true of the copy; is its picture a new one?"""
    blocks = left_behind(photo.blocks, photo.note) if is_new else photo.blocks
    blocks = upright(stripped(blocks, options.strip, photo.note), size, photo.note)
    return blocks if shows_the_same(options.stack) else without_previews(blocks, photo.note)


def _printed(blocks: Blocks, dpi: tuple[float, float] | None) -> Blocks:
    return blocks if dpi is None or dpi == blocks.dpi else with_dpi(blocks, dpi)


def _can_stay(photo: Photo, options: CopyOptions, target: Format) -> bool:
    """Whether no pixel is to change, so that only the metadata has to be written anew."""
    is_same = photo.format == target.value and carriers.can_write(photo.format)
    has_wish = options.stack or options.target_size or _wants_srgb(options)
    return options.lossless and is_same and not has_wish and options.effort is not Effort.SMALL


def _untouched(photo: Photo, room: Darkroom, options: CopyOptions) -> Stored:
    """The file as it is, with what is left of its metadata; it stays turned as it was."""
    room.decode()  # what cannot be decoded must not be passed off as a copy
    blocks = stripped(photo.blocks, options.strip, photo.note)
    content = cleaned(photo.content, photo.format, blocks, options.strip, photo.note)
    header = readers.read(InMemory(content, photo.name), photo.format)  # as stored, not as shown
    size = size_of(photo.frames)
    if header is not None and header.width and header.height:
        size = (header.width, header.height)
    return Stored(content, size)


def _wants_srgb(options: CopyOptions) -> bool:
    return options.srgb or options.strip is Strip.ALL


def _scene(photo: Photo, room: Darkroom) -> Scene:
    return Scene(
        photo.name,
        photo.note,
        max_pixels=room.max_pixels,
        dpi=photo.blocks.dpi,
        look_up=room.fields,
    )


def _takes_every(photo: Photo, target: Format) -> bool:
    """Whether all pictures of the file go into the copy; says so where they do not."""
    if photo.many is Many.NOTHING:
        return False
    holds = HOLDS[target]
    is_film = photo.many is Many.ANIMATION
    if holds.has_animation if is_film else holds.has_pages:
        return True
    word = "picture" if is_film else "page"
    photo.note(
        f"{target.label} holds no {'animation' if is_film else 'pages'}: only the first "
        f"{word} in the file was used."
    )
    return False


def _kept(photo: Photo, room: Darkroom, options: CopyOptions) -> Stored:
    """A JPEG whose pixels were not encoded anew."""
    if not is_whole(photo.content, "JPEG"):
        room.decode()  # says whether there is a picture; that it is incomplete is said
    content, orientation = jpeg_keeping.kept(photo, options)
    size = size_in(content)
    blocks = _told(photo, options, size, is_new=content is not photo.content)
    if orientation != 1:
        blocks = jpeg_keeping.asking(blocks, orientation)
    for step in options.stack:
        if isinstance(step.options, Density):
            blocks = _printed(blocks, (step.options.value, step.options.value))
    return Stored(cleaned(content, "jpeg", blocks, options.strip, photo.note), size)


def _within(
    photo: Photo, film: Film, options: CopyOptions, target: Format, blocks: Blocks
) -> bytes:
    """The file, at the best quality that fits into the size that was asked for."""
    encoding = Encoding(
        target,
        options.quality,
        options.effort,
        options.lossless,
        options.progressive,
        options.subsampling,
        photo.bits,
        photo.has_palette or photo.bits == 1,
        photo.threads,
    )
    is_pdf = target is Format.PDF  # it says the resolution by the size of its pages
    for sentence in carriers.lost(replace(blocks, dpi=None) if is_pdf else blocks, target.value):
        photo.note(sentence)

    def at(quality: int) -> bytes:
        content = encoded(film, replace(encoding, quality=quality), photo.name)
        return content if is_pdf else carriers.write(content, target.value, blocks)

    most = options.target_bytes
    content = at(options.quality)
    if most is None or len(content) <= most:
        return content
    if not HOLDS[target].is_lossy or options.lossless:
        raise OutputError(
            f"{photo.name} takes {_spelled(len(content))} as {target.label}, which has no quality "
            "to lower. Choose JPEG, WebP or AVIF, or make it smaller."
        )
    return _best(at, options.quality, most, photo.name)


def _best(at: Callable[[int], bytes], highest: int, most: int, name: str) -> bytes:
    """The best quality that fits, found by halving the range; file sizes grow with quality."""
    low, high = min(_LEAST_QUALITY, highest), highest - 1
    best = b""
    least = 0
    while low <= high:
        middle = (low + high) // 2
        content = at(middle)
        if len(content) <= most:
            best, low = content, middle + 1
        else:
            least, high = len(content), middle - 1
    if not best:
        raise OutputError(
            f"{name} takes {_spelled(least)} even at the lowest quality, so {_spelled(most)} "
            "cannot be met. Make it smaller in pixels too."
        )
    return best


def _spelled(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:,.0f} kB" if size < 1_000_000 else f"{size / 1e6:,.1f} MB"
