"""Camera RAW files by LibRaw: developed, or as the camera's own preview, which is said."""

import io
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.core.operation import Work
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.photos.photo import Photo
from desktopproc.formats.photos.sizes import check_pixels

if TYPE_CHECKING:
    from pyvips import Image

_LARGE = 1024  # pixels of the longer edge; smaller previews are thumbnails


class Raw(StrEnum):
    """What of a camera RAW file is used: a large preview is one that is no mere thumbnail."""

    DEVELOP = "develop"
    PREVIEW = "preview"
    LARGE_PREVIEW = "large-preview"


def opened(name: str, content: bytes, kind: str, work: Work[Any], wish: Raw) -> Photo:
    """A camera RAW file as it was wished; never a tiny thumbnail in its place."""
    try:
        import rawpy
    except ImportError:
        raise UnsupportedError(
            f"{name} is a camera RAW file ({kind}), which needs one more package: "
            "pip install 'desktopproc[raw]'. Or export it as JPEG or TIFF."
        ) from None
    try:
        with rawpy.imread(io.BytesIO(content)) as found:
            sizes = found.sizes
            check_pixels(name, (sizes.width, sizes.height), work.max_pixels)
            photo = Photo(name, "raw", content, [], work.note, bits=16)
            photo.blocks = _plain(carriers.read(content, "tiff", photo.note))
            if wish is Raw.DEVELOP or not _preview(photo, found, wish):
                photo.frames = [_developed(found)]
            return photo
    except rawpy.LibRawError as e:
        raise BadInputError(
            f"{name} is damaged, or a kind of camera RAW file ({kind}) that cannot be developed. "
            "Export it as JPEG or TIFF."
        ) from e


def _plain(blocks: Blocks) -> Blocks:
    """What a developed picture has of its RAW file: no profile, no resolution."""
    return Blocks(exif=blocks.exif, xmp=blocks.xmp, iptc=blocks.iptc)


def _developed(found: Any) -> "Image":
    import pyvips  # heavy: only where pixels are

    rows = found.postprocess(use_camera_wb=True, output_bps=16)
    height, width, bands = rows.shape
    image = pyvips.Image.new_from_memory(rows.tobytes(), width, height, bands, "ushort")
    return image.copy(interpretation="rgb16" if bands == 3 else "grey16")


def _preview(photo: Photo, found: Any, wish: Raw) -> bool:
    """Take the camera's own JPEG and say so; False where only a large one would do."""
    import pyvips  # heavy: only where pixels are
    import rawpy

    small = None
    with suppress(rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        small = found.extract_thumb()
    if small is None or small.format is not rawpy.ThumbFormat.JPEG:
        if wish is Raw.LARGE_PREVIEW:
            return False
        raise BadInputError(
            f"{photo.name} holds no preview. Choose to develop the RAW photo instead."
        )
    image = pyvips.Image.jpegload_buffer(small.data, fail_on="truncated")
    if wish is Raw.LARGE_PREVIEW and max(image.width, image.height) < _LARGE:
        return False
    turned = int(image.get("orientation")) if "orientation" in image.get_fields() else 1
    photo.orientation = turned if turned in range(2, 9) else _flip(found)
    photo.frames, photo.bits = [image], 8
    photo.note(
        f"The camera's preview of {image.width} x {image.height} pixels was used, "
        "not the RAW photo."
    )
    return True


def _flip(found: Any) -> int:
    """LibRaw's word for how the camera was held, as EXIF spells it."""
    return {3: 3, 5: 8, 6: 6}.get(int(found.sizes.flip), 1)
