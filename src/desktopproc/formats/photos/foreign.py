"""Pictures that libvips does not know: HEIC, JPEG XL, animated PNG, and the rest."""

import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, TooLargeError, UnsupportedError
from desktopproc.core.operation import Work
from desktopproc.core.stages import Stage, during
from desktopproc.formats.containers import carriers
from desktopproc.formats.containers.blocks import Blocks
from desktopproc.formats.headers import readers
from desktopproc.formats.headers.in_memory import InMemory
from desktopproc.formats.image_errors import DECODER_ERRORS
from desktopproc.formats.image_kind import looks_like_picture
from desktopproc.formats.photos.photo import Many, Photo
from desktopproc.formats.photos.sizes import check_memory, check_pixels

if TYPE_CHECKING:
    from PIL.Image import Image as Pillow
    from pyvips import Image

_BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}
_KINDS = {"L": "b-w", "LA": "b-w", "RGB": "srgb", "RGBA": "srgb", "CMYK": "cmyk"}

_ORIENTATION = 0x0112  # EXIF 2.32, section 4.6.4
_COPIES = 3  # of the pixels, while they go from one library to the other


def opened(name: str, kind: str, content: bytes, work: Work[Any], *, every: bool) -> Photo:
    """The picture by the library that knows its kind."""
    if kind == "heif":
        return _heif(name, content, work)
    if kind == "jxl":
        need_jxl(name)
    if kind in {"jxl", "webp"}:
        _check_header(name, kind, content, work.max_pixels)
    image = open_pillow(name, content, work.max_pixels)
    check_pixels(name, image.size, work.max_pixels)
    check_memory(name, _COPIES * image.size[0] * image.size[1] * len(image.getbands()))
    photo = Photo(name, _word(image), content, [], work.note)
    photo.blocks = carriers.read(content, photo.format, photo.note)
    photo.has_palette = image.mode == "P"
    _take(photo, image, work.max_pixels, every=every)
    photo.orientation = orientation_of(image)
    return photo


def orientation_of(image: "Pillow") -> int:
    """The EXIF orientation that a decoded picture still asks for.

    Pillow turned TIFFs while loading them, pillow-heif its pictures, and both took the wish out of
    the EXIF. JPEG XL is turned by its own stream, unless it is a JPEG that was packed anew.
    """
    if image.format == "JXL" and not getattr(image, "jpeg", False):
        return 1
    try:
        found = int(image.getexif().get(_ORIENTATION, 1))
    except DECODER_ERRORS:
        return 1
    return found if found in range(1, 9) else 1


def _check_header(name: str, kind: str, content: bytes, max_pixels: int) -> None:
    """Check pictures that take their memory when they are opened by what their header says."""
    header = readers.read(InMemory(content, name), kind)
    if header is not None and header.width and header.height:
        check_pixels(name, (header.width, header.height), max_pixels)
        check_memory(name, _COPIES * header.width * header.height * 4)


def _word(image: "Pillow") -> str:
    return {"jpeg2000": "jp2", "mpo": "jpeg"}.get(
        (image.format or "").lower(), (image.format or "other").lower()
    )


def need_jxl(name: str) -> None:
    """Teach Pillow JPEG XL; UnsupportedError where its package is not installed."""
    try:
        import pillow_jxl  # noqa: F401 - importing it teaches Pillow the format
    except ImportError:
        raise UnsupportedError(
            f"{name} is JPEG XL, which needs one more package: pip install 'desktopproc[jxl]'."
        ) from None


