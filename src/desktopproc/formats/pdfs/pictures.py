"""Stores one picture of a PDF anew with fewer pixels or as a JPEG, if that makes it smaller."""

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktopproc.formats.image_errors import DECODER_ERRORS
from desktopproc.formats.pdfs.packing import FAST
from desktopproc.formats.pdfs.samples import coloured, filters_of, is_lab, mono

if TYPE_CHECKING:
    from pikepdf import Object
    from PIL.Image import Image

PICTURES = ("PIL.Image", "PIL.JpegImagePlugin", "PIL.TiffImagePlugin", "deflate")
"""What worker processes import once for operations that store pictures of PDFs anew."""

_LITTLE_MORE = 1.25  # pictures that are only a little finer than wanted keep their pixels
_WORTH_IT = 0.9  # a JPEG of the same size is worth its loss only if it saves a tenth
_CLEARLY = 0.6  # and takes the place of samples without loss only if it is clearly smaller
_LEAST_PIXELS = 32 * 32  # nothing is won on less
_SMOOTH = 90  # from this quality on, colours are stored as finely as brightness
_STRIPS, _ROWS_PER_STRIP, _LENGTHS = 273, 278, 279  # TIFF 6.0, section 8


@dataclass(frozen=True, slots=True)
class Fineness:
    """How a picture is to be stored: pixels an inch, and the quality of a JPEG.

    Masks become no JPEG: its rings would show as a veil around what is see-through.
    """

    dpi: int
    mono_dpi: int
    quality: int
    to_grey: bool = False
    is_mask: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture's new bytes and the entries of its dictionary that change with them."""

    content: bytes
    packing: str
    parms: dict[str, Any]
    entries: dict[str, Any]

    def put(self, stream: "Object") -> None:
        """Give the picture these bytes."""
        from pikepdf import Dictionary, Name

        parms = Dictionary(self.parms) if self.parms else None
        stream.write(self.content, filter=Name(self.packing), decode_parms=parms)
        for word, value in self.entries.items():
            if value is not None:
                stream[word] = value
            elif word in stream:
                del stream[word]


def smaller(
    stream: "Object", size: tuple[int, int], shown_dpi: float, wish: Fineness
) -> Stored | None:
    """The picture as wished; None if it must, or had better, stay as it is.

    `shown_dpi` is how finely it is shown, 0 if nobody knows. It is never enlarged and keeps its
    colour space. Pictures stay whose samples have a meaning that other samples would lose.
    """
    from pikepdf import PikepdfError

    if size[0] * size[1] < _LEAST_PIXELS or _must_stay(stream):
        return None
    is_mono = bool(stream.get("/ImageMask", False)) or stream.get("/BitsPerComponent") == 1
    limit = wish.mono_dpi if is_mono else wish.dpi
    scale = limit / shown_dpi if shown_dpi > limit * _LITTLE_MORE else 1.0
    wanted = (max(1, math.ceil(size[0] * scale)), max(1, math.ceil(size[1] * scale)))
    try:
        if is_mono:
            stored = _as_mono(stream, size, wanted)
        else:
            stored = _as_samples(stream, size, wanted, wish)
    except (PikepdfError, *DECODER_ERRORS):
        return None
    most = len(stream.read_raw_bytes()) * (_WORTH_IT if wanted == size and not is_mono else 1)
    return stored if stored and len(stored.content) < most else None


def _must_stay(stream: "Object") -> bool:
    from pikepdf import Array, Stream

    mask = stream.get("/SMask")
    return (
        isinstance(stream.get("/Mask"), Array)  # these very colours are see-through
        or "/Matte" in stream  # has to have the size of its picture
        or (isinstance(mask, Stream) and "/Matte" in mask)
        or bool(stream.get("/SMaskInData", 0))
        or "/Alternates" in stream
    )


