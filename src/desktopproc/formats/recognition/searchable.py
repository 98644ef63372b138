"""Puts what was recognized under the pages of a PDF, all else staying as it is."""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from desktopproc.core.errors import BadInputError
from desktopproc.core.operation import Work
from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.pdf_repair import mended
from desktopproc.formats.pdfs import unlocking
from desktopproc.formats.recognition import glyphless, layer
from desktopproc.formats.recognition.affine import Affine, about
from desktopproc.formats.recognition.page import Outcome, PageRead
from desktopproc.formats.writing import writing

if TYPE_CHECKING:
    import pikepdf
    from PIL.Image import Image

_LEAST_SKEW = 0.1  # degrees; straightening less cannot be seen
_SIGNED = 1  # ISO 32000-2, table 225: bit 1 of SigFlags


class SearchablePdf:
    """A PDF that gets a text layer page by page; `save` writes it."""

    def __init__(self, name: str, pdf: "pikepdf.Pdf") -> None:
        self._name = name
        self._pdf = pdf
        self._codes = glyphless.Codes()
        self._waiting: list[pikepdf.Object] = []  # dictionaries of fonts that want ours
        self.is_changed = False

    @property
    def pages(self) -> int:
        return len(self._pdf.pages)

    @property
    def is_encrypted(self) -> bool:
        return self._pdf.is_encrypted

    @property
    def is_signed(self) -> bool:
        """Whether a signature says that the file is as somebody signed it."""
        from pikepdf import Dictionary

        form = self._pdf.Root.get("/AcroForm")
        flags = form.get("/SigFlags", 0) if isinstance(form, Dictionary) else 0
        return isinstance(flags, int) and bool(flags & _SIGNED)

    def add(self, read: PageRead, *, straighten: bool) -> None:
        """Write the words of a page, and turn it upright."""
        if read.outcome is not Outcome.READ:
            return
        with reading_pdf(self._name, *_library(), what=f"page {read.index + 1}"):
            page = self._pdf.pages[read.index]
            reading = read.reading
            if straighten and abs(read.skew) >= _LEAST_SKEW:
                way = self._straightened(page, read.skew)
                reading = replace(reading, to_page=reading.to_page.then(way))
            if shown := layer.drawing(reading, self._codes):
                self._prepend(page, shown)
                self._wait_for_font(page)
            if read.turn:
                page.rotate(read.turn, relative=True)
        self.is_changed = True

    def replace(self, index: int, image: "Image", way: Affine) -> None:
        """Let a page show this picture and nothing else; `way` leads from its pixels to the page.

        Links, notes and form fields stay.
        """
        from pikepdf import Dictionary, Name, Stream

        width, height = image.size
        matrix = " ".join(
            f"{part:.6f}" for part in Affine(width, 0, 0, -height, 0, height).then(way)
        )
        picture = Stream(
            self._pdf,
            zlib.compress(image.tobytes()),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=width,
            Height=height,
            ColorSpace=Name.DeviceGray if image.mode == "L" else Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=Name.FlateDecode,
        )
        page = self._pdf.pages[index]
        page.obj.Contents = self._packed(f"q {matrix} cm /Scan Do Q\n".encode("ascii"))
        page.obj.Resources = Dictionary(XObject=Dictionary(Scan=self._pdf.make_indirect(picture)))
        self.is_changed = True

    def save(self, target: Path) -> None:
        """Write the file with the font that all layers share."""
        with reading_pdf(self._name, *_library()), writing(target):
            self.save_to(target)

    def save_to(self, target: Path | BinaryIO) -> None:
        """The same, without our words for what a disk refuses."""
        if self._waiting:
            font = glyphless.embedded(self._pdf, self._codes)
            for fonts in self._waiting:
                fonts[f"/{layer.FONT}"] = font
        self._pdf.save(target)

    def _prepend(self, page: "pikepdf.Page", drawing: bytes) -> None:
        page.contents_add(self._packed(drawing), prepend=True)

    def _packed(self, drawing: bytes) -> "pikepdf.Stream":
        from pikepdf import Name, Stream

        stream = Stream(self._pdf, zlib.compress(drawing), Filter=Name.FlateDecode)
        self._pdf.make_indirect(stream)
        return stream

    def _wait_for_font(self, page: "pikepdf.Page") -> None:
        """Give the page resources of its own: those it had may serve other pages too."""
        from pikepdf import Dictionary, Name

        there = page.resources
        resources = Dictionary(dict(there.items()))
        fonts = resources.get(Name.Font)
        own = Dictionary(dict(fonts.items()) if isinstance(fonts, Dictionary) else {})
        resources.Font = self._pdf.make_indirect(own)
        page.obj.Resources = resources
        self._waiting.append(resources.Font)

    def _straightened(self, page: "pikepdf.Page", degrees: float) -> Affine:
        """Turn all of the content a little about the middle of the page; pictures stay stored."""
        left, bottom, right, top = (float(edge) for edge in page.cropbox)
        way = about((left + right) / 2, (bottom + top) / 2, -degrees)
        matrix = " ".join(f"{part:.6f}" for part in way)
        self._prepend(page, f"q {matrix} cm\n".encode("ascii"))
        page.contents_add(self._packed(b"\nQ\n"))
        return way


def _library() -> tuple[type[Exception], ...]:
    """What pikepdf raises of its own."""
    import pikepdf

    return (pikepdf.PikepdfError,)


@contextmanager
def opened(work: Work[Any], content: bytes, pages: int) -> Iterator[SearchablePdf]:
    """Open the source of a job, of which another reader says how many pages it has."""
    name = work.source.path.name
    with reading_pdf(name, *_library()):
        pdf = unlocking.by_pikepdf(name, io.BytesIO(content), work)
        is_damaged = len(pdf.pages) != pages or bool(pdf.get_warnings())
    if is_damaged:  # by MuPDF: what qpdf makes of damage cannot always be written again
        pdf.close()
        content = mended(name, content, work)
        with reading_pdf(name, *_library()):
            pdf = unlocking.by_pikepdf(name, io.BytesIO(content), work)
    with pdf:
        searchable = SearchablePdf(name, pdf)
        searchable.is_changed = is_damaged
        if searchable.pages != pages:
            raise BadInputError(
                f"{name} is damaged: its pages cannot be counted. Repair it first, then retry."
            )
        yield searchable
