"""Makes documents of their own out of some pages of a PDF, with all that still has its place."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from desktopproc.formats.pdf_errors import reading_pdf
from desktopproc.formats.pdf_outline import Bookmark, Contents, bookmarks, write_bookmarks
from desktopproc.formats.pdfs import rebuilding
from desktopproc.formats.pdfs.bytewise.cutting import Cutter
from desktopproc.formats.pdfs.bytewise.plain import NotPlainError
from desktopproc.formats.pdfs.destinations import Destinations
from desktopproc.formats.pdfs.labels import labels, relabelled, write_labels
from desktopproc.formats.pdfs.links import Places, mend_links

if TYPE_CHECKING:
    from pikepdf import Pdf


class Parts:
    """Knows what belongs to which page of a document: bookmarks, links, forms, layers, labels."""

    def __init__(self, pdf: "Pdf", name: str, data: bytes) -> None:
        """`data` is the whole document, which is open as `pdf`."""
        self._pdf = pdf
        self._name = name
        self._aims = Destinations(pdf)
        self._pages = list(pdf.pages)  # to find a page by its number takes long
        with reading_pdf(name, *_library()):
            self._labels = labels(pdf)
            self._contents = Contents(bookmarks(pdf, self._aims))
            self._shares = _shares_resources(pdf)
        self._is_plain = not {"/AcroForm", "/OCProperties"} & set(pdf.Root.keys())
        self.lost_links = 0
        self._cutter = None if self._shares else _cutter(data, pdf, self._aims)

    def chapters(self, level: int) -> list[Bookmark]:
        """The bookmarks down to this level that lead to a page, in their order."""
        return list(self._contents.at_level(level))

    def write(self, pages: Sequence[int], target: BinaryIO) -> None:
        """Write a document of these pages to a file that is empty."""
        if self._cutter is not None:
            try:
                self.lost_links += self._cut(self._cutter, pages, target)
                return
            except NotPlainError:
                target.seek(0)
                target.truncate()
        with self._part(pages) as made:
            rebuilding.write(made, target, self._name)

    def _cut(self, cutter: Cutter, pages: Sequence[int], target: BinaryIO) -> int:
        places = {page: place for place, page in enumerate(pages)}
        numbered = relabelled(self._labels, pages) if self._labels else []
        return cutter.cut(target, pages, self._contents.of(places), numbered)

    @contextmanager
    def _part(self, pages: Sequence[int]) -> Iterator["Pdf"]:
        """The same by a library that knows all of PDF; saved while the whole one is open."""
        import pikepdf

        with pikepdf.new() as made:
            numbers = ", ".join(str(page + 1) for page in pages[:3])
            what = f"page {numbers}" if len(pages) == 1 else f"one of the pages {numbers} ..."
            with reading_pdf(self._name, *_library(), what=what):
                self._fill(made, pages)
            yield made

    def _fill(self, made: "Pdf", pages: Sequence[int]) -> None:
        places: dict[int, int] = {}
        for place, page in enumerate(pages):
            places.setdefault(page, place)
        if self._is_plain:
            for number in pages:
                made.pages.append(self._pages[number])
        else:
            made.add_pages_from(self._pdf, list(pages), outlines="ignore")
        new = list(made.pages)
        to = Places(self._aims, [page.obj for page in new], places)
        for one in new:
            self._clean(one, to)
        found = self._contents.of(places)
        if found:
            write_bookmarks(made, found)
        if self._labels:
            write_labels(made, relabelled(self._labels, pages))
        self._describe(made)

    def _clean(self, page: Any, to: Places) -> None:
        if "/Annots" in page.obj:
            self.lost_links += mend_links(page.obj, to)
        if "/B" in page.obj:
            del page.obj["/B"]  # threads of articles would bring other pages' beads along
        if self._shares:
            page.remove_unreferenced_resources()

    def _describe(self, made: "Pdf") -> None:
        """Title, author and language stay what they were."""
        from pikepdf import Dictionary, String

        if isinstance(language := self._pdf.Root.get("/Lang"), String):
            made.Root.Lang = String(bytes(language))
        info = self._pdf.trailer.get("/Info")
        if isinstance(info, Dictionary) and info.get("/Type") != "/Pages":  # seen in real files
            made.trailer["/Info"] = made.copy_foreign(self._pdf.docinfo)


def _cutter(data: bytes, pdf: "Pdf", aims: Destinations) -> Cutter | None:
    try:
        return Cutter(data, pdf, aims)
    except NotPlainError:
        return None


def _shares_resources(pdf: "Pdf") -> bool:
    """Whether pages have their fonts and pictures in one common list, as some producers do.

    A page that is taken out alone would take those of all the others along.
    """
    seen: dict[tuple[int, int], int] = {}
    for page in pdf.pages:
        found = page.obj.get("/Resources")
        if found is None:
            continue
        pictures = found.get("/XObject") if hasattr(found, "get") else None
        if pictures is None or len(pictures) < 2:
            continue
        for one in (found, pictures):
            if one.is_indirect:
                number = seen[one.objgen] = seen.get(one.objgen, 0) + 1
                if number > 1:
                    return True
    return False


def _library() -> tuple[type[Exception], ...]:
    import pikepdf

    return (pikepdf.PikepdfError,)