def _as_samples(
    stream: "Object",
    size: tuple[int, int],
    wanted: tuple[int, int],
    wish: Fineness,
) -> Stored | None:
    """Grey or coloured: the smaller of a JPEG and of samples without further loss."""
    from pikepdf import Name

    samples = coloured(stream, size, wanted)
    if samples is None:
        return None
    image = samples.image
    if image.size != wanted:
        image = image.resize(wanted, resample=3, reducing_gap=3.0)  # bicubic
    entries: dict[str, Any] = {"/Width": wanted[0], "/Height": wanted[1], "/BitsPerComponent": 8}
    was_jpeg = filters_of(stream) == ["/DCTDecode"]
    if wish.to_grey and image.mode != "L":
        grey = _grey(stream, image, was_jpeg=was_jpeg)
        if grey is None:
            return None
        image = grey
        entries |= {"/ColorSpace": Name.DeviceGray, "/Decode": None}
    elif samples.space is not None:
        entries["/ColorSpace"] = samples.space
    if was_jpeg or not wish.is_mask:
        photo = _jpeg(image, wish.quality, is_ink=image.mode == "CMYK" and not was_jpeg)
        flat = None if was_jpeg else _flat(image)
        if flat is None or len(photo) < _CLEARLY * len(flat):
            return Stored(photo, "/DCTDecode", {}, entries)
    else:
        flat = _flat(image)
    return Stored(flat, "/FlateDecode", {}, entries)


def _grey(stream: "Object", image: "Image", *, was_jpeg: bool) -> "Image | None":
    """Colours of devices and profiles as shades of grey; None for others, or odd ranges."""
    from PIL import ImageChops

    ranges = [float(end) for end in stream.get("/Decode", [])]
    bands = len(image.getbands())
    is_turned = ranges == [1.0, 0.0] * bands
    if (ranges and not is_turned and ranges != [0.0, 1.0] * bands) or is_lab(stream):
        return None
    # Pillow turns the ink of JPEGs round while it reads them
    if is_turned != (was_jpeg and image.mode == "CMYK"):
        image = ImageChops.invert(image)
    return image.convert("RGB").convert("L")


def _flat(image: "Image") -> bytes:
    import deflate

    return bytes(deflate.zlib_compress(image.tobytes(), FAST))


def _jpeg(image: "Image", quality: int, *, is_ink: bool) -> bytes:
    """Pillow stores amounts of ink the other way round, as it expects them in JPEGs it reads."""
    from PIL import ImageChops

    file = io.BytesIO()
    told = {"quality": quality, "subsampling": 0 if quality >= _SMOOTH else 2}
    shown = ImageChops.invert(image) if is_ink else image
    shown.save(file, "JPEG", optimize=True, progressive=True, **told)
    return file.getvalue()


def _as_mono(stream: "Object", size: tuple[int, int], wanted: tuple[int, int]) -> Stored | None:
    """Black and white, as fax machines store it (CCITT Group 4)."""
    from PIL import Image

    image = mono(stream, size)
    if image is None:
        return None
    if wanted != size:
        grey = image.convert("L").resize(wanted, resample=4)  # the share of black in each pixel
        image = grey.point(lambda level: 255 if level > 127 else 0).convert(
            "1", dither=Image.Dither.NONE
        )
    file = io.BytesIO()
    image.save(file, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: wanted[1]})
    packed = _only_strip(file.getvalue())
    if packed is None:
        return None
    parms = {"/K": -1, "/Columns": wanted[0], "/Rows": wanted[1], "/BlackIs1": True}
    entries = {"/Width": wanted[0], "/Height": wanted[1], "/BitsPerComponent": 1}
    return Stored(packed, "/CCITTFaxDecode", parms, entries)


def _only_strip(file: bytes) -> bytes | None:
    from PIL.TiffImagePlugin import TiffImageFile

    with TiffImageFile(io.BytesIO(file)) as stored:
        places, lengths = stored.tag_v2[_STRIPS], stored.tag_v2[_LENGTHS]
    if len(places) != 1:
        return None
    return file[places[0] : places[0] + lengths[0]]
