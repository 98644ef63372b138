"""Recognises by content the pictures that must not be opened as what they look like."""

import struct

_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_SUFFIXES = (
    *(".3fr", ".ari", ".arw", ".cap", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff"),
    *(".iiq", ".k25", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf"),
    *(".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
)
_PICTURES = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"RIFF",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"BM",
    b"\xff\x4f\xff\x51",
    b"8BPS",
)
_SUB_IFDS, _NEW_SUBFILE_TYPE, _DNG_VERSION = 330, 254, 50706
_STARTS = (
    (b"FUJIFILMCCD-RAW", "Fujifilm RAF"),
    (b"IIRO", "Olympus ORF"),
    (b"IIRS", "Olympus ORF"),
    (b"MMOR", "Olympus ORF"),
    (b"IIU\0", "Panasonic RW2"),
    (b"\0MRM", "Minolta MRW"),
    (b"FOVb", "Sigma X3F"),
)


def is_heif(content: bytes) -> bool:
    """Whether this is HEIC or HEIF; AVIF shares its boxes but not its codec."""
    if content[4:8] != b"ftyp" or content[8:12] == b"avif" or content[8:12] == b"avis":
        return False
    size = min(int.from_bytes(content[:4], "big"), 4096)
    brands = {content[at : at + 4] for at in (8, *range(16, size, 4))}
    return bool(brands & _HEIF_BRANDS) and b"avif" not in brands


def is_jxl(content: bytes) -> bool:
    """Whether this is JPEG XL, bare or in a container (ISO/IEC 18181-2)."""
    return content.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL "))


def is_svg(content: bytes) -> bool:
    """Whether this is a drawing in SVG."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<") and b"<svg" in start


def looks_like_picture(content: bytes) -> bool:
    """Whether it begins as pictures do, so that not opening means damage."""
    return content.startswith(_PICTURES) or content[4:8] in {b"ftyp", b"jP  "}


def raw_kind(content: bytes, suffix: str) -> str | None:
    """The name of the camera RAW format, whose only ordinary picture is a preview; else None.

    An ordinary picture named as a RAW file counts too: it is a preview without its photo.
    """
    if suffix.lower() in _SUFFIXES:
        return suffix[1:].upper()
    for start, name in _STARTS:
        if content.startswith(start):
            return name
    if content[4:12] == b"ftypcrx ":
        return "Canon CR3"
    if content[:4] in {b"II*\0", b"MM\0*"}:
        return _raw_tiff(content)
    return None


def _raw_tiff(content: bytes) -> str | None:
    if content[8:10] == b"CR":
        return "Canon CR2"
    tags = _first_tags(content)
    if _DNG_VERSION in tags:
        return "DNG"
    # a reduced-resolution first picture beside sub-pictures: the photo itself is in one of those
    if _SUB_IFDS in tags and tags.get(_NEW_SUBFILE_TYPE, 0) & 1:
        return "NEF or alike"
    return None


def _first_tags(content: bytes) -> dict[int, int]:
    """Tag numbers of the first TIFF directory with their first 32-bit value, read loosely."""
    order = "<" if content[:2] == b"II" else ">"
    try:
        (at,) = struct.unpack_from(order + "I", content, 4)
        (count,) = struct.unpack_from(order + "H", content, at)
        entries = (
            struct.unpack_from(order + "HHII", content, at + 2 + 12 * number)
            for number in range(min(count, 512))
        )
        return {tag: value for tag, _, _, value in entries}
    except struct.error:
        return {}
