"""The formats photos can be stored in, and what each of them can hold."""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The formats to choose from."""

    SAME = "same"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    TIFF = "tiff"
    JXL = "jxl"
    GIF = "gif"
    PDF = "pdf"

    @property
    def label(self) -> str:
        """The format as people write it."""
        return LABELS[self.value]


LABELS = {"same": "Same as the source", "jpeg": "JPEG", "png": "PNG", "webp": "WebP"}
LABELS |= {"avif": "AVIF", "tiff": "TIFF", "jxl": "JPEG XL", "gif": "GIF", "pdf": "PDF"}
ALIASES = {"jpg": "jpeg", "tif": "tiff", "original": "same"}


@dataclass(frozen=True, slots=True)
class Holds:
    """What pictures of one format may be like.

    `kinds` are libvips interpretations; `bits` the most bits of a colour; `edge` the longest edge
    in pixels; `is_lossy` means that quality can be lowered for a smaller file.
    """

    suffix: str
    kinds: frozenset[str]
    bits: int = 8
    has_alpha: bool = True
    has_animation: bool = False
    has_pages: bool = False
    has_profile: bool = True
    is_lossy: bool = False
    edge: int | None = None


_GREY_OR_RGB = frozenset({"b-w", "srgb", "grey16", "rgb16"})
_RGB = frozenset({"srgb", "rgb16"})

HOLDS = {
    Format.JPEG: Holds(
        ".jpg", frozenset({"b-w", "srgb", "cmyk"}), has_alpha=False, is_lossy=True, edge=65_500
    ),
    Format.PNG: Holds(".png", _GREY_OR_RGB, bits=16, has_animation=True),
    Format.WEBP: Holds(".webp", _RGB, has_animation=True, is_lossy=True, edge=16_383),
    Format.AVIF: Holds(".avif", _RGB | {"b-w", "grey16"}, bits=12, is_lossy=True, edge=65_535),
    Format.TIFF: Holds(".tif", _GREY_OR_RGB | {"cmyk"}, bits=16, has_pages=True),
    Format.JXL: Holds(".jxl", frozenset({"b-w", "srgb"}), is_lossy=True),
    Format.GIF: Holds(
        ".gif", frozenset({"b-w", "srgb"}), has_animation=True, has_profile=False, edge=65_535
    ),
    Format.PDF: Holds(
        ".pdf",
        frozenset({"b-w", "srgb", "cmyk"}),
        has_alpha=False,
        has_pages=True,
        is_lossy=True,
        edge=65_500,
    ),
}
_BY_SUFFIX = {".jpg": Format.JPEG, ".jpeg": Format.JPEG, ".jpe": Format.JPEG, ".jfif": Format.JPEG}
_BY_SUFFIX |= {".png": Format.PNG, ".apng": Format.PNG, ".webp": Format.WEBP, ".avif": Format.AVIF}
_BY_SUFFIX |= {".tif": Format.TIFF, ".tiff": Format.TIFF, ".jxl": Format.JXL, ".gif": Format.GIF}
_LOSSY = frozenset({".heic", ".heif", ".hif", ".mpo", ".jp2", ".j2k", ".j2c", ".jpx"})
_RAW = frozenset({".3fr", ".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf"})
_RAW |= {".rw2", ".rwl", ".srw", ".sr2", ".erf", ".kdc", ".mrw", ".x3f", ".iiq", ".3fr", ".fff"}


def suffix_for(wanted: Format, source: str) -> str:
    """The suffix of a chosen format; "same" keeps the source's where such files can be written.

    It is kept in its own letters: IMG_1.JPG stays IMG_1.JPG.
    """
    if wanted is not Format.SAME:
        return HOLDS[wanted].suffix
    suffix = source.lower()
    if suffix in _BY_SUFFIX:
        return source
    return HOLDS[Format.JPEG if suffix in _LOSSY | _RAW else Format.PNG].suffix


def may_hold_many(target: Format) -> bool:
    """Whether one file of this format can hold several pictures."""
    return HOLDS[target].has_animation or HOLDS[target].has_pages


def format_of(suffix: str) -> Format:
    """The format a file of this name is written in; PNG for names that say none."""
    if suffix.lower() == ".pdf":
        return Format.PDF
    return _BY_SUFFIX.get(suffix.lower(), Format.PNG)