def open_pillow(name: str, content: bytes, max_pixels: int) -> "Pillow":
    """A picture opened by Pillow, nothing decoded yet, with its limit in force."""
    from PIL import Image, UnidentifiedImageError

    # Pillow refuses more than twice this, in icons and other pictures of pictures too
    Image.MAX_IMAGE_PIXELS = max(1, max_pixels // 2)
    try:
        return Image.open(io.BytesIO(content))
    except Image.DecompressionBombError:
        with suppress(*DECODER_ERRORS):
            check_pixels(name, _claimed_size(content), max_pixels)
        raise
    except UnidentifiedImageError:
        if looks_like_picture(content):
            raise BadInputError(
                f"{name} is damaged or of an unusual kind and cannot be opened as a picture."
            ) from None
        raise


def _claimed_size(content: bytes) -> tuple[int, int]:
    """The size in the header of a picture that Pillow refuses to open for it."""
    from PIL import Image

    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _take(photo: Photo, image: "Pillow", max_pixels: int, *, every: bool) -> None:
    count = 1
    with suppress(*DECODER_ERRORS):
        count = int(getattr(image, "n_frames", 1))
    is_many = count > 1 and photo.format in {"png", "gif", "webp", "tiff"}
    if is_many:
        photo.many = Many.PAGES if photo.format == "tiff" else Many.ANIMATION
    if is_many and every:
        if image.size[0] * image.size[1] * count > max_pixels:
            raise TooLargeError(
                f"{photo.name} holds {count:,} pictures, together more than "
                f"{max_pixels / 1e6:,.0f} megapixels. Raise the limit in the settings."
            )
        photo.repeats = int(image.info.get("loop", 0))
    else:
        count = 1
    _take_frames(photo, image, count)
    photo.bits = 16 if photo.frames[0].format == "ushort" else 8
    icc = image.info.get("icc_profile")
    if not photo.blocks.icc and isinstance(icc, bytes):
        photo.blocks = Blocks(**_fields(photo.blocks) | {"icc": icc})


def _take_frames(photo: Photo, image: "Pillow", count: int) -> None:
    """Decode so many frames; where a later one is damaged, those before it count."""
    delays = []
    for number in range(count):
        try:
            if number:
                image.seek(number)
            with during(Stage.DECODE):
                image.load()
            photo.frames.append(from_pillow(image))
        except DECODER_ERRORS:
            if not number:
                raise
            photo.note(
                f"The file is damaged: only the first {number} of {count} pictures in it were used."
            )
            break
        delays.append(round(float(image.info.get("duration", 100) or 100)))
    photo.delays = tuple(delays) if photo.many is Many.ANIMATION else ()


def _fields(blocks: Blocks) -> dict[str, Any]:
    return {name: getattr(blocks, name) for name in blocks.__dataclass_fields__}


def from_pillow(image: "Pillow") -> "Image":
    """The decoded pixels of a Pillow picture as libvips holds them."""
    import pyvips  # heavy: only where pixels are

    if image.mode.startswith("I;16"):
        image = image.convert("I").convert("I;16") if image.mode != "I;16" else image
        plain = pyvips.Image.new_from_memory(image.tobytes(), *image.size, 1, "ushort")
        return plain.copy(interpretation="grey16")
    if image.mode in {"I", "F"}:
        kind = "int" if image.mode == "I" else "float"
        plain = pyvips.Image.new_from_memory(image.tobytes(), *image.size, 1, kind)
        return plain.copy(interpretation="b-w")
    if image.mode not in _BANDS:
        image = image.convert(_simple_mode(image))
    elif "transparency" in image.info and image.mode in {"L", "RGB"}:
        image = image.convert("RGBA")
    plain = pyvips.Image.new_from_memory(image.tobytes(), *image.size, _BANDS[image.mode], "uchar")
    return plain.copy(interpretation=_KINDS[image.mode])


def _simple_mode(image: "Pillow") -> str:
    if image.mode == "1":
        return "L"
    if image.mode == "La":
        return "LA"
    if image.mode in {"PA", "RGBa"} or "transparency" in image.info:
        return "RGBA"
    return "RGB"


def _heif(name: str, content: bytes, work: Work[Any]) -> Photo:
    import pillow_heif
    import pyvips  # heavy: only where pixels are

    pillow_heif.options.DECODE_THREADS = work.threads
    found = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=False)
    check_pixels(name, found.size, work.max_pixels)
    check_memory(name, _COPIES * found.size[0] * found.size[1] * 4)
    photo = Photo(name, "heif", content, [], work.note)
    photo.blocks = carriers.read(content, "heif", photo.note)
    photo.bits = int(found.info.get("bit_depth", 8) or 8)
    plain = found[found.primary_index] if len(found) > 1 else found
    mode = str(plain.mode).split(";")[0]
    deep = ";16" in str(plain.mode)
    bands = _BANDS[mode]
    size = 2 if deep else 1
    rows = _packed(bytes(plain.data), plain.size, plain.stride, bands * size)
    image = pyvips.Image.new_from_memory(rows, *plain.size, bands, "ushort" if deep else "uchar")
    kind = _KINDS[mode]
    if deep:
        kind = {"b-w": "grey16", "srgb": "rgb16"}[kind]
    photo.frames = [image.copy(interpretation=kind)]
    photo.bits = max(photo.bits, 10) if deep else 8
    return photo


def _packed(data: bytes, size: tuple[int, int], stride: int, pixel: int) -> bytes:
    """Rows without the padding between them."""
    width = size[0] * pixel
    if stride == width:
        return data
    return b"".join(data[row * stride : row * stride + width] for row in range(size[1]))
