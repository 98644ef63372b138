"""Decodes a picture of a PDF into samples of its own colour space, as far as that is safe."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pikepdf import Object
    from PIL.Image import Image

_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_CHANNELS = {"/DeviceGray": 1, "/G": 1, "/CalGray": 1, "/DeviceRGB": 3, "/RGB": 3, "/CalRGB": 3}
_CHANNELS |= {"/DeviceCMYK": 4, "/CMYK": 4, "/Lab": 3, "/Separation": 1}
_DEVICES = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}
_RAW = {1: "L", 2: "L;2", 4: "L;4", 8: "L"}
_INDEXES = {1: "P;1", 2: "P;2", 4: "P;4", 8: "P"}
_STRIP = 8 + 2 + 9 * 12 + 4  # where the strip stands in a TIFF with one directory of nine tags
_UNPACKABLE = ({"/FlateDecode"}, {"/LZWDecode"}, {"/RunLengthDecode"}, set[str]())


@dataclass(frozen=True, slots=True)
class Samples:
    """Decoded samples; `space` is their colour space where it is another than the stored one."""

    image: "Image"
    space: Any = None


def filters_of(stream: "Object") -> list[str]:
    """The filters of a stream, the outermost first."""
    from pikepdf import Array

    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(one) for one in found] if isinstance(found, Array) else [str(found)]


def coloured(stream: "Object", size: tuple[int, int], wanted: tuple[int, int]) -> Samples | None:
    """Grey or coloured samples of 8 bits, at least of the wanted size; None if we had better not.

    JPEGs are decoded at a fraction of their size where that is enough.
    """
    filters = filters_of(stream)
    if filters == ["/DCTDecode"]:
        return _jpeg(stream, size, wanted)
    if filters == ["/JPXDecode"]:
        return _jpeg2000(stream, size)
    return _plain(stream, size, is_resized=size != wanted)


def mono(stream: "Object", size: tuple[int, int]) -> "Image | None":
    """Samples of one bit; None if they cannot be had."""
    from PIL import Image

    filters = filters_of(stream)
    if filters == ["/CCITTFaxDecode"]:
        return _fax(stream, size)
    length = (size[0] + 7) // 8 * size[1]
    content = _unpacked(stream, filters, length)
    return None if content is None else Image.frombytes("1", size, content[:length])


def channels_of(space: Any) -> int:
    """How many channels a colour space has; 0 for those whose samples are no amounts."""
    from pikepdf import Array, Name, Stream

    if isinstance(space, Name):
        return _CHANNELS.get(str(space), 0)
    if not isinstance(space, Array) or not len(space):
        return 0
    if space[0] == "/ICCBased" and len(space) > 1 and isinstance(space[1], Stream):
        count = int(space[1].get("/N", 0))
        return count if count in _MODES else 0
    return _CHANNELS.get(str(space[0]), 0)


def is_lab(stream: "Object") -> bool:
    """Whether samples are in a colour space whose channels are no colours."""
    from pikepdf import Array

    space: Any = stream.get("/ColorSpace")
    if isinstance(space, Array) and space[0] in {"/Indexed", "/I"}:
        space = space[1]
    return isinstance(space, Array) and space[0] == "/Lab"


def _jpeg(stream: "Object", size: tuple[int, int], wanted: tuple[int, int]) -> Samples | None:
    from PIL import Image

    if "/ColorTransform" in str(stream.get("/DecodeParms", "")):
        return None
    image: Image.Image = Image.open(io.BytesIO(stream.read_raw_bytes()), formats=["JPEG"])
    if image.size != size or _MODES.get(channels_of(stream.get("/ColorSpace"))) != image.mode:
        return None
    image.draft(None, wanted)
    image.load()
    return Samples(image)


def _jpeg2000(stream: "Object", size: tuple[int, int]) -> Samples | None:
    from pikepdf import Name
    from PIL import Image

    image: Image.Image = Image.open(io.BytesIO(stream.read_raw_bytes()), formats=["JPEG2000"])
    if image.size != size or image.mode not in _DEVICES:
        return None
    space = stream.get("/ColorSpace")
    if space is None:
        image.load()
        return Samples(image, Name(_DEVICES[image.mode]))
    if _MODES.get(channels_of(space)) != image.mode:
        return None
    image.load()
    return Samples(image)


def _plain(stream: "Object", size: tuple[int, int], *, is_resized: bool) -> Samples | None:
    """Samples that are stored as such, packed or not."""
    from pikepdf import Array
    from PIL import Image

    bits = int(stream.get("/BitsPerComponent", 8))
    space: Any = stream.get("/ColorSpace")
    is_indexed = isinstance(space, Array) and len(space) > 3 and space[0] in {"/Indexed", "/I"}
    if is_indexed and (not is_resized or "/Decode" in stream or bits not in _INDEXES):
        return None
    channels = 1 if is_indexed else channels_of(space)
    if not channels or bits not in {2, 4, 8, 16} or (bits < 8 and channels > 1):
        return None
    length = (size[0] * channels * bits + 7) // 8 * size[1]
    content = _unpacked(stream, filters_of(stream), length)
    if content is None:
        return None
    if is_indexed:
        indexes = Image.frombytes("P", size, content[:length], "raw", _INDEXES[bits])
        return _painted(indexes, space)
    if bits == 16:
        content, bits = content[::2], 8
    mode = _MODES[channels]
    return Samples(
        Image.frombytes(mode, size, content, "raw", _RAW[bits] if channels == 1 else mode)
    )


def _painted(indexes: "Image", space: Any) -> Samples | None:
    """Samples that are looked up in a table, in the colour space of the table."""
    from pikepdf import Stream
    from PIL import Image

    base, table = space[1], space[3]
    channels = channels_of(base)
    entries = table.read_bytes() if isinstance(table, Stream) else bytes(table)
    if not channels or not entries:
        return None
    entries = entries[: 256 * channels].ljust(256 * channels, b"\0")
    plain = Image.frombytes("L", indexes.size, indexes.tobytes())
    bands = [plain.point(list(entries[channel::channels])) for channel in range(channels)]
    return Samples(bands[0] if channels == 1 else Image.merge(_MODES[channels], bands), base)


def _unpacked(stream: "Object", filters: list[str], length: int) -> bytes | None:
    """Just the samples; None for other filters, too few bytes, or far too many."""
    if set(filters) not in _UNPACKABLE or len(filters) > 1:
        return None
    if filters:
        most = 2 * length + 65_536  # a predictor adds one byte to each row
        raw = stream.read_raw_bytes()
        if filters[0] == "/FlateDecode":
            packed = zlib.decompressobj()
            packed.decompress(raw, most)
            if packed.unconsumed_tail:
                return None
        elif len(raw) > most:
            return None
    content = stream.read_bytes()
    return content if len(content) >= length else None


def _fax(stream: "Object", size: tuple[int, int]) -> "Image | None":
    """CCITT Group 4 as the one strip of a TIFF (ISO 32000-2, table 11; TIFF 6.0, section 11)."""
    from pikepdf import Dictionary
    from PIL import Image

    parms = stream.get("/DecodeParms")
    if not isinstance(parms, Dictionary) or int(parms.get("/K", 0)) >= 0:
        return None
    if parms.get("/EncodedByteAlign", False) or int(parms.get("/Columns", 1728)) != size[0]:
        return None
    raw = stream.read_raw_bytes()
    is_black_one = int(bool(parms.get("/BlackIs1", False)))
    tags = {256: size[0], 257: size[1], 258: 1, 259: 4, 262: is_black_one}
    tags |= {273: _STRIP, 277: 1, 278: size[1], 279: len(raw)}
    head = struct.pack("<2sHIH", b"II", 42, 8, len(tags))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    file = (head + entries).ljust(_STRIP, b"\0")
    image: Image.Image = Image.open(io.BytesIO(file + raw), formats=["TIFF"])
    image.load()
    return image
