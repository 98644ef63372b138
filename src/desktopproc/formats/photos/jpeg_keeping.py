"""Makes a copy of a JPEG whose pixels are not encoded anew: turned, packed better, or as it is."""

from dataclasses import replace

from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.image_exif import ExifBlock
from desktopproc.formats.image_whole import is_progressive
from desktopproc.formats.photos.encoding import Effort
from desktopproc.formats.photos.jpeg_turning import orientation_after, turned
from desktopproc.formats.photos.options import CopyOptions
from desktopproc.formats.photos.photo import Photo
from desktopproc.formats.photos.rendering import turns_only
from desktopproc.formats.photos.targets import Format

_EMPTY = b"II*\0\x08\0\0\0" + bytes(6)  # TIFF 6.0, section 2: a directory of no entries
_NEUTRAL = frozenset({"dpi"})  # steps that change no pixel


def can_keep(photo: Photo, options: CopyOptions, target: Format) -> bool:
    """Whether the wish can be fulfilled on the compressed data: nothing but turning is asked for,
    or lossless and no other pixel step."""
    stack = tuple(step for step in options.stack if step.kind not in _NEUTRAL)
    if photo.format != "jpeg" or target is not Format.JPEG or photo.content[:2] != b"\xff\xd8":
        return False
    if options.srgb or options.target_size or not turns_only(stack):
        return False
    return options.lossless or bool(stack)


def kept(photo: Photo, options: CopyOptions) -> tuple[bytes, int]:
    """The JPEG and the EXIF orientation it still needs: 1 unless it could not be turned."""
    stack = tuple(step for step in options.stack if step.kind not in _NEUTRAL)
    wanted = orientation_after(photo.orientation, stack)
    content, left = photo.content, 1
    progressive = options.progressive or is_progressive(content)
    if wanted != 1:
        made = turned(content, wanted, progressive=progressive)
        if made is None:
            photo.note(
                "Turned by its EXIF orientation only: "
                "its size does not allow to turn the pixels without loss."
            )
            left = wanted
        else:
            content = made
    if options.effort is Effort.SMALL or (options.progressive and not is_progressive(content)):
        content = _packed(content)
    return content, left


def asking(blocks: Blocks, orientation: int) -> Blocks:
    """Metadata that asks viewers to turn the picture."""
    block = ExifBlock(blocks.exif or _EMPTY)
    block.turn(orientation)
    return replace(blocks, exif=block.content)


def _packed(content: bytes) -> bytes:
    """The same coefficients in fewer bytes, progressive; the old ones if that is no gain."""
    from mozjpeg_lossless_optimization import optimize

    made = bytes(optimize(content))
    return made if made else content
