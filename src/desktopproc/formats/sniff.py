"""Tells what a file is by its content; its name is never asked.

Only the first 64 KB are looked at, and the last bytes for the few formats that are marked there.
Containers are told apart elsewhere: `docx_probe` looks into "zip" and "ole".
"""

import re
import struct
from typing import NamedTuple

from desktopproc.core.job import Family
from desktopproc.formats import text_sniff
from desktopproc.formats.headers.source import Source


class Kind(NamedTuple):
    """The family of a file, and its format as a lower-case word (None when unknown)."""

    family: Family
    format: str | None


UNKNOWN = Kind(Family.OTHER, None)

_PHOTOS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0\x08\0\0\0", "tiff"),
    (b"MM\0+\0\x08\0\0", "tiff"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
    (b"\xff\x0a", "jxl"),
    (b"8BPS\0\x01", "psd"),
    (b"8BPS\0\x02", "psb"),
    (b"IIRO\x08\0\0\0", "orf"),
    (b"IIRS\x08\0\0\0", "orf"),
    (b"MMOR\0\0\0\x08", "orf"),
    (b"IIU\0", "rw2"),
    (b"FUJIFILMCCD-RAW ", "raf"),
    (b"II\x1a\0\0\0HEAPCCDR", "crw"),
    (b"\0MRM", "mrw"),
    (b"FOVb", "x3f"),
    (b"qoif", "qoi"),
    (b"DDS |\0\0\0", "dds"),
    (b"II\xbc\x01", "jxr"),
    (b"\x76\x2f\x31\x01", "exr"),
    (b"#?RADIANCE\n", "hdr"),
    (b"#?RGBE\n", "hdr"),
    (b"gimp xcf ", "xcf"),
    (b"icns\0", "icns"),
    (b"\x59\xa6\x6a\x95", "sun-raster"),
)
_OTHERS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"Rar!\x1a\x07", "rar"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"%!PS", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),
    (b"AT&TFORM", "djvu"),
)
_DOCUMENTS = ((b"{\\rtf", "rtf"),)
_BY_FIRST_BYTE: dict[bytes, list[tuple[bytes, Kind]]] = {}
for _family, _marks in (
    (Family.PHOTO, _PHOTOS),
    (Family.TEXT, _DOCUMENTS),
    (Family.OTHER, _OTHERS),
):
    for _mark, _name in _marks:
        _BY_FIRST_BYTE.setdefault(_mark[:1], []).append((_mark, Kind(_family, _name)))

_BRANDS = {
    b"avif": "avif",
    b"avis": "avif",
    b"heic": "heic",
    b"heix": "heic",
    b"heim": "heic",
    b"heis": "heic",
    b"hevc": "heic",
    b"hevx": "heic",
    b"crx ": "cr3",
    b"mif1": "heif",
    b"msf1": "heif",
    b"mif2": "heif",
    b"miaf": "heif",
}
_TEXTS = {
    **dict.fromkeys(text_sniff.DATA, Family.DATA),
    **dict.fromkeys(("text", "html"), Family.TEXT),
    "svg": Family.PHOTO,
}
_NETPBM = re.compile(rb"P[1-7Ff]\s")
_PCX = re.compile(rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08].{60}\x00", re.DOTALL)
_SGI = re.compile(rb"\x01\xda[\x00\x01][\x01\x02]")
_PDF_WITHIN = 1024
_BMP_HEADERS = range(12, 257)  # lengths; in a text that begins with BM they are huge


def sniff(source: Source) -> Kind:
    """What the file is. Reads at most the end of it besides its head."""
    head = source.head
    marks = _BY_FIRST_BYTE.get(head[:1], ())
    for magic, kind in marks:
        if kind.family is Family.PHOTO and head.startswith(magic):
            return kind
    if (picture := _by_structure(head)) is not None:
        return Kind(Family.PHOTO, picture)
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    for magic, kind in marks:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return Kind(Family.OTHER, "tar")
    if b"%PDF-" in head[: _PDF_WITHIN + 4]:  # after the archives, which may begin with a PDF
        return Kind(Family.PDF, "pdf")
    found = text_sniff.sniff(head, source.size)
    if found is not None:
        return Kind(_TEXTS.get(found, Family.OTHER), found)
    return Kind(Family.PHOTO, "tga") if _is_tga(source) else UNKNOWN


def _by_structure(head: bytes) -> str | None:
    """Pictures whose first bytes alone are too short a mark to be sure."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    if _NETPBM.match(head) is not None:
        return "netpbm"
    if head[:4] in (b"\0\0\1\0", b"\0\0\2\0") and _is_icon(head):
        return "ico" if head[2] == 1 else "cur"
    if _PCX.match(head) is not None:
        return "pcx"
    if _SGI.match(head) is not None:
        return "sgi"
    return None


def _is_icon(head: bytes) -> bool:
    """Whether every picture of the directory lies behind it; Targa files can begin alike."""
    count = int.from_bytes(head[4:6], "little")
    if not 1 <= count <= 256 or len(head) < 6 + 16 * count:
        return False
    for at in range(6, 6 + 16 * count, 16):
        length, offset = struct.unpack_from("<II", head, at + 8)
        if head[at + 3] not in (0, 255) or not length or offset < 6 + 16 * count:
            return False
    return True


def _by_brand(head: bytes) -> Kind:
    """Files of the ISO media family: the main brand decides, else the first one known."""
    end = min(int.from_bytes(head[:4]), len(head), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    names = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    if not names:
        return Kind(Family.OTHER, "quicktime" if brands[0] == b"qt  " else "mp4")
    if names[0] == "heif":  # a general brand first: a particular one after it says more
        names = [name for name in names if name == "avif"] or names
    return Kind(Family.PHOTO, names[0])


def _is_tga(source: Source) -> bool:
    """Targa has no mark at its beginning: a header without a flaw, then its footer or its size."""
    head = source.head
    if len(head) < 18 or not _is_tga_header(head):
        return False
    if source.tail(26)[8:24] == b"TRUEVISION-XFILE":
        return True
    map_count, map_bits, width, height, depth = struct.unpack_from("<HB4xHHB", head, 5)
    pixels: int = width * height * ((depth + 7) // 8)
    start: int = 18 + head[0] + map_count * ((map_bits + 7) // 8)
    least = start + (pixels if head[2] < 8 else pixels // 129)
    return least <= source.size <= start + pixels + pixels // 64 + 4096


def _is_tga_header(head: bytes) -> bool:
    map_kind, kind = head[1], head[2]
    map_first, map_count, map_bits = struct.unpack_from("<HHB", head, 3)
    width, height, depth, flags = struct.unpack_from("<HHBB", head, 12)
    depths = {1: (8,), 2: (15, 16, 24, 32), 3: (8, 15, 16)}.get(kind & 7, ())
    has_map = map_kind == 1 and map_bits in (15, 16, 24, 32)
    has_no_map = map_kind == 0 and not map_first and not map_count
    return (
        kind in (1, 2, 3, 9, 10, 11)
        and depth in depths
        and (has_map or (has_no_map and kind & 7 != 1))
        and width > 0
        and height > 0
        and not flags >> 6
    )
