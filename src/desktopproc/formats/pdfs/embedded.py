"""Takes the pictures out of a PDF as it holds them, or, where no other file can, decoded."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import BadInputError, TooLargeError
from desktopproc.formats.pdf import Document
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.pdfs.fax import as_tiff

if TYPE_CHECKING:
    import pymupdf
    from PIL.Image import Image

_INLINE = re.compile(rb"(?<![^\s])BI\s.{1,2000}?\sID\s", re.DOTALL)
_SPACES = frozenset({"DeviceGray", "DeviceRGB", "DeviceCMYK", "CalGray", "CalRGB", "ICCBased"})
_WHOLE = {"DCTDecode": "jpeg", "JPXDecode": "jpx"}
_SUFFIXES = {"jpeg": ".jpg", "jpx": ".jp2"}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Masks(StrEnum):
    """What becomes of the masks that make pictures see-through."""

    APPLY = "apply"
    BESIDE = "beside"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Found:
    """A picture as a file: its content, and the suffix that says what it is."""

    content: bytes
    suffix: str
    is_mask: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a page's list says of a picture; inline pictures have no `xref`."""

    xref: int
    mask: int
    width: int
    height: int


class Embedded:
    """Finds each picture of a document once, however many pages show it."""

    def __init__(self, document: Document, masks: Masks, smallest: int, max_pixels: int) -> None:
        self._name = document.name
        self._pdf = document.pdf
        self._masks = masks
        self._smallest = smallest
        self._max_pixels = max_pixels
        self._seen: set[int] = set()

    def on_page(self, index: int) -> Iterator[Found | BadInputError]:
        """The pictures that this page shows first; what cannot be read is answered as an error."""
        import pymupdf

        what = f"page {index + 1}"
        with reading_pdf(self._name, pymupdf.mupdf.FzErrorBase, what=what):
            page = self._pdf.load_page(index)
            entries = [_Entry(*e[:4]) for e in page.get_images(full=True)]
            has_inline = bool(_INLINE.search(page.read_contents()))
        for entry in entries:
            if entry.xref in self._seen or min(entry.width, entry.height) < self._smallest:
                continue
            self._seen.add(entry.xref)
            try:
                with reading_pdf(
                    self._name, pymupdf.mupdf.FzErrorBase, what=f"a picture on {what}"
                ):
                    yield from self._files(entry)
            except BadInputError as e:
                yield e
        if has_inline:
            yield from self._inline(page)

    def _files(self, entry: _Entry) -> Iterator[Found]:
        is_applied = entry.mask and self._masks is Masks.APPLY
        whole = None if is_applied else self._as_it_is(entry)
        yield whole or self._decoded(entry, entry.mask if is_applied else 0)
        if entry.mask and self._masks is Masks.BESIDE:
            self._check(entry)
            mask = _picture(self._pixmap(entry.mask))
            yield Found(_png(mask, b""), ".png", is_mask=True)

    def _as_it_is(self, entry: _Entry) -> Found | None:
        """The stream itself, where it is a file of its own or lacks nothing but a head."""
        if not self._is_plain(entry.xref):
            return None
        filters = re.findall(r"/(\w+)", self._key(entry.xref, "Filter"))
        if filters == ["CCITTFaxDecode"]:
            return self._fax(entry)
        kind = _WHOLE.get(filters[-1]) if filters else None
        found = self._pdf.extract_image(entry.xref) if kind else {}
        if found.get("ext") != kind or not kind:
            return None
        return Found(found["image"], _SUFFIXES[found["ext"]])

    def _is_plain(self, xref: int) -> bool:
        """Whether the samples mean what they mean by themselves: no palette, nothing inverted."""
        space = self._key(xref, "ColorSpace")
        if space.endswith(" 0 R"):
            space = self._pdf.xref_object(int(space.split()[0]), compressed=True)
        name = re.match(r"\W*(\w*)", space)
        if space not in {"", "null"} and (name is None or name[1] not in _SPACES):
            return False
        decode = [float(part) for part in _NUMBER.findall(self._key(xref, "Decode"))]
        is_mask = self._key(xref, "ImageMask") == "true"
        return not is_mask and decode in ([], [0.0, 1.0] * (len(decode) // 2))

    def _fax(self, entry: _Entry) -> Found | None:
        words = self._key(entry.xref, "DecodeParms")
        if words.endswith(" 0 R"):
            words = self._pdf.xref_object(int(words.split()[0]), compressed=True)
        found = dict(re.findall(r"/(\w+)\s*(-?\d+|true|false)", words))
        if int(found.get("Columns", "1728")) != entry.width:
            return None
        if found.get("EncodedByteAlign") == "true" or entry.width < 1 or entry.height < 1:
            return None
        content = self._pdf.xref_stream_raw(entry.xref)
        is_inverted = found.get("BlackIs1") == "true"
        size = (entry.width, entry.height)
        return Found(
            as_tiff(content, size, int(found.get("K", "0")), is_inverted=is_inverted), ".tif"
        )

    def _decoded(self, entry: _Entry, mask: int) -> Found:
        from PIL import Image

        self._check(entry)
        image = _picture(self._pixmap(entry.xref))
        if self._key(entry.xref, "BitsPerComponent") == "1" and image.mode == "L":
            image = image.convert("1", dither=Image.Dither.NONE)
        profile = self._profile(entry.xref, image.mode)
        if mask:
            image = _masked(image, _picture(self._pixmap(mask)))
        if image.mode == "CMYK":
            return Found(_tiff(image, profile), ".tif")
        return Found(_png(image, profile), ".png")

    def _check(self, entry: _Entry) -> None:
        if entry.width * entry.height > self._max_pixels:
            raise TooLargeError(
                f"A picture of {entry.width:,} x {entry.height:,} pixels in {self._name} is larger "
                "than the limit. Raise it in the settings."
            )

    def _pixmap(self, xref: int) -> "pymupdf.Pixmap":
        import pymupdf

        pixmap = pymupdf.Pixmap(self._pdf, xref)
        is_usual = pixmap.n - pixmap.alpha in {0, 1, 3, 4}
        return pixmap if is_usual else pymupdf.Pixmap(pymupdf.csRGB, pixmap)

    def _profile(self, xref: int, mode: str) -> bytes:
        """The colour profile, if the decoded picture has as many channels as it is for."""
        space = self._key(xref, "ColorSpace")
        if space.endswith(" 0 R"):
            space = self._pdf.xref_object(int(space.split()[0]), compressed=True)
        found = re.match(r"\[\s*/ICCBased\s+(\d+) 0 R", space)
        if not found:
            return b""
        number = self._key(int(found[1]), "N")
        channels = {"L": "1", "1": "1", "RGB": "3", "CMYK": "4"}.get(mode)
        return self._pdf.xref_stream(int(found[1])) if number == channels else b""

    def _key(self, xref: int, key: str) -> str:
        kind, value = self._pdf.xref_get_key(xref, key)
        return "" if kind == "null" else str(value)

    def _inline(self, page: Any) -> Iterator[Found]:
        """Pictures that are written into the page itself; MuPDF gives them decoded."""
        import pymupdf

        inline = [one["number"] for one in page.get_image_info(xrefs=True) if not one["xref"]]
        if not inline:
            return
        blocks = page.get_text("dict", flags=pymupdf.TEXT_PRESERVE_IMAGES)["blocks"]
        for block in blocks:
            is_wanted = block["type"] == 1 and block["number"] in inline
            if is_wanted and min(block["width"], block["height"]) >= self._smallest:
                yield Found(block["image"], _SUFFIXES.get(block["ext"], f".{block['ext']}"))


def _picture(pixmap: "pymupdf.Pixmap") -> "Image":
    """The samples as a picture; what has no colours, as masks, is grey."""
    from PIL import Image

    channels = pixmap.n - pixmap.alpha
    mode = {0: "L", 1: "L", 3: "RGB", 4: "CMYK"}[channels]
    if pixmap.alpha and channels:
        import pymupdf

        pixmap = pymupdf.Pixmap(pixmap, 0)
    return Image.frombytes(
        mode, (pixmap.width, pixmap.height), pixmap.samples, "raw", mode, pixmap.stride
    )


def _masked(image: "Image", mask: "Image") -> "Image":
    """The picture with its mask as its alpha channel; the larger of both decides the size."""
    if image.mode in {"CMYK", "1"}:
        image = image.convert("RGB" if image.mode == "CMYK" else "L")
    size = (max(image.width, mask.width), max(image.height, mask.height))
    image, mask = (one if one.size == size else one.resize(size) for one in (image, mask))
    image.putalpha(mask.convert("L"))
    return image


def _png(image: "Image", profile: bytes) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", icc_profile=profile or None)
    return buffer.getvalue()


def _tiff(image: "Image", profile: bytes) -> bytes:
    buffer = io.BytesIO()
    words = {"icc_profile": profile} if profile else {}
    image.save(buffer, "TIFF", compression="tiff_adobe_deflate", **words)
    return buffer.getvalue()
