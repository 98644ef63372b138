"""Joins whole PDFs into one, with their links, forms, bookmarks and page labels."""

import io
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from desktopproc.core.errors import OutputError
from desktopproc.core.operation import Source, Work
from desktopproc.formats.pdf_errors import LIBRARY_ERRORS, check_is_pdf, reading_pdf
from desktopproc.formats.pdf_outline import bookmarks, labels, write_bookmarks, write_labels
from desktopproc.formats.pdf_repair import mended, repaired_note
from desktopproc.formats.pdfs import unlocking
from desktopproc.formats.writing import writing

if TYPE_CHECKING:
    from pikepdf import Pdf

    from desktopproc.formats.pdf_outline import Bookmark, Label

MERGER = ("pikepdf",)
"""What worker processes import once for operations that rebuild PDFs."""


class Merger:
    """A PDF that grows by whole documents; they stay open until it is saved or given up."""

    def __init__(self, work: Work[Any]) -> None:
        import pikepdf

        self._work = work
        self._open = ExitStack()
        self._pdf = self._open.enter_context(pikepdf.new())
        self._bookmarks: list[Bookmark] = []
        self._labels: list[Label] = []
        self._has_labels = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def pages(self) -> int:
        return len(self._pdf.pages)

    def add(self, source: Source) -> None:
        """Append a document: its pages, forms and links, and below its name its bookmarks."""
        import pikepdf

        name, start = source.path.name, self.pages
        other = self._opened(source)
        with reading_pdf(name, pikepdf.PikepdfError):
            told = self._pdf.add_pages_from(other, outlines="ignore")  # ours name the file
            self._bookmarks.append(bookmarks(other, source.path.stem, start))
            found = labels(other, start)
        if told.dropped_dests:
            self._work.note(f"{name} has links that lead nowhere.")
        if other.get_warnings():
            self._work.note(repaired_note(name))
        self._has_labels = self._has_labels or len(found) > 0
        self._labels += found or [(start, {"/S": "/D"})]

    def save(self, target: Path, *, has_bookmarks: bool) -> None:
        """Write the joined document."""
        import pikepdf

        if has_bookmarks:
            write_bookmarks(self._pdf, self._bookmarks)
        if self._has_labels:
            write_labels(self._pdf, self._labels)
        with writing(target), target.open("wb") as file:
            try:
                self._pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
            except (pikepdf.PikepdfError, *_NOT_DISK) as e:
                raise OutputError(f"The documents could not be joined: {e}.") from e

    def _opened(self, source: Source) -> "Pdf":
        import pikepdf

        name, content = source.path.name, source.read()
        check_is_pdf(name, content)
        try:
            pdf = unlocking.by_pikepdf(name, io.BytesIO(content), self._work)
            self._open.enter_context(pdf)
            if len(pdf.pages):
                return pdf
        except (pikepdf.PikepdfError, *LIBRARY_ERRORS):
            pass
        whole = mended(name, content, self._work)
        self._work.note(repaired_note(name))
        with reading_pdf(name, pikepdf.PikepdfError):
            return self._open.enter_context(pikepdf.open(io.BytesIO(whole)))


_NOT_DISK = tuple(kind for kind in LIBRARY_ERRORS if kind is not OSError)
